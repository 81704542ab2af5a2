/** A right ring: one lock around everything, and a look outside it to wait. It orders nothing itself. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, awaitOther, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Item } from '#spec/abi.ts';

interface Ring {
  readonly capacity: number;
  readonly lock: Address;
  readonly held: Address;
  readonly oldest: Address;
  readonly cells: Address;
}

export const boot = (memory: Allocator, { capacity }: { capacity: number }): Ring => ({
  capacity,
  lock: layoutLock(memory, 'lock'),
  held: memory.word('held'),
  oldest: memory.word('oldest'),
  cells: memory.words('cells', capacity),
});

/** Takes the lock when the ring does not hold `wrong` items. Gives how many it holds. */
function* lockUnless(ring: Ring, wrong: number): Routine<Word> {
  for (;;) {
    yield* acquire(ring.lock);
    const held = yield load(ring.held, 'relaxed');
    if (held !== wrong) return held;
    yield* release(ring.lock);
    yield awaitOther(ring.held, wrong, 'relaxed');
  }
}

export function* put(_self: Thread, ring: Ring, item: Item): Routine<Word> {
  const held = yield* lockUnless(ring, ring.capacity);
  const oldest = yield load(ring.oldest, 'plain');
  yield store(ring.cells + ((oldest + held) % ring.capacity), item, 'plain');
  yield store(ring.held, held + 1, 'relaxed');
  yield* release(ring.lock);
  return 0;
}

export function* get(_self: Thread, ring: Ring): Routine<Word> {
  const held = yield* lockUnless(ring, 0);
  const oldest = yield load(ring.oldest, 'plain');
  const item = yield load(ring.cells + oldest, 'plain');
  yield store(ring.oldest, (oldest + 1) % ring.capacity, 'plain');
  yield store(ring.held, held - 1, 'relaxed');
  yield* release(ring.lock);
  return item;
}
