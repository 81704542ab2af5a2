import type { Memory } from '#impl/machine/memory/memory.ts';
import type { Word } from '#impl/machine/ops.ts';

/** Sequential consistency: one array, each access in one step. Source: Lamport 1979. */
export const sequentiallyConsistent = (sizeWords: number, cores: number): Memory => {
  const words = new Int32Array(sizeWords);
  const everyone = Array.from({ length: cores }, (_, core) => core);
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
    fence() {},
    loadSettled(_core, address) {
      return words[address] as Word;
    },
    settled(_core, address) {
      return words[address] as Word;
    },
    send() {},
    receive() {},
    publish() {},
    consult() {},
    buffered() {
      return 0;
    },
    drain() {},
    latest(address) {
      return words[address] as Word;
    },
    snapshot() {
      return words.slice();
    },
    race() {
      return null;
    },
    messages(address) {
      return [{ word: words[address] as Word, writer: null, readers: everyone }];
    },
    state() {
      return [...words];
    },
  };
};
