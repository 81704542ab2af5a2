import { beforeAll, describe, expect, it } from 'vitest';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { type Bound, exhaust } from '#model/engine/explore/exhaustive.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { stepsInARowMax } from '#model/engine/explore/schedule.ts';
import type { Choice, Strategy } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';
import { answersOf, isLinear, programOf, rigOf } from '#properties/engine/tiny.ts';
import {
  atomicCounter,
  increment,
  type Litmus,
  lockedCounter,
  racyCounter,
  storeBuffering,
} from '#properties/engine/tiny-subjects.ts';

const many = 200_000;

const explore = (rig: Rig, program: Program, preemptions: number, limits: Limits = usualLimits) => {
  const bound: Bound = { preemptions, executions: many };
  const executions: Execution[] = [];
  const exploration = exhaust(rig, program, limits, bound);
  let next = exploration.next();
  for (; !next.done; next = exploration.next()) executions.push(next.value);
  return { executions, isComplete: next.value };
};

const distinct = (values: readonly unknown[]): string[] =>
  [...new Set(values.map((value) => JSON.stringify(value)))].toSorted();

const finalCount = (execution: Execution): number => execution.latest(execution.booted.layouts[0] as number);

/** How often a schedule takes a core away from a context that could go on, or lets a timer go off. */
const preemptionsOf = (rig: Rig, { program, schedule }: Execution, limits: Limits): number => {
  let count = 0;
  const choices = (choice: Choice, action: number): void => {
    const canGoOn = ((choice.enabled >> choice.current) & 1) === 1 && choice.stepsInARow < stepsInARowMax;
    if (action >= choice.cores || (action !== choice.current && canGoOn && choice.step > 0)) count++;
  };
  execute(rig, program, replayStrategy(schedule), limits, { observer: null, choices, ways: null });
  return count;
};

/** Every schedule within the bound, found the simplest way: try each core that can step at each step, in turn. */
const enumerate = (rig: Rig, program: Program, preemptions: number): string[] => {
  const found: string[] = [];
  const visit = (prefix: readonly number[], spent: number): void => {
    const branches: { prefix: number[]; spent: number }[] = [];
    const taken: number[] = [];
    const strategy: Strategy = {
      way: () => 0,
      choose(choice) {
        const planned = prefix[choice.step];
        const core = planned ?? choice.default;
        if (planned === undefined) {
          for (let other = 0; other < choice.cores; other++) {
            if (other === core || ((choice.enabled >> other) & 1) === 0) continue;
            const isForced = choice.step === 0 || ((choice.enabled >> choice.current) & 1) === 0;
            const cost = spent + (isForced ? 0 : 1);
            if (cost <= preemptions) branches.push({ prefix: [...taken, other], spent: cost });
          }
        }
        taken.push(core);
        return core;
      },
    };
    found.push(JSON.stringify(execute(rig, program, strategy, usualLimits).schedule));
    for (const branch of branches) visit(branch.prefix, branch.spent);
  };
  visit([], 0);
  return found.toSorted();
};

const twice = programOf([[increment()], [increment()]]);

