import * as fc from 'fast-check';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { type Choice, drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';

/** Concurrency as fast-check offers it: a random program, and `fc.scheduler` for whose turn it is. */

/** A timer that goes off on a core after it has had its turn so often. */
export interface Timer {
  readonly core: number;
  readonly turns: number;
}

/** All that is drawn for one execution. */
export interface Drawn {
  readonly program: Program;
  readonly memory: MemoryName;
  readonly timers: readonly Timer[];
  readonly scheduler: fc.Scheduler;
  /** Which way an access goes, where the memory allows several. */
  readonly ways: fc.Stream<number>;
}

const timer: fc.Arbitrary<Timer> = fc.record({ core: fc.nat({ max: 2 }), turns: fc.nat({ max: 60 }) });

export const drawn = ({ subject, variant }: Rig): fc.Arbitrary<Drawn> => {
  const size = fc.record({ threads: fc.integer({ min: 2, max: 4 }), calls: fc.integer({ min: 1, max: 4 }) });
  return fc.record({
    program: size.chain((drawnSize) => subject.programs(variant, drawnSize)),
    memory: fc.constantFrom(...memoryNames),
    timers: fc.array(timer, { maxLength: 2 }),
    scheduler: fc.scheduler(),
    ways: fc.infiniteStream(fc.nat()),
  });
};

/**
 * Each core, each store buffer and each timer is a task that awaits its turn. What has to wait is not scheduled before
 * it can go on: so calls may block. fast-check calls a task's `act` at once when it picks the task, so nothing has to be
 * asynchronous: it draws what it would draw for promises.
 */
export const scheduledStrategy = (
  scheduler: fc.Scheduler,
  timers: readonly Timer[],
  ways: fc.Stream<number>,
): Strategy => {
  const waiting = new Set<number>();
  const turnsLeft = timers.map(({ turns }) => turns);
  let picked = 0;
  const schedule = (task: number): void => {
    if (waiting.has(task)) return;
    waiting.add(task);
    scheduler.schedule(Promise.resolve(), '', undefined, async () => {
      picked = task;
    });
  };
  const isPossible = (action: number, { enabled, buffered, cores }: Choice): boolean =>
    action < cores ? isIn(enabled, action) : isIn(buffered, action - drainOf(0, cores));
  /** Timers are numbered below zero. */
  const struck = (task: number, { cores }: Choice): number | undefined => {
    const { core } = timers[-1 - task] as Timer;
    return (turnsLeft[-1 - task] as number)-- === 0 ? timerOf(core % cores, cores) : undefined;
  };
  return {
    choose(choice) {
      const { cores } = choice;
      for (;;) {
        for (let core = 0; core < cores; core++) {
          if (isIn(choice.enabled, core)) schedule(core);
          if (isIn(choice.buffered, core)) schedule(drainOf(core, cores));
        }
        for (const [i, turns] of turnsLeft.entries()) if (turns >= 0) schedule(-1 - i);
        scheduler.waitOne();
        waiting.delete(picked);
        const action = picked < 0 ? struck(picked, choice) : picked;
        if (action !== undefined && (picked < 0 || isPossible(action, choice))) return action;
      }
    },
    way: (count) => ways.next().value % count,
  };
};

/** Makes executions of random programs until one fails, or `runs` were drawn. Deterministic in `seed`. */
export const checkByScheduler = (
  rig: Rig,
  seed: number,
  runs: number,
  fails: (execution: Execution) => boolean,
): void => {
  let isFound = false;
  const details = fc.check(
    fc.property(drawn(rig), ({ program, memory, timers, scheduler, ways }) => {
      if (program.threads.every((calls) => calls.length === 0)) return true;
      const limits: Limits = { ...usualLimits, memory, timers: timers.length };
      isFound = fails(execute(rig, program, scheduledStrategy(scheduler, timers, ways), limits));
      return !isFound;
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
  if (details.failed && !isFound) throw details.errorInstance;
};
