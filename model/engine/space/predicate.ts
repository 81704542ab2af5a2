import type { Packing } from '#model/engine/space/packing.ts';
import { Recording } from '#model/engine/space/recording.ts';
import type { Schema } from '#model/engine/space/schema.ts';
import { Trie } from '#model/engine/space/trie.ts';

/** A question about the state, asked of packed states: answered once for each way in which it can be answered. */
export class Predicate {
  readonly #holds: (state: never) => boolean;
  /** The slots that it ever read. */
  readonly reads = new Set<number>();
  readonly #trie = new Trie<boolean>();

  constructor(holds: (state: never) => boolean) {
    this.#holds = holds;
  }

  /** Whether it holds in the packed state at `at`; undefined if that is not known yet. */
  find(words: Int32Array, at: number): boolean | undefined {
    return this.#trie.find(words, at);
  }

  /** Asks it of the state with these codes, and remembers the answer. */
  learn(schema: Schema, codes: readonly number[], packing: Packing): boolean {
    const recording = new Recording(schema, codes);
    const answer = this.#holds(recording.state() as never);
    for (const slot of recording.reads) this.reads.add(slot);
    this.#trie.learn(recording.reads, codes, answer, packing);
    return answer;
  }

  /** Follows a change of the packing. */
  repack(packing: Packing): void {
    this.#trie.repack(packing);
  }
}
