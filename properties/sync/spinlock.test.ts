import { describe, expect, it } from 'vitest';
import { execute, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { spinlock } from '#model/sync/spinlock.ts';
import { suites } from '#properties/index.ts';

/**
 * In which order a lock is given to those who wait. No answer tells it, since nobody outside knows when somebody else has
 * begun to wait; so it is looked at from within, at the step that asks for the lock.
 */
const subject = suites.find((suite) => suite.subject.id === spinlock.id)?.subject as (typeof suites)[number]['subject'];

const rigOf = async (variant: string): Promise<Rig> => {
  const module = subject.variants.find(({ name }) => name === variant)?.module as string;
  return rigFor(subject, variant, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
};

const programOf = (variant: string): Program => ({
  variant,
  cores: 3,
  parameters: { counters: 1 },
  threads: [0, 1, 2].map(() => [{ tag: 'add', counter: 0, amount: 1 }]),
});

/** The threads in the order in which each first came to `site`. */
const order = (rig: Rig, program: Program, schedule: Schedule, site: string): number[] => {
  const seen: number[] = [];
  execute(rig, program, replayStrategy(schedule), usualLimits, {
    observer: (_core, context, frame) => {
      if (frame.site === site && !seen.includes(context)) seen.push(context);
    },
    choices: null,
    ways: null,
  });
  return seen;
};

/** Of all schedules with two preemptions: whether the lock is taken in the order in which it was asked for. */
const inTurn = async (variant: string, site: string): Promise<boolean[]> => {
  const rig = await rigOf(variant);
  const program = programOf(variant);
  const turns: boolean[] = [];
  for (const { schedule, history } of exhaust(rig, program, usualLimits, { preemptions: 2, executions: 10_000 })) {
    const found = history.flatMap((event) =>
      event.tag === 'answer' ? [{ ...event, rank: Number(event.answer) }] : [],
    );
    const taken = found.toSorted((a, b) => a.rank - b.rank).map(({ thread }) => thread);
    turns.push(taken.join() === order(rig, program, schedule, site).join());
  }
  return turns;
};

describe('a lock that three cores want', () => {
  it.each([
    ['ticket', 'spinlock.ticket.draw'],
    ['mcs', 'spinlock.mcs.join'],
  ])('is taken in the order in which it was asked for (%s)', async (variant, site) => {
    const turns = await inTurn(variant, site);
    expect(turns.length).toBeGreaterThan(1000);
    expect(turns).not.toContain(false);
  });

  it('is taken by whoever is quickest (test-and-set)', async () => {
    const turns = await inTurn('test-and-set', 'spinlock.acquire');
    expect(turns).toContain(true);
    expect(turns).toContain(false);
  });
});
