import { setImmediate } from 'node:timers/promises';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import { Exploration } from '#model/engine/graph/explore.ts';
import type { Ending } from '#model/engine/graph/program.ts';
import type { Rest } from '#model/engine/graph/trail.ts';
import type { ToExplore } from '#model/engine/graph/written.ts';

/** A part of the exploration of a program under one of its models. */
export interface Portion {
  /** Which of the program's models. */
  readonly model: number;
  /** What is to be explored; null: all of it. */
  readonly rest: Rest | null;
  /** How many executions at most, complete or blocked; at least 1. */
  readonly executionsMax: number;
  readonly withOutcomes: boolean;
}

/** What was found in a portion. */
export interface Found {
  readonly executions: number;
  readonly blocked: number;
  /** Final states, each once; null: not asked for. */
  readonly outcomes: readonly string[] | null;
  /** What is left of it; null: nothing. */
  readonly rest: Rest | null;
}

/** How long the engine may keep a thread to itself: signals, the terminal and other threads are served in between. */
const sliceMilliseconds = 10;
const executionsAtFirst = 64;

/**
 * Explores a portion to its end, or until `isToStop`, which is asked now and then. The clock decides when that is, and
 * nothing else. `onProgress` is told about how many executions have been found since the last time.
 */
export const explorePortion = async (
  { runs, locations }: ToExplore,
  { model, rest, executionsMax, withOutcomes }: Portion,
  isToStop: () => boolean,
  onProgress: (executions: number) => void,
): Promise<Found> => {
  const { program, memory, exploring } = runs[model] as ToExplore['runs'][number];
  const outcomes = new Set<string>();
  const onExecution = (graph: ExecutionGraph, endings: () => readonly Ending[]): void => {
    outcomes.add(outcomeOf(graph, locations, endings()));
  };
  const how = withOutcomes ? { ...exploring, onExecution } : exploring;
  const exploration = new Exploration(program, memory, how, rest ?? undefined);
  let left = executionsMax;
  let slice = executionsAtFirst;
  for (;;) {
    const before = performance.now();
    const executionsOfSlice = Math.min(slice, left);
    const isMore = exploration.run(executionsOfSlice);
    left -= executionsOfSlice;
    onProgress(executionsOfSlice);
    if (!isMore || left === 0) break;
    if (performance.now() - before < sliceMilliseconds) slice *= 2;
    else {
      slice = Math.ceil(slice / 2);
      await setImmediate();
    }
    if (isToStop()) break;
  }
  const { executions, blocked } = exploration.explored;
  return { executions, blocked, outcomes: withOutcomes ? [...outcomes] : null, rest: exploration.rest };
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
