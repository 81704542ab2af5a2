/**
 * A sequence lock: readers write nothing and never keep a writer waiting. A number is odd while a write is under way; a
 * reader that finds it odd, or changed after it has read, has read in vain and tries again.
 *
 * The words are read while they are written, so they are no plain data. What orders them is two fences: a reader that has
 * seen any word of a write sees, when it looks again, that the number was odd. Source: Boehm, "Can seqlocks get along
 * with programming language memory models?", MSPC 2012; Linux include/linux/seqlock.h.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, awaitOther, fence, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';

export interface Seqlock {
  /** The spin lock that writers hold. */
  readonly writers: Address;
  /** Even: nobody writes. Only who holds `writers` changes it. */
  readonly sequence: Address;
  /** The first of the words, and how many. */
  readonly values: Address;
  readonly words: number;
}

/** Lays a lock and its words out; every word is 0. */
export const layoutSeqlock = (memory: Allocator, words: number): Seqlock => ({
  writers: memory.word('writers'),
  sequence: memory.word('sequence'),
  values: memory.words('value', words),
  words,
});

/** Writes all words as one. Waits for other writers, and for no reader. */
export function* write(lock: Seqlock, values: readonly Word[]): Routine {
  yield* acquire(lock.writers);
  const even = yield load(lock.sequence, 'relaxed', 'seqlock.number');
  yield store(lock.sequence, (even + 1) | 0, 'relaxed', 'seqlock.begin');
  yield fence('release', 'seqlock.begun'); // pairs with got: who sees a word below sees the odd number when it checks
  for (let i = 0; i < lock.words; i++) yield store(lock.values + i, values[i] as Word, 'relaxed', 'seqlock.put');
  yield store(lock.sequence, (even + 2) | 0, 'release', 'seqlock.publish'); // pairs with enter
  yield* release(lock.writers);
}

/** Reads all words as one write left them. */
export function* read(lock: Seqlock): Routine<readonly Word[]> {
  for (;;) {
    const before = yield load(lock.sequence, 'acquire', 'seqlock.enter'); // pairs with publish: shows the words of `before`
    if ((before & 1) === 1) {
      yield awaitOther(lock.sequence, before, 'relaxed', 'seqlock.wait');
      continue;
    }
    const values: Word[] = [];
    for (let i = 0; i < lock.words; i++) values.push(yield load(lock.values + i, 'relaxed', 'seqlock.get'));
    yield fence('acquire', 'seqlock.got'); // pairs with begun
    if ((yield load(lock.sequence, 'relaxed', 'seqlock.check')) === before) return values;
  }
}
