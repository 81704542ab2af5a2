/**
 * A deque under one lock: a ring of as many slots as tasks may wait, the place of the oldest, and how many there are.
 * Nothing is done without the lock.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { DequeParameters } from '#impl/sched/deque.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Task } from '#spec/abi/sched/deque.ts';

export interface Deque {
  readonly lock: Address;
  readonly first: Address;
  readonly count: Address;
  readonly slots: Address;
  readonly size: number;
}

/** What a routine gives instead of a task. */
const empty = -1;
const noSpace = -28;

/** Lays an empty deque out. */
export const boot = (memory: Allocator, { arrayTasks, arrays }: DequeParameters): Deque => {
  const size = arrayTasks << (arrays - 1);
  return {
    lock: layoutLock(memory, 'lock'),
    first: memory.word('first'),
    count: memory.word('count'),
    slots: memory.words('slots', size),
    size,
  };
};

/** Puts a task at the young end. 0, or ENOSPC. */
export function* push(_self: Thread, deque: Deque, task: Task): Routine<Word> {
  yield* acquire(deque.lock);
  const count = yield load(deque.count, 'plain');
  if (count < deque.size) {
    const first = yield load(deque.first, 'plain');
    yield store(deque.slots + ((first + count) % deque.size), task, 'plain');
    yield store(deque.count, count + 1, 'plain');
  }
  yield* release(deque.lock);
  return count < deque.size ? 0 : noSpace;
}

/** Takes the task at the young end, or -1: there is none. */
export function* pop(_self: Thread, deque: Deque): Routine<Word> {
  yield* acquire(deque.lock);
  let task = empty;
  const count = yield load(deque.count, 'plain');
  if (count > 0) {
    const first = yield load(deque.first, 'plain');
    task = yield load(deque.slots + ((first + count - 1) % deque.size), 'plain');
    yield store(deque.count, count - 1, 'plain');
  }
  yield* release(deque.lock);
  return task;
}

/** Takes the task at the old end, or -1: there is none. */
export function* steal(_self: Thread, deque: Deque): Routine<Word> {
  yield* acquire(deque.lock);
  let task = empty;
  const count = yield load(deque.count, 'plain');
  if (count > 0) {
    const first = yield load(deque.first, 'plain');
    task = yield load(deque.slots + first, 'plain');
    yield store(deque.first, (first + 1) % deque.size, 'plain');
    yield store(deque.count, count - 1, 'plain');
  }
  yield* release(deque.lock);
  return task;
}
