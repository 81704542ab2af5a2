import { beforeAll, describe, expect, it } from 'vitest';
import { budgets } from '#model/engine/explore/budget.ts';
import type { Rig } from '#model/engine/explore/execution.ts';
import type { Explore } from '#model/engine/explore/exploration.ts';
import { type Sample, type Sampling, samples } from '#model/engine/explore/stream.ts';
import { programOf, rigOf } from '#properties/engine/tiny.ts';
import { increment, lockedCounter } from '#properties/engine/tiny-subjects.ts';

const budget = { ...budgets.quick, looks: 20, scenarioExecutions: 40, programs: 6, schedules: 4 };

describe('what is drawn', () => {
  let rig: Rig;
  beforeAll(async () => {
    const tiny = await rigOf(lockedCounter);
    const scenario = (name: string, ...counts: number[]) => ({
      name,
      program: programOf(counts.map((count) => new Array<ReturnType<typeof increment>>(count).fill(increment()))),
    });
    const scenarios = () => [scenario('small', 1, 1), scenario('large', 3, 3)];
    rig = { ...tiny, subject: { ...tiny.subject, scenarios } };
  });

  const made = (explore: Exclude<Explore, 'exhaustive'>, seed: number): readonly Sample[] => {
    const exploration: Sampling = { budget, seed, explore, memories: ['sc'], weakening: null };
    return [...samples(rig, exploration)];
  };
  const of = (source: string, all: readonly Sample[]): readonly Sample[] => all.filter((one) => one.source === source);
  const schedules = (all: readonly Sample[]): string[] =>
    all.map(({ execution }) => JSON.stringify([execution.program.cores, execution.schedule]));

  it('is half of a scenario of which not all can be made; the other half is the same with every seed', () => {
    expect(of('large', made('all', 1)).length).toBeGreaterThan(30);
    const drawn = of('large', made('drawn', 1));
    expect(drawn.length).toBeLessThan(of('large', made('all', 1)).length * 0.75);
    const inOrder = (seed: number): Set<string> => {
      const same = new Set(schedules(of('large', made('all', seed + 1))));
      return new Set(schedules(of('large', made('all', seed))).filter((one) => same.has(one)));
    };
    expect(inOrder(1).size).toBeGreaterThanOrEqual(20);
  });

  it('is another thing with another seed', () => {
    expect(schedules(made('drawn', 1))).toEqual(schedules(made('drawn', 1)));
    expect(schedules(made('drawn', 2))).not.toEqual(schedules(made('drawn', 1)));
  });

  it('is nothing but looks where all executions of a scenario can be made', () => {
    const looks = of('small', made('drawn', 1)).length;
    expect(looks).toBeLessThanOrEqual(budget.looks);
    expect(of('small', made('all', 1)).length).toBeGreaterThan(looks);
  });

  it('is all of the random programs and of the first looks', () => {
    const random = (explore: 'all' | 'drawn') => schedules(of('random', made(explore, 3)));
    expect(random('drawn')).toEqual(random('all'));
    expect(random('drawn').length).toBeGreaterThan(20);
  });
});
