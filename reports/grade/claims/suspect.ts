import { type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { runsOf, type Seen } from '#model/engine/outside/runs.ts';
import type { Scenario, Subject } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment, Item } from '#properties/assignments/assignment.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { scenariosFor, type Workload } from '#reports/grade/claims/handed-in.ts';

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
  quick: { looks: 30, executions: 20, steps: 500_000 },
  grade: { looks: 150, executions: 200, steps: 5_000_000 },
  night: { looks: 2000, executions: 5000, steps: 100_000_000 },
};

/** An implementation, right or wrong, and what has been seen of it. */
export interface Suspect {
  readonly item: Item;
  readonly variant: string;
  /** Null: it is a reference, which is right. */
  readonly mutant: Mutant | null;
  readonly rig: Rig;
  readonly workloads: number;
  /** Each run once. */
  readonly seen: Map<string, Seen>;
  readonly looking: Iterator<Seen, void>;
  executions: number;
  /** Nothing is left to look at. */
  isDone: boolean;
}

/**
 * The implementation that an item of a rubric is about, with the workloads that it can run. One that is right is looked at
 * on the subject's scenarios too: a claim is about every program, not only about its author's.
 */
export const suspectOf = async (
  item: Item,
  { budget, seeds }: Assignment,
  subject: Subject,
  mutants: readonly Mutant[],
  workloads: readonly Workload[],
): Promise<Suspect> => {
  const { asks } = item;
  if (asks.tag === 'claim') throw new InternalError(`${item.id} asks for a claim of ours`);
  const mutant = asks.tag === 'kills' ? mutantOf(mutants, asks.mutant) : null;
  const variant = asks.tag === 'accepts' ? asks.variant : (mutant as Mutant).variant;
  const module = subject.variants.find(({ name }) => name === variant)?.module;
  if (module === undefined) throw new InternalError(`there is no variant ${variant} of ${subject.id}`);
  const rig = rigFor(
    subject,
    variant,
    await loadWorld({ tag: 'ours', module, edits: mutant?.edits ?? [] }, subject.exports),
  );
  const own = scenariosFor(workloads, subject, variant);
  const scenarios = mutant ? own : [...own, ...subject.scenarios(variant)];
  const memories = asks.tag === 'kills' ? asks.memories : memoryNames;
  const looking = lookAt(rig, scenarios, memories, seeds, efforts[budget], mutant === null);
  return { item, variant, mutant, rig, workloads: own.length, seen: new Map(), looking, executions: 0, isDone: false };
};

const mutantOf = (mutants: readonly Mutant[], id: string): Mutant => {
  const mutant = mutants.find((one) => one.id === id);
  if (!mutant) throw new InternalError(`there is no mutant ${id}`);
  return mutant;
};

function* lookAt(
  rig: Rig,
  scenarios: readonly Scenario[],
  memories: readonly MemoryName[],
  seeds: readonly number[],
  { looks, executions, steps }: Effort,
  isRight: boolean,
): Generator<Seen, void> {
  const budget = {
    name: 'grade',
    sequences: 0,
    looks: looks * scenarios.length,
    preemptions: 2,
    scenarioExecutions: isRight ? 0 : executions,
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
