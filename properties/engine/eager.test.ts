import { describe, expect, it } from 'vitest';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall } from '#model/subject.ts';
import { explainsNaively, type Line, type Written, written } from '#properties/engine/naive.ts';
import { subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { after, continues, type Outcome, returns } from '#spec/outcome.ts';

/** Calls that may change something or nothing and answer the same: what a search assumes of them may be wrong. */

interface Lamp {
  isLocked: boolean;
  isOn: boolean;
}

type LampCall = { readonly tag: 'press' | 'hold' | 'lock' | 'unlock' | 'look' };
type LampOutcomes = readonly Outcome<Lamp, LampCall, unknown>[];

const locks = (to: boolean): LampOutcomes =>
  returns('ok', (draft: Lamp) => {
    draft.isLocked = to;
  });

/** Whoever presses the switch is told 'ok', also where it is locked and nothing happens. To hold it is to press twice. */
const lamp: Tiny<Lamp, LampCall> = {
  initial: { isLocked: true, isOn: false },
  outcomes: ({ isLocked, isOn }, _caller, { tag }): LampOutcomes => {
    const toggle = (draft: Lamp): void => {
      draft.isOn = !draft.isOn;
    };
    switch (tag) {
      case 'press':
        return isLocked ? returns('ok') : returns('ok', toggle);
      case 'hold':
        return isLocked ? continues({ tag: 'press' }) : continues({ tag: 'press' }, toggle);
      case 'lock':
        return locks(true);
      case 'unlock':
        return locks(false);
      case 'look':
        return returns(isOn);
    }
  },
};

const explains = (told: Written): boolean =>
  explain(new SpecGraph(subjectOf(lamp)), 'only', told, 'answers').tag === 'explained';

const press: LampCall = { tag: 'press' };
const unlock: LampCall = { tag: 'unlock' };
const look: LampCall = { tag: 'look' };
/** A press that changes nothing, so that others are thought to be such too. */
const idle: Line<LampCall>[] = [
  [2, press],
  [2, 'answers', 'ok'],
];

describe('a call that could give its answer and change nothing', () => {
  it('may have changed something later, where it was still under way', () => {
    const later = written<LampCall>(
      ...idle,
      [0, press],
      [1, unlock],
      [1, 'answers', 'ok'],
      [1, look],
      [1, 'answers', true],
      [0, 'answers', 'ok'],
    );
    expect(explains(later)).toBe(true);
  });

  it('may have changed something just before it was answered', () => {
    const last = written<LampCall>(
      ...idle,
      [0, press],
      [1, unlock],
      [1, 'answers', 'ok'],
      [0, 'answers', 'ok'],
      [1, look],
      [1, 'answers', true],
    );
    expect(explains(last)).toBe(true);
  });

  it('may have changed something in its second part', () => {
    const second = written<LampCall>(
      [2, { tag: 'hold' }],
      [2, 'answers', 'ok'],
      [0, { tag: 'hold' }],
      [1, unlock],
      [1, 'answers', 'ok'],
      [1, look],
      [1, 'answers', true],
      [0, 'answers', 'ok'],
    );
    expect(explains(second)).toBe(true);
  });

  it('has changed nothing where it was over before it could', () => {
    const over = written<LampCall>(
      ...idle,
      [0, press],
      [0, 'answers', 'ok'],
      [1, unlock],
      [1, 'answers', 'ok'],
      [1, look],
      [1, 'answers', true],
    );
    expect(explains(over)).toBe(false);
  });

  it('is explained where a naive search explains it, in 2,000 histories', () => {
    const tally = { yes: 0, no: 0 };
    for (let seed = 0; seed < 2000; seed++) {
      const told = drawn(seed);
      const naive = explainsNaively(lamp, told, false);
      expect({ seed, explained: explains(told) }).toEqual({ seed, explained: naive });
      tally[naive ? 'yes' : 'no']++;
    }
    expect(Math.min(tally.yes, tally.no)).toBeGreaterThan(150);
  });
});

/** A random history, where now and then somebody looks wrongly. */
const drawn = (seed: number): Written => {
  const random = randomFrom(seed);
  const pick = (limit: number): number => below(random, limit);
  const calls: LampCall[] = [press, press, press, { tag: 'hold' }, { tag: 'lock' }, unlock, unlock, look];
  const lines: Line<LampCall>[] = [];
  const pending: ({ readonly call: LampCall } | { readonly answer: unknown } | undefined)[] = [];
  let state = lamp.initial;
  let left = 6;
  for (let i = 0; i < 30; i++) {
    const thread = pick(3);
    const one = pending[thread];
    if (!one) {
      if (left-- <= 0) continue;
      const call = calls[pick(calls.length)] as LampCall;
      pending[thread] = { call };
      lines.push([thread, call]);
    } else if ('call' in one) {
      const [outcome] = lamp.outcomes(state, thread, one.call);
      if (!outcome) continue;
      state = after(state, outcome);
      pending[thread] = outcome.tag === 'returns' ? { answer: outcome.answer } : { call: outcome.rest };
    } else {
      pending[thread] = undefined;
      const { answer } = one;
      lines.push([thread, 'answers', typeof answer === 'boolean' && pick(4) === 0 ? !answer : answer]);
    }
  }
  return written(...lines);
};

describe('a call that may come back to where it was', () => {
  type RoundCall = { readonly tag: 'ask' | 'tick' | 'tock' };
  /** Whoever asks goes round, tick and tock, until it is told of a 1; nobody ever makes it one. */
  const rounds: Tiny<{ value: number }, RoundCall> = {
    initial: { value: 0 },
    outcomes: ({ value }, _caller, { tag }): readonly Outcome<{ value: number }, RoundCall, unknown>[] => {
      if (tag === 'ask' && value === 1) return returns('ok');
      return continues({ tag: tag === 'tick' ? 'tock' : 'tick' });
    },
  };

  it('does not keep a search for ever', () => {
    const told = written<RoundCall>([0, { tag: 'ask' }], [1, { tag: 'tock' }], [0, 'answers', 'ok']);
    expect(explain(new SpecGraph(subjectOf(rounds)), 'only', told, 'answers').tag).toBe('unexplained');
  });
});

describe('an answer', () => {
  type PairCall = AnyCall;
  /** Answers a pair. */
  const pair: Tiny<null, PairCall> = { initial: null, outcomes: () => returns({ one: 1, other: [2, { three: 3 }] }) };
  const isExplained = (answer: unknown): boolean => {
    const told = written<PairCall>([0, { tag: 'get' }], [0, 'answers', answer]);
    return explain(new SpecGraph(subjectOf(pair)), 'only', told, 'answers').tag === 'explained';
  };

  it('is the same in whatever order its fields are told', () => {
    expect(isExplained({ other: [2, { three: 3 }], one: 1 })).toBe(true);
  });

  it('is the same also where two are told in two orders', () => {
    const told = written<PairCall>(
      [0, { tag: 'get' }],
      [0, 'answers', { other: [2, { three: 3 }], one: 1 }],
      [0, { tag: 'get' }],
      [0, 'answers', { one: 1, other: [2, { three: 3 }] }],
    );
    expect(explain(new SpecGraph(subjectOf(pair)), 'only', told, 'answers').tag).toBe('explained');
  });

  it('is told from those that were asked about before', () => {
    const told = (answer: unknown) =>
      written<PairCall>([0, { tag: 'get' }], [1, { tag: 'get' }], [1, 'answers', 7], [0, 'answers', answer]);
    const graph = new SpecGraph(subjectOf(pair));
    expect(explain(graph, 'only', told({ one: 1 }), 'answers').tag).toBe('unexplained');
    expect(explain(graph, 'only', told({ one: 2 }), 'answers').tag).toBe('unexplained');
    const right = written<PairCall>([0, { tag: 'get' }], [0, 'answers', { other: [2, { three: 3 }], one: 1 }]);
    expect(explain(graph, 'only', right, 'answers').tag).toBe('explained');
  });

  it.each([
    { one: 1 },
    { one: 1, other: [2, { three: 4 }] },
    { one: 1, other: [2] },
    { one: 1, other: { 0: 2, 1: { three: 3 } } },
    { one: 1, other: [2, { three: 3, four: 4 }] },
    { one: 1, other: [2, null] },
    null,
    1,
  ])('is another with anything missing, more or different: %j', (answer) => {
    expect(isExplained(answer)).toBe(false);
  });
});
