/**
 * Mutexes and servers that inherit priorities, as plainly as it goes: one lock for everything. What a thread is lent is
 * kept nowhere. Whoever needs it looks at all threads that wait, and asks the same of each.
 */

import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import { dispatchByPriority } from '#impl/sched/priority-dispatcher.ts';
import * as dispatcher from '#impl/sync/dispatcher.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { InheritanceParameters, MutexId, Priority } from '#spec/abi/sched/inheritance.ts';
import type { ThreadId } from '#spec/abi.ts';

export const Failure = { permission: -1, invalid: -22, deadlock: -35, timedOut: -110 } as const;

/** What a thread waits for. `served`: for the reply of a server that has its request. */
export const For = { nothing: 0, mutex: 1, server: 2, served: 3, request: 4, decided: 5 } as const;

const gone = -1;

/** What is kept of a thread. */
interface ThreadWords {
  readonly own: Address;
  /** What it waits for, one of `For`; it sleeps on this word. Which mutex or server that is, and since when. */
  readonly for: Address;
  readonly on: Address;
  readonly arrival: Address;
  /** What it is told when it goes on. */
  readonly result: Address;
  /** Whom it serves, plus 1; 0: nobody; -1: its caller has gone. */
  readonly serves: Address;
}

export interface Kernel {
  readonly lock: Address;
  /** Who holds each mutex, plus 1. */
  readonly holders: readonly Address[];
  readonly threads: readonly ThreadWords[];
  readonly arrivals: Address;
  /** What each mutex lends its holder while it is held; null: waiters lend theirs. */
  readonly ceilings: readonly Priority[] | null;
}

export const boot = (memory: Allocator, parameters: InheritanceParameters): Kernel => layout(memory, parameters, null);

export const layout = (
  memory: Allocator,
  { priorities, ceilings: mutexes }: InheritanceParameters,
  ceilings: Kernel['ceilings'],
): Kernel => ({
  lock: layoutLock(memory, 'kernel.lock'),
  holders: mutexes.map((_, mutex) => memory.word(`mutex${mutex}.holder`)),
  threads: priorities.map((priority, thread) => ({
    own: memory.word(`T${thread}.priority`, priority),
    for: memory.word(`T${thread}.for`),
    on: memory.word(`T${thread}.on`),
    arrival: memory.word(`T${thread}.arrival`),
    result: memory.word(`T${thread}.result`),
    serves: memory.word(`T${thread}.serves`),
  })),
  arrivals: memory.word('arrivals'),
  ceilings,
});

const threadOf = (kernel: Kernel, thread: ThreadId): ThreadWords => kernel.threads[thread] as ThreadWords;

/** For whom a thread waits; -1: for nobody in particular. */
function* awaitedBy(kernel: Kernel, thread: ThreadId): Routine<number> {
  const theirs = threadOf(kernel, thread);
  const how = yield load(theirs.for, 'plain');
  const on = yield load(theirs.on, 'plain');
  if (how === For.mutex) return (yield load(kernel.holders[on] as Address, 'plain')) - 1;
  return how === For.server || how === For.served ? on : -1;
}

/** The priority of a thread just now. */
function* effective(kernel: Kernel, thread: ThreadId): Routine<Priority> {
  const { ceilings } = kernel;
  let highest = yield load(threadOf(kernel, thread).own, 'plain');
  for (const [lender, theirs] of kernel.threads.entries()) {
    if ((yield* awaitedBy(kernel, lender)) !== thread) continue;
    const isRaised = ceilings !== null && (yield load(theirs.for, 'plain')) === For.mutex;
    if (!isRaised) highest = Math.max(highest, yield* effective(kernel, lender));
  }
  for (const [mutex, ceiling] of (ceilings ?? []).entries()) {
    if ((yield load(kernel.holders[mutex] as Address, 'plain')) === thread + 1) highest = Math.max(highest, ceiling);
  }
  return highest;
}

/** Whether `thread` waits for `other`, or for one who does, and so on; or is it. */
function* dependsOn(kernel: Kernel, thread: ThreadId, other: ThreadId): Routine<boolean> {
  let at = thread;
  while (at >= 0 && at !== other) at = yield* awaitedBy(kernel, at);
  return at === other;
}

/** Of those that wait so, the most urgent; among equals, who came first. -1: there is none. */
function* mostUrgent(kernel: Kernel, kind: number, on: number): Routine<number> {
  let [found, highest, first] = [-1, -1, 0];
  for (const [thread, theirs] of kernel.threads.entries()) {
    if ((yield load(theirs.for, 'plain')) !== kind || (yield load(theirs.on, 'plain')) !== on) continue;
    const priority = yield* effective(kernel, thread);
    const arrival = yield load(theirs.arrival, 'plain');
    if (priority < highest || (priority === highest && arrival > first)) continue;
    [found, highest, first] = [thread, priority, arrival];
  }
  return found;
}

/** Waits, and gives what is decided. The caller holds the lock, which is let go. */
function* wait(self: Thread, kernel: Kernel, kind: number, on: number): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  const arrival = (yield load(kernel.arrivals, 'plain')) + 1;
  yield store(kernel.arrivals, arrival, 'plain');
  yield store(mine.arrival, arrival, 'plain');
  yield store(mine.on, on, 'plain');
  yield store(mine.for, kind, 'plain');
  yield tracepoint('waits', on);
  while ((yield load(mine.for, 'plain')) !== For.decided) yield* sleep(self, mine.for, kernel.lock);
  yield store(mine.for, For.nothing, 'plain');
  const result = yield load(mine.result, 'plain');
  yield* release(kernel.lock);
  return result;
}

