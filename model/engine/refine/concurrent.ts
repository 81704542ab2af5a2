import type { Execution } from '#model/engine/explore/execution.ts';
import { NumberedHistory, type NumberedOperation } from '#model/engine/refine/numbered.ts';
import { longestPrefix } from '#model/engine/refine/prefix.ts';
import type { SpecStep } from '#model/engine/refine/question.ts';
import { settle } from '#model/engine/refine/settle.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';

/** A history the spec explains, and how; or one that it does not. */
export type Explanation =
  | { readonly tag: 'explained'; readonly steps: readonly SpecStep[] }
  | { readonly tag: 'unexplained' };

/** What is demanded of calls that were never answered. */
type Demand =
  /** Nothing: they may have happened, in part or whole. */
  | 'answers'
  /** That they wait: the machine has stopped, so in the spec too nothing may be left for them to do. */
  | 'answers and rest';

/** A program and what came of it. */
type Told = Pick<Execution, 'program' | 'history'>;

/**
 * Whether the spec explains an execution's answers, and, where the machine has stopped, why nobody goes on.
 *
 * A call is over in the spec only with the answer it will get. One that never gets an answer may be over with any, if
 * the machine was cut off; if it has stopped by itself, such a call is not over. `mayEndIn` says which states a machine
 * that has stopped may have ended in; any, unless somebody knows what its words mean.
 */
export const explain = (
  graph: SpecGraph,
  variant: string,
  told: Told,
  demand: Demand,
  mayEndIn: (state: number) => boolean = () => true,
): Explanation => {
  const { initial, calls } = graph.program(variant, told.program);
  const history = numbered(graph, calls, told.history);
  const question = { graph, initial, history, isClosed: demand === 'answers and rest', mayEndIn };
  const search = settle(question, Number.POSITIVE_INFINITY);
  return search.isExplained ? { tag: 'explained', steps: search.steps } : { tag: 'unexplained' };
};

const numbered = (
  graph: SpecGraph,
  calls: readonly (readonly number[])[],
  history: Execution['history'],
): NumberedHistory => {
  const numbers = new NumberedHistory();
  const open: NumberedOperation[] = []; // by thread
  for (const event of history) {
    const { thread } = event;
    if (event.tag === 'invoke') open[thread] = numbers.begin(thread, calls[thread]?.[event.index] as number);
    else numbers.end(open[thread] as NumberedOperation, graph.answers.number(event.answer));
  }
  return numbers;
};

/** Where an unexplained history goes wrong: the first answer that no explanation of what came before allows. */
export interface Divergence {
  /** The event's place in the history; the history's length: all answers are allowed, but the end is not. */
  readonly event: number;
  /** What the spec would have answered instead. */
  readonly allowed: readonly unknown[];
}

/** Finds the divergence of an execution that `explain` did not explain. */
export const findDivergence = (graph: SpecGraph, variant: string, { program, history }: Told): Divergence => {
  const { initial, calls } = graph.program(variant, program);
  const numbers = numbered(graph, calls, history);
  const prefix = longestPrefix({ graph, initial, history: numbers }, 0, Number.POSITIVE_INFINITY);
  const allowed = prefix.allowed.map((answer) => graph.answers.value(answer));
  return {
    event: prefix.events,
    allowed: allowed.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
};
