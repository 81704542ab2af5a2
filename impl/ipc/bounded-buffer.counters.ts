/**
 * The ring with two counters and two indices, made right, for any number of producers and consumers that poll.
 * `emptySlots` counts the free slots and `filledSlots` the items; each is claimed before a slot is touched, and given
 * to the other side after.
 *
 * The listing it comes from decrements with `--` and increments with `++`, which other cores can step between. Here a
 * claim tests and decrements in one step, and a lock makes choosing a slot and using it one piece among the producers
 * and among the consumers, so that as many items as are counted are written in the first slots. Source: seed 004, the
 * producer-consumer problem (`send`, `recv`).
 */
import type { BufferParameters } from '#impl/ipc/bounded-buffer.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitOther,
  compareAndSwap,
  fetchAdd,
  load,
  type Routine,
  store,
  type Word,
} from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Item } from '#spec/abi.ts';

export interface Ring {
  readonly size: number;
  readonly emptySlots: Address;
  readonly filledSlots: Address;
  /** Guards `writeIndex` and the writing of its slot. */
  readonly writeLock: Address;
  readonly writeIndex: Address;
  /** Guards `readIndex` and the reading of its slot. */
  readonly readLock: Address;
  readonly readIndex: Address;
  readonly slots: Address;
}

/** Lays an empty ring out. */
export const boot = (memory: Allocator, { capacity, carriedItems }: BufferParameters): Ring => ({
  size: capacity,
  emptySlots: memory.word('empty_slot', capacity),
  filledSlots: memory.word('filled_slot', 0),
  writeLock: memory.word('write_lock'),
  writeIndex: memory.word('buffer_write_cnt', carriedItems % capacity),
  readLock: memory.word('read_lock'),
  readIndex: memory.word('buffer_read_cnt', carriedItems % capacity),
  slots: memory.words('buffer', capacity),
});

/** Puts an item, spinning while there is no empty slot. 0. */
export function* put(_self: Thread, ring: Ring, item: Item): Routine<Word> {
  yield* claim(ring.emptySlots);
  yield* acquire(ring.writeLock);
  const slot = yield load(ring.writeIndex, 'plain');
  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.counters.write');
  yield store(ring.writeIndex, (slot + 1) % ring.size, 'plain');
  yield* release(ring.writeLock);
  yield fetchAdd(ring.filledSlots, 1, 'release', 'bounded-buffer.counters.fill'); // pairs with claim: shows the item
  return 0;
}

/** Takes the oldest item, spinning while there is no filled slot. */
export function* get(_self: Thread, ring: Ring): Routine<Word> {
  yield* claim(ring.filledSlots);
  yield* acquire(ring.readLock);
  const slot = yield load(ring.readIndex, 'plain');
  const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.counters.read');
  yield store(ring.readIndex, (slot + 1) % ring.size, 'plain');
  yield* release(ring.readLock);
  yield fetchAdd(ring.emptySlots, 1, 'release', 'bounded-buffer.counters.empty'); // pairs with claim: gives the slot
  return item;
}

/** Takes one from a counter, spinning while it is 0. */
function* claim(counter: Address): Routine {
  for (;;) {
    const count = yield load(counter, 'relaxed', 'bounded-buffer.counters.look');
    if (count === 0) yield awaitOther(counter, 0, 'relaxed', 'bounded-buffer.counters.spin');
    else if ((yield compareAndSwap(counter, count, count - 1, 'acquire', 'bounded-buffer.counters.claim')) === count)
      return;
  }
}
