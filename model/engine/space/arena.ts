import type { Packing } from '#model/engine/space/packing.ts';
import { withRoomFor } from '#model/engine/space/room.ts';
import type { Symmetry } from '#model/engine/space/symmetry.ts';

const entriesAtFirst = 1024;
/** As soon as there are so many states to insert, they are inserted together. */
export const batchMax = 256;

/**
 * The states found so far, packed one behind the other in the order in which they were found: so it is also the queue of
 * a breadth-first search, and with each state's parent the shortest way to it. Exact: states are compared, not hashes.
 */
export class Arena {
  #packing: Packing;
  words: Int32Array<ArrayBuffer>;
  parents: Int32Array<ArrayBuffer> = new Int32Array(entriesAtFirst);
  count = 0;
  /**
   * Open addressing: 0, or a state’s number plus one in the bits that an index of the table has, and above them what its
   * hash has there: so states that are not equal are seldom compared. At most half full.
   */
  #table = new Int32Array(entriesAtFirst * 2);
  #hashes: Int32Array<ArrayBuffer> = new Int32Array(batchMax);
  /** Of the states that the last batch brought, in their order: where in the batch each stood. */
  insertedFrom: Int32Array<ArrayBuffer> = new Int32Array(batchMax);
  /** What was looked at ahead of time, summed up, so that the looking is not optimised away. */
  lookedAt = 0;

  constructor(packing: Packing) {
    this.#packing = packing;
    this.words = new Int32Array(entriesAtFirst * packing.words);
  }

  /**
   * Inserts the first `count` packed states of `batch` that are not there yet, each with its parent. The new ones have
   * the numbers from what `this.count` was. Looks at the places of all of them first: so the processor fetches these
   * from memory together, and does not wait for one after the other.
   */
  insertAll(batch: Int32Array, count: number, parents: Int32Array): void {
    const width = this.#packing.words;
    this.#makeRoom(count);
    const table = this.#table;
    const hashes = this.#hashes;
    const { words, parents: parentOf } = this;
    const mask = table.length - 1;
    const before = this.count;
    let looked = 0;
    for (let i = 0; i < count; i++) {
      const hash = hashOf(batch, i * width, width);
      hashes[i] = hash;
      looked += table[hash & mask] as number;
    }
    for (let i = 0; i < count; i++) {
      const entry = table[(hashes[i] as number) & mask] as number;
      looked += words[(entry & mask) * width] as number;
    }
    this.lookedAt = looked | 0;
    for (let i = 0; i < count; i++) {
      const from = i * width;
      const hash = hashes[i] as number;
      let at = hash & mask;
      let entry = table[at] as number;
      while (entry !== 0) {
        if (((entry ^ hash) & ~mask) === 0 && areEqual(words, ((entry & mask) - 1) * width, batch, from, width)) break;
        at = (at + 1) & mask;
        entry = table[at] as number;
      }
      if (entry !== 0) continue;
      const state = this.count++;
      this.insertedFrom[state - before] = i;
      const to = state * width;
      for (let word = 0; word < width; word++) words[to + word] = batch[from + word] as number;
      parentOf[state] = parents[i] as number;
      table[at] = (hash & ~mask) | (state + 1);
    }
  }

  /** The number of the packed state in `from`, or -1. */
  find(from: Int32Array): number {
    const width = this.#packing.words;
    const mask = this.#table.length - 1;
    const hash = hashOf(from, 0, width);
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const found = ((this.#table[at] as number) & mask) - 1;
      if (found < 0 || areEqual(this.words, found * width, from, 0, width)) return found;
    }
  }

  /** The codes of a state. */
  codes(state: number): number[] {
    return this.#packing.unpack(this.words, state * this.#packing.words);
  }

  /**
   * Packs all states in another way, with more room. Their numbers stay. Which of several alike stands for all depends
   * on how they are packed, and is found anew.
   */
  repack(packing: Packing, symmetry: Symmetry | undefined): void {
    const words = new Int32Array(this.parents.length * packing.words);
    packing.packAll(this.#packing, this.words, words, this.count);
    if (symmetry) for (let state = 0; state < this.count; state++) symmetry.canonize(words, state);
    this.#packing = packing;
    this.words = words;
    this.#rebuildTable(this.#table.length);
  }

  /** Bytes in use for all of it. */
  get bytes(): number {
    return this.words.byteLength + this.parents.byteLength + this.#table.byteLength;
  }

  /** Sees to it that as many more states have a place. */
  #makeRoom(more: number): void {
    this.#hashes = withRoomFor(more, this.#hashes);
    this.insertedFrom = withRoomFor(more, this.insertedFrom);
    const needed = this.count + more;
    if (needed >= this.parents.length) {
      this.parents = withRoomFor(needed + 1, this.parents);
      this.words = withRoomFor(this.parents.length * this.#packing.words, this.words);
    }
    if (needed * 2 > this.#table.length) this.#rebuildTable(this.#table.length * 4);
  }

  #rebuildTable(length: number): void {
    const table = new Int32Array(length);
    const width = this.#packing.words;
    const mask = length - 1;
    for (let state = 0; state < this.count; state++) {
      const hash = hashOf(this.words, state * width, width);
      let at = hash & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = (hash & ~mask) | (state + 1);
    }
    this.#table = table;
  }
}

/** Multiplies and folds, word by word. */
const hashOf = (words: Int32Array, at: number, width: number): number => {
  let hash = 0;
  for (let i = at; i < at + width; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 16);
};

const areEqual = (left: Int32Array, at: number, right: Int32Array, from: number, width: number): boolean => {
  for (let i = 0; i < width; i++) if (left[at + i] !== right[from + i]) return false;
  return true;
};
