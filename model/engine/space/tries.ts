import type { Packing } from '#model/engine/space/packing.ts';
import { withRoomFor } from '#model/engine/space/room.ts';

/** One way that a function can go: it reads these slots, in this order, finds these codes there, and gives `result`. */
interface Way<Result> {
  readonly trie: number;
  readonly reads: readonly number[];
  readonly codes: readonly number[];
  readonly result: Result;
}

/** A node: the word, shift and mask of the slot that it reads, and then a link for each code. */
const headLength = 3;

/**
 * What deterministic functions of the state give, by the values that they read: a function that reads `lock` and then
 * `writers.0.at` gives the same for all states in which these two are the same. So it is run once for each way it can
 * go, and afterwards a few shifts and masks on the packed state find what it gives. A trie for each function.
 */
export class Tries<Result> {
  readonly #count: number;
  readonly #ways: Way<Result>[] = [];
  /**
   * The nodes of all, one behind the other, and before them the links to the first of each. A link is the index of a
   * node; or, negative, minus one minus the number of a way; or 0: not known.
   */
  #nodes: Int32Array<ArrayBuffer>;
  #used: number;

  constructor(count: number) {
    this.#count = count;
    this.#nodes = new Int32Array(count + 1024);
    this.#used = count;
  }

  /** The way that a function goes in the packed state that begins at `at`, by number; -1 if it is not known yet. */
  find(words: Int32Array, at: number, trie: number): number {
    const nodes = this.#nodes;
    let link = nodes[trie] as number;
    while (link > 0) {
      const word = words[at + (nodes[link] as number)] as number;
      const code = (word >>> (nodes[link + 1] as number)) & (nodes[link + 2] as number);
      link = nodes[link + headLength + code] as number;
    }
    return -1 - link;
  }

  /** What a function gives where it goes this way. */
  result(way: number): Result {
    return (this.#ways[way] as Way<Result>).result;
  }

  /** What the functions give, by way. */
  results(): Result[] {
    return this.#ways.map(({ result }) => result);
  }

  /**
   * From now on: where the slots of `reads` have the codes that they have in `codes`, it is `result`. If a code has no
   * room in the packing, that is so from the next `repack` on. Gives the number of the way: they count from 0.
   */
  learn(trie: number, reads: readonly number[], codes: ArrayLike<number>, result: Result, packing: Packing): number {
    const way = this.#ways.push({ trie, reads, codes: reads.map((slot) => codes[slot] as number), result }) - 1;
    this.#insert(way, packing);
    return way;
  }

  /** Follows a change of the packing. */
  repack(packing: Packing): void {
    this.#nodes.fill(0, 0, this.#used);
    this.#used = this.#count;
    for (let way = 0; way < this.#ways.length; way++) this.#insert(way, packing);
  }

  #insert(way: number, packing: Packing): void {
    const { trie, reads, codes } = this.#ways[way] as Way<Result>;
    let link = trie;
    for (let i = 0; i < reads.length; i++) {
      const slot = reads[i] as number;
      const code = codes[i] as number;
      if (code > packing.mask(slot)) return;
      if (packing.bits[slot] === 0) continue; // nothing to tell apart
      if (this.#nodes[link] === 0) {
        const node = this.#nodeFor(slot, packing); // which may move all nodes
        this.#nodes[link] = node;
      }
      link = (this.#nodes[link] as number) + headLength + code;
    }
    this.#nodes[link] = -1 - way;
  }

  #nodeFor(slot: number, packing: Packing): number {
    const node = this.#used;
    this.#used += headLength + packing.mask(slot) + 1;
    this.#nodes = withRoomFor(this.#used, this.#nodes);
    this.#nodes[node] = packing.word[slot] as number;
    this.#nodes[node + 1] = packing.shift[slot] as number;
    this.#nodes[node + 2] = packing.mask(slot);
    return node;
  }
}
