import type { Rig } from '#model/engine/explore/execution.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { runsOf, type Seen } from '#model/engine/outside/runs.ts';
import type { Scenario } from '#model/subject.ts';
import type { Assignment, Workload } from '#properties/assignments/assignment.ts';
import { scenariosFor } from '#reports/grade/claims/handed-in.ts';

/** How much is looked at, by the budget's name. */
interface Effort {
  /** Looks at each workload, each in another way. */
  readonly looks: number;
  /** Of what is still not refuted then: executions of each workload, fewest preemptions first and drawn. */
  readonly executions: number;
  /** Steps in all, so that large workloads cannot keep a grader busy. */
  readonly steps: number;
}

const efforts: Readonly<Record<Assignment['budget'], Effort>> = {
  class: { looks: 20, executions: 10, steps: 300_000 },
  quick: { looks: 30, executions: 20, steps: 500_000 },
  grade: { looks: 150, executions: 200, steps: 2_000_000 },
  night: { looks: 2000, executions: 5000, steps: 100_000_000 },
};

/** An implementation, right or wrong, and what has been seen of it. */
export interface Suspect {
  readonly isRight: boolean;
  readonly rig: Rig;
  /** How many of the workloads it can run. */
  readonly workloads: number;
  /** Each run once. */
  readonly seen: Map<string, Seen>;
  readonly looking: Iterator<Seen, void>;
  executions: number;
  /** Nothing is left to look at. */
  isDone: boolean;
}

/**
 * An implementation that runs these workloads. One that is right is looked at on the subject's scenarios too, and on
 * larger programs: a claim is about every program, not only about its author's, or about small ones.
 */
export const suspectOf = (
  rig: Rig,
  isRight: boolean,
  workloads: readonly Workload[],
  memories: readonly MemoryName[],
  { budget, seeds, programs = [] }: Pick<Assignment, 'budget' | 'seeds' | 'programs'>,
): Suspect => {
  const own = scenariosFor(workloads, rig.subject, rig.variant);
  const { subject, variant } = rig;
  const larger = scenariosFor(programs, subject, variant);
  const looking = isRight
    ? lookAtRight(rig, [...own, ...subject.scenarios(variant)], larger, memories, seeds, efforts[budget])
    : lookAt(rig, own, memories, seeds, efforts[budget]);
  return { isRight, rig, workloads: own.length, seen: new Map(), looking, executions: 0, isDone: false };
};

/** What is right: looks only, and fewer at what is larger, since a claim that is wrong there is wrong in most ways. */
function* lookAtRight(
  rig: Rig,
  scenarios: readonly Scenario[],
  larger: readonly Scenario[],
  memories: readonly MemoryName[],
  seeds: readonly number[],
  effort: Effort,
): Generator<Seen, void> {
  yield* lookAt(rig, scenarios, memories, seeds, { ...effort, executions: 0 });
  const looks = Math.ceil(effort.looks / 5);
  yield* lookAt(rig, larger, memories, seeds, { ...effort, looks, executions: 0 });
}

function* lookAt(
  rig: Rig,
  scenarios: readonly Scenario[],
  memories: readonly MemoryName[],
  seeds: readonly number[],
  { looks, executions, steps }: Effort,
): Generator<Seen, void> {
  const budget = {
    name: 'grade',
    sequences: 0,
    looks: looks * scenarios.length,
    preemptions: 2,
    scenarioExecutions: executions,
    programs: 0,
    schedules: 0,
  } as const;
  for (const seed of seeds) {
    yield* runsOf(rig, scenarios, { budget, seed, explore: 'all', memories, weakening: null }, steps);
  }
}

/** Looks on, `looks` times for each of its workloads. */
export const lookOn = (suspect: Suspect, looks: number): void => {
  const executions = looks * Math.max(suspect.workloads, 1);
  for (let i = 0; i < executions && !suspect.isDone; i++) {
    const next = suspect.looking.next();
    if (next.done) {
      suspect.isDone = true;
      return;
    }
    suspect.executions++;
    if (!suspect.seen.has(next.value.key)) suspect.seen.set(next.value.key, next.value);
  }
};
