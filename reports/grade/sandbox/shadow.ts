import type { Address, Word } from '#impl/machine/ops.ts';
import { type Access, heldAfter } from '#reports/grade/sandbox/access.ts';

/** So many words are followed at most: the addresses that a submission comes up with have no end. */
const wordsMax = 100_000;

/**
 * What memory seems to hold, by what it held at boot and what a submission's routines did and were given since. Good for
 * guesses only: the kernel beneath them writes too, and memory may be weak.
 */
export class Shadow {
  readonly #words = new Map<Address, Word>();
  readonly #told = new Map<Address, Word>();
  readonly #changed = new Set<Address>();

  /** The word at `address` is that now. */
  holds(address: Address, word: Word): void {
    if (this.#words.get(address) === word || this.#words.size >= wordsMax) return;
    if (!Number.isSafeInteger(address)) return; // a mistake that the machine finds
    this.#words.set(address, word);
    this.#changed.add(address);
  }

  /** A micro-op was made, and gave that word. */
  made(op: Access & { readonly address: Address }, word: Word): void {
    const held = heldAfter(op, word);
    if (held !== undefined) this.holds(op.address, held);
  }

  /** Addresses and words, in turn: all that has changed since this was asked last. */
  news(): readonly number[] {
    const news: number[] = [];
    for (const address of this.#changed) {
      const word = this.#words.get(address) as Word;
      if (this.#told.get(address) === word) continue;
      this.#told.set(address, word);
      news.push(address, word);
    }
    this.#changed.clear();
    return news;
  }
}
