import { execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { isOfMemory, isPreemption } from '#model/engine/explore/exhaustive.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Failure, Hunt } from '#model/engine/shrink/hunt.ts';
import { allSmallerPrograms } from '#model/engine/shrink/smaller.ts';

/** How far a failure departs from the default: preemptions and timers and what the memory did, and of these the last. */
export interface Departing {
  readonly preemptions: number;
  readonly ofMemory: number;
}

/** Beyond this there are too many schedules even of small programs. */
const preemptionsMax = 4;
const executionsPerProgram = 50_000;

/**
 * That no smaller program fails: of so many programs, all there are, every schedule was run that departs from the default
 * no further than the story does; so many executions in all.
 */
export interface Minimality extends Departing {
  readonly programs: number;
  readonly executions: number;
}

/** How far an execution departs from the default. */
export const departingOf = (
  rig: Rig,
  { execution, limits }: { execution: Failure['execution']; limits: Limits },
): Departing => {
  let preemptions = 0;
  execute(rig, execution.program, replayStrategy(execution.schedule), limits, {
    observer: null,
    choices: (choice, action) => {
      if (choice.step >= limits.steps || action === choice.default) return;
      if (action >= choice.cores || isPreemption(choice)) preemptions++;
    },
    ways: (_ways, way) => {
      if (way > 0) preemptions++;
    },
  });
  return { preemptions, ofMemory: execution.schedule.filter(isOfMemory).length };
};

/**
 * Whether a smaller program fails without departing further: a failure of one, or that there is none; undefined if the
 * hunt's steps do not suffice to tell.
 */
export const findSmaller = (hunt: Hunt, failure: Failure): Failure | Minimality | undefined => {
  const { rig } = hunt;
  const { limits, execution } = failure;
  const departing = departingOf(rig, failure);
  if (departing.preemptions > preemptionsMax) return undefined;
  const bound = { ...departing, executions: executionsPerProgram };
  let [programs, executions] = [0, 0];
  for (const program of allSmallerPrograms(rig.subject, execution.program)) {
    if (hunt.isOver) return undefined;
    programs++;
    const tried = hunt.exhaust(program, limits, bound);
    for (let next = tried.next(); ; next = tried.next()) {
      if (next.done && !next.value) return undefined;
      if (next.done) break;
      executions++;
      if (hunt.isFailure(next.value, limits)) return { execution: next.value, limits };
    }
  }
  return { ...departing, programs, executions };
};
