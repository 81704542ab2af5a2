/**
 * Calls between threads, with timeouts: a port is a queue of requests and one of idle workers, of which one is empty.
 *
 * A request goes straight to an idle worker, if there is one. Replies take no lock of the port: caller and server have
 * only the caller's wait in common, and a reply that comes too late finds that it is another wait, or decided already.
 * Source: L4 X.2 reference manual, "Ipc"; Linux, drivers/android/binder.c (queues of work and of waiting threads).
 */
import { append, layoutQueue, type Queue, remove, takeFirst } from '#impl/ipc/deadlock.queue.ts';
import {
  awaitDecision,
  begin,
  deadlineFor,
  decide,
  inPhase,
  layoutWaits,
  letGo,
  never,
  Phase,
  settle,
  tick as strike,
  type Waits,
  waiterOf,
} from '#impl/ipc/deadlock.waits.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { DeadlockParameters, PortId, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { ThreadId } from '#spec/abi.ts';

const Failure = { permission: -1, invalid: -22, deadlock: -35, timedOut: -110 } as const;

const wordBits = 8;

interface Port {
  readonly lock: Address;
  readonly requests: Queue;
  readonly idle: Queue;
}

/** What is kept of a thread's messages. */
interface Messages {
  /** Of its own request, then of the reply. */
  readonly word: Address;
  /** Whose request it serves, plus 1, or 0, and that one's word. Who hands it one writes both before it goes on. */
  readonly caller: Address;
  readonly request: Address;
  /** The caller's wait as it was when the request was taken, and when that ends. */
  readonly taken: Address;
  readonly outer: Address;
}

interface Kernel {
  readonly serves: readonly PortId[];
  readonly ports: readonly Port[];
  readonly messages: readonly Messages[];
  readonly waits: Waits;
  /** The mutex: who holds it, plus 1, and who waits; guarded by `lock`. */
  readonly mutex: { readonly lock: Address; readonly holder: Address; readonly queue: Queue };
}

export const boot = (memory: Allocator, { serves }: DeadlockParameters): Kernel => ({
  serves,
  ports: Array.from({ length: Math.max(...serves) + 1 }, (_, port) => ({
    lock: layoutLock(memory, `port${port}.lock`),
    requests: layoutQueue(memory, `port${port}.requests`),
    idle: layoutQueue(memory, `port${port}.idle`),
  })),
  messages: serves.map((_, thread) => ({
    word: memory.word(`T${thread}.word`),
    caller: memory.word(`T${thread}.caller`),
    request: memory.word(`T${thread}.request`),
    taken: memory.word(`T${thread}.taken`),
    outer: memory.word(`T${thread}.outer`, never),
  })),
  waits: layoutWaits(memory, serves.length),
  mutex: {
    lock: layoutLock(memory, 'mutex.lock'),
    holder: memory.word('mutex.holder'),
    queue: layoutQueue(memory, 'mutex.queue'),
  },
});

const portOf = (kernel: Kernel, port: PortId): Port => kernel.ports[port] as Port;
const messagesOf = (kernel: Kernel, thread: ThreadId): Messages => kernel.messages[thread] as Messages;

/** Sends a request and waits for the reply: its word, or why not. */
export function* call(
  self: Thread,
  kernel: Kernel,
  port: PortId,
  word: Word,
  timeoutTicks: TimeoutTicks,
): Routine<Word> {
  const { waits, serves } = kernel;
  const { lock, requests } = portOf(kernel, port);
  const mine = messagesOf(kernel, self.id);
  if (!serves.some((served, worker) => served === port && worker !== self.id)) return Failure.deadlock;
  yield* acquire(lock);
  const deadline = yield* deadlineFor(waits, timeoutTicks, yield load(mine.outer, 'plain'));
  if (deadline === 0) {
    yield* release(lock);
    return Failure.timedOut;
  }
  const worker = yield* takeIdle(kernel, port); // the clock stands still: a worker that is taken was in time
  if (worker < 0 && timeoutTicks === 0) {
    yield* letGo(waits, deadline);
    yield* release(lock);
    return Failure.timedOut;
  }
  yield store(mine.word, word, 'plain');
  const decision = yield* begin(self, waits, deadline, worker < 0 ? Phase.waiting : Phase.taken);
  if (worker < 0) yield* append(waits, requests, self.id);
  else yield* handOver(self, kernel, worker, decision);
  yield* release(lock);
  const phase = yield* awaitDecision(self, waits, deadline);
  if (phase === Phase.decided) return yield load(mine.word, 'plain');
  yield* acquire(lock);
  yield* remove(waits, requests, self.id); // it is withdrawn, if nobody has come across it meanwhile
  yield* release(lock);
  return Failure.timedOut;
}

/** Takes an idle worker whose time is not over; -1: there is none. Its wait is decided. The caller holds the port's lock. */
function* takeIdle({ ports, waits }: Kernel, port: PortId): Routine<number> {
  const { idle } = ports[port] as Port;
  for (let worker = yield* takeFirst(waits, idle); worker !== 0; worker = yield* takeFirst(waits, idle)) {
    const known = yield load(waiterOf(waits, worker - 1).decision, 'relaxed');
    if (yield* decide(waits, worker - 1, inPhase(known, Phase.waiting), Phase.settling)) return worker - 1;
  }
  return -1;
}

