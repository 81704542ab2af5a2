import type { Space } from '#model/engine/space/explore.ts';
import { codesAfter, movesIn, numberOf } from '#model/engine/space/path.ts';
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
  const { count } = space.arena;
  const from: number[] = [];
  const to: number[] = [];
  const waits: EndlessWait[] = [];
  for (let state = 0; state < count; state++) {
    const codes = space.arena.codes(state);
    for (const { thread, all, waitsIn } of movesIn(space, codes)) {
      if (waitsIn) waits.push({ state, thread, call: waitsIn });
      for (const { writes } of all) {
        from.push(state);
        to.push(numberOf(space, codesAfter(codes, writes)));
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

/** By state: where the ones before it begin in `list`; the last entry is where they end. */
interface Predecessors {
  readonly begin: Int32Array;
  readonly list: Int32Array;
}

const predecessors = (count: number, from: readonly number[], to: readonly number[]): Predecessors => {
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
