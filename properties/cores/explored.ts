import { type Explored, everyExecution } from '#model/engine/cores/every.ts';
import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import { randomFrom, randomStrategy, randomWay } from '#model/engine/explore/random.ts';
import type { Program } from '#model/subject.ts';

/** What the exploration of a program found, and how it ended. */
export interface Found {
  readonly executions: readonly Execution[];
  readonly explored: Explored;
}

export const exploreAll = (rig: Rig, program: Program, limits: Limits, graphsMax = 20_000): Found => {
  const exploration = everyExecution(rig, program, limits, graphsMax);
  const executions: Execution[] = [];
  let next = exploration.next();
  for (; !next.done; next = exploration.next()) executions.push(next.value);
  return { executions, explored: next.value };
};

/**
 * What can be told of an execution from outside, and from its memory afterwards: each answer, which answers each call
 * came after, how it ended, who was left behind, and the words at the end.
 */
export const outcomeOf = ({ history, end, fault, blocked, booted, latest }: Execution): string => {
  const answered: string[] = [];
  const called: string[] = [];
  for (const event of history) {
    if (event.tag === 'answer') answered.push(`${event.thread}.${event.index} ${JSON.stringify(event.answer)}`);
    else called.push(`${event.thread}.${event.index} after ${answered.toSorted()}`);
  }
  const words = booted.names.map((_, address) => latest(address));
  return JSON.stringify([called.sort(), answered.sort(), end, fault, blocked, words]);
};

export const outcomesOf = (executions: Iterable<Execution>): Set<string> => {
  const outcomes = new Set<string>();
  for (const execution of executions) outcomes.add(outcomeOf(execution));
  return outcomes;
};

/** Executions with orders and stale reads drawn at random: from those that seldom switch to those that do at each step. */
export function* drawnExecutions(rig: Rig, program: Program, limits: Limits, count: number): Generator<Execution> {
  const random = randomFrom(7);
  for (let i = 0; i < count; i++) {
    const strategy = { ...randomStrategy(random, 1 + (i % 8)), way: randomWay(random, 1 + (i % 3)) };
    yield execute(rig, program, strategy, limits);
  }
}

/** The first so many executions of the bounded search, those with the fewest preemptions first. */
export const firstSchedules = (rig: Rig, program: Program, limits: Limits, executions: number): Generator<Execution> =>
  exhaust(rig, program, limits, { preemptions: 40, executions });
