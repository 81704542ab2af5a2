/**
 * The bounded buffer with three semaphores, for any number of producers and consumers, who sleep: `empty` counts the
 * free slots, `full` the items, and `mutex` lets one thread at a time touch the ring.
 *
 * Who needs a slot or an item waits for that first and for the mutex then. The other way round it would sleep with the
 * mutex held, and nobody could ever bring what it waits for. Source: Dijkstra, "Cooperating sequential processes"
 * (1965), section 4.3; ChCore course 2022, lab 4, producers and consumers.
 */
import type { BufferParameters } from '#impl/ipc/bounded-buffer.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { down, layoutSemaphore, type Semaphore, up } from '#impl/sync/semaphore.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Item } from '#spec/abi.ts';

/** What a consumer is told when the buffer is empty and finished. */
const end = -1;

export interface Ring {
  readonly size: number;
  readonly empty: Semaphore;
  /** Counts the items, and one more for each `finish`: so a consumer comes through, and finds nothing. */
  readonly full: Semaphore;
  readonly mutex: Semaphore;
  /** How many items are in the ring, where the next goes, and where the oldest is: under the mutex. */
  readonly count: Address;
  readonly in: Address;
  readonly out: Address;
  readonly slots: Address;
}

/** Lays an empty buffer out. */
export const boot = (memory: Allocator, { capacity, carriedItems }: BufferParameters): Ring => ({
  size: capacity,
  empty: layoutSemaphore(memory, 'empty', capacity),
  full: layoutSemaphore(memory, 'full', 0),
  mutex: layoutSemaphore(memory, 'mutex', 1),
  count: memory.word('count'),
  in: memory.word('in', carriedItems % capacity),
  out: memory.word('out', carriedItems % capacity),
  slots: memory.words('slots', capacity),
});

/** Puts an item, sleeping while the buffer is full. 0. */
export function* put(self: Thread, ring: Ring, item: Item): Routine<Word> {
  yield* down(self, ring.empty);
  yield* down(self, ring.mutex);
  const slot = yield load(ring.in, 'plain');
  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.semaphores.write');
  yield store(ring.in, (slot + 1) % ring.size, 'plain');
  yield store(ring.count, (yield load(ring.count, 'plain')) + 1, 'plain');
  yield* up(self, ring.mutex);
  yield* up(self, ring.full);
  return 0;
}

/** Takes the oldest item, sleeping while there is none. -1: there is none, and the buffer is finished. */
export function* get(self: Thread, ring: Ring): Routine<Word> {
  yield* down(self, ring.full);
  yield* down(self, ring.mutex);
  const count = yield load(ring.count, 'plain');
  if (count === 0) {
    yield* up(self, ring.mutex);
    yield* up(self, ring.full); // the next consumer is to come through too
    return end;
  }
  const slot = yield load(ring.out, 'plain');
  const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.semaphores.read');
  yield store(ring.out, (slot + 1) % ring.size, 'plain');
  yield store(ring.count, count - 1, 'plain');
  yield* up(self, ring.mutex);
  yield* up(self, ring.empty);
  return item;
}

/** Tells the consumers that no more will come. 0. */
export function* finish(self: Thread, ring: Ring): Routine<Word> {
  yield* up(self, ring.full);
  return 0;
}
