import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchAdd, load, pause, type Routine, store, type Word } from '#impl/machine/ops.ts';
import {
  always,
  type Claim,
  faultless,
  linearizes,
  never,
  progress,
  refines,
  type Suite,
  sometimes,
} from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type Plan, usualPlan } from '#model/engine/plan.ts';
import { reproduce } from '#model/engine/reproduce.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { programOf, subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { atomicCounter, type Increment, increment, racyCounter } from '#properties/engine/tiny-subjects.ts';
import { returns } from '#spec/outcome.ts';

const budget = {
  name: 'quick',
  sequences: 40,
  looks: 30,
  preemptions: 1,
  scenarioExecutions: 100,
  programs: 20,
  schedules: 20,
} as const;

const planFor = async <State, Call extends AnyCall>(
  tiny: Tiny<State, Call>,
  claims: readonly Claim[],
): Promise<Plan> => {
  const suite: Suite = { subject: subjectOf(tiny) as Subject, claims };
  const world = await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []);
  const implementation = { tag: 'reference' } as const;
  return {
    suite,
    variant: 'only',
    world,
    implementation,
    claims,
    budget,
    seed: 1,
    ...usualPlan,
    explore: 'random',
    memories: ['sc'],
  };
};

const run = (plan: Plan): CheckResult => {
  const check = new Check(plan);
  for (const _ of check.run());
  return check.results();
};

const verdicts = (result: CheckResult): unknown[] => result.claims.map(({ claim, verdict }) => [claim.id, verdict.tag]);

type Count = { count: number };
const about = (id: string) => ({ id });
const claims: readonly Claim[] = [
  refines(),
  linearizes(),
  progress(),
  faultless(),
  always<Count>('the count is not negative', ({ count }) => count >= 0, about('positive')) as Claim,
  never<Count>('the count is 1', ({ count }) => count === 1, about('never-one')) as Claim,
  sometimes<Count>('the count is above 5', ({ count }) => count > 5, about('above-five')) as Claim,
  sometimes<Count>('the count is negative', ({ count }) => count < 0, about('negative')) as Claim,
];

