import { describe, expect, it } from 'vitest';
import { type Claim, faultless, linearizes, progress, refines, sometimes } from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { boundsText } from '#model/engine/every/bounds.ts';
import type { Exhausted } from '#model/engine/explore/exploration.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type Plan, usualPlan } from '#model/engine/plan.ts';
import type { Program, Subject } from '#model/subject.ts';
import { programOf, subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { type Increment, increment, lockedCounter, racyCounter } from '#properties/engine/tiny-subjects.ts';

type Counter = Tiny<{ count: number }, Increment>;

const budget = {
  name: 'quick',
  sequences: 40,
  looks: 30,
  preemptions: 1,
  scenarioExecutions: 150,
  programs: 20,
  schedules: 20,
} as const;

const claims: readonly Claim[] = [
  refines(),
  linearizes(),
  progress(),
  faultless(),
  sometimes<{ count: number }>('the count is 3', ({ count }) => count === 3, { id: 'three' }) as Claim,
  sometimes<{ count: number }>('the count is 9', ({ count }) => count === 9, { id: 'nine' }) as Claim,
];

const programs: Readonly<Record<string, Program>> = {
  'one alone': programOf([[increment(1)], []]),
  'two at once': programOf([[increment(1)], [increment(2)]]),
  'two twice': programOf([
    [increment(1), increment(1)],
    [increment(2), increment(2)],
  ]),
};

const planFor = async (counter: Counter, scenarios: readonly string[] = Object.keys(programs)): Promise<Plan> => {
  const named = scenarios.map((name) => ({ name, program: programs[name] as Program }));
  const subject: Subject = { ...(subjectOf(counter) as Subject), scenarios: () => named };
  const world = await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []);
  const implementation = { tag: 'reference' } as const;
  const plan = { suite: { subject, claims }, variant: 'only', world, implementation, claims, budget, seed: 1 };
  return { ...usualPlan, ...plan, explore: 'exhaustive', memories: ['sc', 'rc11'] };
};

/** Runs a check, at most so many steps of it. */
const run = (plan: Plan, stepsMax = Number.POSITIVE_INFINITY): CheckResult => {
  const check = new Check(plan);
  let steps = 0;
  for (const _ of check.run()) if (++steps >= stepsMax) break;
  return check.results('Ctrl-C');
};

/** All that is told, and all that is kept. */
const told = ({ plan: _, claims: found, ...rest }: CheckResult): string =>
  JSON.stringify([rest, found.map(({ claim, verdict, counterexample }) => [claim.id, verdict, counterexample])]);

const resumed = (plan: Plan, { kept }: CheckResult): CheckResult =>
  run({ ...plan, kept: JSON.parse(JSON.stringify(kept)) });

const verdictOf = ({ claims: found }: CheckResult, id: string) => found.find(({ claim }) => claim.id === id)?.verdict;

describe.each([
  ['a sound counter', lockedCounter],
  ['a racy counter', racyCounter],
] as const)('an exhaustive check of %s', (_, counter) => {
  it('that is cut after any number of executions, and gone on with, comes to the same', async () => {
    const plan = await planFor(counter);
    const whole = told(run(plan));
    for (const executionsMax of [1, 2, 5, 24, 25, 26, 60, 149]) {
      const cut = run({ ...plan, executionsMax });
      expect(told(cut)).not.toBe(whole);
      expect(told(resumed(plan, cut)), `cut at ${executionsMax}`).toBe(whole);
    }
  });

  it('that is stopped anywhere, and gone on with, comes to the same', async () => {
    const plan = await planFor(counter);
    const whole = told(run(plan));
    for (let steps = 1; steps < 12; steps++) expect(told(resumed(plan, run(plan, steps)))).toBe(whole);
  });

  it('comes to the same if it is stopped again and again', async () => {
    const plan = await planFor(counter);
    let result = run(plan, 1);
    for (let steps = 2; steps < 12; steps++) result = run({ ...plan, kept: result.kept }, 2);
    expect(told(resumed(plan, result))).toBe(told(run(plan)));
  });
});

describe('an exhaustive check', () => {
  it('holds where every scenario has come to its end', async () => {
    const result = run(await planFor(lockedCounter, ['one alone', 'two at once']));
    expect(result.exhausted.length).toBeGreaterThan(2);
    expect(result.exhausted.map(({ end }) => end)).toEqual(result.exhausted.map(() => 'all'));
    for (const id of ['refines', 'linearizes', 'progress', 'faultless', 'three']) {
      expect(verdictOf(result, id)?.tag, id).toBe('holds');
    }
    expect(verdictOf(result, 'nine')).toMatchObject({ tag: 'gave-up', why: 'no execution came to such a state' });
  });

  it('has given up where one has not, and says by which bound and in how many', async () => {
    const result = run({ ...(await planFor(lockedCounter)), executionsMax: 2 });
    const cut = result.exhausted.filter(({ end }) => end === 'executions').length;
    expect(cut).toBeGreaterThan(1);
    expect(cut).toBeLessThan(result.exhausted.length);
    for (const id of ['linearizes', 'progress', 'faultless', 'nine']) {
      expect(verdictOf(result, id)).toMatchObject({ tag: 'gave-up', why: `2 executions of ${cut} scenarios` });
    }
    expect(verdictOf(result, 'refines')?.tag).toBe('holds');
  });

  it('that was stopped says why, and of each scenario what became of it', async () => {
    const result = run(await planFor(lockedCounter), 4);
    const stopped = result.exhausted.filter(({ end }) => end === 'stopped').length;
    expect(stopped).toBeGreaterThan(0);
    expect(verdictOf(result, 'linearizes')).toMatchObject({ tag: 'gave-up', why: `Ctrl-C in ${stopped} scenarios` });
  });

  it('names every bound that was hit, each with how many scenarios it is about', () => {
    const ended = (end: Exhausted['end']): Exhausted => {
      return { scenario: 'any', preemptions: 2, end, executions: 1, impossible: 0, unfair: 0, cutOff: 0 };
    };
    const text = (...ends: readonly Exhausted['end'][]) => boundsText(ends.map(ended), 1500, '10 seconds');
    expect(text('all', 'all')).toBeUndefined();
    expect(text('all', 'steps')).toBe('the step limit in 1 scenario');
    expect(text('executions', 'all', 'executions', 'steps')).toBe(
      '1,500 executions of 2 scenarios, the step limit in 1',
    );
    expect(text('stopped', 'executions', 'stopped')).toBe('1,500 executions of 1 scenario, 10 seconds in 2');
  });

  it('refutes once what several scenarios contradict', async () => {
    const result = run(await planFor(racyCounter));
    expect(verdictOf(result, 'linearizes')?.tag).toBe('refuted');
    const failing = result.kept?.scenarios.filter(({ claims: [, linear] }) => linear?.failing).length ?? 0;
    expect(failing).toBeGreaterThan(1);
  });

  it('keeps no more when it has made more executions', async () => {
    const plan = await planFor(lockedCounter);
    const sizeAt = (executionsMax: number): number => JSON.stringify(run({ ...plan, executionsMax }).kept).length;
    expect(sizeAt(150)).toBeLessThan(1.2 * sizeAt(15));
  });

  it('does not go on with what was kept of other code', async () => {
    const plan = await planFor(lockedCounter);
    const { kept } = run(plan, 2);
    if (!kept) throw new Error('nothing was kept');
    expect(() => new Check({ ...plan, kept: { ...kept, fingerprint: 'another' } })).toThrow('is not what it was');
  });
});
