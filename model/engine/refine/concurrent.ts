import type { Execution } from '#model/engine/explore/execution.ts';
import { longestPrefix } from '#model/engine/refine/prefix.ts';
import { type NumberedEvent, none, type Question, type SpecStep } from '#model/engine/refine/question.ts';
import { Search } from '#model/engine/refine/search.ts';
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
  if (demand === 'answers') return search(graph, variant, told, false, () => true);
  return search(graph, variant, told, true, (state, pending) => {
    const isStuck = pending.every((call, thread) => call < 0 || graph.edges(state, thread, call).length === 0);
    return isStuck && mayEndIn(state);
  });
};

const search = (
  graph: SpecGraph,
  variant: string,
  { program, history }: Told,
  isClosed: boolean,
  endsWell: Question['endsWell'],
): Explanation => {
  const { initial, calls } = graph.program(variant, program);
  const events = numbered(graph, calls, history);
  const found = new Search({ graph, initial, slots: calls.length, events, isClosed, endsWell });
  return found.run(Number.POSITIVE_INFINITY) === 'explained'
    ? { tag: 'explained', steps: found.steps }
    : { tag: 'unexplained' };
};

/** The events by number. Each thread has a slot of its own. */
const numbered = (
  graph: SpecGraph,
  calls: readonly (readonly number[])[],
  history: Execution['history'],
): readonly NumberedEvent[] => {
  const answers = calls.map(() => none); // of each thread's call that is under way, seen from the end
  const events: NumberedEvent[] = [];
  for (let i = history.length - 1; i >= 0; i--) {
    const event = history[i] as Execution['history'][number];
    const { thread } = event;
    const isAnswer = event.tag === 'answer';
    const call = isAnswer ? none : (calls[thread]?.[event.index] as number);
    if (isAnswer) answers[thread] = graph.answers.number(event.answer);
    events.push({ slot: thread, caller: thread, call, answer: answers[thread] as number, readsOnly: false });
  }
  return events.reverse();
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
  const events = numbered(graph, calls, history);
  const prefix = longestPrefix({ graph, initial, slots: calls.length, events }, 0, Number.POSITIVE_INFINITY);
  const allowed = prefix.allowed.map((answer) => graph.answers.value(answer));
  return {
    event: prefix.events,
    allowed: allowed.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
};
