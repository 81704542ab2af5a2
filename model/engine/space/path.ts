import type { Space } from '#model/engine/space/explore.ts';
import type { Moves, Result } from '#model/engine/space/steps.ts';
import type { AnyCall } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A state of the spec, and the call that each thread is in, if any. */
export interface Moment {
  readonly state: unknown;
  readonly pending: readonly (AnyCall | null)[];
}

/** One step of a path, and where it leads. */
export interface PathStep extends Moment {
  readonly thread: ThreadId;
  readonly call: AnyCall;
  readonly result: Result;
}

/** A way through a space from its first state. */
export interface Path {
  readonly first: Moment;
  readonly steps: readonly PathStep[];
}

/** The state with these codes, for people. */
const momentOf = ({ steps }: Space, codes: readonly number[]): Moment => ({
  state: steps.schema.decode(codes),
  pending: steps.system.threads.map((_, thread) => steps.pointOf(codes, thread).pending),
});

/** All that each thread may do in the state with these codes. */
export const movesIn = ({ steps }: Space, codes: readonly number[]): Moves[] => {
  const packed = new Int32Array(steps.packing.words);
  steps.packing.pack(codes, packed, 0);
  return steps.system.threads.map((_, thread) => {
    const way = steps.find(packed, 0, thread);
    return way < 0 ? steps.learn(codes, thread) : steps.movesOf(way);
  });
};

/** The number of the state with these codes, or of the one that stands for it; -1 if it was not found. */
export const numberOf = ({ steps, arena, symmetry }: Space, codes: readonly number[]): number => {
  const packed = new Int32Array(steps.packing.words);
  steps.packing.pack(codes, packed, 0);
  symmetry?.canonize(packed, 0);
  return arena.find(packed);
};

/** The codes after a move. */
export const codesAfter = (codes: readonly number[], writes: ReadonlyMap<number, number>): number[] => {
  const after = [...codes];
  for (const [slot, code] of writes) after[slot] = code;
  return after;
};

/** A shortest way to a state. Under a symmetry, to one that it stands for: so that each thread stays who it is. */
export const pathTo = (space: Space, state: number): Path => {
  const numbers: number[] = [];
  for (let number = state; number >= 0; number = space.arena.parents[number] as number) numbers.unshift(number);
  let codes = space.steps.initialCodes();
  const first = momentOf(space, codes);
  const steps = numbers.slice(1).map((number): PathStep => {
    for (const { thread, all } of movesIn(space, codes)) {
      for (const { call, result, writes } of all) {
        const after = codesAfter(codes, writes);
        if (numberOf(space, after) !== number) continue;
        codes = after;
        return { thread, call, result, ...momentOf(space, after) };
      }
    }
    throw new InternalError('a state that was found cannot be reached again');
  });
  return { first, steps };
};
