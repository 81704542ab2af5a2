/** Subjects with known faults, and known sound ones beside them. */
import { fetchAdd, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Tiny } from '#properties/engine/tiny.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

export interface Increment {
  readonly tag: 'increment';
  readonly by: number;
}

export const increment = (by = 1): Increment => ({ tag: 'increment', by });

/** A counter that answers what it held before. */
const counter = {
  initial: { count: 0 },
  outcomes: (
    state: { count: number },
    _caller: number,
    { by }: Increment,
  ): readonly Outcome<{ count: number }, Increment, unknown>[] =>
    returns(state.count, (draft: { count: number }) => {
      draft.count += by;
    }),
  calls: [increment(1), increment(2), increment(3), increment(4)],
  *simpler({ by }: Increment): Generator<Increment> {
    if (by > 1) yield increment(by - 1);
  },
};

/** Adds in one step. */
export const atomicCounter: Tiny<{ count: number }, Increment> = {
  ...counter,
  *perform({ by }, words): Routine<Word> {
    return yield fetchAdd(words, by, 'relaxed');
  },
};

/** Adds under a spin lock. */
export const lockedCounter: Tiny<{ count: number }, Increment> = {
  ...counter,
  *perform({ by }, words): Routine<Word> {
    yield* acquire(words + 1);
    const count = yield load(words, 'relaxed');
    yield store(words, count + by, 'relaxed');
    yield* release(words + 1);
    return count;
  },
};

/** Adds in two steps: an update is lost when another falls between. */
export const racyCounter: Tiny<{ count: number }, Increment> = {
  ...counter,
  *perform({ by }, words): Routine<Word> {
    const count = yield load(words, 'relaxed');
    yield store(words, count + by, 'relaxed');
    return count;
  },
};

/** As `racyCounter`, but only from 3 on: a fault that depends on an argument. */
export const racyFromThree: Tiny<{ count: number }, Increment> = {
  ...counter,
  perform: (call, words, self) =>
    (call.by < 3 ? atomicCounter : racyCounter).perform?.(call, words, self) as Routine<Word>,
};

export interface Both {
  readonly tag: 'both';
  readonly first: 0 | 1;
}

/** Takes two locks, `first` before the other. */
export const twoLocks: Tiny<null, Both> = {
  initial: null,
  outcomes: () => returns(0),
  *perform({ first }, words): Routine<Word> {
    yield* acquire(words + first);
    yield* acquire(words + 1 - first);
    yield* release(words + 1 - first);
    yield* release(words + first);
    return 0;
  },
  calls: [
    { tag: 'both', first: 0 },
    { tag: 'both', first: 1 },
  ],
};

export type Access = { readonly tag: 'set'; readonly value: number } | { readonly tag: 'get' };

/** A pair that is set in two halves and read in two halves: it can be seen torn. Answers 16 first + second. */
export const tornPair: Tiny<{ value: number }, Access> = {
  initial: { value: 0 },
  outcomes: (state, _caller, call) =>
    call.tag === 'get'
      ? returns(17 * state.value)
      : returns(0, (draft) => {
          draft.value = call.value;
        }),
  *perform(call, words): Routine<Word> {
    if (call.tag === 'get') return 16 * (yield load(words, 'relaxed')) + (yield load(words + 1, 'relaxed'));
    yield store(words, call.value, 'relaxed');
    yield store(words + 1, call.value, 'relaxed');
    return 0;
  },
  calls: [{ tag: 'get' }, { tag: 'set', value: 1 }, { tag: 'set', value: 2 }],
  *simpler(call) {
    if (call.tag === 'set' && call.value > 1) yield { tag: 'set', value: call.value - 1 };
  },
};

export interface Litmus {
  readonly tag: 'write then read';
  readonly writes: number;
  readonly reads: number;
}

/** Writes one word and reads another: the store buffering test. The spec allows whatever sc allows one thread. */
export const storeBuffering: Tiny<null, Litmus> = {
  initial: null,
  outcomes: () => [...returns(0), ...returns(1)],
  *perform({ writes, reads }, words): Routine<Word> {
    yield store(words + writes, 1, 'relaxed');
    return yield load(words + reads, 'relaxed');
  },
};
