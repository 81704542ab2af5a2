import type { Packing } from '#model/engine/space/packing.ts';

/** One way that the function can go: it reads these slots, in this order, finds these codes there, and gives `result`. */
interface Way<Result> {
  readonly reads: readonly number[];
  readonly codes: readonly number[];
  readonly result: Result;
}

/** A node: the word, shift and mask of the slot that it reads, and then a link for each code. */
const headLength = 3;

/**
 * What a deterministic function of the state gives, by the values that it reads: a function that reads `lock` and then
 * `writers.0.at` gives the same for all states in which these two are the same. So it is run once for each way it can
 * go, and afterwards a few shifts and masks on the packed state find what it gives.
 */
export class Trie<Result> {
  readonly #ways: Way<Result>[] = [];
  /**
   * The nodes, one behind the other, and before them the link to the first. A link is the index of a node; or, negative,
   * minus one minus the number of a way; or 0: not known.
   */
  #nodes = new Int32Array(256);
  #used = 1;

  /** What is known for the packed state that begins at `at`. */
  find(words: Int32Array, at: number): Result | undefined {
    const nodes = this.#nodes;
    let link = nodes[0] as number;
    while (link > 0) {
      const word = words[at + (nodes[link] as number)] as number;
      link = nodes[
        link + headLength + ((word >>> (nodes[link + 1] as number)) & (nodes[link + 2] as number))
      ] as number;
    }
    return this.#ways[-1 - link]?.result;
  }

  /**
   * From now on: where the slots of `reads` have the codes that they have in `codes`, it is `result`. If a code has no
   * room in the packing, that is so from the next `repack` on.
   */
  learn(reads: readonly number[], codes: ArrayLike<number>, result: Result, packing: Packing): void {
    this.#ways.push({ reads, codes: reads.map((slot) => codes[slot] as number), result });
    this.#insert(this.#ways.length - 1, packing);
  }

  /** Follows a change of the packing. */
  repack(packing: Packing): void {
    this.#nodes.fill(0);
    this.#used = 1;
    for (const number of this.#ways.keys()) this.#insert(number, packing);
  }

  /** All that was learnt. */
  results(): Result[] {
    return this.#ways.map(({ result }) => result);
  }

  #insert(number: number, packing: Packing): void {
    const { reads, codes } = this.#ways[number] as Way<Result>;
    if (reads.some((slot, i) => (codes[i] as number) > packing.mask(slot))) return;
    let link = 0;
    for (const [i, slot] of reads.entries()) {
      if (packing.bits[slot] === 0) continue; // nothing to tell apart
      if (this.#nodes[link] === 0) {
        const node = this.#nodeFor(slot, packing); // which may move all nodes
        this.#nodes[link] = node;
      }
      link = (this.#nodes[link] as number) + headLength + (codes[i] as number);
    }
    this.#nodes[link] = -1 - number;
  }

  #nodeFor(slot: number, packing: Packing): number {
    const node = this.#used;
    this.#used += headLength + packing.mask(slot) + 1;
    if (this.#used > this.#nodes.length) {
      const nodes = new Int32Array(Math.max(this.#nodes.length * 2, this.#used));
      nodes.set(this.#nodes);
      this.#nodes = nodes;
    }
    this.#nodes[node] = packing.word[slot] as number;
    this.#nodes[node + 1] = packing.shift[slot] as number;
    this.#nodes[node + 2] = packing.mask(slot);
    return node;
  }
}
