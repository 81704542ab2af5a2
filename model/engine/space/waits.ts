import type { Space } from '#model/engine/space/explore.ts';
import type { AnyCall, Exploration } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A call that waits in a state and can go on in none that is reachable from there. */
export interface EndlessWait {
  readonly state: number;
  readonly thread: ThreadId;
  readonly call: AnyCall;
}

/**
 * The nearest state in which a call waits that can never go on, whatever the others do, and may not: undefined if there
 * is none. Needs the whole space, and threads that are told apart: what is interchanged on the way cannot be followed.
 */
export const findEndlessWait = (space: Space, mayWait: Exploration['mayWait']): EndlessWait | undefined => {
  if (!space.isComplete || space.symmetry) throw new InternalError('waits are judged in whole spaces without symmetry');
  const { arena, steps } = space;
  const { count, words } = arena;
  const width = steps.packing.words;
  const from = new Int32Array(space.transitions);
  const to = new Int32Array(space.transitions);
  const after = new Int32Array(width);
  const waits: EndlessWait[] = [];
  let edges = 0;
  for (let state = 0; state < count; state++) {
    for (let thread = 0; thread < steps.system.threads.length; thread++) {
      const way = wayIn(space, state, thread);
      const { waitsIn } = steps.movesOf(way);
      if (waitsIn) waits.push({ state, thread, call: waitsIn });
      for (let move = steps.firstMove[way] as number; move < (steps.firstMove[way + 1] as number); move++) {
        steps.take(move, words, state * width, after);
        from[edges] = state;
        to[edges++] = arena.find(after);
      }
    }
  }
  const before = predecessors(count, from, to);
  const served = space.steps.system.threads.map((_, thread) => {
    const waiting = new Set(waits.filter((wait) => wait.thread === thread).map((wait) => wait.state));
    return statesBefore(before, count, (state) => !waiting.has(state));
  });
  return waits.find(
    ({ state, thread, call }) =>
      served[thread]?.[state] === 0 && !mayWait(space.steps.schema.decode(space.arena.codes(state)), thread, call),
  );
};

/** What was learnt before states got more places is dropped, and may have to be learnt again. */
const wayIn = ({ steps, arena }: Space, state: number, thread: ThreadId): number => {
  const at = state * steps.packing.words;
  const way = steps.find(arena.words, at, thread);
  if (way >= 0) return way;
  steps.learn(arena.codes(state), thread);
  return steps.find(arena.words, at, thread);
};

/** By state: where the ones before it begin in `list`; the last entry is where they end. */
interface Predecessors {
  readonly begin: Int32Array;
  readonly list: Int32Array;
}

const predecessors = (count: number, from: Int32Array, to: Int32Array): Predecessors => {
  const begin = new Int32Array(count + 1);
  for (const state of to) begin[state + 1] = (begin[state + 1] as number) + 1;
  for (let state = 0; state < count; state++)
    begin[state + 1] = (begin[state + 1] as number) + (begin[state] as number);
  const next = begin.slice();
  const list = new Int32Array(from.length);
  for (const [edge, state] of to.entries()) {
    const at = next[state] as number;
    list[at] = from[edge] as number;
    next[state] = at + 1;
  }
  return { begin, list };
};

/** 1 for each state that is a goal, or from which one can be reached. */
const statesBefore = ({ begin, list }: Predecessors, count: number, isGoal: (state: number) => boolean): Uint8Array => {
  const marked = new Uint8Array(count);
  const queue: number[] = [];
  const mark = (state: number): void => {
    if (marked[state] === 1) return;
    marked[state] = 1;
    queue.push(state);
  };
  for (let state = 0; state < count; state++) if (isGoal(state)) mark(state);
  for (const state of queue) {
    for (let at = begin[state] as number; at < (begin[state + 1] as number); at++) mark(list[at] as number);
  }
  return marked;
};
