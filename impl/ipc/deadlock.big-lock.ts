/**
 * Calls between threads with timeouts, as plainly as it goes: one lock for everything, each thread's words looked through
 * in order, and everybody who waits sleeps on a word of its own.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { DeadlockParameters, PortId, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What a thread waits for. */
export const For = { nothing: 0, worker: 1, reply: 2, request: 3, mutex: 4, decided: 5 } as const;

export const Failure = { permission: -1, invalid: -22, deadlock: -35, timedOut: -110 } as const;

const forever = -1;
const gone = -1;
const wordBits = 8;

/** What is kept of a thread. */
interface ThreadWords {
  /** What it waits for, one of `For`; it sleeps on this word. */
  readonly for: Address;
  readonly port: Address;
  readonly word: Address;
  readonly server: Address;
  readonly leftTicks: Address;
  readonly arrival: Address;
  /** What it is told when it goes on. */
  readonly result: Address;
  /** Whose request it serves, plus 1; 0: none; -1: its caller waits no more. */
  readonly serves: Address;
}

export interface Kernel {
  readonly lock: Address;
  readonly serves: readonly PortId[];
  readonly threads: readonly ThreadWords[];
  readonly arrivals: Address;
  /** Who holds the mutex, plus 1. */
  readonly holder: Address;
}

export const boot = (memory: Allocator, { serves }: DeadlockParameters): Kernel => ({
  lock: layoutLock(memory, 'kernel.lock'),
  serves,
  threads: serves.map((_, thread) => ({
    for: memory.word(`T${thread}.for`),
    port: memory.word(`T${thread}.port`),
    word: memory.word(`T${thread}.word`),
    server: memory.word(`T${thread}.server`),
    leftTicks: memory.word(`T${thread}.left`),
    arrival: memory.word(`T${thread}.arrival`),
    result: memory.word(`T${thread}.result`),
    serves: memory.word(`T${thread}.serves`),
  })),
  arrivals: memory.word('arrivals'),
  holder: memory.word('mutex.holder'),
});

export const threadOf = (kernel: Kernel, thread: ThreadId): ThreadWords => kernel.threads[thread] as ThreadWords;

/** Sends a request and waits for the reply: its word, or why not. */
export function* call(
  self: Thread,
  kernel: Kernel,
  port: PortId,
  word: Word,
  timeoutTicks: TimeoutTicks,
): Routine<Word> {
  yield* acquire(kernel.lock);
  const result = yield* callLocked(self, kernel, port, word, timeoutTicks);
  yield* release(kernel.lock);
  return result;
}

/** The same for who holds the lock. */
export function* callLocked(
  self: Thread,
  kernel: Kernel,
  port: PortId,
  word: Word,
  timeoutTicks: TimeoutTicks,
): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  const outer = yield* outerTicks(self, kernel);
  if (!kernel.serves.some((served, worker) => served === port && worker !== self.id)) return Failure.deadlock;
  if (outer === 0) return Failure.timedOut;
  const idle = yield* workerFor(kernel, port);
  if (idle < 0 && timeoutTicks === 0) return Failure.timedOut;
  yield store(mine.port, port, 'plain');
  yield store(mine.word, word, 'plain');
  const kind = idle < 0 ? For.worker : For.reply;
  if (idle >= 0) {
    yield store(mine.server, idle, 'plain');
    yield store(threadOf(kernel, idle).serves, self.id + 1, 'plain');
    yield* decide(self, kernel, idle, (self.id << wordBits) | word);
  }
  return yield* waitFor(self, kernel, kind, timeoutTicks === 0 ? null : timeoutTicks, outer);
}

/** A worker of the port that waits for a request; -1: there is none. */
function* workerFor(kernel: Kernel, port: PortId): Routine<number> {
  for (let worker = 0; worker < kernel.threads.length; worker++) {
    if (kernel.serves[worker] === port && (yield load(threadOf(kernel, worker).for, 'plain')) === For.request)
      return worker;
  }
  return -1;
}

/** How much longer the caller of the request waits that this thread serves; `forever`: no limit. */
function* outerTicks(self: Thread, kernel: Kernel): Routine<Word> {
  const served = yield load(threadOf(kernel, self.id).serves, 'plain');
  if (served === gone) return 0;
  return served === 0 ? forever : yield load(threadOf(kernel, served - 1).leftTicks, 'plain');
}

/** Waits, no longer than `outer`, and gives what is decided. The caller holds the lock, and does so again on return. */
function* waitFor(self: Thread, kernel: Kernel, kind: number, timeoutTicks: TimeoutTicks, outer: Word): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  const asked = timeoutTicks ?? forever;
  const left = asked === forever || outer === forever ? Math.max(asked, outer) : Math.min(asked, outer);
  const arrival = (yield load(kernel.arrivals, 'plain')) + 1;
  yield store(kernel.arrivals, arrival, 'plain');
  yield store(mine.arrival, arrival, 'plain');
  yield store(mine.leftTicks, left, 'plain');
  yield store(mine.for, kind, 'plain');
  while ((yield load(mine.for, 'plain')) !== For.decided) yield* sleep(self, mine.for, kernel.lock);
  yield store(mine.for, For.nothing, 'plain');
  return yield load(mine.result, 'plain');
}

