import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute, type Limits, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type Failure, Hunt } from '#model/engine/shrink/hunt.ts';
import { departingOf, findSmaller } from '#model/engine/shrink/minimal.ts';
import { anchoredOf, carriedOver, retimed } from '#model/engine/shrink/retime.ts';
import { allSmallerPrograms, joinedPrograms, tidierPrograms } from '#model/engine/shrink/smaller.ts';
import type { Program } from '#model/subject.ts';
import { variantsTried } from '#properties/by-day.ts';
import { isLinear, programOf, rigOf } from '#properties/engine/tiny.ts';
import { type Increment, increment, racyCounter, racyFromThree } from '#properties/engine/tiny-subjects.ts';
import { suites } from '#properties/index.ts';

const hunting = (rig: Rig, steps: number): Hunt =>
  new Hunt(rig, (execution) => !isLinear(rig, execution), usualLimits, steps);

/** A failure of a program with the fewest preemptions. */
const failureOf = (hunt: Hunt, program: Program): Failure => {
  for (const execution of hunt.exhaust(program, usualLimits, { preemptions: 2, executions: 10_000 })) {
    if (hunt.isFailure(execution, usualLimits)) return { execution, limits: usualLimits };
  }
  throw new Error('nothing fails');
};

describe('all smaller programs', () => {
  it('are what is left of threads, calls and arguments in any way, each once', async () => {
    const { subject } = await rigOf(racyCounter);
    const smaller = [...allSmallerPrograms(subject, programOf([[increment(2), increment(1)], [increment(1)]]))];
    // T0: none, 1, 2, 1 1, 2 1; T1: none, 1. All pairs but the empty program and the program itself.
    const shown = smaller.map(({ threads }) =>
      threads.map((calls) => (calls as readonly { by?: number }[]).map(({ by }) => by)),
    );
    const expected = [[], [1], [2], [1, 1], [2, 1]].flatMap((first) => [[], [1]].map((second) => [first, second]));
    expect(shown.map((one) => JSON.stringify(one)).sort()).toEqual(
      expected
        .map((one) => JSON.stringify(one))
        .filter((one) => one !== '[[],[]]' && one !== '[[2,1],[1]]')
        .sort(),
    );
  });
});

const shownCalls = ({ threads }: Program): (number | undefined)[][] =>
  threads.map((calls) => (calls as readonly { by?: number }[]).map(({ by }) => by));

describe('programs of the same calls', () => {
  it('have a thread less: its calls come before or after those of another', async () => {
    const { subject } = await rigOf(racyCounter);
    const joined = [...joinedPrograms(subject, programOf([[increment(1), increment(2)], [], [increment(3)]]))];
    expect(joined.map(shownCalls)).toEqual([
      [[], [], [3, 1, 2]],
      [[], [], [1, 2, 3]],
      [[1, 2, 3], [], []],
      [[3, 1, 2], [], []],
    ]);
  });

  it('have no idle thread at the end, or one later', async () => {
    const { subject } = await rigOf(racyCounter);
    const tidier = (threads: readonly Increment[][]) =>
      [...tidierPrograms(subject, programOf(threads))].map(shownCalls);
    expect(tidier([[], [increment(1)], []])).toEqual([
      [[], [1]],
      [[1], [], []],
    ]);
    expect(tidier([[increment(1)], [increment(2)]])).toEqual([]);
  });

  it('lose what the parameters say of the thread that goes, and stay valid', () => {
    const pipes = suites.find(({ subject }) => subject.id === 'ipc/pipe')?.subject;
    if (!pipes) throw new Error('no pipe');
    const [program] = fc.sample(pipes.programs('xv6', { threads: 2, calls: 1 }), { seed: 1, numRuns: 1 }) as [Program];
    const idle = { ...program, threads: [...program.threads.slice(0, 1), ...program.threads.slice(1).map(() => [])] };
    for (const { threads, parameters } of tidierPrograms(pipes, idle)) {
      expect((parameters as { holdings: unknown[] }).holdings.length).toBe(threads.length);
    }
    expect([...tidierPrograms(pipes, idle)].length).toBeGreaterThan(0);
  });
});

