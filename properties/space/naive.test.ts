import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always, type StateClaim, sometimes } from '#model/claim.ts';
import { explore } from '#model/engine/space/explore.ts';
import { pathTo } from '#model/engine/space/path.ts';
import type { System } from '#model/engine/space/system.ts';
import { findEndlessWait } from '#model/engine/space/waits.ts';
import { exploreNaively, type NaiveSpace, someWaitIsEndless } from '#properties/space/naive.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** States that have all that may make it hard: a list that grows, a field that comes and goes, objects that move. */
interface State {
  x: number;
  y: number;
  flag: boolean;
  list: { v: number }[];
  extra?: { v: number };
}

interface Call {
  readonly tag: string;
  readonly rule: number;
}

const values = 3;
const lengthMax = 3;

const guards: Readonly<Record<string, (state: State) => boolean>> = {
  always: () => true,
  'x is 1': ({ x }) => x === 1,
  'x is y': ({ x, y }) => x === y,
  flag: ({ flag }) => flag,
  'no flag': ({ flag }) => !flag,
  'one entry': ({ list }) => list.length === 1,
  'the first is 2': ({ list }) => list[0]?.v === 2,
  'some are x': ({ list, x }) => list.some(({ v }) => v === x),
  extra: ({ extra }) => extra !== undefined,
  'extra is y': ({ extra, y }) => extra?.v === y,
};

const actions: Readonly<Record<string, (draft: State) => void>> = {
  'x up': (draft) => {
    draft.x = (draft.x + 1) % values;
  },
  'y is x': (draft) => {
    draft.y = draft.x;
  },
  swap: (draft) => {
    [draft.x, draft.y] = [draft.y, draft.x];
  },
  turn: (draft) => {
    draft.flag = !draft.flag;
  },
  push: (draft) => {
    if (draft.list.length < lengthMax) draft.list.push({ v: draft.y });
  },
  shift: (draft) => {
    draft.list.shift();
  },
  reverse: (draft) => {
    draft.list.reverse();
  },
  'the first up': ({ list: [first] }) => {
    if (first) first.v = (first.v + 1) % values;
  },
  filter: (draft) => {
    draft.list = draft.list.filter(({ v }) => v !== draft.x);
  },
  'extra comes': (draft) => {
    draft.extra = { v: draft.x };
  },
  'extra goes': (draft) => {
    delete draft.extra;
  },
  'extra moves': (draft) => {
    if (!draft.extra || draft.list.length === lengthMax) return;
    draft.list.unshift(draft.extra);
    delete draft.extra;
  },
  'the last is extra': (draft) => {
    const last = draft.list.pop();
    if (last) draft.extra = last;
  },
  nothing: () => {},
};

const nameOf = (table: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(table));

/** A rule: where its guard holds, it may do any of these; and goes on as another rule, or returns. */
const rules = fc.array(
  fc.record({
    guard: nameOf(guards),
    ways: fc.array(
      fc.record({ does: fc.array(nameOf(actions), { minLength: 1, maxLength: 2 }), next: fc.option(fc.nat(3)) }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  { minLength: 4, maxLength: 4 },
);

const behaviours = fc.array(
  fc.record({
    tag: fc.constantFrom('in order', 'any'),
    calls: fc.array(
      fc.nat(3).map((rule): Call => ({ tag: 'call', rule })),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

const initials: readonly State[] = [
  { x: 0, y: 1, flag: false, list: [] },
  { x: 2, y: 0, flag: true, list: [{ v: 1 }, { v: 2 }], extra: { v: 0 } },
];

const systems: fc.Arbitrary<System> = fc
  .record({ initial: fc.constantFrom(...initials), threads: behaviours, rules })
  .map(({ initial, threads, rules: all }) => {
    const outcomes = (state: State, _caller: number, { rule }: Call): readonly Outcome<State, Call, string>[] => {
      const { guard, ways } = all[rule] as (typeof all)[number];
      if (!guards[guard]?.(state)) return [];
      return ways.flatMap(({ does, next }): readonly Outcome<State, Call, string>[] => {
        const then = (draft: State): void => {
          for (const action of does) actions[action]?.(draft);
        };
        return next === null ? returns(does.join(), then) : continues({ tag: 'call', rule: next }, then);
      });
    };
    return { initial, threads, outcomes } as unknown as System;
  });

const claims = [
  always('x is not y where there is a flag', ({ x, y, flag }: State) => !flag || x !== y),
  sometimes('two entries', ({ list }: State) => list.length === 2),
  sometimes('the first is extra', ({ list, extra }: State) => list[0] !== undefined && list[0].v === extra?.v),
  always('few', ({ list, extra }: State) => list.length + (extra ? 1 : 0) < values),
] as unknown as readonly StateClaim[];

const statesMax = 1500;

/** How far the nearest state is that decides a claim. */
const distanceTo = ({ states, distances }: NaiveSpace, { tag, holds }: StateClaim): number | undefined =>
  distances[states.findIndex(({ state }) => holds(state) === (tag !== 'always'))];

describe('any system has the states, and the ways between them, that one finds by hand', () => {
  it('as many of each, as far away, with the same claims decided and the same waits', () => {
    let compared = 0;
    fc.assert(
      fc.property(systems, (system) => {
        const naive = exploreNaively(system, statesMax);
        if (!naive) return;
        compared++;
        const space = explore(system, { claims, statesMax: 2 * statesMax });
        expect({ states: space.arena.count, transitions: space.transitions, depth: space.depth }).toEqual({
          states: naive.states.length,
          transitions: naive.after.flat().length,
          depth: Math.max(...naive.distances),
        });
        const decided = claims.map((claim) => {
          const state = space.decided.get(claim);
          return state === undefined ? undefined : pathTo(space, state).steps.length;
        });
        expect(decided).toEqual(claims.map((claim) => distanceTo(naive, claim)));
        expect(findEndlessWait(space, () => false) !== undefined).toBe(someWaitIsEndless(naive));
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
