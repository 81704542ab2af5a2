/** The naive kernel's registration, with the lock held. */
import { begin } from '#impl/ipc/chcore.big-lock.calls.ts';
import {
  answerFor,
  awaitAnswer,
  connectionAt,
  Failure,
  freeSlot,
  type Kernel,
  lendTo,
  objectIn,
  Passive,
  put,
  remove,
  type Slot,
  threadAt,
} from '#impl/ipc/chcore.big-lock.state.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilitySlot, ChcoreCall, ProcessId, VirtualPage } from '#spec/abi/ipc/chcore.ts';

/** Makes the caller a server. */
export function* registerServer(self: Thread, kernel: Kernel, slot: CapabilitySlot): Routine<Word> {
  const mine = threadAt(kernel, self.id);
  if (mine.kind !== 'user' || (yield load(mine.register, 'plain')) !== 0) return Failure.invalid;
  const register = yield* objectIn(kernel, mine.process, slot, kernel.kinds.thread);
  if (register < 0) return Failure.capability;
  const { kind, process } = threadAt(kernel, register);
  if (kind !== 'register' || process !== mine.process) return Failure.invalid;
  return yield store(mine.register, register + 1, 'plain');
}

/** Asks to be connected, and waits for the decision. */
export function* registerClient(
  self: Thread,
  kernel: Kernel,
  asked: ChcoreCall & { tag: 'register client' },
): Routine<Word> {
  const { process } = threadAt(kernel, self.id);
  const main = yield* objectIn(kernel, process, asked.server, kernel.kinds.thread);
  if (main < 0 || threadAt(kernel, main).kind !== 'user') return Failure.capability;
  const register = (yield load(threadAt(kernel, main).register, 'plain')) - 1;
  if (register < 0) return Failure.retry;
  const doing = yield load(threadAt(kernel, register).passive, 'plain');
  if (doing === Passive.dead) return Failure.noSuchProcess;
  if (doing !== Passive.waiting) return Failure.retry;
  const index = yield* build(self, kernel, asked, process, threadAt(kernel, register).process);
  if (index < 0) return index;
  yield* lendTo(self, kernel, register, index);
  return yield* awaitAnswer(self, kernel);
}

/** Builds a connection that nobody can use yet. Its number, or why not. */
function* build(
  self: Thread,
  kernel: Kernel,
  { memory: slot, page }: ChcoreCall & { tag: 'register client' },
  client: ProcessId,
  server: ProcessId,
): Routine<Word> {
  if (!(yield* isFreePage(kernel, client, page))) return Failure.invalid;
  const memory = yield* objectIn(kernel, client, slot, kernel.kinds.memory);
  const held = kernel.processes[client]?.slots[slot] as Slot;
  if (memory < 0 || (yield load(held.copyable, 'plain')) === 0) return Failure.capability;
  const serverMemory = yield* freeSlot(kernel, server);
  const serverSlot = serverMemory < 0 ? -1 : yield* freeSlot(kernel, server, serverMemory + 1);
  const clientSlot = yield* freeSlot(kernel, client, client === server && serverSlot >= 0 ? serverSlot + 1 : 0);
  const index = yield* freePlace(kernel);
  if (index < 0 || serverSlot < 0 || clientSlot < 0) return Failure.noRoom;
  const connection = connectionAt(kernel, index);
  yield store(connection.inUse, 1, 'plain');
  yield store(connection.client, client, 'plain');
  yield store(connection.server, server, 'plain');
  yield store(connection.memory, memory, 'plain');
  yield store(connection.clientPage, page, 'plain');
  yield store(connection.serverMemory, serverMemory, 'plain');
  yield store(connection.caller, self.id + 1, 'plain');
  for (const entry of [...connection.sent, ...connection.returned]) yield store(entry, 0, 'plain');
  yield* put(kernel, server, serverMemory, kernel.kinds.memory, memory, true);
  yield* put(kernel, server, serverSlot, kernel.kinds.served, index, false);
  yield* put(kernel, client, clientSlot, kernel.kinds.connection, index, false);
  return index;
}

function* freePlace(kernel: Kernel): Routine<number> {
  for (const [index, { inUse }] of kernel.connections.entries()) {
    if ((yield load(inUse, 'plain')) === 0) return index;
  }
  return -1;
}

/** Whether nothing is mapped at a page, nor about to be. */
function* isFreePage(kernel: Kernel, process: ProcessId, page: VirtualPage): Routine<boolean> {
  const entry = kernel.processes[process]?.pages[page];
  if (entry === undefined || (yield load(entry, 'plain')) !== 0) return false;
  for (const { inUse, client, clientPage } of kernel.connections) {
    if ((yield load(inUse, 'plain')) === 0) continue;
    if ((yield load(client, 'plain')) === process && (yield load(clientPage, 'plain')) === page) return false;
  }
  return true;
}

/** A register thread decides, and waits for the next registration. */
export function* decide(self: Thread, kernel: Kernel, call: ChcoreCall & { tag: 'accept' | 'refuse' }): Routine<Word> {
  const mine = threadAt(kernel, self.id);
  const index = mine.kind === 'register' ? (yield load(mine.connection, 'plain')) - 1 : -1;
  if (index < 0) return Failure.capability;
  const caller = (yield load(connectionAt(kernel, index).caller, 'plain')) - 1;
  let answer: Word = Failure.refused;
  if (call.tag === 'accept') {
    answer = yield* agree(self, kernel, index, call.handler, call.page);
    if (answer < 0) return answer;
  } else {
    yield* remove(kernel, index);
  }
  yield store(connectionAt(kernel, index).caller, 0, 'plain');
  yield* answerFor(self, kernel, caller, answer, Passive.waiting);
  return yield* begin(self, kernel);
}

/** Maps the memory on both sides. The client's slot, or why not. */
function* agree(self: Thread, kernel: Kernel, index: number, slot: CapabilitySlot, page: VirtualPage): Routine<Word> {
  const { process } = threadAt(kernel, self.id);
  const handler = yield* objectIn(kernel, process, slot, kernel.kinds.thread);
  const isHandler = handler >= 0 && threadAt(kernel, handler).kind === 'handler';
  if (!isHandler || threadAt(kernel, handler).process !== process) return Failure.capability;
  if (!(yield* isFreePage(kernel, process, page))) return Failure.invalid;
  const connection = connectionAt(kernel, index);
  const client = yield load(connection.client, 'plain');
  const memory = yield load(connection.memory, 'plain');
  yield store(kernel.processes[process]?.pages[page] as Address, memory + 1, 'plain');
  const clientPage = yield load(connection.clientPage, 'plain');
  yield store(kernel.processes[client]?.pages[clientPage] as Address, memory + 1, 'plain');
  yield store(connection.serverPage, page, 'plain');
  yield store(connection.handler, handler, 'plain');
  yield store(connection.isValid, 1, 'plain');
  for (let at = 0; at < (kernel.processes[client]?.slots.length ?? 0); at++) {
    if ((yield* objectIn(kernel, client, at, kernel.kinds.connection)) === index) return at;
  }
  return Failure.capability;
}