describe('a story', () => {
  it('is shown to be minimal where no smaller program fails, and it is said how many were tried', async () => {
    const rig = await rigOf(racyCounter);
    const hunt = hunting(rig, 100_000);
    const schedule = [{ step: 2, core: 1 }]; // each begins, T0 has read
    const execution = execute(rig, programOf([[increment()], [increment()]]), replayStrategy(schedule), usualLimits);
    expect(hunt.isFailure(execution, usualLimits)).toBe(true);
    // Either thread alone, which has one schedule.
    expect(findSmaller(hunt, { execution, limits: usualLimits })).toEqual({
      preemptions: 1,
      ofMemory: 0,
      programs: 2,
      executions: 2,
    });
  });

  it('is not minimal where a call, a thread or an argument can go: a smaller failure is given', async () => {
    const rig = await rigOf(racyFromThree);
    const larger = [
      [[increment(3)], [increment(1), increment(1)]],
      [[increment(3)], [increment(1)], [increment(1)]],
      [[increment(4)], [increment(1)]],
      [[increment(3)], [increment(2)]],
    ];
    for (const threads of larger) {
      const hunt = hunting(rig, 1_000_000);
      const found = findSmaller(hunt, failureOf(hunt, programOf(threads)));
      expect(found).toHaveProperty('execution');
      const { execution, limits } = found as Failure;
      expect(hunt.isFailure(execution, limits)).toBe(true);
      const sum = (program: Program): number =>
        (program.threads.flat() as { by?: number }[]).reduce((total, { by }) => total + (by ?? 0), 0);
      expect(sum(execution.program)).toBeLessThan(sum(programOf(threads)));
    }
  });

  it('is not said to be minimal when there are not steps enough to tell', async () => {
    const rig = await rigOf(racyCounter);
    const failure = failureOf(hunting(rig, 10_000), programOf([[increment()], [increment()]]));
    expect(findSmaller(hunting(rig, 5), failure)).toBeUndefined();
  });

  it('departs as often as the exploration that bounds departures needs', async () => {
    const rig = await rigOf(racyCounter);
    const program = programOf([[increment()], [increment()]]);
    const hunt = hunting(rig, 1_000_000);
    for (const preemptions of [0, 1, 2]) {
      for (const memory of ['sc', 'tso', 'rc11'] as const) {
        const limits: Limits = { ...usualLimits, memory, timers: 1 };
        let most = 0;
        for (const execution of hunt.exhaust(program, limits, { preemptions, executions: 200 })) {
          most = Math.max(most, departingOf(rig, { execution, limits }).preemptions);
        }
        expect(most).toBe(preemptions);
      }
    }
  });
});

describe.each(variantsTried)('departures of $id ($name)', ({ subject, name, module }) => {
  it('at their places, not their steps, make the same execution, and fit smaller programs', async () => {
    const rig = rigFor(subject, name, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
    const random = randomFrom(4);
    let [all, kept] = [0, 0];
    for (const program of fc.sample(subject.programs(name, { threads: 3, calls: 2 }), { seed: 6, numRuns: 60 })) {
      for (const memory of ['sc', 'tso', 'rc11'] as const) {
        const limits = { ...usualLimits, memory, timers: 2 };
        const execution = execute(rig, program, randomStrategy(random, 3), limits);
        const anchored = anchoredOf(rig, execution, limits);
        expect(anchored.map(({ departure }) => departure)).toEqual(execution.schedule);
        const { strategy, onlooker } = retimed(program, anchored);
        const again = execute(rig, program, strategy, limits, onlooker);
        expect(again.schedule).toEqual(execution.schedule);
        expect(again.history).toEqual(execution.history);
        const thread = program.threads.findIndex((calls) => calls.length > 1);
        if (thread < 0) continue;
        const smaller = {
          ...program,
          threads: program.threads.with(thread, (program.threads[thread] ?? []).slice(1)),
        };
        const carried = retimed(smaller, carriedOver(program, smaller, anchored));
        all += execution.schedule.length;
        kept += execute(rig, smaller, carried.strategy, limits, carried.onlooker).schedule.length;
      }
    }
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(all);
  });
});
