import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';
import { type Sampling, samples } from '#model/engine/explore/stream.ts';
import { type OutsideRun, outsideOf } from '#model/engine/outside/run.ts';
import type { Program, Scenario } from '#model/subject.ts';

/** A run, and an execution that gives it. */
export interface Seen {
  /** Equal for equal runs. */
  readonly key: string;
  readonly run: OutsideRun;
  readonly program: Program;
  readonly schedule: Schedule;
  readonly limits: Limits;
}

/** What tells runs apart. */
export const keyOf = (run: OutsideRun): string => JSON.stringify(run);

/**
 * Explores these scenarios, in place of the subject's own, for about so many steps at most. Gives what was seen of each
 * execution.
 */
export function* runsOf(
  rig: Rig,
  scenarios: readonly Scenario[],
  sampling: Sampling,
  stepsMax: number,
): Generator<Seen, void> {
  const exploring = { ...rig, subject: { ...rig.subject, scenarios: () => scenarios } };
  let steps = 0;
  for (const { execution, limits } of samples(exploring, sampling)) {
    const { program, schedule } = execution;
    const run = outsideOf(execution);
    yield { key: keyOf(run), run, program, schedule, limits };
    steps += execution.steps;
    if (steps > stepsMax) return;
  }
}

/** The execution of a run, once more. */
export const again = (rig: Rig, { program, schedule, limits }: Seen): Execution =>
  execute(rig, program, replayStrategy(schedule), limits);
