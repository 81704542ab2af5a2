import { type NumberedEvent, none, type Question, type SpecStep } from '#model/engine/refine/question.ts';
import { Search } from '#model/engine/refine/search.ts';

/** What is to be explained: the events that happened. */
export type Happened = Pick<Question, 'graph' | 'initial' | 'slots' | 'events'>;

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
  let isCut = false;
  const tried = (events: readonly NumberedEvent[], isExhaustive = false): Search => {
    const search = new Search({ ...happened, events, isClosed: false, endsWell: () => !isExhaustive });
    if (search.run(stepsMax) === undefined) isCut = true;
    return search;
  };
  const count = longestExplained(happened.events, least, (events) => tried(events).isExplained);
  const before = begun(happened.events, count);
  const { steps } = tried(before);
  const refused = happened.events[count];
  if (!refused) return { events: count, steps, allowed: [], isCut };
  const allowed = answersFound(happened, refused, tried(before, true)).filter((answer) => {
    const instead = [...happened.events.slice(0, count), { ...refused, answer }];
    return tried(begun(instead, instead.length)).isExplained;
  });
  return { events: count, steps, allowed, isCut };
};

/** How many of the first events have an explanation: with fewer there is one too, with more there is none. */
const longestExplained = (
  events: readonly NumberedEvent[],
  least: number,
  explains: (events: readonly NumberedEvent[]) => boolean,
): number => {
  let [from, to] = [least, events.length];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    if (explains(begun(events, middle))) from = middle;
    else to = middle - 1;
  }
  return from;
};

/** The first events by themselves: a call gets the answer that is among them, if one is. */
const begun = (events: readonly NumberedEvent[], count: number): NumberedEvent[] => {
  const answers = new Map<number, number>(); // by slot, seen from the end
  return events
    .slice(0, count)
    .reverse()
    .map((event) => {
      if (event.call === none) {
        answers.set(event.slot, event.answer);
        return event;
      }
      const answer = answers.get(event.slot) ?? none;
      answers.delete(event.slot);
      return answer === event.answer ? event : { ...event, answer, readsOnly: false };
    })
    .reverse();
};

/** Every answer that the call which is refused its own could give in a state that the search came to. */
const answersFound = ({ graph }: Happened, { slot, caller }: NumberedEvent, search: Search): number[] => {
  const found = new Set<number>();
  for (const { state, call } of search.placesOf(slot)) {
    for (const edge of graph.edges(state, caller, call)) if (edge.answer !== none) found.add(edge.answer);
  }
  return [...found];
};
