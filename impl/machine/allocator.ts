import type { Address, Word } from '#impl/machine/ops.ts';

/** Words that the kernel allocates and frees as one piece. */
export interface Page {
  readonly address: Address;
  readonly words: number;
}

/** Gives out simulated memory before boot. Names are for people who read a trace. */
export interface Allocator {
  /** A word that holds `initial` at boot. */
  word(name: string, initial?: Word): Address;
  /** `count` words in a row, each holding `initial` at boot; gives the address of the first. */
  words(name: string, count: number, initial?: Word): Address;
  /** The words that `fill` asks for, as one piece; `allocated` says whether it is in use at boot. */
  page<Fields>(allocated: boolean, fill: (page: Allocator) => Fields): Page & Fields;
}
