/**
 * A spin lock: a word that holds 0, or the number of the core that holds it plus 1.
 *
 * The holder's interrupts are off, so that it is never preempted, and never waits for itself in a handler.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitWord,
  compareAndSwap,
  coreNumber,
  maskInterrupts,
  panic,
  type Routine,
  swap,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';

/** Lays a lock out that nobody holds. */
export const layoutLock = (memory: Allocator, name: string): Address => memory.word(name);

/** Takes the lock, spinning while another core holds it. Panics if this core holds it already. */
export function* acquire(lock: Address): Routine {
  yield maskInterrupts(); // before the test: a handler on this core may want the same lock
  const me = (yield coreNumber()) + 1;
  for (;;) {
    const holder = yield compareAndSwap(lock, 0, me, 'acquire', 'spinlock.acquire'); // pairs with release
    if (holder === 0) return;
    if (holder === me) yield panic('acquire: this core already holds the lock');
    yield awaitWord(lock, 0, 'relaxed', 'spinlock.spin');
  }
}

/** Gives the lock up. Panics if this core does not hold it. */
export function* release(lock: Address): Routine {
  const me = (yield coreNumber()) + 1;
  const holder = yield swap(lock, 0, 'release', 'spinlock.release'); // pairs with acquire; gives the holder for free
  if (holder !== me) yield panic('release: this core does not hold the lock');
  yield unmaskInterrupts();
}
