/**
 * A counting semaphore: a number that is never negative, and threads that sleep until they may take one from it.
 *
 * Source: Dijkstra, "Cooperating sequential processes" (1965), P and V; xv6 book, "Sleep and wakeup", where it is the
 * example.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store } from '#impl/machine/ops.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';

/** The count, guarded by the lock. Sleepers sleep on the count's address. */
export interface Semaphore {
  readonly lock: Address;
  readonly count: Address;
}

/** Lays a semaphore out, with `count` to take at boot. */
export const layoutSemaphore = (memory: Allocator, name: string, count: number): Semaphore => ({
  lock: memory.word(`${name}.lock`),
  count: memory.word(`${name}.count`, count),
});

/** P: takes one, sleeping while there is none. A kill does not end the wait. The caller holds no spin lock. */
export function* down(self: Thread, semaphore: Semaphore): Routine {
  yield* acquire(semaphore.lock);
  let count = yield load(semaphore.count, 'plain');
  while (count === 0) {
    yield* sleep(self, semaphore.count, semaphore.lock);
    count = yield load(semaphore.count, 'plain');
  }
  yield store(semaphore.count, count - 1, 'plain');
  yield* release(semaphore.lock);
}

/** V: gives one, and wakes who sleeps for it. */
export function* up(self: Thread, semaphore: Semaphore): Routine {
  yield* acquire(semaphore.lock);
  yield store(semaphore.count, (yield load(semaphore.count, 'plain')) + 1, 'plain');
  yield* wakeup(self, semaphore.count);
  yield* release(semaphore.lock);
}