describe('exhaustive exploration', () => {
  let racy: Rig;
  let atomic: Rig;
  let locked: Rig;
  let buffering: Rig;
  beforeAll(async () => {
    racy = await rigOf(racyCounter);
    atomic = await rigOf(atomicCounter);
    locked = await rigOf(lockedCounter);
    buffering = await rigOf(storeBuffering);
  });

  it('finds both results of two unprotected increments, and needs one preemption for it', () => {
    expect(distinct(explore(racy, twice, 0).executions.map(finalCount))).toEqual(['2']);
    expect(distinct(explore(racy, twice, 1).executions.map(finalCount))).toEqual(['1', '2']);
  });

  it('finds one result where the increments are atomic, or under a lock', () => {
    for (const rig of [atomic, locked]) {
      const { executions, isComplete } = explore(rig, twice, 2);
      expect(isComplete).toBe(true);
      expect(distinct(executions.map(finalCount))).toEqual(['2']);
      expect(executions.every((execution) => isLinear(rig, execution))).toBe(true);
    }
  });

  it('finds exactly the three outcomes that store buffering has under sc', () => {
    const call = (writes: number, reads: number): Litmus => ({ tag: 'write then read', writes, reads });
    const program = programOf([[call(0, 1)], [call(1, 0)]]);
    // One after the other gives [0],[1] and [1],[0]; interleaved stores come before both loads: [1],[1]. Both 0 would
    // need each load before the other thread's store, and so a cycle.
    expect(distinct(explore(buffering, program, 0).executions.map(answersOf))).toEqual(['[[0],[1]]', '[[1],[0]]']);
    for (const bound of [1, 2]) {
      expect(distinct(explore(buffering, program, bound).executions.map(answersOf))).toEqual([
        '[[0],[1]]',
        '[[1],[0]]',
        '[[1],[1]]',
      ]);
    }
  });

  it('finds the fourth outcome of store buffering under tso and rc11, as soon as the bound allows it', () => {
    const call = (writes: number, reads: number): Litmus => ({ tag: 'write then read', writes, reads });
    const program = programOf([[call(0, 1)], [call(1, 0)]]);
    const both = '[[0],[0]]';
    const outcomes = (memory: MemoryName, bound: number): string[] =>
      distinct(explore(buffering, program, bound, { ...usualLimits, memory }).executions.map(answersOf));
    // rc11: one call begins, the other is made, and the first then reads an old word. tso: the store must wait, too, and
    // the core be left before its dispatcher takes a lock.
    for (const [memory, needed] of [
      ['rc11', 2],
      ['tso', 3],
    ] as const) {
      expect(outcomes(memory, needed - 1)).not.toContain(both);
      expect(outcomes(memory, needed)).toContain(both);
      expect(outcomes(memory, needed)).toHaveLength(4);
    }
    expect(outcomes('sc', 3)).not.toContain(both);
  });

  it.each(memoryNames)('never runs a schedule twice, nor two that are the same execution, under %s', (memory) => {
    const { executions, isComplete } = explore(racy, twice, 2, { ...usualLimits, memory });
    const schedules = executions.map((execution) => JSON.stringify(execution.schedule));
    expect(isComplete).toBe(true);
    expect(schedules.length).toBeGreaterThan(50);
    expect(new Set(schedules).size).toBe(schedules.length);
  });

  it('finds all orders of N calls without a preemption: N factorial', () => {
    // Nobody is preempted and nobody waits, so an execution is the order in which the cores come to run.
    for (const [threads, factorial] of [
      [1, 1],
      [2, 2],
      [3, 6],
    ] as const) {
      const program = programOf(Array.from({ length: threads }, () => [increment()]));
      const { executions, isComplete } = explore(racy, program, 0);
      expect(isComplete).toBe(true);
      expect(executions.length).toBe(factorial);
      expect(distinct(executions.map(answersOf)).length).toBe(factorial);
    }
  });

  it.each([0, 1, 2])('runs the schedules that a naive enumeration finds, each once (%i preemptions)', (preemptions) => {
    for (const rig of [racy, locked]) {
      const { executions, isComplete } = explore(rig, twice, preemptions);
      const schedules = executions.map((execution) => JSON.stringify(execution.schedule));
      expect(isComplete).toBe(true);
      expect(new Set(schedules).size).toBe(schedules.length);
      expect(schedules.toSorted()).toEqual(enumerate(rig, twice, preemptions));
    }
  });

  it('keeps to the bound on preemptions, fewer first', () => {
    const limits = { ...usualLimits, timers: 1 };
    for (const [program, most] of [
      [twice, usualLimits],
      [programOf([[increment()], [increment()], [increment()]], 2), limits],
      [programOf([[increment()], [increment()]], 1), limits],
    ] as const) {
      const counts = explore(locked, program, 1, most).executions.map((execution) =>
        preemptionsOf(locked, execution, most),
      );
      expect(Math.max(...counts)).toBe(1);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    }
  });

  it('never runs a schedule twice where timers strike', () => {
    const limits = { ...usualLimits, timers: 2 };
    const program = programOf([[increment()], [increment()]], 1);
    const { executions, isComplete } = explore(racy, program, 2, limits);
    const schedules = executions.map((execution) => JSON.stringify(execution.schedule));
    expect(isComplete).toBe(true);
    expect(schedules.length).toBeGreaterThan(100);
    expect(new Set(schedules).size).toBe(schedules.length);
  });

  it('finds the lost update on one core, where only a timer can divide the two steps', () => {
    const program = programOf([[increment()], [increment()]], 1);
    expect(distinct(explore(racy, program, 2).executions.map(finalCount))).toEqual(['2']);
    expect(distinct(explore(racy, program, 2, { ...usualLimits, timers: 2 }).executions.map(finalCount))).toEqual([
      '1',
      '2',
    ]);
  });

  it('says when the executions did not suffice', () => {
    const cut = exhaust(racy, twice, usualLimits, { preemptions: 2, executions: 5 });
    let count = 0;
    let next = cut.next();
    for (; !next.done; next = cut.next()) count++;
    expect(count).toBe(5);
    expect(next.value).toBe(false);
  });
});