/** Ends the wait of a thread: it is told `result`. */
function* decide(self: Thread, kernel: Kernel, thread: ThreadId, result: Word): Routine {
  const theirs = threadOf(kernel, thread);
  yield store(theirs.result, result, 'plain');
  yield store(theirs.for, For.decided, 'plain');
  yield* wakeup(self, theirs.for);
}

/** Who has waited longest for this, at this port if it is for a worker; -1: nobody. */
function* longest(kernel: Kernel, kind: number, port: PortId): Routine<number> {
  let found = -1;
  let first = 0;
  for (let thread = 0; thread < kernel.threads.length; thread++) {
    const theirs = threadOf(kernel, thread);
    if ((yield load(theirs.for, 'plain')) !== kind) continue;
    if (kind === For.worker && (yield load(theirs.port, 'plain')) !== port) continue;
    const arrival = yield load(theirs.arrival, 'plain');
    if (found >= 0 && arrival > first) continue;
    found = thread;
    first = arrival;
  }
  return found;
}

/** Takes a request, waiting for one: who sent it and its word, as one number. Or why not. */
export function* receive(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  yield* acquire(kernel.lock);
  const result = yield* receiveLocked(self, kernel, timeoutTicks);
  yield* release(kernel.lock);
  return result;
}

function* receiveLocked(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  if ((yield load(mine.serves, 'plain')) !== 0) return Failure.invalid;
  const from = yield* longest(kernel, For.worker, kernel.serves[self.id] as PortId);
  if (from < 0)
    return timeoutTicks === 0 ? Failure.timedOut : yield* waitFor(self, kernel, For.request, timeoutTicks, forever);
  const theirs = threadOf(kernel, from);
  yield store(theirs.for, For.reply, 'plain');
  yield store(theirs.server, self.id, 'plain');
  yield store(mine.serves, from + 1, 'plain');
  return (from << wordBits) | (yield load(theirs.word, 'plain'));
}

/** Answers the request that the caller serves, if anybody still waits for that. 0, or why not. */
export function* reply(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  yield* acquire(kernel.lock);
  const { serves } = threadOf(kernel, self.id);
  const served = yield load(serves, 'plain');
  yield store(serves, 0, 'plain');
  if (served > 0) yield* decide(self, kernel, served - 1, word);
  yield* release(kernel.lock);
  return served === 0 ? Failure.invalid : 0;
}

/** Takes the mutex, waiting for it. 0, or why not. */
export function* lock(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  yield* acquire(kernel.lock);
  const result = yield* lockLocked(self, kernel, timeoutTicks);
  yield* release(kernel.lock);
  return result;
}

/** The same for who holds the lock of the kernel. */
export function* lockLocked(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  if ((yield load(kernel.holder, 'plain')) === 0) {
    yield store(kernel.holder, self.id + 1, 'plain');
    return 0;
  }
  const outer = yield* outerTicks(self, kernel);
  if (timeoutTicks === 0 || outer === 0) return Failure.timedOut;
  return yield* waitFor(self, kernel, For.mutex, timeoutTicks, outer);
}

/** Hands the mutex to who has waited longest. 0, or why not. */
export function* unlock(self: Thread, kernel: Kernel): Routine<Word> {
  yield* acquire(kernel.lock);
  const isHolder = (yield load(kernel.holder, 'plain')) === self.id + 1;
  if (isHolder) {
    const next = yield* longest(kernel, For.mutex, 0);
    yield store(kernel.holder, next + 1, 'plain');
    if (next >= 0) yield* decide(self, kernel, next, 0);
  }
  yield* release(kernel.lock);
  return isHolder ? 0 : Failure.permission;
}

/** The timer device struck: ends every wait whose time is over. 0. */
export function* tick(self: Thread, kernel: Kernel): Routine<Word> {
  yield* acquire(kernel.lock);
  for (let thread = 0; thread < kernel.threads.length; thread++) {
    const theirs = threadOf(kernel, thread);
    const kind = yield load(theirs.for, 'plain');
    const left = yield load(theirs.leftTicks, 'plain');
    if (kind === For.nothing || kind === For.decided || left === forever) continue;
    yield store(theirs.leftTicks, left - 1, 'plain');
    if (left > 1) continue;
    if (kind === For.reply) yield store(threadOf(kernel, yield load(theirs.server, 'plain')).serves, gone, 'plain');
    yield* decide(self, kernel, thread, Failure.timedOut);
  }
  yield* release(kernel.lock);
  return 0;
}
