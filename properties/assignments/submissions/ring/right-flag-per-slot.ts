/** A right ring: a flag for each slot says whether it is full; there are no indices that both sides read. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, awaitWord, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';

interface Ring {
  readonly slots: number;
  readonly full: Address;
  readonly items: Address;
  /** Where the producer is, and where the consumer: each is its own. */
  readonly producer: Address;
  readonly consumer: Address;
}

export const boot = (memory: Allocator, { capacity }: { capacity: number }): Ring => ({
  slots: capacity,
  full: memory.words('full', capacity, 0),
  items: memory.words('items', capacity),
  producer: memory.word('producer'),
  consumer: memory.word('consumer'),
});

/** Waits until the flag of a slot is as wanted, and knows then what was done before it was set so. */
function* awaitFlag(flag: Address, wanted: Word): Routine {
  while ((yield load(flag, 'acquire')) !== wanted) yield awaitWord(flag, wanted, 'relaxed');
}

export function* put(_self: Thread, ring: Ring, item: number): Routine<Word> {
  const at = yield load(ring.producer, 'plain');
  yield* awaitFlag(ring.full + at, 0);
  yield store(ring.items + at, item, 'plain');
  yield store(ring.full + at, 1, 'release');
  yield store(ring.producer, (at + 1) % ring.slots, 'plain');
  return 0;
}

export function* get(_self: Thread, ring: Ring): Routine<Word> {
  const at = yield load(ring.consumer, 'plain');
  yield* awaitFlag(ring.full + at, 1);
  const item = yield load(ring.items + at, 'plain');
  yield store(ring.full + at, 0, 'release');
  yield store(ring.consumer, (at + 1) % ring.slots, 'plain');
  return item;
}
