/**
 * Your ring. Fill in the routines below; what each has to do is said above it, and in README.md.
 *
 * A routine looks like this. It adds one to a counter, and gives what was there:
 *
 *   function* increment(counter: Address): Routine<Word> {
 *     const old = yield load(counter, 'relaxed'); // `yield` each micro-op: another core may step in here
 *     yield store(counter, old + 1, 'relaxed');
 *     return old;
 *   }
 *
 * It is called by `const old = yield* increment(counter)`. Threads share nothing but words: a variable at the top of this
 * file would be another one for each thread.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { panic, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Item } from '#spec/abi.ts';

/** What the ring is made with. */
export interface RingParameters {
  /** How many items it has room for: 1 or more, not always a power of two. All of it can be used. */
  readonly capacity: number;
  /** 0 or more: where indices that only grow would stand at boot. Ignore it if you have none. */
  readonly carriedItems: number;
}

/** Where your words are: addresses, and numbers that never change. It is frozen once `boot` has given it. */
export interface Ring {
  readonly capacity: number;
  // More fields of yours.
}

/**
 * Lays an empty ring out, by `memory.word(name, initial)` and `memory.words(name, count, initial)`, which give addresses.
 * It is no routine, runs before everything else, and depends on its arguments only.
 */
export const boot = (_memory: Allocator, { capacity }: RingParameters): Ring => ({ capacity });

/** Puts an item behind the others; waits, on its core, as long as there is no room. Gives 0. One thread alone calls it. */
export function* put(_self: Thread, _ring: Ring, _item: Item): Routine<Word> {
  yield panic('put is not written yet');
  return 0;
}

/** Takes the oldest item and gives it; waits, on its core, as long as there is none. One thread alone calls it. */
export function* get(_self: Thread, _ring: Ring): Routine<Word> {
  yield panic('get is not written yet');
  return 0;
}
