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
  const ends = new Map<number, number>(); // by the place where the call begins
  const open = calls.map(() => none); // the place where each thread's call began
  const begins = history.map((event, at) => {
    if (event.tag === 'invoke') open[event.thread] = at;
    else ends.set(open[event.thread] as number, at);
    return open[event.thread] as number;
  });
  return history.map(({ tag, thread, index }, at) => {
    const begin = begins[at] as number;
    const end = ends.get(begin) ?? none;
    const last = history[end];
    return {
      slot: thread,
      call: tag === 'invoke' ? (calls[thread]?.[index] as number) : none,
      answer: last?.tag === 'answer' ? graph.answers.number(last.answer) : none,
      begins: begin,
      ends: end,
      caller: thread,
      readsOnly: false,
    };
  });
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
