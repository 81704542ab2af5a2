/**
 * Dekker's lock for two cores, with loads and stores alone: each says that it wants the lock and looks whether the other
 * does; where both do, `turn` says who gives way.
 *
 * "I want it" must be seen by the other before I look at what the other wants. No acquire and no release orders a store
 * before a later load of another word: it takes a full fence. Source: Dekker's algorithm, in Dijkstra, "Cooperating
 * sequential processes", EWD123, 1965.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitWord,
  coreNumber,
  fence,
  load,
  maskInterrupts,
  type Routine,
  store,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';

export interface DekkerLock {
  /** Per core: 1 while it wants the lock or holds it. */
  readonly wants: readonly [Address, Address];
  /** The core that does not give way. Written by the holder only. */
  readonly turn: Address;
}

/** Lays a lock out that nobody holds. */
export const layoutLock = (memory: Allocator, name: string): DekkerLock => ({
  wants: [memory.word(`${name}.wants0`), memory.word(`${name}.wants1`)],
  turn: memory.word(`${name}.turn`),
});

/** Takes the lock. Cores 0 and 1 only; one that holds it already waits for ever. */
export function* acquire(lock: DekkerLock): Routine {
  yield maskInterrupts(); // before it wants the lock: the other core waits while it does
  const me = yield coreNumber();
  const mine = lock.wants[me] as Address;
  const others = lock.wants[1 - me] as Address;
  for (;;) {
    yield store(mine, 1, 'relaxed', 'spinlock.dekker.want');
    yield fence('seq_cst', 'spinlock.dekker.fence'); // pairs with itself: one of two sees the other's want
    if ((yield load(others, 'acquire', 'spinlock.dekker.look')) === 0) return; // pairs with leave
    if ((yield load(lock.turn, 'relaxed', 'spinlock.dekker.turn')) === me) {
      yield awaitWord(others, 0, 'relaxed', 'spinlock.dekker.insist');
    } else {
      yield store(mine, 0, 'relaxed', 'spinlock.dekker.yield'); // the other insists
      yield awaitWord(lock.turn, me, 'relaxed', 'spinlock.dekker.wait');
    }
  }
}

/** Gives the lock up, and the turn to the other core. The caller holds the lock. */
export function* release(lock: DekkerLock): Routine {
  const me = yield coreNumber();
  yield store(lock.turn, 1 - me, 'relaxed', 'spinlock.dekker.pass');
  yield store(lock.wants[me] as Address, 0, 'release', 'spinlock.dekker.leave'); // pairs with look
  yield unmaskInterrupts();
}
