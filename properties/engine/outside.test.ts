import { describe, expect, it } from 'vitest';
import { type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type OutsideRun, outsideOf } from '#model/engine/outside/run.ts';
import { again, keyOf, runsOf, type Seen } from '#model/engine/outside/runs.ts';
import { boundedBuffer } from '#model/ipc/bounded-buffer.ts';
import type { Subject } from '#model/subject.ts';
import { mutants } from '#properties/index.ts';

const subject = boundedBuffer as unknown as Subject;
const threads = [[{ tag: 'put', items: [1] }], [{ tag: 'get', count: 2 }]];

const budget = {
  name: 'quick',
  sequences: 0,
  looks: 40,
  preemptions: 2,
  scenarioExecutions: 60,
  programs: 0,
  schedules: 0,
} as const;

const rigOf = async (variant: string, mutant: string | null): Promise<Rig> => {
  const module = subject.variants.find(({ name }) => name === variant)?.module;
  if (module === undefined) throw new Error(`no variant ${variant}`);
  const edits = mutants.find(({ id }) => id === `ipc/bounded-buffer/${mutant}`)?.edits ?? [];
  return rigFor(subject, variant, await loadWorld({ tag: 'ours', module, edits }, subject.exports));
};

/** What can be seen of an implementation where one item is put and two are wanted, each run once. */
const seenOf = async (
  variant: string,
  mutant: string | null = null,
  stepsMax = 1_000_000,
): Promise<readonly Seen[]> => {
  const program = { variant, parameters: { capacity: 1, carriedItems: 0 }, cores: 2, threads };
  const sampling = { budget, seed: 1, explore: 'all', memories: ['sc', 'rc11'], weakening: null } as const;
  const seen = [...runsOf(await rigOf(variant, mutant), [{ name: 'it', program }], sampling, stepsMax)];
  return [...new Map(seen.map((one) => [one.key, one])).values()];
};

const keysOf = async (variant: string, mutant: string | null = null): Promise<readonly string[]> =>
  (await seenOf(variant, mutant)).map(({ key }) => key).sort();

describe('a run as its callers see it', () => {
  it('is the same of implementations that behave alike, whatever they do inside', async () => {
    const keys = await keysOf('in-out');
    expect(keys.length).toBeGreaterThan(2);
    expect(await keysOf('counters')).toEqual(keys);
    expect(await keysOf('lock-free')).toEqual(keys);
    expect(await keysOf('semaphores')).toEqual(keys);
  });

  it('does not tell whether who waits for ever sleeps or goes round', async () => {
    const goesRound = await seenOf('in-out', 'gives-its-core-up');
    const seenToTheEnd = goesRound.filter(({ run }) => run.end !== 'cut off').map(({ key }) => key);
    expect(seenToTheEnd.sort()).toEqual(await keysOf('in-out'));
  });

  it('tells what is wrong', async () => {
    const right = await keysOf('in-out');
    const wrong = (await keysOf('in-out', 'index-before-item')).filter((key) => !right.includes(key));
    expect(wrong.length).toBeGreaterThan(0);
  });

  it('numbers the events: each call begins once, ends once or never, and after it began', async () => {
    for (const { run } of await seenOf('counters')) {
      const events = run.calls.flatMap(({ began, ended }) => (ended === null ? [began] : [began, ended]));
      expect([...events].sort((one, other) => one - other)).toEqual(events.map((_, i) => i));
      for (const { began, ended, answer } of run.calls) {
        expect(ended === null).toBe(answer === null);
        expect(ended ?? Number.POSITIVE_INFINITY).toBeGreaterThan(began);
      }
    }
  });

  it('can be had again', async () => {
    const rig = await rigOf('lock-free', null);
    const runs = await seenOf('lock-free');
    const repeated = runs.map((seen): OutsideRun => outsideOf(again(rig, seen)));
    expect(repeated.map(keyOf)).toEqual(runs.map(({ key }) => key));
  });

  it('is looked for no longer than is allowed', async () => {
    expect((await seenOf('counters', null, 1)).length).toBe(1);
  });
});
