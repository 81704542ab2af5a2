import type { Schema } from '#model/engine/space/schema.ts';
import { InternalError } from '#model/suite-error.ts';

const wordBits = 32;

/** How many bits tell so many codes apart; none for a place where the same thing stands always. */
const bitsFor = (codes: number): number => wordBits - Math.clz32(codes - 1);

/** Of a slot with few codes, those tell little of how many there will be. */
const fewBits = 3;

/** How many bits a slot has use for, which needs `bits` now: more may be seen there than was. */
const bitsWanted = ({ atoms, values }: Schema['slots'][number], bits: number): number => {
  if (atoms.every((atom) => atom === 'true' || atom === 'false')) return 1;
  if (bits > 0) return bits + 2;
  const [means] = values;
  const isLeaf = means?.tag === 'leaf' && (means.value === null || typeof means.value !== 'object');
  return isLeaf ? fewBits : 0;
};

interface Places {
  /** By slot. */
  readonly word: number[];
  /** By word: how many bits are left over. */
  readonly free: number[];
}

/** Puts slots of so many bits into so many words, the widest first, each where most is free; undefined if that fails. */
const placeIn = (words: number, bits: readonly number[]): Places | undefined => {
  const word = bits.map(() => 0);
  const free = Array.from({ length: words }, () => wordBits);
  const widestFirst = [...bits.keys()].toSorted((a, b) => (bits[b] as number) - (bits[a] as number) || a - b);
  for (const slot of widestFirst) {
    const into = free.indexOf(Math.max(...free));
    word[slot] = into;
    free[into] = (free[into] as number) - (bits[slot] as number);
    if ((free[into] as number) < 0) return undefined;
  }
  return { word, free };
};

/**
 * Two words at least: the first things seen would else have no room one after the other, and states of one word are
 * hardly found faster.
 */
const wordsMin = 2;

const place = (bits: readonly number[]): Places => {
  for (let words = wordsMin; ; words++) {
    const places = placeIn(words, bits);
    if (places) return places;
  }
};

/** Where the code of each slot lies in a packed state of a few words of 32 bits. No slot lies across two words. */
export class Packing {
  readonly words: number;
  /** By slot. */
  readonly bits: readonly number[];
  readonly word: readonly number[];
  readonly shift: readonly number[];

  /**
   * Few words that hold all that the schema has seen so far. Bits that are left over go to slots where more may be seen,
   * one each, or else where that is likeliest: so the states need not be packed anew for each new thing.
   */
  constructor({ slots }: Schema) {
    let bits = slots.map(({ atoms }) => (atoms.length < 2 ? 0 : bitsFor(atoms.length)));
    if (bits.some((width) => width === wordBits)) throw new InternalError('a slot has more codes than a word can hold');
    const wanted = slots.map((slot, number) => bitsWanted(slot, bits[number] as number));
    /** Of more to be seen in a slot: where it is full, and where much was seen already. */
    const likelihood = slots.map(({ atoms }, slot) =>
      bits[slot] === 0 ? 0 : atoms.length ** 2 / 2 ** (bits[slot] as number),
    );
    let places = place(bits);
    const widen = (which: (slot: number) => boolean): boolean => {
      const wider = bits.map((width, slot) => (which(slot) && width < (wanted[slot] as number) ? width + 1 : width));
      const tried = placeIn(places.free.length, wider);
      if (tried) [bits, places] = [wider, tried];
      return tried !== undefined;
    };
    const isVaried = (slot: number): boolean => likelihood[slot] !== 0;
    const fits = widen(isVaried) && widen((slot) => !isVaried(slot)) && widen(isVaried);
    const { word, free } = places;
    const likeliestFirst = [...slots.keys()].toSorted((a, b) => (likelihood[b] as number) - (likelihood[a] as number));
    for (const slot of fits ? [] : likeliestFirst) {
      const inWord = word[slot] as number;
      if (free[inWord] === 0 || (bits[slot] as number) >= (wanted[slot] as number)) continue;
      free[inWord] = (free[inWord] as number) - 1;
      bits[slot] = (bits[slot] as number) + 1;
    }
    const used = free.map(() => 0);
    this.shift = word.map((inWord, slot) => {
      const shift = used[inWord] as number;
      used[inWord] = shift + (bits[slot] as number);
      return shift % wordBits;
    });
    this.words = free.length;
    this.bits = bits;
    this.word = word;
  }

  /** A slot’s code is this many low bits of its word, shifted right. */
  mask(slot: number): number {
    return (1 << (this.bits[slot] as number)) - 1;
  }

  /** Whether every code of the schema has room. */
  holds({ slots }: Schema): boolean {
    return (
      slots.length === this.bits.length &&
      slots.every(({ atoms }, slot) => atoms.length <= 1 || atoms.length <= 2 ** (this.bits[slot] as number))
    );
  }

  /** The codes of the packed state that begins at `at`. */
  unpack(words: Int32Array, at: number): number[] {
    return this.bits.map(
      (_, slot) =>
        ((words[at + (this.word[slot] as number)] as number) >>> (this.shift[slot] as number)) & this.mask(slot),
    );
  }

  /** Writes the codes as a packed state that begins at `at`. A slot without a code has code 0. */
  pack(codes: ArrayLike<number>, words: Int32Array, at: number): void {
    words.fill(0, at, at + this.words);
    for (let slot = 0; slot < this.bits.length; slot++) {
      const word = at + (this.word[slot] as number);
      words[word] = (words[word] as number) | ((codes[slot] ?? 0) << (this.shift[slot] as number));
    }
  }

  /** Packs the first `count` states of `words`, which are packed in the way of `from`, into `into`. */
  packAll(from: Packing, words: Int32Array, into: Int32Array, count: number): void {
    const used = [...from.bits.keys()].filter((slot) => from.bits[slot] !== 0);
    const columns = Int32Array.from(
      used.flatMap((slot) => [from.word[slot], from.shift[slot], from.mask(slot), this.word[slot], this.shift[slot]]),
      Number,
    );
    for (let state = 0; state < count; state++) {
      const at = state * from.words;
      const to = state * this.words;
      for (let i = 0; i < columns.length; i += 5) {
        const word = words[at + (columns[i] as number)] as number;
        const code = (word >>> (columns[i + 1] as number)) & (columns[i + 2] as number);
        const target = to + (columns[i + 3] as number);
        into[target] = (into[target] as number) | (code << (columns[i + 4] as number));
      }
    }
  }
}
