import type { Address, Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';

/**
 * A memory model: what the accesses of each core give. The machine reaches simulated memory through this door only, so
 * a weaker model is another value of this type. Addresses are in range: the machine has checked them.
 */
export interface Memory {
  /** Starts over: word `i` holds `image[i]`. */
  reset(image: Int32Array): void;
  load(core: number, address: Address, order: Order): Word;
  store(core: number, address: Address, word: Word, order: Order): void;
  /** Each read-modify-write gives the word that was there. */
  compareAndSwap(core: number, address: Address, expected: Word, word: Word, order: Order): Word;
  fetchAdd(core: number, address: Address, addend: Word, order: Order): Word;
  swap(core: number, address: Address, word: Word, order: Order): Word;
  /** The last word written at `address` in the order all cores agree on. What reports and `awaitWord` look at. */
  latest(address: Address): Word;
  /** `latest` of every address, as it is now. */
  snapshot(): Int32Array;
}

/** Sequential consistency: one array, each access in one step. Source: Lamport 1979. */
export const sequentiallyConsistent = (sizeWords: number): Memory => {
  const words = new Int32Array(sizeWords);
  return {
    reset(image) {
      words.set(image);
    },
    load(_core, address) {
      return words[address] as Word;
    },
    store(_core, address, word) {
      words[address] = word;
    },
    compareAndSwap(_core, address, expected, word) {
      const old = words[address] as Word;
      if (old === expected) words[address] = word;
      return old;
    },
    fetchAdd(_core, address, addend) {
      const old = words[address] as Word;
      words[address] = old + addend;
      return old;
    },
    swap(_core, address, word) {
      const old = words[address] as Word;
      words[address] = word;
      return old;
    },
    latest(address) {
      return words[address] as Word;
    },
    snapshot() {
      return words.slice();
    },
  };
};
