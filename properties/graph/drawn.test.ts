import { describe, expect, it } from 'vitest';
import { randomFrom } from '#model/engine/explore/random.ts';
import { type GraphMemory, graphMemories } from '#model/engine/graph/program.ts';
import { byAxioms } from '#properties/graph/by-axioms.ts';
import { byGraphs } from '#properties/graph/by-graphs.ts';
import { type Drawn, drawProgram, type Step, type Vocabulary } from '#properties/graph/drawn.ts';

const everything: Vocabulary = {
  tags: ['load', 'load', 'store', 'store', 'swap', 'add', 'cas', 'await', 'fence', 'skip'],
  loads: ['relaxed', 'acquire', 'seq_cst'],
  stores: ['relaxed', 'release', 'seq_cst'],
  updates: ['relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst'],
  fences: ['acquire', 'release', 'acq_rel', 'seq_cst'],
};

const vocabularies: Readonly<Record<string, Vocabulary>> = {
  everything,
  updates: { ...everything, tags: ['store', 'add', 'swap', 'cas', 'cas', 'load'], updates: ['relaxed', 'acq_rel'] },
  'seq_cst accesses and relaxed ones': {
    ...everything,
    tags: ['load', 'store', 'swap'],
    loads: ['relaxed', 'seq_cst', 'seq_cst'],
    stores: ['relaxed', 'seq_cst', 'seq_cst'],
    updates: ['seq_cst'],
  },
  'seq_cst fences': {
    ...everything,
    tags: ['load', 'store', 'fence'],
    loads: ['relaxed'],
    stores: ['relaxed'],
    fences: ['seq_cst'],
  },
  awaits: { ...everything, tags: ['load', 'store', 'await', 'await', 'cas'], loads: ['acquire'], stores: ['release'] },
};

/** A night's worth, where it is asked for: `RENDEZVOUS_NIGHT=1 npx vitest run properties/graph`. */
const programsPerVocabulary = process.env['RENDEZVOUS_NIGHT'] ? 4_000 : 30;
const timeoutMilliseconds = 10_000 * programsPerVocabulary;

describe('random programs', () => {
  it.each(graphMemories.flatMap((memory) => Object.keys(vocabularies).map((name) => [memory, name] as const)))(
    'have the executions under %s that the axioms allow, each once: %s',
    (memory: GraphMemory, name: string) => {
      const random = randomFrom(1);
      let executions = 0;
      let tooLarge = 0;
      for (let i = 0; i < programsPerVocabulary; i++) {
        const drawn = drawProgram(random, vocabularies[name] as Vocabulary, `${name} ${i}`);
        const allowed = byAxioms(drawn, memory);
        if (allowed === null) {
          tooLarge++;
          continue;
        }
        const { repeated, ...found } = byGraphs(drawn, memory);
        expect({ ...found, repeated }, JSON.stringify(drawn)).toEqual({ ...allowed, repeated: 0 });
        executions += found.executions;
      }
      expect(executions).toBeGreaterThan(programsPerVocabulary);
      expect(tooLarge).toBeLessThan(programsPerVocabulary / 10);
    },
    timeoutMilliseconds,
  );

  it('would be seen to have executions that a model forbids', () => {
    const thread = (own: number): Step[] => [
      { tag: 'store', location: own, order: 'relaxed', word: 1 },
      { tag: 'load', location: 1 - own, order: 'relaxed' },
    ];
    const storeBuffering: Drawn = { name: 'SB', locations: 2, threads: [thread(0), thread(1)] };
    expect(byGraphs(storeBuffering, 'tso').executions).toBe(4);
    expect(byAxioms(storeBuffering, 'sc')?.executions).toBe(3);
  });
});
