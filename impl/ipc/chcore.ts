/**
 * ChCore's IPC: the calls of client threads and of the passive threads that serve them.
 *
 * Nobody waits for a lock that is held for longer than a few steps. A connection and its handler are taken by two tries;
 * nothing is changed before both have succeeded, so whoever fails may simply try again. The shared page and the
 * capabilities stay where they are: what goes over to the server is the thread of control.
 *
 * Source: ChCore (OS-Course-Lab), kernel/ipc/connection.c.
 */
import {
  type ConnectionWords,
  connectionAt,
  Failure,
  Field,
  generationOf,
  isCopyable,
  type Kernel,
  layoutKernel,
  Owner,
  ownerWord,
  Passive,
  pageWords,
  processAt,
  threadAt,
} from '#impl/ipc/chcore.layout.ts';
import { close, kill, recycle } from '#impl/ipc/chcore.recycle.ts';
import { agree, registerClient, registerServer } from '#impl/ipc/chcore.registration.ts';
import {
  answerAndDie,
  answerAndWait,
  exit,
  isExiting,
  lendTo,
  type Release,
  waitForFirst,
} from '#impl/ipc/chcore.switch.ts';
import { end, freeSlot, letGo, lockTables, put, takeConnection, unlockTables } from '#impl/ipc/chcore.tables.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { userLoad, userStore } from '#impl/machine/mmu.ts';
import {
  type Address,
  activate,
  compareAndSwap,
  copyOut,
  load,
  maskInterrupts,
  type Routine,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { timerInterrupt } from '#impl/sync/dispatcher.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ChcoreCall, ChcoreParameters, MessageField, VirtualPage } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Lays everything out, for so many cores. */
export const boot = (memory: Allocator, parameters: ChcoreParameters, { cores }: { readonly cores: number }): Kernel =>
  layoutKernel(memory, parameters, cores);

/**
 * What a thread asks for: a user access, or a system call, made again by the library as often as it is to be. Gives 0 or
 * what was asked for, or why not; a passive thread is told who asks in its user buffer.
 */
export function* perform(self: Thread, kernel: Kernel, call: ChcoreCall): Routine<Word> {
  if (call.tag === 'read') return yield* readShared(self, kernel, call.page, call.field);
  if (call.tag === 'write') return yield* writeShared(self, kernel, call.page, call.field, call.value);
  for (let left = call.tag === 'call' ? call.attempts : 1; ; left--) {
    const result = yield* systemCall(self, kernel, call);
    if (result !== Failure.retry || left <= 1) return result;
    yield tracepoint('tries again', left - 1);
    yield* timerInterrupt(self); // lets others run: perhaps whoever has what we want
  }
}

/** Enters the kernel, unless the caller's process was killed: then the caller comes to its end here. */
function* systemCall(self: Thread, kernel: Kernel, call: ChcoreCall): Routine<Word> {
  if (yield* isExiting(kernel, self.id)) yield* die(self, kernel);
  switch (call.tag) {
    case 'register server':
      return yield* registerServer(self, kernel, call.register);
    case 'register client':
      return yield* registerClient(self, kernel, call);
    case 'serve':
      return yield* serve(self, kernel);
    case 'accept':
    case 'refuse':
      return yield* decide(self, kernel, call);
    case 'return':
      return yield* reply(self, kernel, call.result);
    case 'set':
      return yield* setCapability(self, kernel, call);
    case 'get':
      return yield* getCapability(self, kernel, call);
    case 'call':
      return yield* callServer(self, kernel, call);
    case 'close':
      return yield* close(self, kernel, call.connection);
    case 'kill':
      return yield* kill(kernel, call.process);
    case 'recycle':
      return yield* recycle(self, kernel, call.process);
    case 'yield':
      yield* timerInterrupt(self);
      return 0;
    default:
      return Failure.invalid;
  }
}

/** Ends the caller, whose process was killed. Whom it serves is told so. */
function* die(self: Thread, kernel: Kernel): Routine {
  const index = yield* servedBy(self, kernel);
  if (index < 0) yield* exit(self, kernel);
  else yield* dieServing(self, kernel, index);
}

function* dieServing(self: Thread, kernel: Kernel, index: number): Routine {
  const to = yield* addressee(kernel, index);
  const isCall = threadAt(kernel, self.id).kind === 'handler';
  if (!isCall) yield* end(kernel, index);
  const owner = isCall ? yield* clearedOwner(kernel, index) : null;
  yield* answerAndDie(self, kernel, { owner, to, answer: Failure.noSuchProcess });
}

/** The connection that the caller serves, or -1. */
function* servedBy(self: Thread, kernel: Kernel): Routine<number> {
  if (threadAt(kernel, self.id).kind === 'user') return -1;
  return (yield load(threadAt(kernel, self.id).passive, 'relaxed')) - Passive.serves; // it is ours while we run
}

/** A passive thread waits for the first request. */
function* serve(self: Thread, kernel: Kernel): Routine<Word> {
  const mine = threadAt(kernel, self.id);
  if (mine.kind === 'user' || (yield load(mine.passive, 'relaxed')) !== Passive.starting) return Failure.invalid;
  return yield* begin(self, kernel, yield* waitForFirst(self, kernel));
}

/** A passive thread has been switched to, for this connection: it learns who asks. 1: a registration, 2: a call. */
function* begin(self: Thread, kernel: Kernel, index: number): Routine<Word> {
  if (yield* isExiting(kernel, self.id)) yield* dieServing(self, kernel, index);
  const mine = threadAt(kernel, self.id);
  const connection = connectionAt(kernel, index);
  yield copyOut(0, yield load(connection.client, 'plain'));
  yield copyOut(1, (yield load(mine.context, 'plain')) - 1);
  if (mine.kind === 'register') return 1;
  const page = yield load(connection.serverPage, 'plain');
  yield store(mine.message, page + 1, 'plain');
  yield copyOut(2, page);
  yield copyOut(3, yield load(connection.count, 'plain'));
  return 2;
}

/** The thread that waits for an answer over a connection; null: it was killed, and is no handler that must answer others. */
function* addressee(kernel: Kernel, index: number): Routine<ThreadId | null> {
  const caller = yield load(connectionAt(kernel, index).caller, 'plain');
  if (threadAt(kernel, caller).kind === 'handler') return caller;
  return (yield* isExiting(kernel, caller)) ? null : caller;
}

/** A register thread decides on the registration that it serves, and waits for the next. */
function* decide(self: Thread, kernel: Kernel, call: ChcoreCall & { tag: 'accept' | 'refuse' }): Routine<Word> {
  const index = threadAt(kernel, self.id).kind === 'register' ? yield* servedBy(self, kernel) : -1;
  if (index < 0) return Failure.capability;
  const to = yield* addressee(kernel, index);
  let answer: Word = Failure.refused;
  if (call.tag === 'accept') {
    answer = yield* agree(self, kernel, index, call.handler, call.page);
    if (answer < 0) return answer; // nothing is decided yet
  } else {
    yield* end(kernel, index);
  }
  return yield* begin(self, kernel, yield* answerAndWait(self, kernel, { owner: null, to, answer }));
}

/** A handler answers the call that it serves, with the capabilities that the message's header counts, and waits for the next. */
function* reply(self: Thread, kernel: Kernel, result: Word): Routine<Word> {
  const index = threadAt(kernel, self.id).kind === 'handler' ? yield* servedBy(self, kernel) : -1;
  if (index < 0) return Failure.invalid;
  const to = yield* addressee(kernel, index);
  const connection = connectionAt(kernel, index);
  const frame = kernel.frames[yield load(connection.memory, 'plain')] as Address;
  const count = yield load(frame + Field.count, 'relaxed'); // once: the client may write it at any time
  const copied = to === null ? 0 : yield* copyBack(kernel, connection, count);
  const answer = copied < 0 ? copied : result;
  const owner = yield* clearedOwner(kernel, index);
  return yield* begin(self, kernel, yield* answerAndWait(self, kernel, { owner, to, answer }));
}

/** Empties what came with a call. What to store in the owner's word when the connection is let go. */
function* clearedOwner(kernel: Kernel, index: number): Routine<Release['owner']> {
  const connection = connectionAt(kernel, index);
  yield store(connection.count, 0, 'plain');
  for (const entry of connection.sent) yield store(entry, 0, 'plain');
  const generation = generationOf(yield load(connection.owner, 'relaxed'));
  return { address: connection.owner, word: ownerWord(generation, Owner.free) };
}

/** Copies `count` capabilities of the server's to the client, all or none. 0, or why not. */
function* copyBack(kernel: Kernel, connection: ConnectionWords, count: number): Routine<Word> {
  if (count < 0 || count > connection.returning.length) return Failure.invalid;
  if (count === 0) return 0;
  const [client, server] = [yield load(connection.client, 'plain'), yield load(connection.server, 'plain')];
  yield* lockTables(kernel, client, server);
  let copied = 0;
  let failure: Word = 0;
  while (copied < count && failure === 0) {
    const from = (yield load(connection.returning[copied] as Address, 'plain')) - 1;
    const to = yield* copyOne(kernel, server, from, client);
    if (to < 0) failure = to;
    else yield store(connection.returned[copied++] as Address, to, 'plain');
  }
  while (failure !== 0 && copied > 0) {
    yield* put(kernel, client, yield load(connection.returned[--copied] as Address, 'plain'), 0);
  }
  yield* unlockTables(kernel, client, server);
  if (failure === 0) yield store(connection.returnedCount, count, 'plain');
  return failure;
}

/** Copies a capability into the lowest free slot of another table. That slot, or why not. The caller holds both locks. */
function* copyOne(kernel: Kernel, from: number, slot: number, to: number): Routine<Word> {
  const address = slot < 0 ? undefined : processAt(kernel, from).slots[slot];
  const capability = address === undefined ? 0 : yield load(address, 'relaxed');
  if (!isCopyable(capability)) return Failure.capability;
  const free = yield* freeSlot(kernel, to);
  if (free < 0) return Failure.noRoom;
  yield* put(kernel, to, free, capability);
  return free;
}

/** Leaves a capability with a connection, for the next call or the answer. 0, or why not. */
function* setCapability(
  self: Thread,
  kernel: Kernel,
  { connection: slot, index, capability }: ChcoreCall & { tag: 'set' },
): Routine<Word> {
  if (!isIndex(kernel, index)) return Failure.invalid;
  if (slot === null) {
    const served = threadAt(kernel, self.id).kind === 'handler' ? yield* servedBy(self, kernel) : -1;
    if (served < 0) return Failure.invalid;
    yield store(connectionAt(kernel, served).returning[index] as Address, capability + 1, 'plain');
    return 0;
  }
  const taken = yield* takeConnection(self, kernel, slot);
  if (taken.tag !== 'taken') return notTaken(taken.tag);
  yield store(taken.connection.sent[index] as Address, capability + 1, 'plain');
  yield* letGo(taken);
  return 0;
}

/** Fetches a capability that came with the call, or with the answer. Its slot, or why not. */
function* getCapability(
  self: Thread,
  kernel: Kernel,
  { connection: slot, index }: ChcoreCall & { tag: 'get' },
): Routine<Word> {
  if (!isIndex(kernel, index)) return Failure.invalid;
  if (slot === null) {
    const served = threadAt(kernel, self.id).kind === 'handler' ? yield* servedBy(self, kernel) : -1;
    return served < 0 ? Failure.invalid : yield* fetchSent(kernel, connectionAt(kernel, served), index);
  }
  const taken = yield* takeConnection(self, kernel, slot);
  if (taken.tag !== 'taken') return notTaken(taken.tag);
  const { returnedCount, returned } = taken.connection;
  const isThere = index < (yield load(returnedCount, 'plain'));
  const found = isThere ? yield load(returned[index] as Address, 'plain') : Failure.invalid;
  yield* letGo(taken);
  return found;
}

/** A handler copies a capability that came with the call it serves. Its slot, or why not. */
function* fetchSent(kernel: Kernel, connection: ConnectionWords, index: number): Routine<Word> {
  if (index >= (yield load(connection.count, 'plain'))) return Failure.invalid;
  const from = (yield load(connection.sent[index] as Address, 'plain')) - 1;
  const [client, server] = [yield load(connection.client, 'plain'), yield load(connection.server, 'plain')];
  yield* lockTables(kernel, client, server);
  const slot = yield* copyOne(kernel, client, from, server);
  yield* unlockTables(kernel, client, server);
  return slot;
}

const isIndex = (kernel: Kernel, index: number): boolean => index >= 0 && index < kernel.capabilitiesMax;

/** Why a connection was not taken, as a result. */
const notTaken = (tag: 'none' | 'building' | 'busy'): Word => {
  if (tag === 'none') return Failure.capability;
  return tag === 'building' ? Failure.invalid : Failure.retry;
};

/** Calls the server: its handler runs in the caller's place until it answers. The result, or why not. */
function* callServer(
  self: Thread,
  kernel: Kernel,
  { connection: slot, count }: ChcoreCall & { tag: 'call' },
): Routine<Word> {
  if (count > kernel.capabilitiesMax) return Failure.invalid;
  const taken = yield* takeConnection(self, kernel, slot);
  if (taken.tag !== 'taken') return notTaken(taken.tag);
  const { connection, index } = taken;
  const handler = yield load(connection.handler, 'plain');
  const { passive } = threadAt(kernel, handler);
  const seen = yield compareAndSwap(passive, Passive.waiting, Passive.serves + index, 'acquire', 'chcore.hold'); // pairs with answered, serve
  if (seen !== Passive.waiting) {
    yield* letGo(taken);
    return seen === Passive.dead ? Failure.noSuchProcess : Failure.retry;
  }
  yield store(connection.caller, self.id, 'plain');
  yield store(connection.count, count, 'plain');
  yield store(connection.returnedCount, 0, 'plain');
  for (const entry of connection.returning) yield store(entry, 0, 'plain');
  return yield* lendTo(self, kernel, handler);
}

/** The virtual address of a field of the message, or of a page. -1: there is none. */
function* addressOf(self: Thread, kernel: Kernel, page: VirtualPage | null, field: MessageField): Routine<number> {
  const at = page ?? (yield load(threadAt(kernel, self.id).message, 'plain')) - 1;
  return at < 0 ? -1 : at * pageWords + Field[field];
}

/** Reads shared memory as user code. What is there, or a fault. */
function* readShared(self: Thread, kernel: Kernel, page: VirtualPage | null, field: MessageField): Routine<Word> {
  const virtual = yield* addressOf(self, kernel, page, field);
  yield maskInterrupts(); // the timer may have let another process run here: we come back from that now
  yield activate(threadAt(kernel, self.id).process);
  const word = yield* userLoad(kernel.mmu, virtual, 'relaxed', 'chcore.user');
  yield unmaskInterrupts();
  return word ?? Failure.fault;
}

/** Writes shared memory as user code. 0, or a fault. */
function* writeShared(
  self: Thread,
  kernel: Kernel,
  page: VirtualPage | null,
  field: MessageField,
  value: Word,
): Routine<Word> {
  const virtual = yield* addressOf(self, kernel, page, field);
  yield maskInterrupts();
  yield activate(threadAt(kernel, self.id).process);
  const isDone = yield* userStore(kernel.mmu, virtual, value, 'relaxed', 'chcore.user');
  yield unmaskInterrupts();
  return isDone ? 0 : Failure.fault;
}
