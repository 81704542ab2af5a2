import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { pause, type Routine, type Word } from '#impl/machine/ops.ts';
import {
  type Execution,
  execute,
  type Limits,
  type Rig,
  rigFor,
  usualLimits,
} from '#model/engine/explore/execution.ts';
import { partialOrderStrategy } from '#model/engine/explore/partial-order.ts';
import { pctStrategy } from '#model/engine/explore/pct.ts';
import { preemptionStrategy, randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { serialStrategy } from '#model/engine/explore/serial.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { record } from '#model/engine/trace/record.ts';
import type { Program } from '#model/subject.ts';
import { isNight, variantsTried } from '#properties/by-day.ts';
import { programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { atomicCounter, increment, racyCounter } from '#properties/engine/tiny-subjects.ts';
import { returns } from '#spec/outcome.ts';

/** All that can be seen of an execution: what has to be the same when it is the same. */
const seen = (execution: Execution) => {
  const { history, schedule, end, fault, costs, steps, switches, blocked, booted, latest } = execution;
  const words = booted.names.map((_, address) => latest(address));
  return { history, schedule, end, fault, costs, steps, switches, blocked, words };
};

interface Named {
  readonly name: string;
  of(seed: number, cores: number): Strategy;
}

const serial: Named = { name: 'serial', of: () => serialStrategy([1, 0, 2, 0, 1]) };

const strategies: readonly Named[] = [
  { name: 'random', of: (seed) => randomStrategy(randomFrom(seed), 1) },
  { name: 'random in bursts', of: (seed) => randomStrategy(randomFrom(seed), 7) },
  { name: 'sampled orders', of: (seed, cores) => partialOrderStrategy(randomFrom(seed), cores) },
  { name: 'pct', of: (seed, cores) => pctStrategy(randomFrom(seed), cores, 20, 100, true) },
  { name: 'preemptions', of: (seed) => preemptionStrategy(randomFrom(seed), 3, 100) },
  serial,
];

const limitsTried: readonly Limits[] = [
  usualLimits,
  { ...usualLimits, timers: 3 },
  { ...usualLimits, timers: 2, steps: 40 },
  { ...usualLimits, memory: 'tso', timers: 1 },
  { ...usualLimits, memory: 'rc11' },
];

/** Programs of each size. */
const programsEach = isNight ? 60 : 20;

describe.each(variantsTried)('executions of $id ($name)', ({ subject, name, module }) => {
  let rig: Rig;
  let programs: readonly Program[];
  beforeAll(async () => {
    rig = rigFor(subject, name, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
    programs = [
      { threads: 2, calls: 3 },
      { threads: 4, calls: 2 },
    ].flatMap((size) => fc.sample(subject.programs(name, size), { seed: 5, numRuns: programsEach }));
  });

  it.each(strategies)('are the same again when their schedule is replayed ($name)', ({ of }) => {
    let departures = 0;
    let struck = 0;
    let weak = 0;
    for (const [seed, program] of programs.entries()) {
      for (const limits of limitsTried) {
        const execution = execute(rig, program, of(seed, program.cores), limits);
        const replayed = execute(rig, program, replayStrategy(execution.schedule), limits);
        expect(seen(replayed)).toEqual(seen(execution));
        departures += execution.schedule.length;
        struck += execution.costs.interrupts;
        weak += execution.schedule.filter(({ way, drain }) => way !== undefined || drain).length;
      }
    }
    expect(departures).toBeGreaterThan(programsEach);
    if (of !== serial.of) expect(struck).toBeGreaterThan((5 * programsEach) / 6);
    if (of !== serial.of) expect(weak).toBeGreaterThan((5 * programsEach) / 6); // stale reads, stores that wait and are let out
  });

  it('are the same for the same seed, and others for another', () => {
    let others = 0;
    for (const [seed, program] of programs.entries()) {
      const once = (by: number): Execution => execute(rig, program, randomStrategy(randomFrom(by), 2), usualLimits);
      const execution = seen(once(seed));
      expect(seen(once(seed))).toEqual(execution);
      if (JSON.stringify(seen(once(seed + 1000)).schedule) !== JSON.stringify(execution.schedule)) others++;
    }
    expect(others).toBeGreaterThan(programsEach / 3); // on one core there is but one schedule
  });

  it('are not changed by being watched', () => {
    for (const [seed, program] of programs.entries()) {
      const limits = limitsTried[seed % limitsTried.length] as Limits;
      const execution = execute(rig, program, randomStrategy(randomFrom(seed), 3), limits);
      const { execution: watched, accesses, timers } = record(rig, program, execution.schedule, limits);
      expect(seen(watched)).toEqual(seen(execution));
      expect(accesses.length).toBe(execution.steps - (execution.fault ? 1 : 0));
      const raised = execution.schedule.filter((departure) => departure.timer);
      expect([...timers]).toEqual(expect.arrayContaining(raised.map((departure) => departure.step)));
    }
  });
});

describe('a strategy', () => {
  let racy: Rig;
  let atomic: Rig;
  beforeAll(async () => {
    racy = await rigOf(racyCounter);
    atomic = await rigOf(atomicCounter);
  });
  const twice = programOf([[increment()], [increment()]]);
  const isLost = (execution: Execution): boolean => execution.latest(execution.booted.layouts[0] as number) === 1;

  it('pct of depth 1 changes no core that can go on, and so never loses an update', () => {
    const random = randomFrom(3);
    for (let i = 0; i < 500; i++) {
      const execution = execute(racy, twice, pctStrategy(random, 2, 1, 50, false), usualLimits);
      expect(isLost(execution)).toBe(false);
      expect(execution.switches).toBe(1);
    }
  });

  it('random, pct and preemptions find the lost update, and serial never does', () => {
    const finds = (strategy: (seed: number) => Strategy): boolean =>
      Array.from({ length: 300 }, (_, seed) => execute(racy, twice, strategy(seed), usualLimits)).some(isLost);
    expect(strategies.map(({ name, of }) => [name, finds((seed) => of(seed, 2))])).toEqual([
      ['random', true],
      ['random in bursts', true],
      ['sampled orders', true],
      ['pct', true],
      ['preemptions', true],
      ['serial', false],
    ]);
  });

  it('serial makes one call after the other, on the cores it is told', () => {
    const program = programOf([[increment(1), increment(1)], [increment(1), increment(1)], [increment(1)]]);
    const order = [2, 0, 1, 1, 0];
    const { history } = execute(atomic, program, serialStrategy(order), usualLimits);
    expect(history.map(({ tag, thread }) => [tag, thread])).toEqual(
      order.flatMap((thread) => [
        ['invoke', thread],
        ['answer', thread],
      ]),
    );
  });

  it('goes on with the same core, unless that takes 250 steps without an answer', async () => {
    const work = (steps: number): Tiny<null, { readonly tag: 'work' }> => ({
      initial: null,
      outcomes: () => returns(0),
      *perform(): Routine<Word> {
        for (let i = 0; i < steps; i++) yield pause();
        return 0;
      },
    });
    const call = { tag: 'work' } as const;
    const order = async (steps: number): Promise<number[]> => {
      const { history } = execute(
        await rigOf(work(steps)),
        programOf([[call, call], [call]]),
        replayStrategy([]),
        usualLimits,
      );
      return history.filter(({ tag }) => tag === 'answer').map(({ thread }) => thread);
    };
    expect(await order(200)).toEqual([0, 0, 1]); // 400 steps in a row, with an answer between
    expect(await order(300)).toEqual([0, 1, 0]); // T1 begins at step 250 of T0, is cut off at its own 250th
  });

  it('replay leaves out what cannot be done, and so fits any program', () => {
    const impossible = [
      { step: 0, core: 9 },
      { step: 1, core: 0, timer: true as const },
      { step: 5000, core: 1 },
    ];
    expect(seen(execute(racy, twice, replayStrategy(impossible), usualLimits))).toEqual(
      seen(execute(racy, twice, replayStrategy([]), usualLimits)),
    );
  });
});
