import type { Schema } from '#model/engine/space/schema.ts';
import { InternalError } from '#model/suite-error.ts';

const wordBits = 32;

/** How many bits tell so many codes apart; none for a place where the same thing stands always. */
const bitsFor = (codes: number): number => wordBits - Math.clz32(codes - 1);

/** Whether no more can be seen in a slot than was. */
const isBoolean = (atoms: readonly string[]): boolean => atoms.every((atom) => atom === 'true' || atom === 'false');

/** The widest slots first, each into the first word with room. */
const placesFor = (bitsOf: readonly number[]): { words: number; places: { word: number; shift: number }[] } => {
  const used = [0];
  const places = bitsOf.map(() => ({ word: 0, shift: 0 }));
  for (const [slot, bits] of [...bitsOf.entries()].toSorted(([a, x], [b, y]) => y - x || a - b)) {
    const fits = used.findIndex((taken) => taken + bits <= wordBits);
    const word = fits < 0 ? used.push(0) - 1 : fits;
    places[slot] = { word, shift: used[word] as number };
    used[word] = (used[word] as number) + bits;
  }
  return { words: used.length, places };
};

/** Where the code of each slot lies in a packed state of a few words of 32 bits. No slot lies across two words. */
export class Packing {
  readonly words: number;
  /** By slot. */
  readonly bits: readonly number[];
  readonly word: readonly number[];
  readonly shift: readonly number[];

  /**
   * As few words as hold all that the schema has seen so far. Where that leaves bits over, slots get one more, the fullest
   * first: so the states need not be packed anew for the next thing seen there.
   */
  constructor({ slots }: Schema) {
    const tight = slots.map(({ atoms }) => (atoms.length < 2 ? 0 : bitsFor(atoms.length)));
    if (tight.some((bits) => bits === wordBits)) throw new InternalError('a slot has more codes than a word can hold');
    let chosen = tight;
    let placed = placesFor(tight);
    const words = placed.words;
    const mayGrow = [...slots.keys()].filter((slot) => tight[slot] !== 0 && !isBoolean(slots[slot]?.atoms ?? []));
    const fullness = (slot: number): number => (slots[slot]?.atoms.length ?? 0) / 2 ** (tight[slot] as number);
    for (const slot of mayGrow.toSorted((a, b) => fullness(b) - fullness(a))) {
      const roomier = chosen.with(slot, (tight[slot] as number) + 1);
      const tried = placesFor(roomier);
      if (tried.words === words) [chosen, placed] = [roomier, tried];
    }
    this.bits = chosen;
    this.words = words;
    this.word = placed.places.map(({ word }) => word);
    this.shift = placed.places.map(({ shift }) => shift % wordBits);
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
