import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awaitWord, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { type Choice, drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';
import { isLinear, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { lockedCounter, racyCounter } from '#properties/engine/tiny-subjects.ts';
import { checkByScheduler, type Drawn, drawn, scheduledStrategy } from '#reports/bench/plain-fast-check.ts';
import { returns } from '#spec/outcome.ts';

const limitsOf = ({ memory, timers }: Drawn): Limits => ({ ...usualLimits, memory, timers: timers.length });

/** Thrown where an execution stops to be gone on with by somebody else. */
class Paused {
  readonly choice: Choice;
  constructor(choice: Choice) {
    this.choice = choice;
  }
}

/** Makes these choices and draws these ways, then those that `ways` gives; stops at the first choice that is not told. */
const upTo = (made: readonly number[], known: number[], ways: fc.Stream<number>): Strategy => {
  let choices = 0;
  let asked = 0;
  return {
    choose(choice) {
      const action = made[choices++];
      if (action === undefined) throw new Paused({ ...choice });
      return action;
    },
    way(count) {
      if (asked === known.length) known.push(ways.next().value);
      return (known[asked++] as number) % count;
    },
  };
};

/**
 * The same as `scheduledStrategy` with promises that are awaited, as people write it. A machine cannot be paused, so it
 * is run anew up to each choice.
 */
const runAwaiting = async (rig: Rig, one: Drawn): Promise<Execution> => {
  const { program, timers, scheduler, ways } = one;
  const made: number[] = [];
  const known: number[] = [];
  const waiting = new Set<number>();
  const turns = timers.map((timer) => timer.turns);
  let picked: number | undefined;
  const schedule = async (task: number): Promise<void> => {
    if (waiting.has(task)) return;
    waiting.add(task);
    await scheduler.schedule(Promise.resolve());
    waiting.delete(task);
    picked = task;
  };
  const actionOf = (task: number, { cores, enabled, buffered }: Choice): number | undefined => {
    if (task < 0) {
      const timer = -1 - task;
      turns[timer] = (turns[timer] as number) - 1;
      return turns[timer] === -1 ? timerOf((timers[timer]?.core as number) % cores, cores) : undefined;
    }
    return isIn(task < cores ? enabled : buffered, task % cores) ? task : undefined;
  };
  for (;;) {
    try {
      return execute(rig, program, upTo(made, known, ways), limitsOf(one));
    } catch (error) {
      if (!(error instanceof Paused)) throw error;
      const { choice } = error;
      let action: number | undefined;
      while (action === undefined) {
        for (let core = 0; core < choice.cores; core++) {
          if (isIn(choice.enabled, core)) void schedule(core);
          if (isIn(choice.buffered, core)) void schedule(drainOf(core, choice.cores));
        }
        for (const [timer, left] of turns.entries()) if (left >= 0) void schedule(-1 - timer);
        picked = undefined;
        await scheduler.waitOne();
        while (picked === undefined) await Promise.resolve();
        action = actionOf(picked, choice);
      }
      made.push(action);
    }
  }
};

describe('plain fast-check', () => {
  it('draws the same schedules whether its promises are awaited or only picked', async () => {
    const rig = await rigOf(lockedCounter);
    const picked: unknown[] = [];
    const awaited: unknown[] = [];
    const parameters = { seed: 11, numRuns: 60 };
    fc.assert(
      fc.property(drawn(rig), (one) => {
        const { program, scheduler, timers, ways } = one;
        picked.push(execute(rig, program, scheduledStrategy(scheduler, timers, ways), limitsOf(one)).schedule);
      }),
      parameters,
    );
    await fc.assert(
      fc.asyncProperty(drawn(rig), async (one) => {
        awaited.push((await runAwaiting(rig, one)).schedule);
      }),
      parameters,
    );
    expect(awaited).toEqual(picked);
    expect(JSON.stringify(picked)).toMatch(/"timer".*"way"|"way".*"timer"/);
    expect(JSON.stringify(picked)).toContain('"drain"');
  });

  it('finds a lost update, and none where there is none', async () => {
    const search = async (tiny: typeof racyCounter): Promise<{ executions: number; isFound: boolean }> => {
      const rig = await rigOf(tiny);
      let executions = 0;
      let isFound = false;
      checkByScheduler(rig, 3, 200, (execution) => {
        executions++;
        isFound = !isLinear(rig, execution);
        return isFound;
      });
      return { executions, isFound };
    };
    const racy = await search(racyCounter);
    expect(racy.isFound).toBe(true);
    expect(racy.executions).toBeLessThan(200); // it stops where it fails, and does not shrink
    const locked = await search(lockedCounter);
    expect(locked.isFound).toBe(false);
    expect(locked.executions).toBeGreaterThan(150); // those that do nothing are not executed
  });

  it('lets calls wait: who cannot go on is not scheduled', async () => {
    const meeting: Tiny<null, { readonly tag: 'waits' | 'tells' }> = {
      initial: null,
      outcomes: () => returns(0),
      calls: [{ tag: 'waits' }, { tag: 'tells' }],
      *perform({ tag }, words): Routine<Word> {
        if (tag === 'waits') yield awaitWord(words, 1, 'acquire');
        else yield store(words, 1, 'release');
        return 0;
      },
    };
    const ends = { told: 0, never: 0 };
    checkByScheduler(await rigOf(meeting), 5, 200, ({ program, history, end }) => {
      expect(end).toBe('quiescent');
      const answers = history.filter(({ tag }) => tag === 'answer').length;
      ends[answers === program.threads.flat().length ? 'told' : 'never']++;
      return false;
    });
    expect(ends.told).toBeGreaterThan(50);
    expect(ends.never).toBeGreaterThan(10); // nobody tells, or not before he waits himself
  });
});