/** Ends the wait of a thread: it is told `result`. */
function* decide(self: Thread, kernel: Kernel, thread: ThreadId, result: Word): Routine {
  const theirs = threadOf(kernel, thread);
  yield store(theirs.result, result, 'plain');
  yield store(theirs.for, For.decided, 'plain');
  yield* wakeup(self, theirs.for);
  yield tracepoint('wakes', thread);
}

/** Lets the lock go, and gives `result`. */
function* give(kernel: Kernel, result: Word): Routine<Word> {
  yield* release(kernel.lock);
  return result;
}

/** Takes a mutex, waiting for it. 0, or why not. */
export function* lock(self: Thread, kernel: Kernel, mutex: MutexId): Routine<Word> {
  const holder = kernel.holders[mutex] as Address;
  const ceiling = kernel.ceilings?.[mutex] ?? Number.POSITIVE_INFINITY;
  yield* acquire(kernel.lock);
  if ((yield load(threadOf(kernel, self.id).own, 'plain')) > ceiling) return yield* give(kernel, Failure.invalid);
  const held = yield load(holder, 'plain');
  if (held === 0) {
    yield store(holder, self.id + 1, 'plain');
    return yield* give(kernel, 0);
  }
  if (yield* dependsOn(kernel, held - 1, self.id)) return yield* give(kernel, Failure.deadlock);
  return yield* wait(self, kernel, For.mutex, mutex);
}

/** Gives a mutex up, to the most urgent of those who wait for it. 0, or why not. */
export function* unlock(self: Thread, kernel: Kernel, mutex: MutexId): Routine<Word> {
  const holder = kernel.holders[mutex] as Address;
  yield* acquire(kernel.lock);
  if ((yield load(holder, 'plain')) !== self.id + 1) return yield* give(kernel, Failure.permission);
  const next = yield* mostUrgent(kernel, For.mutex, mutex);
  yield store(holder, next + 1, 'plain');
  if (next >= 0) yield* decide(self, kernel, next, 0);
  return yield* give(kernel, 0);
}

/** Asks a server for a service, and waits for it. 0, or why not. */
export function* call(self: Thread, kernel: Kernel, server: ThreadId): Routine<Word> {
  const theirs = threadOf(kernel, server);
  yield* acquire(kernel.lock);
  if (yield* dependsOn(kernel, server, self.id)) return yield* give(kernel, Failure.deadlock);
  if ((yield load(theirs.for, 'plain')) !== For.request) return yield* wait(self, kernel, For.server, server);
  yield store(theirs.serves, self.id + 1, 'plain');
  yield* decide(self, kernel, server, self.id);
  return yield* wait(self, kernel, For.served, server);
}

/** Takes the most urgent request, waiting for one. Who sent it, or why not. */
export function* receive(self: Thread, kernel: Kernel): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  yield* acquire(kernel.lock);
  if ((yield load(mine.serves, 'plain')) !== 0) return yield* give(kernel, Failure.invalid);
  const from = yield* mostUrgent(kernel, For.server, self.id);
  if (from < 0) return yield* wait(self, kernel, For.request, -1);
  yield store(threadOf(kernel, from).for, For.served, 'plain');
  yield store(mine.serves, from + 1, 'plain');
  return yield* give(kernel, from);
}

/** Ends the service of the request that the caller serves. 0, or why not. */
export function* reply(self: Thread, kernel: Kernel): Routine<Word> {
  const { serves } = threadOf(kernel, self.id);
  yield* acquire(kernel.lock);
  const caller = yield load(serves, 'plain');
  yield store(serves, 0, 'plain');
  if (caller > 0) yield* decide(self, kernel, caller - 1, 0);
  return yield* give(kernel, caller === 0 ? Failure.invalid : 0);
}

/** The timer of a thread's wait struck: the wait ends, if there is one. 0. */
export function* timeOut(self: Thread, kernel: Kernel, thread: ThreadId): Routine<Word> {
  const theirs = threadOf(kernel, thread);
  yield* acquire(kernel.lock);
  const how = yield load(theirs.for, 'plain');
  if (how === For.served) yield store(threadOf(kernel, yield load(theirs.on, 'plain')).serves, gone, 'plain');
  if (how !== For.nothing && how !== For.decided) yield* decide(self, kernel, thread, Failure.timedOut);
  return yield* give(kernel, 0);
}

/** Changes a thread's own priority. 0. */
export function* setPriority(_self: Thread, kernel: Kernel, thread: ThreadId, priority: Priority): Routine<Word> {
  yield* acquire(kernel.lock);
  yield store(threadOf(kernel, thread).own, priority, 'plain');
  return yield* give(kernel, 0);
}

/** The priority of a thread just now. */
export function* priorityOf(_self: Thread, kernel: Kernel, thread: ThreadId): Routine<Word> {
  return yield* priorityNow(kernel, thread);
}

function* priorityNow(kernel: Kernel, thread: ThreadId): Routine<Priority> {
  yield* acquire(kernel.lock);
  return yield* give(kernel, yield* effective(kernel, thread));
}

/** Runs the most urgent threads on `core` for ever. */
export function* dispatch(kernel: Kernel, table: ThreadTable, core: number): Routine {
  yield* dispatchByPriority(table, core, (thread) => priorityNow(kernel, thread));
}

export const { begin, retire, timerInterrupt } = dispatcher;
