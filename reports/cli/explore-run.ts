import { setImmediate } from 'node:timers/promises';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import { Exploration } from '#model/engine/graph/explore.ts';
import type { Ending } from '#model/engine/graph/program.ts';
import type { Run, ToExplore } from '#model/engine/graph/written.ts';

/** What a program came to under one model. */
export interface Count {
  readonly model: string;
  readonly executions: number;
  readonly blocked: number;
  /** Final states, each once, in order; null: not asked for. */
  readonly outcomes: readonly string[] | null;
  /** Whether there may be more executions than were counted. */
  readonly isCut: boolean;
}

/** How a program is explored, and when it is left. */
export interface Exploring {
  readonly executionsMax: number;
  readonly withOutcomes: boolean;
  isStopped(): boolean;
  /** Is told how many executions have been found since the last time. */
  onProgress(executions: number): void;
}

/** Signals and the terminal are served in between. */
const executionsBetweenBreaths = 50_000;

/** Explores a program under each of its models. */
export const exploreUnderEach = async ({ locations, runs }: ToExplore, exploring: Exploring): Promise<Count[]> => {
  const counts: Count[] = [];
  for (const run of runs) counts.push(await exploreUnder(run, locations, exploring));
  return counts;
};

const exploreUnder = async (run: Run, locations: readonly string[], exploring: Exploring): Promise<Count> => {
  const { executionsMax, withOutcomes } = exploring;
  const outcomes = new Set<string>();
  const onExecution = (graph: ExecutionGraph, endings: () => readonly Ending[]): void => {
    outcomes.add(outcomeOf(graph, locations, endings()));
  };
  const exploration = new Exploration(run.program, run.memory, {
    ...run.exploring,
    ...(withOutcomes ? { onExecution } : {}),
  });
  let isMore = true;
  for (let left = executionsMax; left > 0 && isMore && !exploring.isStopped(); left -= executionsBetweenBreaths) {
    const before = exploration.explored;
    isMore = exploration.run(Math.min(left, executionsBetweenBreaths));
    const now = exploration.explored;
    exploring.onProgress(now.executions + now.blocked - before.executions - before.blocked);
    if (isMore) await setImmediate();
  }
  const { executions, blocked } = exploration.explored;
  return {
    model: run.model,
    executions,
    blocked,
    outcomes: withOutcomes ? [...outcomes].sort() : null,
    isCut: isMore,
  };
};

/** `x=1 y=2; 0:r0=1`: the words in memory, and what each thread returned. */
const outcomeOf = (graph: ExecutionGraph, locations: readonly string[], endings: readonly Ending[]): string => {
  const words = locations.map((name, location) => {
    const last = graph.mo[location]?.[(graph.moLengths[location] as number) - 1] as number;
    return `${name}=${graph.value[last]}`;
  });
  const registers = endings.flatMap((ending, thread) =>
    ending.tag === 'panicked'
      ? [`${thread}:${ending.why}`]
      : Object.entries(ending.value ?? {}).map(([register, word]) => `${thread}:${register}=${word}`),
  );
  return [words.join(' '), registers.join(' ')].filter((part) => part !== '').join('; ');
};
