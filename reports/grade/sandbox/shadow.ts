import { type Address, Kind, type Word } from '#impl/machine/ops.ts';

/** An access, as the machine's register has it. */
interface Access {
  readonly kind: number;
  readonly address: Address;
  readonly operand: Word;
  readonly expected: Word;
}

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

  /** The word at `address` is that now. What is no word, or has no address, is a mistake that the machine will find. */
  holds(address: Address, word: Word): void {
    if (this.#words.get(address) === word || this.#words.size >= wordsMax) return;
    if (!Number.isSafeInteger(address) || (word | 0) !== word) return;
    this.#words.set(address, word);
    this.#changed.add(address);
  }

  /** A micro-op was made, and gave that word. */
  made({ kind, address, operand, expected }: Access, word: Word): void {
    if (kind === Kind.load) this.holds(address, word);
    else if (kind === Kind.store || kind === Kind.swap) this.holds(address, operand);
    else if (kind === Kind.compareAndSwap) this.holds(address, word === expected ? operand : word);
    else if (kind === Kind.fetchAdd) this.holds(address, (word + operand) | 0);
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
