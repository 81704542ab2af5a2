import { describe, expect, it } from 'vitest';
import { type Execution, execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { preemptionStrategy, randomFrom } from '#model/engine/explore/random.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { locks, unlocks, works } from '#model/sched/inheritance.programs.ts';
import { inheritance } from '#model/sched/inheritance.ts';
import type { Program, Subject } from '#model/subject.ts';
import mutants from '#properties/museum/sched/inheritance.ts';
import type { InheritanceCall } from '#spec/abi/sched/inheritance.ts';
import { effective, initial, outcomes } from '#spec/sched/inheritance.ts';

/** How long the high thread waits, in steps, while the medium one computes for ever longer. */

const low: InheritanceCall[] = [locks(0), works(3), unlocks(0)];
const high: InheritanceCall[] = [locks(0), unlocks(0)];
const [lowThread, mediumThread, highThread] = [0, 1, 2];

const program = (variant: string, mediumSteps: number): Program => ({
  variant,
  cores: 1,
  threads: [low, [works(mediumSteps)], high],
  parameters: { priorities: [1, 2, 3], ceilings: [9] },
});

/** The steps from where the high thread begins to wait to where somebody ends that; 0: it need not wait. */
const waitSteps = ({ traced }: Execution): number => {
  const from = traced.findIndex(({ name, context }) => name === 'waits' && context === highThread);
  const to = traced.slice(from + 1).find(({ name, word }) => name === 'wakes' && word === highThread);
  return from < 0 || !to ? 0 : to.step - (traced[from]?.step ?? 0);
};

/** The longest wait over many executions, in which timers strike at random. */
const longestWait = async (variant: string, mutant: string | undefined, mediumSteps: number): Promise<number> => {
  const module = inheritance.variants.find(({ name }) => name === variant)?.module ?? '';
  const edits = mutants.find(({ id }) => id === `sched/inheritance/${mutant}`)?.edits ?? [];
  const world = await loadWorld({ tag: 'ours', module, edits }, inheritance.exports);
  const rig = rigFor(inheritance as unknown as Subject, variant, world);
  const random = randomFrom(1);
  let longest = 0;
  for (let i = 0; i < 400; i++) {
    const limits = { ...usualLimits, timers: 2 };
    const execution = execute(rig, program(variant, mediumSteps), preemptionStrategy(random, 2, 150), limits);
    expect(execution.end).toBe('quiescent');
    longest = Math.max(longest, waitSteps(execution));
  }
  return longest;
};

describe('the wait of a high thread for a low one', () => {
  it('without inheritance is as long as the medium thread likes', async () => {
    const waits = [
      await longestWait('inheritance', 'nothing-is-lent', 10),
      await longestWait('inheritance', 'nothing-is-lent', 100),
      await longestWait('inheritance', 'nothing-is-lent', 1000),
    ];
    expect(waits[1]).toBeGreaterThan(100);
    expect(waits[2]).toBeGreaterThan(1000);
  });

  it.each(['inheritance', 'big-lock'])('in %s does not depend on the medium thread', async (variant) => {
    const [short, long] = [await longestWait(variant, undefined, 10), await longestWait(variant, undefined, 1000)];
    expect(short).toBeGreaterThan(0);
    expect(long).toBeLessThanOrEqual(short + 10); // a timer strikes here or there
  });

  it('with a ceiling never begins', async () => {
    expect(await longestWait('ceiling', undefined, 100)).toBe(0);
  });
});

describe('the rule of what is lent', () => {
  const boot = initial('inheritance', [1, 2, 3, 4], [9, 9]);
  /** T1 waits for T0, T2 for T1, and T3 for T0 to serve it. */
  const chained = {
    ...boot,
    holders: [lowThread, mediumThread],
    waits: [
      null,
      { tag: 'mutex' as const, mutex: 0 },
      { tag: 'mutex' as const, mutex: 1 },
      { tag: 'reply' as const, server: lowThread, isServed: false },
    ],
    arrived: [1, 2, 3],
  };

  it('goes along a chain, and takes the highest of those who wait, for whatever they do', () => {
    expect([0, 1, 2, 3].map((thread) => effective(chained, thread))).toEqual([4, 3, 3, 4]);
    expect([0, 1, 2, 3].map((thread) => effective({ ...chained, variant: 'ceiling' }, thread))).toEqual([9, 9, 3, 4]);
  });

  it('refuses a wait that would close the chain, from either end', () => {
    const refused = [{ tag: 'returns', answer: { tag: 'failed', errno: 'EDEADLK' } }];
    expect(outcomes(chained, lowThread, locks(1))).toMatchObject(refused);
    expect(outcomes(chained, lowThread, { tag: 'call', server: highThread })).toMatchObject(refused);
  });
});