/** Gives the caller's request to a worker that `takeIdle` found. */
function* handOver(self: Thread, kernel: Kernel, worker: ThreadId, decision: Word): Routine {
  yield* take(kernel, worker, self.id, decision);
  yield* settle(self.table, kernel.waits, worker, yield load(waiterOf(kernel.waits, worker).decision, 'relaxed'));
}

/** Notes whose request a worker serves now: a reply is for that wait, and for no later one. */
function* take(kernel: Kernel, worker: ThreadId, caller: ThreadId, decision: Word): Routine {
  const theirs = messagesOf(kernel, worker);
  yield store(theirs.caller, caller + 1, 'plain');
  yield store(theirs.request, yield load(messagesOf(kernel, caller).word, 'plain'), 'plain'); // its caller may go on, and call again
  yield store(theirs.taken, inPhase(decision, Phase.taken), 'plain');
  yield store(theirs.outer, yield load(waiterOf(kernel.waits, caller).deadline, 'plain'), 'plain');
}

/** Takes a request, waiting for one: who sent it and its word, as one number. Or why not. */
export function* receive(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  const { waits, serves } = kernel;
  const { lock, requests, idle } = portOf(kernel, serves[self.id] as PortId);
  const mine = messagesOf(kernel, self.id);
  if ((yield load(mine.caller, 'plain')) !== 0) return Failure.invalid;
  yield* acquire(lock);
  for (let from = yield* takeFirst(waits, requests); from !== 0; from = yield* takeFirst(waits, requests)) {
    const known = inPhase(yield load(waiterOf(waits, from - 1).decision, 'relaxed'), Phase.waiting);
    if (!(yield* decide(waits, from - 1, known, Phase.taken))) continue; // its time is over
    yield* take(kernel, self.id, from - 1, known);
    yield* release(lock);
    return yield* requestOf(mine);
  }
  const deadline = timeoutTicks === 0 ? 0 : yield* deadlineFor(waits, timeoutTicks, never);
  if (deadline !== 0) {
    yield* begin(self, waits, deadline, Phase.waiting);
    yield* append(waits, idle, self.id);
  }
  yield* release(lock);
  if (deadline === 0) return Failure.timedOut;
  const phase = yield* awaitDecision(self, waits, deadline);
  if (phase === Phase.decided) return yield* requestOf(mine);
  yield* acquire(lock);
  yield* remove(waits, idle, self.id);
  yield* release(lock);
  return Failure.timedOut;
}

function* requestOf({ caller, request }: Messages): Routine<Word> {
  return (((yield load(caller, 'plain')) - 1) << wordBits) | (yield load(request, 'plain'));
}

/** Answers the request that the caller serves, if anybody still waits for that. 0, or why not. */
export function* reply(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const mine = messagesOf(kernel, self.id);
  const caller = (yield load(mine.caller, 'plain')) - 1;
  if (caller < 0) return Failure.invalid;
  const taken = yield load(mine.taken, 'plain');
  yield store(mine.caller, 0, 'plain');
  yield store(mine.outer, never, 'plain');
  if (yield* decide(kernel.waits, caller, taken, Phase.settling)) {
    yield store(messagesOf(kernel, caller).word, word, 'plain'); // it stays asleep until that is there
    yield* settle(self.table, kernel.waits, caller, taken);
  }
  return 0;
}

/** Takes the mutex, waiting for it. 0, or why not. */
export function* lock(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  const { waits, mutex } = kernel;
  yield* acquire(mutex.lock);
  if ((yield load(mutex.holder, 'plain')) === 0) {
    yield store(mutex.holder, self.id + 1, 'plain');
    yield* release(mutex.lock);
    return 0;
  }
  const outer = yield load(messagesOf(kernel, self.id).outer, 'plain');
  const deadline = timeoutTicks === 0 ? 0 : yield* deadlineFor(waits, timeoutTicks, outer);
  if (deadline !== 0) {
    yield* begin(self, waits, deadline, Phase.waiting);
    yield* append(waits, mutex.queue, self.id);
  }
  yield* release(mutex.lock);
  if (deadline === 0) return Failure.timedOut;
  const phase = yield* awaitDecision(self, waits, deadline);
  if (phase === Phase.decided) return 0;
  yield* acquire(mutex.lock);
  yield* remove(waits, mutex.queue, self.id);
  yield* release(mutex.lock);
  return Failure.timedOut;
}

/** Hands the mutex to who has waited longest. 0, or why not. */
export function* unlock(self: Thread, kernel: Kernel): Routine<Word> {
  const { waits, mutex } = kernel;
  yield* acquire(mutex.lock);
  if ((yield load(mutex.holder, 'plain')) !== self.id + 1) {
    yield* release(mutex.lock);
    return Failure.permission;
  }
  let next = yield* takeFirst(waits, mutex.queue);
  for (; next !== 0; next = yield* takeFirst(waits, mutex.queue)) {
    const known = inPhase(yield load(waiterOf(waits, next - 1).decision, 'relaxed'), Phase.waiting);
    if (!(yield* decide(waits, next - 1, known, Phase.settling))) continue; // its time is over
    yield* settle(self.table, waits, next - 1, known);
    break;
  }
  yield store(mutex.holder, next, 'plain');
  yield* release(mutex.lock);
  return 0;
}

/** The timer device struck. 0. */
export function* tick(self: Thread, { waits }: Kernel): Routine<Word> {
  return yield* strike(self, waits);
}
