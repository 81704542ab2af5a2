import type { Execution, Limits, Rig } from '#model/engine/explore/execution.ts';
import { isOfMemory } from '#model/engine/explore/exhaustive.ts';
import { activeOf } from '#model/engine/explore/programs.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { fewerCalls } from '#model/engine/shrink/drawn.ts';
import { type Failure, Hunt } from '#model/engine/shrink/hunt.ts';
import { findSmaller, type Minimality } from '#model/engine/shrink/minimal.ts';
import { anchoredOf, carriedOver, retimed } from '#model/engine/shrink/retime.ts';
import { joinedPrograms, smallerPrograms, tidierPrograms } from '#model/engine/shrink/smaller.ts';
import type { Program } from '#model/subject.ts';

/** How much is spent on finding a failing schedule for one smaller program. */
interface Effort {
  readonly preemptions: number;
  readonly executions: number;
  readonly drawn: number;
}

/** A few tries for each smaller program bring down most; only what then is left is worth more. */
const quick: Effort = { preemptions: 1, executions: 40, drawn: 0 };
const thorough: Effort = { preemptions: 2, executions: 800, drawn: 200 };

/** Where the memory is weak, what fails departs several times, and is sooner drawn than found in order. */
const drawing: Effort = { preemptions: 0, executions: 1, drawn: 120 };

/** How far the last one's schedules are gone over for the fewest switches. */
const polishing = { preemptions: 2, executions: 4000 };

/** How much is spent in all, in steps: about a second at the most; and at a time on each part of it. */
const stepsMax = 900_000;
const allowed = {
  quick: 150_000,
  drawing: 250_000,
  machine: 200_000,
  polishing: 100_000,
  another: 120_000,
  proving: 450_000,
  thorough: 250_000,
};

/** The story of what does not end need not be as long as its proof: it is seen in the first of these that suffices. */
const endlessSteps = [20, 30, 40, 60, 120, 300];

/** The smallest failure, and, if it could be shown, that no smaller program fails as easily. */
export interface Shrunk extends Failure {
  readonly minimal: Minimality | undefined;
}

/**
 * The smallest failure near this one: fewest threads, then calls, then the simplest arguments, then fewest context
 * switches, then fewest stale reads. For each smaller program schedules are searched anew, those with fewer preemptions
 * first: keeping the old schedule would tie the program's size to it (docs/adr/0007).
 */
export const shrink = (
  rig: Rig,
  failure: Execution,
  limits: Limits,
  fails: (execution: Execution) => boolean,
): Shrunk => {
  const hunt = new Hunt(rig, fails, limits, stepsMax);
  let smallest: Failure = { execution: failure, limits };
  for (;;) {
    hunt.allow(allowed.quick);
    smallest = descend(hunt, tidied(hunt, smallest), smallerOnes, quick);
    hunt.allow(allowed.machine);
    const onSimplerMachine = descend(hunt, smallest, simplerMachines, thorough);
    if (onSimplerMachine !== smallest) {
      smallest = onSimplerMachine;
      continue;
    }
    if (smallest.limits.memory !== 'sc') {
      hunt.allow(allowed.drawing);
      smallest = descend(hunt, smallest, smallerOnes, drawing);
    }
    hunt.allow(allowed.polishing);
    smallest = polished(hunt, smallest);
    hunt.allow(allowed.another);
    const another = descend(hunt, smallest, drawnOnes, quick);
    if (another !== smallest) {
      smallest = another;
      continue;
    }
    hunt.allow(allowed.proving);
    const found = findSmaller(hunt, smallest);
    if (found && 'execution' in found) {
      smallest = found;
      continue;
    }
    hunt.allow(Math.min(allowed.thorough, hunt.stepsLeft - allowed.polishing)); // what it finds is to be polished too
    const smaller = descend(hunt, smallest, smallerOnes, thorough);
    if (smaller === smallest) return { ...withItsTimers(smallest), minimal: found };
    smallest = smaller;
  }
};

/** A program and what it may do, simpler than a failure's. */
type Simpler = (rig: Rig, failure: Failure) => Iterable<readonly [Program, Limits]>;

function* simplerMachines(
  { world }: Rig,
  { execution: { program }, limits }: Failure,
): Generator<readonly [Program, Limits]> {
  // A core for each thread is simpler than a timer, if there are as many.
  const cores = Math.min(activeOf(program), world.instances.length - program.threads.length);
  const withoutTimers = { ...limits, timers: 0 };
  if (limits.timers > 0 && program.cores < cores) yield [{ ...program, cores }, withoutTimers];
  if (limits.memory !== 'sc') yield [program, { ...limits, memory: 'sc' }];
  if (limits.timers > 0) yield [program, withoutTimers];
  if (limits.timers > 0 && program.cores > 1) yield [{ ...program, cores: 1 }, limits]; // then fewer threads may do
}

