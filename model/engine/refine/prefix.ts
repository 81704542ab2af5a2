import { NumberedHistory, type NumberedOperation, none } from '#model/engine/refine/numbered.ts';
import type { Question, SpecStep } from '#model/engine/refine/question.ts';
import type { Search } from '#model/engine/refine/search.ts';
import { settle } from '#model/engine/refine/settle.ts';

/** What is to be explained: the events that happened. */
export type Happened = Pick<Question, 'graph' | 'initial' | 'history'>;

/** The longest beginning of a history that has an explanation, and what stands in the way of more. */
export interface Prefix {
  /** How many events. The next one, if there is one, is an answer that no explanation of these allows. */
  readonly events: number;
  readonly steps: readonly SpecStep[];
  /** What the spec would have answered instead, by number. */
  readonly allowed: readonly number[];
  /** Not all was tried: there may be an explanation of more events, or more answers that are allowed. */
  readonly isCut: boolean;
}

/**
 * Finds the longest beginning that has an explanation; the first `least` events are known to have one. `stepsMax` is
 * for each try.
 */
export const longestPrefix = (happened: Happened, least: number, stepsMax: number): Prefix => {
  const { events } = happened.history;
  let isCut = false;
  const tried = (history: NumberedHistory, isExhaustive = false): Search => {
    const question = { ...happened, history, isClosed: false, mayEndIn: () => !isExhaustive };
    const search = settle(question, stepsMax);
    if (search.run(0) === undefined) isCut = true; // it has not come to an end
    return search;
  };
  const count = longestExplained(events.length, least, (middle) => tried(beginning(events, middle)).isExplained);
  const before = beginning(events, count);
  const { steps } = tried(before);
  const refused = events[count];
  if (!refused) return { events: count, steps, allowed: [], isCut };
  const allowed = answersFound(
    happened,
    before.events[refused.begins] as NumberedOperation,
    tried(before, true),
  ).filter((answer) => tried(beginning(events, count + 1, answer)).isExplained);
  return { events: count, steps, allowed, isCut };
};

/** How many of the first events have an explanation: with fewer there is one too, with more there is none. */
const longestExplained = (length: number, least: number, explains: (count: number) => boolean): number => {
  let [from, to] = [least, length];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    if (explains(middle)) from = middle;
    else to = middle - 1;
  }
  return from;
};

/** The first events by themselves; with another answer for the last one, if one is given. */
const beginning = (events: readonly NumberedOperation[], count: number, instead?: number): NumberedHistory => {
  const history = new NumberedHistory();
  for (let at = 0; at < count; at++) {
    const { begins, caller, call, answer, readsOnly } = events[at] as NumberedOperation;
    const isOther = at === count - 1 && instead !== undefined;
    if (at === begins) history.begin(caller, call, readsOnly);
    else history.end(history.events[begins] as NumberedOperation, isOther ? instead : answer);
  }
  return history;
};

/** Every answer that the call which is refused its own could give in a state that the search came to. */
const answersFound = ({ graph }: Happened, { index, caller }: NumberedOperation, search: Search): number[] => {
  const found = new Set<number>();
  for (const { state, call } of search.placesOf(index)) {
    for (const edge of graph.edges(state, caller, call)) if (edge.answer !== none) found.add(edge.answer);
  }
  return [...found];
};
