/** A wrong buffer: who puts wakes nobody. Some workload and claim of yours should find it out. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';

interface Buffer {
  readonly capacity: number;
  readonly lock: Address;
  /** How many items were ever put and got: an item is at its number, modulo the capacity. */
  readonly put: Address;
  readonly got: Address;
  readonly finished: Address;
  readonly slots: Address;
}

export const boot = (memory: Allocator, { capacity }: { readonly capacity: number }): Buffer => ({
  capacity,
  lock: memory.word('lock'),
  put: memory.word('put'),
  got: memory.word('got'),
  finished: memory.word('finished'),
  slots: memory.words('slots', capacity),
});

/** Puts an item. 0. */
export function* put(self: Thread, buffer: Buffer, item: Word): Routine<Word> {
  yield* acquire(buffer.lock);
  let last = yield load(buffer.put, 'plain');
  while (last - (yield load(buffer.got, 'plain')) === buffer.capacity) {
    yield* sleep(self, buffer.got, buffer.lock);
    last = yield load(buffer.put, 'plain');
  }
  yield store(buffer.slots + (last % buffer.capacity), item, 'plain');
  yield store(buffer.put, last + 1, 'plain');
  yield* release(buffer.lock);
  return 0;
}

/** Gets the oldest item; -1: there is none, and no more will come. */
export function* get(self: Thread, buffer: Buffer): Routine<Word> {
  yield* acquire(buffer.lock);
  let oldest = yield load(buffer.got, 'plain');
  while (oldest === (yield load(buffer.put, 'plain'))) {
    if ((yield load(buffer.finished, 'plain')) === 1) {
      yield* release(buffer.lock);
      return -1;
    }
    yield* sleep(self, buffer.put, buffer.lock);
    oldest = yield load(buffer.got, 'plain');
  }
  const item = yield load(buffer.slots + (oldest % buffer.capacity), 'plain');
  yield store(buffer.got, oldest + 1, 'plain');
  yield* wakeup(self, buffer.got);
  yield* release(buffer.lock);
  return item;
}

/** No more will come. 0. */
export function* finish(self: Thread, buffer: Buffer): Routine<Word> {
  yield* acquire(buffer.lock);
  yield store(buffer.finished, 1, 'plain');
  yield* wakeup(self, buffer.put);
  yield* release(buffer.lock);
  return 0;
}