function* smallerOnes({ subject }: Rig, { execution, limits }: Failure): Generator<readonly [Program, Limits]> {
  for (const program of smallerPrograms(subject, execution.program)) yield [program, limits];
  for (const program of joinedPrograms(subject, execution.program)) yield [program, limits];
  for (const program of tidierPrograms(subject, execution.program)) yield [program, limits];
}

function* drawnOnes(rig: Rig, { execution, limits }: Failure): Generator<readonly [Program, Limits]> {
  for (const program of fewerCalls(rig, execution.program)) yield [program, limits];
}

/** Goes from failure to simpler failure, as long as there is one that this effort finds. */
const descend = (hunt: Hunt, failure: Failure, simpler: Simpler, effort: Effort): Failure => {
  let simplest = failure;
  for (let found = true; found && !hunt.isOver; ) {
    found = false;
    for (const [program, limits] of simpler(hunt.rig, simplest)) {
      const next = search(hunt, program, limits, simplest, effort);
      if (!next) continue;
      simplest = tidied(hunt, next);
      found = true;
      break;
    }
  }
  return simplest;
};

/** A failure of this program: under the same schedule, or one with few preemptions, or drawn. */
const search = (
  hunt: Hunt,
  program: Program,
  limits: Limits,
  { execution, limits: before }: Failure,
  { preemptions, executions, drawn }: Effort,
): Failure | undefined => {
  const same = hunt.run(program, replayStrategy(execution.schedule), limits);
  if (same) return same;
  const { strategy, onlooker } = retimed(
    program,
    carriedOver(execution.program, program, anchoredOf(hunt.rig, execution, before)),
  );
  const atItsPlace = hunt.run(program, strategy, limits, onlooker);
  if (atItsPlace) return atItsPlace;
  const ofMemory = execution.schedule.filter(isOfMemory).length;
  for (const tried of hunt.exhaust(program, limits, { preemptions, ofMemory, executions })) {
    if (hunt.isFailure(tried, limits)) return { execution: tried, limits };
  }
  const random = randomFrom(program.threads.length);
  for (let i = 0; i < drawn && !hunt.isOver; i++) {
    const found = hunt.run(program, randomStrategy(random, 1 + (i % 5)), limits);
    if (found) return found;
  }
  return undefined;
};

const isEndless = ({ end }: Execution): boolean => end === 'livelock' || end === 'limit';

/** What goes on for ever in fewer steps, where it can be told in fewer; and without needless departures. */
const tidied = (hunt: Hunt, failure: Failure): Failure => {
  let tidy = failure;
  for (const steps of isEndless(failure.execution) ? endlessSteps : []) {
    if (steps >= failure.limits.steps) break;
    const { program, schedule } = failure.execution;
    const short = hunt.run(program, replayStrategy(schedule), { ...failure.limits, steps });
    if (!short) continue;
    tidy = short;
    break;
  }
  return withoutNeedless(hunt, tidy);
};

/** Leaves out departures, many at once and then one by one; the others stay at their places. */
const withoutNeedless = (hunt: Hunt, failure: Failure): Failure => {
  let tidy = failure;
  const { program } = failure.execution;
  let anchored = anchoredOf(hunt.rig, tidy.execution, tidy.limits);
  for (let size = anchored.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < anchored.length && !hunt.isOver; ) {
      const { strategy, onlooker } = retimed(program, anchored.toSpliced(start, size));
      const next = hunt.run(program, strategy, tidy.limits, onlooker);
      if (next && next.execution.schedule.length < tidy.execution.schedule.length) {
        tidy = next;
        anchored = anchoredOf(hunt.rig, tidy.execution, tidy.limits);
      } else {
        start += size;
      }
    }
  }
  return tidy;
};

/** What is compared when two executions of one program fail: the first that differs decides, and less is better. */
const complexity = ({ switches, schedule, steps }: Execution): number[] => [
  switches,
  schedule.filter(isOfMemory).length,
  schedule.length,
  steps,
];

const isBetter = (a: Execution, b: Execution): boolean => {
  const other = complexity(b);
  const [mine, theirs] = complexity(a).flatMap((count, i) => (count === other[i] ? [] : [[count, other[i]]]))[0] ?? [];
  return mine !== undefined && theirs !== undefined && mine < theirs;
};

/** The same program with the fewest context switches. */
const polished = (hunt: Hunt, failure: Failure): Failure => {
  const { limits } = failure;
  let best = failure.execution;
  const ofMemory = best.schedule.filter(isOfMemory).length;
  for (const tried of hunt.exhaust(best.program, limits, { ...polishing, ofMemory })) {
    if (isBetter(tried, best) && hunt.isFailure(tried, limits)) best = tried;
  }
  return { execution: best, limits };
};

/** Allowed as many timers as strike; but one at least where there was one, since none at all would be another machine. */
const withItsTimers = ({ execution, limits }: Failure): Failure => {
  const struck = execution.schedule.filter(({ timer }) => timer).length;
  return { execution, limits: { ...limits, timers: Math.min(limits.timers, Math.max(struck, 1)) } };
};
