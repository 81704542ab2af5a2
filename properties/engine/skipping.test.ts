import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Execution, type Limits, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { type Bound, exhaust } from '#model/engine/explore/exhaustive.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { exhaustSkipping } from '#model/engine/shrink/skipping.ts';
import type { Program } from '#model/subject.ts';
import { isNight, variantsTried } from '#properties/by-day.ts';
import { programOf, rigOf } from '#properties/engine/tiny.ts';
import { increment, lockedCounter, racyCounter, storeBuffering } from '#properties/engine/tiny-subjects.ts';

/** All that a claim can be judged by, but for the numbers of the steps. */
const outcomeOf = ({ history, end, fault, booted, latest, blocked, costs }: Execution): string =>
  JSON.stringify([
    history.map((event) => ({ ...event, step: null })),
    end,
    fault?.tag,
    [...booted.image.keys()].map(latest),
    blocked,
    fault ? null : costs, // a fault may come before what another core does, or after
  ]);

const outcomesOf = (exploration: Generator<Execution, boolean>) => {
  const outcomes = new Set<string>();
  let executions = 0;
  let next = exploration.next();
  for (; !next.done; next = exploration.next(), executions++) outcomes.add(outcomeOf(next.value));
  return { outcomes: [...outcomes].sort(), executions, isComplete: next.value };
};

/** By both: what comes out must be the same. How many executions each took, if all were made. */
const compared = (rig: Rig, program: Program, limits: Limits, bound: Bound): [all: number, some: number] => {
  const all = outcomesOf(exhaust(rig, program, limits, bound));
  if (!all.isComplete) return [0, 0];
  const some = outcomesOf(exhaustSkipping(rig, program, limits, bound));
  expect(some.isComplete).toBe(true);
  expect(some.outcomes).toEqual(all.outcomes);
  return [all.executions, some.executions];
};

const bound: Bound = { preemptions: 2, executions: 3000 };

const programsEach = isNight ? 6 : 4;

describe('leaving out preemptions that change nothing', () => {
  it('leaves none out that loses an update', async () => {
    const rig = await rigOf(racyCounter);
    const [all, some] = compared(rig, programOf([[increment()], [increment()]]), usualLimits, bound);
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
  });

  it('leaves out most of those that fall while a lock is held', async () => {
    const rig = await rigOf(lockedCounter);
    const [all, some] = compared(rig, programOf([[increment()], [increment()]]), usualLimits, bound);
    expect(all).toBeGreaterThan(0);
    expect(some).toBeLessThan(all / 2);
  });

  it('comes to the same where stores wait and reads are stale', async () => {
    const rig = await rigOf(storeBuffering);
    const program = programOf([
      [{ tag: 'write then read', writes: 0, reads: 1 }],
      [{ tag: 'write then read', writes: 1, reads: 0 }],
    ]);
    for (const memory of memoryNames) {
      const [all, some] = compared(rig, program, { ...usualLimits, memory }, { preemptions: 3, executions: 50_000 });
      expect(some).toBeGreaterThan(0);
      expect(some).toBeLessThanOrEqual(all);
    }
  });

  it('is not complete when the executions do not suffice', async () => {
    const rig = await rigOf(lockedCounter);
    const program = programOf([[increment()], [increment()]]);
    expect(outcomesOf(exhaustSkipping(rig, program, usualLimits, { preemptions: 2, executions: 5 })).isComplete).toBe(
      false,
    );
  });
});

describe.each(variantsTried)('of $id ($name)', ({ subject, name, module }) => {
  it('it comes to the same calls, answers, words and ends', async () => {
    const variant = subject.variants.find((one) => one.name === name);
    const world = await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports);
    const rig = rigFor(subject, name, world);
    let [all, some] = [0, 0];
    for (const drawn of fc.sample(subject.programs(name, { threads: 2, calls: 2 }), {
      seed: 3,
      numRuns: programsEach,
    })) {
      if (drawn.threads.every((calls) => calls.length === 0)) continue;
      for (const memory of memoryNames) {
        for (const timers of [0, 1]) {
          const limits = { ...usualLimits, memory, timers, steps: 400 };
          for (const cores of timers > 0 && !variant?.polls ? [1, drawn.cores] : [drawn.cores]) {
            const [more, fewer] = compared(rig, { ...drawn, cores }, limits, { ...bound, preemptions: 1 });
            all += more;
            some += fewer;
          }
        }
      }
    }
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThanOrEqual(all);
  });
});