describe('a check', () => {
  it('says of each claim whether it holds, is refuted, or was not found', async () => {
    expect(verdicts(run(await planFor(atomicCounter, claims)))).toEqual([
      ['refines', 'holds'],
      ['linearizes', 'holds'],
      ['progress', 'holds'],
      ['faultless', 'holds'],
      ['positive', 'holds'],
      ['never-one', 'refuted'],
      ['above-five', 'holds'],
      ['negative', 'gave-up'],
    ]);
  });

  it('refutes what is wrong only where calls overlap, by a story that can be told again', async () => {
    const plan = await planFor(racyCounter, [refines(), linearizes()]);
    const [alone, overlapping] = run(plan).claims;
    expect(alone?.verdict.tag).toBe('holds');
    expect(overlapping?.verdict).toMatchObject({ tag: 'refuted', violation: { kind: 'wrong answer' } });
    const counterexample = overlapping?.counterexample;
    if (!counterexample) throw new Error('no counterexample');
    expect(counterexample.story).toMatchObject({ threads: 2, calls: 2, switches: 2 });
    const rig = rigFor(plan.suite.subject, 'only', plan.world);
    expect(reproduce(rig, linearizes(), counterexample)).toEqual(counterexample.violation);
    expect(reproduce(rig, linearizes(), { ...counterexample, schedule: [] })).toBeUndefined();
    expect(reproduce(rig, linearizes(), JSON.parse(JSON.stringify(counterexample)))).toEqual(counterexample.violation);
  });

  it('refutes what is wrong in a single call by a sequence of one', async () => {
    const wrong: Tiny<Count, { readonly tag: 'increment'; readonly by: number }> = {
      ...atomicCounter,
      *perform(_call, words): Routine<Word> {
        yield load(words, 'relaxed');
        return 7;
      },
    };
    const [result] = run(await planFor(wrong, [refines()])).claims;
    expect(result?.verdict).toMatchObject({
      tag: 'refuted',
      violation: { kind: 'wrong answer', observed: 'answered 7' },
    });
    expect(result?.counterexample?.story).toEqual({
      threads: 1,
      calls: 1,
      switches: 0,
      minimal: { preemptions: 0, ofMemory: 0, programs: 0, executions: 0 },
    });
  });

  it('makes the calls of the scenarios one after the other before any sequence is drawn', async () => {
    // It goes wrong by 9 only, and no call that is drawn adds so much.
    const wrongByNine: Tiny<Count, Increment> = {
      ...atomicCounter,
      *perform({ by }, words): Routine<Word> {
        const count = yield fetchAdd(words, by, 'relaxed');
        return by === 9 ? -1 : count;
      },
    };
    const plan = await planFor(wrongByNine, [refines()]);
    const withScenarios = (...programs: Program[]): Plan => {
      const scenarios = () => programs.map((program, i) => ({ name: `scenario ${i}`, program }));
      return { ...plan, suite: { ...plan.suite, subject: { ...plan.suite.subject, scenarios } } };
    };
    const right = programOf([[increment(2)], [increment(3)]]);
    const wrong = programOf([[increment(1)], [increment(2), increment(9)]]);
    const tooManyForTheCores = programOf(new Array<Increment[]>(4).fill([increment(9)]));
    const verdictOf = (tried: Plan) => run(tried).claims[0]?.verdict;
    expect(verdictOf(withScenarios(right, wrong))).toMatchObject({ tag: 'refuted', executions: 2 });
    expect(verdictOf(withScenarios(right))).toMatchObject({ tag: 'holds', executions: budget.sequences + 1 });
    expect(verdictOf(withScenarios(tooManyForTheCores))).toMatchObject({ tag: 'holds', executions: budget.sequences });
  });

  it('gives the same results for the same plan', async () => {
    const plan = await planFor(racyCounter, claims);
    const seen = ({ claims: results, executions, steps, coverage }: CheckResult) =>
      JSON.stringify([
        results.map(({ verdict, counterexample }) => [verdict, counterexample]),
        executions,
        steps,
        coverage,
      ]);
    expect(seen(run(plan))).toBe(seen(run(plan)));
    expect(seen(run({ ...plan, seed: 2 }))).not.toBe(seen(run(plan)));
  });

  it('that is stopped early has given up what was open, and keeps what was found', async () => {
    const check = new Check(await planFor(atomicCounter, claims.slice(1)));
    const steps = check.run();
    for (let i = 0; i < 4; i++) steps.next();
    const [linear, , , , one, , negative] = check.results().claims;
    expect(linear?.verdict).toMatchObject({ tag: 'gave-up', why: 'stopped early' });
    expect(one?.verdict.tag).toBe('refuted');
    expect(negative?.verdict).toMatchObject({ tag: 'gave-up', why: 'stopped early' });
  });

  it('does not say that nothing holds', async () => {
    const plan = await planFor(atomicCounter, claims);
    const nothing = { ...budget, sequences: 0, looks: 0, programs: 0 };
    for (const { verdict } of run({ ...plan, budget: nothing }).claims) expect(verdict.tag).toBe('gave-up');
  });

  it('does not say that a state never comes up where the spec explains no execution', async () => {
    const none = { ...atomicCounter, outcomes: () => [] }; // every call waits for ever, by this spec
    const plan = await planFor(none, claims);
    const busy = { ...plan.suite.subject, programs: () => fc.constant(programOf([[increment()]])) };
    const told = run({ ...plan, suite: { ...plan.suite, subject: busy as Subject } }).claims;
    const verdictOf = (id: string) => told.find(({ claim }) => claim.id === id)?.verdict.tag;
    expect(verdictOf('linearizes')).toBe('refuted');
    expect([verdictOf('positive'), verdictOf('never-one')]).toEqual(['gave-up', 'gave-up']);
  });

  it('does not say that there is progress where executions were cut off', async () => {
    const long: Tiny<null, { readonly tag: 'work' }> = {
      initial: null,
      outcomes: () => returns(0),
      calls: [{ tag: 'work' }],
      *perform(): Routine<Word> {
        for (let i = 0; i < 900; i++) yield pause();
        return 0;
      },
    };
    // Eight calls of 900 steps do not fit in 6000; three cores in their turn each end a call in the last 3000.
    const plan = await planFor(long, [progress(), linearizes()]);
    const work = { tag: 'work' };
    const subject = { ...plan.suite.subject, programs: () => fc.constant(programOf(new Array(4).fill([work, work]))) };
    const few = { ...budget, looks: 4, programs: 4, schedules: 2 };
    const [forward, linear] = run({ ...plan, suite: { ...plan.suite, subject }, budget: few }).claims;
    expect(forward?.verdict).toMatchObject({ tag: 'gave-up', why: expect.stringContaining('cut off') });
    expect(linear?.verdict.tag).toBe('holds');
  });

  it('does not judge an implementation that forgets a yield: that is for its author', async () => {
    const floating: Tiny<null, { readonly tag: 'work' }> = {
      initial: null,
      outcomes: () => returns(0),
      calls: [{ tag: 'work' }],
      *perform(_call, words): Routine<Word> {
        store(words, 1, 'relaxed');
        return yield load(words, 'relaxed');
      },
    };
    const plan = await planFor(floating, [faultless()]);
    expect(() => run(plan)).toThrow('does not yield it');
  });
});
