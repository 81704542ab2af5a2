import type { Packing } from '#model/engine/space/packing.ts';
import { Recording } from '#model/engine/space/recording.ts';
import type { Schema } from '#model/engine/space/schema.ts';
import { Tries } from '#model/engine/space/tries.ts';

/** In `readers`, each question has a bit; this one is for all from there on. */
export const sharedBit = 31;

/** Questions about the state, asked of packed states: answered once for each way in which they can be answered. */
export class Predicates {
  readonly #questions: readonly ((state: never) => boolean)[];
  readonly #tries: Tries<boolean>;
  /** By slot: the questions that have ever looked at it, as bits. */
  readonly readers: number[] = [];
  /** Grows whenever `readers` does. */
  version = 0;

  constructor(questions: readonly ((state: never) => boolean)[]) {
    this.#questions = questions;
    this.#tries = new Tries(questions.length);
  }

  /** Whether it holds in the packed state at `at`; undefined if that is not known yet. */
  find(words: Int32Array, at: number, question: number): boolean | undefined {
    const way = this.#tries.find(words, at, question);
    return way < 0 ? undefined : this.#tries.result(way);
  }

  /** Asks it of the state with these codes, and remembers the answer. */
  learn(question: number, schema: Schema, codes: readonly number[], packing: Packing): boolean {
    const recording = new Recording(schema, codes);
    const answer = (this.#questions[question] as (state: never) => boolean)(recording.state() as never);
    const bit = 1 << Math.min(question, sharedBit);
    for (const slot of recording.reads) {
      const known = this.readers[slot] ?? 0;
      if ((known & bit) !== 0) continue;
      this.readers[slot] = known | bit;
      this.version++;
    }
    this.#tries.learn(question, recording.reads, codes, answer, packing);
    return answer;
  }

  /** Follows a change of the packing. */
  repack(packing: Packing): void {
    this.#tries.repack(packing);
  }
}
