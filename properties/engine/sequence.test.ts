import { describe, expect, it } from 'vitest';
import { checkSequences, recheckSequence } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { shrinkSequence } from '#model/engine/shrink/sequence.ts';
import { rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { atomicCounter, type Increment } from '#properties/engine/tiny-subjects.ts';

/** Answers wrongly from 5 on: two increments and one more call, or fewer larger ones, show it. */
const wrongFromFive: Tiny<{ count: number }, Increment> = {
  ...atomicCounter,
  *perform(call, words, self) {
    const before = yield* atomicCounter.perform?.(call, words, self) as Generator<never, number, number>;
    return before >= 5 ? 0 : before;
  },
};

const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

describe('a sequence of calls that goes wrong', () => {
  it('is shrunk until no smaller one does, from whatever seed', async () => {
    const rig = await rigOf(wrongFromFive);
    const graph = new SpecGraph(rig.subject);
    for (const seed of seeds) {
      const { failure } = checkSequences(rig, graph, seed, 200);
      if (!failure) throw new Error(`seed ${seed}: nothing goes wrong`);
      const { execution, violation, minimal } = shrinkSequence(rig, graph, failure);
      expect(recheckSequence(rig, graph, execution)).toEqual(violation);
      const amounts = (execution.program.threads.flat() as Increment[]).map(({ by }) => by);
      // The last answers, the others make 5: with any call one less, or any left out, they do not.
      expect(amounts.at(-1)).toBe(1);
      expect(amounts.slice(0, -1).reduce((sum, by) => sum + by, 0)).toBe(5);
      expect(minimal?.programs).toBeGreaterThan(0);
    }
  });

  it('is not found where nothing is wrong', async () => {
    const rig = await rigOf(atomicCounter);
    expect(checkSequences(rig, new SpecGraph(rig.subject), 1, 100).failure).toBeUndefined();
  });
});
