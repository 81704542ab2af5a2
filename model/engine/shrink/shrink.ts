import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Program } from '#model/subject.ts';

/** How much is spent on finding a failing schedule for one smaller program, and on the last one's switches. */
const searchExecutions = 1200;
const polishExecutions = 4000;
const randomExecutions = 60;
const preemptionsMax = 2;
/** A livelock's story need not be as long as its proof: what it repeats is seen in the first of these that suffices. */
const livelockSteps = [60, 120, 300];

/**
 * The smallest failure near this one: fewest threads, then calls, then the simplest arguments, then fewest context
 * switches. For each smaller program schedules are searched anew, those with fewer preemptions first: keeping the old
 * schedule would tie the program's size to it (docs/adr/0007).
 */
export const shrink = (
  rig: Rig,
  failure: Execution,
  limits: Limits,
  fails: (execution: Execution) => boolean,
): { readonly execution: Execution; readonly limits: Limits } => {
  const isFailure = (execution: Execution): boolean => fails(execution) && isConfirmed(rig, execution, limits, fails);
  const first = shortened(rig, failure, limits, isFailure);
  let smallest = first.execution;
  let current = first.limits;
  for (let found = true; found; ) {
    found = false;
    for (const program of smallerPrograms(rig, smallest.program)) {
      const next = search(rig, program, smallest, current, isFailure);
      if (!next) continue;
      const told = shortened(rig, next.execution, next.limits, isFailure);
      smallest = told.execution;
      current = told.limits;
      found = true;
      break;
    }
  }
  return polish(rig, smallest, current, isFailure);
};

/** A livelock with fewer steps, where it can be told in fewer; any other failure as it is. */
const shortened = (
  rig: Rig,
  failure: Execution,
  limits: Limits,
  isFailure: (execution: Execution) => boolean,
): { readonly execution: Execution; readonly limits: Limits } => {
  for (const steps of failure.end === 'livelock' ? livelockSteps : []) {
    if (steps >= limits.steps) break;
    const short = { ...limits, steps };
    const execution = execute(rig, failure.program, replayStrategy(failure.schedule), short);
    if (isFailure(execution)) return { execution, limits: short };
  }
  return { execution: failure, limits };
};

/** Whether what looks like a livelock is still one when it is given as many steps as the failure had. */
const isConfirmed = (
  rig: Rig,
  execution: Execution,
  limits: Limits,
  fails: (execution: Execution) => boolean,
): boolean =>
  execution.end !== 'livelock' || fails(execute(rig, execution.program, replayStrategy(execution.schedule), limits));

/** Programs one step smaller: a thread less, a call less, then whatever the subject finds simpler. */
function* smallerPrograms(rig: Rig, program: Program): Generator<Program> {
  const { threads } = program;
  for (const [thread, calls] of threads.entries()) {
    if (calls.length > 0) yield { ...program, threads: threads.with(thread, []) };
  }
  for (const [thread, calls] of threads.entries()) {
    if (calls.length < 2) continue; // the only call: the thread above
    for (let index = calls.length - 1; index >= 0; index--) {
      yield { ...program, threads: threads.with(thread, calls.toSpliced(index, 1)) };
    }
  }
  yield* rig.subject.simpler(program);
}

const search = (
  rig: Rig,
  program: Program,
  failure: Execution,
  limits: Limits,
  fails: (execution: Execution) => boolean,
): { execution: Execution; limits: Limits } | undefined => {
  if (program.threads.every((calls) => calls.length === 0)) return undefined;
  const calm = { ...limits, timers: 0 };
  for (const tried of limits.timers === 0 ? [limits] : [calm, limits]) {
    const same = execute(rig, program, replayStrategy(failure.schedule), tried);
    if (fails(same)) return { execution: same, limits: tried };
    for (const execution of exhaust(rig, program, tried, {
      preemptions: preemptionsMax,
      executions: searchExecutions,
    })) {
      if (fails(execution)) return { execution, limits: tried };
    }
    const random = randomFrom(program.threads.length);
    for (let i = 0; i < randomExecutions; i++) {
      const execution = execute(rig, program, randomStrategy(random, 1 + (i % 5)), tried);
      if (fails(execution)) return { execution, limits: tried };
    }
  }
  return undefined;
};

const isBetter = (a: Execution, b: Execution): boolean =>
  a.switches < b.switches ||
  (a.switches === b.switches && a.schedule.length < b.schedule.length) ||
  (a.switches === b.switches && a.schedule.length === b.schedule.length && a.steps < b.steps);

/** The same program with the fewest context switches, first with no more preemptions than needed. */
const polish = (
  rig: Rig,
  failure: Execution,
  limits: Limits,
  fails: (execution: Execution) => boolean,
): { execution: Execution; limits: Limits } => {
  let best = failure;
  const bound = { preemptions: preemptionsMax, executions: polishExecutions };
  for (const execution of exhaust(rig, failure.program, limits, bound)) {
    if (isBetter(execution, best) && fails(execution)) best = execution;
  }
  for (let i = best.schedule.length - 1; i >= 0; i--) {
    const fewer = execute(rig, best.program, replayStrategy(best.schedule.toSpliced(i, 1)), limits);
    if (isBetter(fewer, best) && fails(fewer)) best = fewer;
  }
  const struck = best.schedule.filter((departure) => departure.timer).length;
  const calm = { ...limits, timers: Math.min(limits.timers, Math.max(struck, 1)) }; // none at all would be another machine
  return { execution: best, limits: calm };
};
