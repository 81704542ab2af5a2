/** The naive kernel's calls and answers, with the lock held. */
import {
  answerFor,
  awaitAnswer,
  clear,
  connectionAt,
  die,
  Failure,
  freeSlot,
  isAlive,
  type Kernel,
  lendTo,
  objectIn,
  Passive,
  put,
  type Slot,
  threadAt,
} from '#impl/ipc/chcore.big-lock.state.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { sleep } from '#impl/sync/sleep-wakeup.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilitySlot, ChcoreCall, ProcessId } from '#spec/abi/ipc/chcore.ts';

/** Waits for a request and tells the caller who asks. 1: a registration, 2: a call. */
export function* begin(self: Thread, kernel: Kernel): Routine<Word> {
  const mine = threadAt(kernel, self.id);
  while ((yield load(mine.connection, 'plain')) === 0) yield* sleep(self, mine.connection, kernel.lock);
  if (!(yield* isAlive(kernel, mine.process))) yield* die(self, kernel);
  const connection = connectionAt(kernel, (yield load(mine.connection, 'plain')) - 1);
  yield copyOut(0, yield load(connection.client, 'plain'));
  yield copyOut(1, (yield load(mine.context, 'plain')) - 1);
  if (mine.kind === 'register') return 1;
  const page = yield load(connection.serverPage, 'plain');
  yield store(mine.message, page + 1, 'plain');
  yield copyOut(2, page);
  yield copyOut(3, yield load(connection.count, 'plain'));
  return 2;
}

/** The connection that a slot of the caller's leads to, if nobody has it; or why not. */
function* freeConnection(self: Thread, kernel: Kernel, slot: CapabilitySlot): Routine<Word> {
  const index = yield* objectIn(kernel, threadAt(kernel, self.id).process, slot, kernel.kinds.connection);
  if (index < 0) return Failure.capability;
  const { isValid, caller } = connectionAt(kernel, index);
  if ((yield load(isValid, 'plain')) === 0) return Failure.invalid;
  return (yield load(caller, 'plain')) === 0 ? index : Failure.retry;
}

/** The connection that the caller, a handler, works for, or -1. */
function* served(self: Thread, kernel: Kernel): Routine<number> {
  const { kind, connection } = threadAt(kernel, self.id);
  return kind === 'handler' ? (yield load(connection, 'plain')) - 1 : -1;
}

const isIndex = (kernel: Kernel, index: number): boolean => index >= 0 && index < kernel.capabilitiesMax;

/** Leaves a capability with a connection. */
export function* set(
  self: Thread,
  kernel: Kernel,
  { connection: slot, index, capability }: ChcoreCall & { tag: 'set' },
): Routine<Word> {
  if (!isIndex(kernel, index)) return Failure.invalid;
  if (slot === null) {
    const at = yield* served(self, kernel);
    if (at < 0) return Failure.invalid;
    return yield store(connectionAt(kernel, at).returning[index] as Address, capability + 1, 'plain');
  }
  const at = yield* freeConnection(self, kernel, slot);
  if (at < 0) return at;
  return yield store(connectionAt(kernel, at).sent[index] as Address, capability + 1, 'plain');
}

/** Fetches a capability that came with a call or an answer. */
export function* get(
  self: Thread,
  kernel: Kernel,
  { connection: slot, index }: ChcoreCall & { tag: 'get' },
): Routine<Word> {
  if (!isIndex(kernel, index)) return Failure.invalid;
  if (slot !== null) {
    const at = yield* freeConnection(self, kernel, slot);
    if (at < 0) return at;
    const found = yield load(connectionAt(kernel, at).returned[index] as Address, 'plain');
    return found === 0 ? Failure.invalid : found - 1;
  }
  const at = yield* served(self, kernel);
  if (at < 0) return Failure.invalid;
  const { client, server, count, sent } = connectionAt(kernel, at);
  if (index >= (yield load(count, 'plain'))) return Failure.invalid;
  const from = (yield load(sent[index] as Address, 'plain')) - 1;
  return yield* copy(kernel, yield load(client, 'plain'), from, yield load(server, 'plain'));
}

/** Copies a capability from one table to another. Its slot, or why not. */
function* copy(kernel: Kernel, from: ProcessId, slot: number, to: ProcessId): Routine<Word> {
  const held = kernel.processes[from]?.slots[slot] as Slot | undefined;
  if (!held || (yield load(held.copyable, 'plain')) === 0) return Failure.capability;
  const free = yield* freeSlot(kernel, to);
  if (free < 0) return Failure.noRoom;
  yield* put(kernel, to, free, yield load(held.kind, 'plain'), yield load(held.object, 'plain'), true);
  return free;
}

/** Calls, and waits for the answer. */
export function* call(
  self: Thread,
  kernel: Kernel,
  { connection: slot, count }: ChcoreCall & { tag: 'call' },
): Routine<Word> {
  if (count > kernel.capabilitiesMax) return Failure.invalid;
  const index = yield* freeConnection(self, kernel, slot);
  if (index < 0) return index;
  const connection = connectionAt(kernel, index);
  const handler = yield load(connection.handler, 'plain');
  const doing = yield load(threadAt(kernel, handler).passive, 'plain');
  if (doing === Passive.dead) return Failure.noSuchProcess;
  if (doing !== Passive.waiting) return Failure.retry;
  yield store(connection.caller, self.id + 1, 'plain');
  yield store(connection.count, count, 'plain');
  for (const entry of [...connection.returning, ...connection.returned]) yield store(entry, 0, 'plain');
  yield* lendTo(self, kernel, handler, index);
  return yield* awaitAnswer(self, kernel);
}

/** Answers, and waits for the next call. */
export function* reply(self: Thread, kernel: Kernel, result: Word): Routine<Word> {
  const index = yield* served(self, kernel);
  if (index < 0) return Failure.invalid;
  const connection = connectionAt(kernel, index);
  const caller = (yield load(connection.caller, 'plain')) - 1;
  const failure = yield* copyBack(kernel, index);
  yield* clear(kernel, index, true);
  yield* answerFor(self, kernel, caller, failure < 0 ? failure : result, Passive.waiting);
  return yield* begin(self, kernel);
}

/** Copies what the message's header counts to the client, all or none. */
function* copyBack(kernel: Kernel, index: number): Routine<Word> {
  const { memory, client, server, returning, returned } = connectionAt(kernel, index);
  const count = yield load(kernel.frames[yield load(memory, 'plain')] as Address, 'plain');
  if (count < 0 || count > kernel.capabilitiesMax) return Failure.invalid;
  const to = yield load(client, 'plain');
  const copied: number[] = [];
  for (const entry of returning.slice(0, count)) {
    const from = (yield load(entry, 'plain')) - 1;
    const slot = yield* copy(kernel, yield load(server, 'plain'), from, to);
    if (slot < 0) {
      for (const undone of copied) yield* put(kernel, to, undone, kernel.kinds.none, 0, false);
      return slot;
    }
    copied.push(slot);
  }
  for (const [at, slot] of copied.entries()) yield store(returned[at] as Address, slot + 1, 'plain');
  return 0;
}
