/**
 * The ring with two indices, for one producer and one consumer that poll. `in` is where the next item goes and only the
 * producer moves it; `out` is where the oldest item is and only the consumer moves it. Where they are equal the ring is
 * empty, so that one slot always stays free: full is one short of equal.
 *
 * Source: seed 003, shared memory (`in`, `out`, BUFFER_SIZE); Lamport, "Proving the correctness of multiprocess
 * programs" (1977), for why no lock is needed.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, awaitOther, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Item } from '#spec/abi.ts';

export interface BufferParameters {
  /** How many items it has room for. */
  readonly capacity: number;
  /** Items that have gone through before boot: where indices and counters stand. */
  readonly carriedItems: number;
}

export interface Ring {
  /** BUFFER_SIZE: one more than the capacity. */
  readonly size: number;
  readonly in: Address;
  readonly out: Address;
  readonly slots: Address;
}

/** Lays an empty ring out. */
export const boot = (memory: Allocator, { capacity, carriedItems }: BufferParameters): Ring => {
  const size = capacity + 1;
  return {
    size,
    in: memory.word('in', carriedItems % size),
    out: memory.word('out', carriedItems % size),
    slots: memory.words('slots', size),
  };
};

/** Puts an item, spinning while the ring is full. 0. */
export function* put(_self: Thread, ring: Ring, item: Item): Routine<Word> {
  const slot = yield load(ring.in, 'relaxed', 'bounded-buffer.in-out.own-in');
  const next = (slot + 1) % ring.size;
  // Pairs with get: the slot has been read.
  while ((yield load(ring.out, 'acquire', 'bounded-buffer.in-out.room')) === next) {
    yield awaitOther(ring.out, next, 'relaxed', 'bounded-buffer.in-out.spin-full');
  }
  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.in-out.write');
  yield store(ring.in, next, 'release', 'bounded-buffer.in-out.publish'); // pairs with get: shows the item
  return 0;
}

/** Takes the oldest item, spinning while the ring is empty. */
export function* get(_self: Thread, ring: Ring): Routine<Word> {
  const slot = yield load(ring.out, 'relaxed', 'bounded-buffer.in-out.own-out');
  // Pairs with put: the item has been written.
  while ((yield load(ring.in, 'acquire', 'bounded-buffer.in-out.item')) === slot) {
    yield awaitOther(ring.in, slot, 'relaxed', 'bounded-buffer.in-out.spin-empty');
  }
  const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.in-out.read');
  yield store(ring.out, (slot + 1) % ring.size, 'release', 'bounded-buffer.in-out.free'); // pairs with put: gives the slot
  return item;
}
