import { produce } from 'immer';
import { callsAt, type Point, pointAfter, type System } from '#model/engine/space/system.ts';

/** A state of a system, in plain words: the spec’s, and where each thread is. */
export interface NaiveState {
  readonly state: unknown;
  readonly points: readonly Point[];
}

export interface NaiveSpace {
  /** In the order of their distance from the first. */
  readonly states: readonly NaiveState[];
  readonly distances: readonly number[];
  /** By state: the numbers of those after it, one for each move. */
  readonly after: readonly (readonly number[])[];
  /** By state: the threads that are in a call that may do nothing now. */
  readonly waiting: readonly (readonly number[])[];
}

/** What two states have in common iff they are equal: keys are sorted. */
const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );

/**
 * Every state of a system, found as one would write it down: the spec is run in each state, with `produce`, and states
 * are kept as text. What `explore` does must come to the same.
 */
export const exploreNaively = ({ initial, threads, outcomes }: System, statesMax: number): NaiveSpace | undefined => {
  const states: NaiveState[] = [];
  const distances: number[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (found: NaiveState, distance: number): number => {
    const key = keyOf(found);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, states.length);
    distances.push(distance);
    return states.push(found) - 1;
  };
  numberOf({ state: initial, points: threads.map((thread) => pointAfter(thread, 0)) }, 0);
  const after: number[][] = [];
  const waiting: number[][] = [];
  for (let number = 0; number < states.length; number++) {
    if (states.length > statesMax) return undefined;
    const { state, points } = states[number] as NaiveState;
    const next: number[] = [];
    const inVain: number[] = [];
    const go = (thread: number, point: Point, then: (draft: unknown) => void): void => {
      const changed = produce({ state }, (draft) => then(draft.state)).state;
      next.push(numberOf({ state: changed, points: points.with(thread, point) }, (distances[number] as number) + 1));
    };
    for (const [thread, behaviour] of threads.entries()) {
      const point = points[thread] as Point;
      for (const call of callsAt(behaviour, point)) {
        const open = outcomes(state, thread, call);
        for (const outcome of open) {
          const isOver = outcome.tag === 'returns';
          go(
            thread,
            isOver ? pointAfter(behaviour, point.made + 1) : { made: point.made, pending: outcome.rest },
            outcome.then,
          );
        }
        if (open.length > 0) continue;
        if (point.pending) inVain.push(thread);
        else go(thread, { made: point.made, pending: call }, () => {});
      }
    }
    after.push(next);
    waiting.push(inVain);
  }
  return { states, distances, after, waiting };
};

/** Whether in some state a thread waits that waits in every state that is reachable from there. */
export const someWaitIsEndless = ({ after, waiting }: NaiveSpace): boolean =>
  waiting.some((threads, state) =>
    threads.some((thread) => {
      const seen = new Set([state]);
      for (const number of seen) {
        if (!waiting[number]?.includes(thread)) return false;
        for (const next of after[number] ?? []) seen.add(next);
      }
      return true;
    }),
  );
