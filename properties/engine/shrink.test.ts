import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Execution, execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { activeOf } from '#model/engine/explore/programs.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { fewerCalls } from '#model/engine/shrink/drawn.ts';
import { shrink } from '#model/engine/shrink/shrink.ts';
import type { AnyCall, Program } from '#model/subject.ts';
import { isLinear, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { lockedCounter, racyCounter, racyFromThree, tornPair, twoLocks } from '#properties/engine/tiny-subjects.ts';

/** Planted faults always shrink to the smallest story there is, wherever the search began. */

const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

/** A failing execution of a random program, of 3 or 4 threads with up to 3 calls each. */
const findFailure = (rig: Rig, fails: (execution: Execution) => boolean, seed: number): Execution => {
  const random = randomFrom(seed);
  const size = { threads: 3 + (seed % 2), calls: 3 };
  for (const program of fc.sample(rig.subject.programs('only', size), { seed, numRuns: 200 })) {
    for (let i = 0; i < 10; i++) {
      const execution = execute(rig, program, randomStrategy(random, 1 + (i % 4)), usualLimits);
      if (fails(execution)) return execution;
    }
  }
  throw new Error(`seed ${seed}: nothing fails`);
};

/** The calls of the shrunk story, its switches, and how many of its schedule's departures. */
const shrunk = async <State, Call extends AnyCall>(
  tiny: Tiny<State, Call>,
  fails: (rig: Rig, execution: Execution) => boolean,
) => {
  const rig = await rigOf(tiny);
  return seeds.map((seed) => {
    const isFailure = (execution: Execution): boolean => fails(rig, execution);
    const failure = findFailure(rig, isFailure, seed);
    const { execution, limits, minimal } = shrink(rig, failure, usualLimits, isFailure);
    expect(minimal?.programs).toBeGreaterThan(0); // it is shown that none of them fails
    expect(isFailure(execute(rig, execution.program, replayStrategy(execution.schedule), limits))).toBe(true);
    const calls = execution.program.threads.filter((own) => own.length > 0).map((own) => own as readonly Call[]);
    return { calls: calls.map((own) => [...own]), switches: execution.switches };
  });
};

const wrong = (rig: Rig, execution: Execution): boolean => !isLinear(rig, execution);

describe('a shrunk story', () => {
  // In each of the first three something must come between two steps of a thread, which is then done: two switches,
  // away and back. One thread alone does nothing wrong, nor does one call.
  it('of a lost update is two increments by 1 and two switches', async () => {
    for (const story of await shrunk(racyCounter, wrong)) {
      const increment = { tag: 'increment', by: 1 };
      expect(story).toEqual({ calls: [[increment], [increment]], switches: 2 });
    }
  });

  it('of a pair seen torn is one set to 1, one get, and two switches', async () => {
    for (const { calls, switches } of await shrunk(tornPair, wrong)) {
      expect(calls.flat().toSorted((a, b) => (a.tag < b.tag ? -1 : 1))).toEqual([
        { tag: 'get' },
        { tag: 'set', value: 1 },
      ]);
      expect(calls.length).toBe(2);
      expect(switches).toBe(2);
    }
  });

  it('of an update that is lost from 3 on keeps that 3, and makes the other 1', async () => {
    // Of the two, at least one must be in two steps, and so by 3; the other may be any.
    for (const { calls, switches } of await shrunk(racyFromThree, wrong)) {
      expect(calls.map((own) => own.map(({ by }) => by)).toSorted()).toEqual([[1], [3]]);
      expect(switches).toBe(2);
    }
  });

  it('of two locks taken crosswise is one call each way', async () => {
    // T0 takes one lock; T1 the other, and waits; T0 waits: two switches.
    const isStuck = (_rig: Rig, execution: Execution): boolean =>
      execution.end === 'quiescent' && execution.blocked.some(({ spinsOn }) => spinsOn !== null);
    for (const { calls, switches } of await shrunk(twoLocks, isStuck)) {
      expect(calls.map((own) => own.map(({ first }) => first)).toSorted()).toEqual([[0], [1]]);
      expect(switches).toBe(2);
    }
  });

  it('is never made of a sound subject: there is no failure to begin with', async () => {
    const rig = await rigOf(lockedCounter);
    expect(() => findFailure(rig, (execution) => wrong(rig, execution), 1)).toThrow('nothing fails');
  });

  it('is looked for among programs of which each has room: no more contexts than the implementation was loaded for', async () => {
    const rig = await rigOf(racyCounter);
    const six: Program = {
      variant: 'only',
      parameters: null,
      cores: 2,
      threads: Array.from({ length: 6 }, () => [{ tag: 'increment', by: 1 }]),
    };
    const ofSoManyCores = (cores: number): Rig => ({
      ...rig,
      subject: {
        ...rig.subject,
        programs: (variant, size) => rig.subject.programs(variant, size).map((program) => ({ ...program, cores })),
      },
    });
    const roomy = fewerCalls(ofSoManyCores(2), six);
    expect(roomy.length).toBeGreaterThan(0);
    for (const program of roomy) {
      expect(activeOf(program)).toBeGreaterThan(0);
      expect(program.threads.length + program.cores).toBeLessThanOrEqual(rig.world.instances.length);
    }
    expect(fewerCalls(ofSoManyCores(3), six)).toEqual([]); // 6 threads and 3 dispatchers
  });
});
