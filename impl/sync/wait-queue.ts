/**
 * A queue of threads that wait for a condition, woken one at a time in the order they came.
 *
 * A waiter queues itself and marks itself asleep *before* it looks at the condition, so that a waker, who changes the
 * condition before it looks at the queue, finds it there. Source: Linux v6.14, kernel/sched/wait.c
 * (prepare_to_wait_event, autoremove_wake_function) and ___wait_event in include/linux/wait.h.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store } from '#impl/machine/ops.ts';
import { giveUp, wake } from '#impl/sync/dispatcher.ts';
import { isKilled } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, type ThreadTable, wordsOf } from '#impl/sync/threads.ts';

/** A doubly linked list through the threads' own words; `first` and `last` are thread numbers plus 1, or 0. */
export interface WaitQueue {
  readonly lock: Address;
  readonly first: Address;
  readonly last: Address;
}

/** Lays a queue out; empty at boot. */
export const layoutWaitQueue = (memory: Allocator, name: string): WaitQueue => ({
  lock: memory.word(`${name}.lock`),
  first: memory.word(`${name}.first`),
  last: memory.word(`${name}.last`),
});

/** Waits on `queue` until `isMet` gives true; then true. False: the caller was killed while it did not. */
export function* waitUntil(self: Thread, queue: WaitQueue, isMet: () => Routine<boolean>): Routine<boolean> {
  for (;;) {
    const interrupted = yield* prepareToWait(self, queue);
    const met = yield* isMet();
    if (met || interrupted) {
      yield* finishWait(self, queue);
      return met;
    }
    yield* block(self);
  }
}

/** Queues the caller and marks it asleep. True, and not queued: it was killed, and no wakeup can choose it any more. */
function* prepareToWait(self: Thread, queue: WaitQueue): Routine<boolean> {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(queue.lock);
  const isQueued = (yield load(mine.channel, 'relaxed')) !== 0;
  const interrupted = yield* isKilled(self);
  if (interrupted && isQueued) yield* remove(self.table, queue, self.id);
  if (!interrupted && !isQueued) yield* append(self.table, queue, self.id);
  if (!interrupted) yield store(mine.state, State.sleeping, 'relaxed', 'wait-queue.sleeping'); // before the condition
  yield* release(queue.lock);
  return interrupted;
}

/** Sleeps, unless woken or killed since `prepareToWait`. */
function* block(self: Thread): Routine {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(mine.lock);
  const isAsleep = (yield load(mine.state, 'relaxed')) === State.sleeping;
  if (isAsleep && !(yield* isKilled(self))) yield* giveUp(self);
  else yield store(mine.state, State.running, 'relaxed');
  yield* release(mine.lock);
}

/** Leaves the queue, awake. */
function* finishWait(self: Thread, queue: WaitQueue): Routine {
  const mine = wordsOf(self.table, self.id);
  yield store(mine.state, State.running, 'relaxed');
  if ((yield load(mine.channel, 'acquire', 'waiting.isOff')) === 0) return; // a waker took us off, or a kill did: pairs with remove
  yield* acquire(queue.lock);
  if ((yield load(mine.channel, 'relaxed')) !== 0) yield* remove(self.table, queue, self.id);
  yield* release(queue.lock);
}

/** Wakes the first waiter that is asleep and takes it off the queue. */
export function* wakeOne(table: ThreadTable, queue: WaitQueue): Routine {
  yield* wakeUpTo(table, queue, 1);
}

/** Wakes every waiter. */
export function* wakeAll(table: ThreadTable, queue: WaitQueue): Routine {
  yield* wakeUpTo(table, queue, table.threads.length);
}

function* wakeUpTo(table: ThreadTable, queue: WaitQueue, most: number): Routine {
  let left = most;
  yield* acquire(queue.lock);
  let waiter = yield load(queue.first, 'plain');
  while (waiter !== 0 && left > 0) {
    const words = wordsOf(table, waiter - 1);
    const next = yield load(words.next, 'plain');
    yield* acquire(words.lock);
    if ((yield load(words.state, 'relaxed')) === State.sleeping) {
      yield* remove(table, queue, waiter - 1);
      yield* wake(table, waiter - 1);
      left--;
    }
    yield* release(words.lock);
    waiter = next;
  }
  yield* release(queue.lock);
}

/** Puts thread `id` at the end. The caller holds the queue's lock. */
function* append(table: ThreadTable, queue: WaitQueue, id: number): Routine {
  const mine = wordsOf(table, id);
  const last = yield load(queue.last, 'plain');
  yield store(mine.previous, last, 'plain');
  yield store(mine.next, 0, 'plain');
  yield store(last === 0 ? queue.first : wordsOf(table, last - 1).next, id + 1, 'plain');
  yield store(queue.last, id + 1, 'plain');
  yield store(mine.channel, queue.lock, 'relaxed');
}

/** Takes thread `id` out, wherever it stands. The caller holds the queue's lock. */
function* remove(table: ThreadTable, queue: WaitQueue, id: number): Routine {
  const mine = wordsOf(table, id);
  const previous = yield load(mine.previous, 'plain');
  const next = yield load(mine.next, 'plain');
  yield store(previous === 0 ? queue.first : wordsOf(table, previous - 1).next, next, 'plain');
  yield store(next === 0 ? queue.last : wordsOf(table, next - 1).previous, previous, 'plain');
  yield store(mine.channel, 0, 'release', 'waiting.off'); // we are done with its words: it may queue elsewhere next
}
