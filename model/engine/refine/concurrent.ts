import type { Execution } from '#model/engine/explore/execution.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { ThreadId } from '#spec/abi.ts';

/** One step of the spec in an explanation: after history event `after` (-1: at the start), `thread` moved to `state`. */
export interface SpecStep {
  readonly after: number;
  readonly thread: ThreadId;
  readonly state: number;
  /** The call is over in the spec (its answer may come later). */
  readonly isOver: boolean;
}

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

const none = -1;
const over = -2;

/** A history event by number: a call that begins and the answer it will get, or a call that is answered. */
interface NumberedEvent {
  readonly thread: ThreadId;
  /** None: it is answered here. */
  readonly call: number;
  /** None: it is never answered. */
  readonly answer: number;
}

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
    if (isAnswer) answers[thread] = graph.answers.number(event.answer);
    events.push({
      thread,
      call: isAnswer ? none : (calls[thread]?.[event.index] as number),
      answer: answers[thread] as number,
    });
  }
  return events.reverse();
};

/**
 * Whether the spec explains an execution's answers, and, where the machine has stopped, why nobody goes on.
 *
 * Just-in-time linearization: spec steps are taken only when an answer needs them, depth first, the answering thread's
 * own first; configurations (state and what is pending) that failed once are not tried again. A call is over in the
 * spec only with the answer it will get. One that never gets an answer may be over with any, if the machine was cut
 * off; if it has stopped by itself, such a call is not over.
 * `mayEndIn` says which states a machine that has stopped may have ended in; any, unless somebody knows what its words
 * mean. Source: Lowe, "Testing for linearizability" (2017).
 */
export const explain = (
  graph: SpecGraph,
  variant: string,
  execution: Pick<Execution, 'program' | 'history'>,
  demand: Demand,
  mayEndIn: (state: number) => boolean = () => true,
): Explanation => {
  if (demand === 'answers') return search(graph, variant, execution, false, () => true);
  return search(graph, variant, execution, true, (state, pending) => {
    const isStuck = pending.every((call, thread) => call < 0 || graph.edges(state, thread, call).length === 0);
    return isStuck && mayEndIn(state);
  });
};

/**
 * Goes through the spec's ways to explain a history until one ends as `endsWell` wants it. `isClosed`: calls that are
 * never answered are never over.
 */
const search = (
  graph: SpecGraph,
  variant: string,
  execution: Pick<Execution, 'program' | 'history'>,
  isClosed: boolean,
  endsWell: (state: number, pending: readonly number[]) => boolean,
): Explanation => {
  const { program, history } = execution;
  const threads = program.threads.length;
  const { initial, calls } = graph.program(variant, program);
  const events = numbered(graph, calls, history);
  const failed = new Set<string>();
  const steps: SpecStep[] = [];
  const pending = new Array<number>(threads).fill(none);
  /** The answer that each pending call will get, or none. */
  const wanted = new Array<number>(threads).fill(none);

  const advance = (index: number, state: number): boolean => {
    const event = events[index];
    if (!event) return ends(index, state);
    const { thread } = event;
    const before = pending[thread] as number;
    if (event.call === none && before !== over) return steer(index, state, thread, (next) => advance(index, next));
    const wantedBefore = wanted[thread] as number;
    pending[thread] = event.call;
    wanted[thread] = event.answer;
    if (advance(index + 1, state)) return true;
    pending[thread] = before;
    wanted[thread] = wantedBefore;
    return false;
  };

  /** Tries every spec step that may come before event `index`, those of `first` before the others. */
  const steer = (index: number, state: number, first: ThreadId, go: (state: number) => boolean): boolean => {
    const key = `${index} ${state} ${pending.join()}`;
    if (failed.has(key)) return false;
    for (let i = 0; i < threads; i++) {
      const thread = i === 0 ? first : i <= first ? i - 1 : i;
      const call = pending[thread] as number;
      if (call < 0) continue;
      const answer = wanted[thread] as number;
      for (const edge of graph.edges(state, thread, call)) {
        if (edge.rest === none && edge.answer !== answer && (isClosed || answer !== none)) continue;
        pending[thread] = edge.rest === none ? over : edge.rest;
        steps.push({ after: index - 1, thread, state: edge.state, isOver: edge.rest === none });
        if (go(edge.state)) return true;
        steps.pop();
        pending[thread] = call;
      }
    }
    failed.add(key);
    return false;
  };

  /** At the end: whether it ends well here, or after more steps of what is pending. */
  const ends = (index: number, state: number): boolean =>
    endsWell(state, pending) || steer(index, state, 0, (next) => ends(index, next));

  return advance(0, initial) ? { tag: 'explained', steps } : { tag: 'unexplained' };
};

/** Where an unexplained history goes wrong: the first answer that no explanation of what came before allows. */
export interface Divergence {
  /** The event's place in the history; the history's length: all answers are allowed, but the end is not. */
  readonly event: number;
  /** What the spec would have answered instead. */
  readonly allowed: readonly unknown[];
}

/** Finds the divergence of an execution that `explain` did not explain. */
export const findDivergence = (
  graph: SpecGraph,
  variant: string,
  execution: Pick<Execution, 'program' | 'history'>,
): Divergence => {
  const { program, history } = execution;
  const explains = (prefix: Execution['history']): boolean =>
    explain(graph, variant, { program, history: prefix }, 'answers').tag === 'explained';
  for (let event = 0; event < history.length; event++) {
    const told = history[event] as Execution['history'][number];
    const before = history.slice(0, event);
    if (told.tag !== 'answer' || explains([...before, told])) continue;
    const allowed = possibleAnswers(graph, variant, { program, history: before }, told.thread);
    return { event, allowed };
  }
  return { event: history.length, allowed: [] };
};

/** Every answer that the pending call of `thread` could be over with after this history, in the order of their texts. */
const possibleAnswers = (
  graph: SpecGraph,
  variant: string,
  execution: Pick<Execution, 'program' | 'history'>,
  thread: ThreadId,
): readonly unknown[] => {
  const found = new Set<number>();
  search(graph, variant, execution, false, (state, pending) => {
    const call = pending[thread] as number;
    for (const edge of call < 0 ? [] : graph.edges(state, thread, call))
      if (edge.answer !== none) found.add(edge.answer);
    return false; // go through them all
  });
  return [...found]
    .map((answer) => graph.answers.value(answer))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
};
