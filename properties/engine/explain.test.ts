import { describe, expect, it } from 'vitest';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import { explain, findDivergence } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall } from '#model/subject.ts';
import { explainsNaively, type Line, type Written, written } from '#properties/engine/naive.ts';
import { subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { after, continues, type Outcome, returns, waits } from '#spec/outcome.ts';

type Demand = 'answers' | 'answers and rest';

const explains = <State, Call extends AnyCall>(tiny: Tiny<State, Call>, told: Written, demand: Demand = 'answers') =>
  explain(new SpecGraph(subjectOf(tiny)), 'only', told, demand).tag === 'explained';

const diverges = <State, Call extends AnyCall>(tiny: Tiny<State, Call>, told: Written) =>
  findDivergence(new SpecGraph(subjectOf(tiny)), 'only', told);

type RegisterCall =
  | { readonly tag: 'read' }
  | { readonly tag: 'write'; readonly value: number }
  | { readonly tag: 'swap'; readonly from: number; readonly to: number };

/** A word that is read, written, and compared and swapped. */
const register: Tiny<{ value: number }, RegisterCall> = {
  initial: { value: 0 },
  outcomes: ({ value }, _caller, call) => {
    const set = (to: number) => (draft: { value: number }) => {
      draft.value = to;
    };
    if (call.tag === 'read') return returns(value);
    if (call.tag === 'write') return returns('ok', set(call.value));
    return call.from === value ? returns(true, set(call.to)) : returns(false);
  },
};

type BoxCall =
  | { readonly tag: 'put'; readonly values: readonly number[] }
  | { readonly tag: 'take' }
  | { readonly tag: 'draw' };

interface Box {
  values: number[];
}

/** A box for two numbers: `put` puts them in one by one and waits for room, `take` the oldest, `draw` any. */
const box: Tiny<Box, BoxCall> = {
  initial: { values: [] },
  outcomes: ({ values }, _caller, call): readonly Outcome<Box, BoxCall, unknown>[] => {
    if (call.tag === 'put') {
      const [first, ...others] = call.values;
      if (first === undefined) return returns('ok');
      if (values.length === 2) return waits;
      return continues({ tag: 'put', values: others }, (draft) => {
        draft.values.push(first);
      });
    }
    const choices = call.tag === 'take' ? values.slice(0, 1) : values;
    return choices.flatMap((value, index) =>
      returns(value, (draft: Box) => {
        draft.values.splice(index, 1);
      }),
    );
  },
};

const read: RegisterCall = { tag: 'read' };
const write = (value: number): RegisterCall => ({ tag: 'write', value });
const put = (...values: number[]): BoxCall => ({ tag: 'put', values });
const take: BoxCall = { tag: 'take' };
const draw: BoxCall = { tag: 'draw' };

describe('a history of a register', () => {
  const of = (...lines: Line<RegisterCall>[]): Written => written(...lines);

  it('is explained by the order in which its calls ended', () => {
    expect(explains(register, of([0, write(1)], [0, 'answers', 'ok'], [1, read], [1, 'answers', 1]))).toBe(true);
  });

  it('is explained by another order, where calls overlap', () => {
    const old = of([0, write(1)], [1, read], [1, 'answers', 0], [0, 'answers', 'ok']);
    const fresh = of([0, write(1)], [1, read], [1, 'answers', 1], [0, 'answers', 'ok']);
    expect(explains(register, old)).toBe(true);
    expect(explains(register, fresh)).toBe(true);
  });

  it('is refuted where a read misses a write that was over before it began', () => {
    const stale = of([0, write(1)], [0, 'answers', 'ok'], [1, read], [1, 'answers', 0]);
    expect(explains(register, stale)).toBe(false);
    expect(diverges(register, stale)).toEqual({ event: 3, allowed: [1] });
  });

  it('is refuted where a value comes from nowhere', () => {
    const nowhere = of([0, write(1)], [1, read], [1, 'answers', 7], [0, 'answers', 'ok']);
    expect(explains(register, nowhere)).toBe(false);
    expect(diverges(register, nowhere)).toMatchObject({ event: 2 });
    expect(diverges(register, nowhere).allowed.toSorted()).toEqual([0, 1]);
  });

  it('is refuted where two readers see two writes in two orders', () => {
    const split = of(
      [0, write(1)],
      [1, write(2)],
      [2, read],
      [2, 'answers', 1],
      [2, read],
      [2, 'answers', 2],
      [3, read],
      [3, 'answers', 2],
      [3, read],
      [3, 'answers', 1],
    );
    expect(explains(register, split)).toBe(false);
    expect(diverges(register, split)).toEqual({ event: 9, allowed: [2] });
  });

  it('is refuted where two swaps both win', () => {
    const swap: RegisterCall = { tag: 'swap', from: 0, to: 1 };
    expect(explains(register, of([0, swap], [1, swap], [0, 'answers', true], [1, 'answers', false]))).toBe(true);
    expect(explains(register, of([0, swap], [1, swap], [0, 'answers', true], [1, 'answers', true]))).toBe(false);
  });

  it('leaves open whether a call that was never answered has happened', () => {
    const maybe = (answer: number): Written =>
      of([0, write(1)], [1, read], [1, 'answers', 0], [1, read], [1, 'answers', answer]);
    expect(explains(register, maybe(0))).toBe(true);
    expect(explains(register, maybe(1))).toBe(true);
    const undone = of([0, write(1)], [1, read], [1, 'answers', 1], [1, read], [1, 'answers', 0]);
    expect(explains(register, undone)).toBe(false);
  });

  it('may not stop before a call that never waits is answered', () => {
    const cut = of([0, write(1)]);
    expect(explains(register, cut, 'answers')).toBe(true);
    expect(explains(register, cut, 'answers and rest')).toBe(false);
  });

  it('is explained when there is nothing in it', () => {
    expect(explains(register, of(), 'answers and rest')).toBe(true);
  });
});

describe('a history of a box', () => {
  const of = (...lines: Line<BoxCall>[]): Written => written(...lines);

  it('lets others act between two parts of a call', () => {
    const between = of([0, put(1, 2, 3)], [1, take], [1, 'answers', 1], [0, 'answers', 'ok']);
    expect(explains(box, between, 'answers and rest')).toBe(true);
  });

  it('is refuted where a call answers that must still wait', () => {
    const early = of([0, put(1, 2, 3)], [0, 'answers', 'ok']);
    expect(explains(box, early)).toBe(false);
    expect(diverges(box, early)).toEqual({ event: 1, allowed: [] });
  });

  it('knows that a call which is not over may have taken part effect', () => {
    const part = of([0, put(1, 2, 3)], [1, take], [1, 'answers', 1]);
    expect(explains(box, part, 'answers')).toBe(true);
    expect(explains(box, part, 'answers and rest')).toBe(false); // there is room for the 3 now: put could go on
    expect(explains(box, of([0, put(1, 2, 3, 4)], [1, take], [1, 'answers', 1]), 'answers and rest')).toBe(true);
    expect(explains(box, of([0, put(1, 2)], [1, take], [1, 'answers', 2]))).toBe(false);
  });

  it('is refuted where somebody sleeps though there is something to take: a lost wakeup', () => {
    const lost = of([0, take], [1, put(1)], [1, 'answers', 'ok']);
    expect(explains(box, lost, 'answers')).toBe(true);
    expect(explains(box, lost, 'answers and rest')).toBe(false);
    expect(explains(box, of([0, take], [1, put()], [1, 'answers', 'ok']), 'answers and rest')).toBe(true);
  });

  it('lets one of two takers sleep when there was one number, whichever it is', () => {
    for (const lucky of [0, 1]) {
      const one = of([0, take], [1, take], [2, put(5)], [lucky, 'answers', 5], [2, 'answers', 'ok']);
      expect(explains(box, one, 'answers and rest')).toBe(true);
    }
    const both = of([0, take], [1, take], [2, put(5)], [0, 'answers', 5], [1, 'answers', 5], [2, 'answers', 'ok']);
    expect(explains(box, both)).toBe(false);
  });

  it('allows each answer of a call that may go several ways, and names them all', () => {
    const full = [[0, put(1, 2)] as const, [0, 'answers', 'ok'] as const];
    expect(explains(box, of(...full, [1, draw], [1, 'answers', 1]))).toBe(true);
    expect(explains(box, of(...full, [1, draw], [1, 'answers', 2]))).toBe(true);
    const wrong = of(...full, [1, draw], [1, 'answers', 3]);
    expect(explains(box, wrong)).toBe(false);
    expect(diverges(box, wrong).event).toBe(3);
    expect(diverges(box, wrong).allowed.toSorted()).toEqual([1, 2]);
  });

  it('tells the steps of its explanation in an order in which the spec can take them', () => {
    const told = of(
      [0, put(1, 2, 3)],
      [1, take],
      [1, 'answers', 1],
      [0, 'answers', 'ok'],
      [1, take],
      [1, 'answers', 2],
    );
    const graph = new SpecGraph(subjectOf(box));
    const explanation = explain(graph, 'only', told, 'answers and rest');
    if (explanation.tag !== 'explained') throw new Error('not explained');
    const states = explanation.steps.map((step) => (graph.states.value(step.state) as Box).values);
    expect(states.at(-1)).toEqual([3]);
    expect(explanation.steps.filter((step) => step.isOver).map((step) => step.thread)).toEqual([1, 0, 1]);
    expect(explanation.steps.map((step) => step.after)).toEqual(
      explanation.steps.map((step) => step.after).toSorted((a, b) => a - b),
    );
  });
});

/** A random history: the spec's own, with an answer now and then put in the place of another, or two events swapped. */
const randomHistory = <State, Call extends AnyCall>(
  tiny: Tiny<State, Call>,
  drawCall: (pick: (limit: number) => number) => Call,
  answers: readonly unknown[],
  seed: number,
): Written => {
  const random = randomFrom(seed);
  const pick = (limit: number): number => below(random, limit);
  const lines: Line<Call>[] = [];
  const threads = 2 + pick(2);
  const pending: ({ call: Call } | { answer: unknown } | undefined)[] = Array.from({ length: threads });
  let state = tiny.initial;
  let calls = 2 + pick(5);
  for (let i = 0; i < 25; i++) {
    const thread = pick(threads);
    const one = pending[thread];
    if (!one) {
      if (calls-- <= 0) continue;
      pending[thread] = { call: drawCall(pick) };
      lines.push([thread, (pending[thread] as { call: Call }).call]);
    } else if ('call' in one) {
      const outcomes = tiny.outcomes(state, thread, one.call);
      const outcome = outcomes[pick(Math.max(outcomes.length, 1))];
      if (!outcome) continue;
      state = after(state, outcome);
      pending[thread] = outcome.tag === 'returns' ? { answer: outcome.answer } : { call: outcome.rest };
    } else {
      pending[thread] = undefined;
      lines.push([thread, 'answers', pick(9) === 0 ? answers[pick(answers.length)] : one.answer]);
    }
  }
  const at = pick(Math.max(lines.length - 1, 1));
  const [a, b] = [lines[at], lines[at + 1]];
  if (pick(3) === 0 && a && b && a[0] !== b[0]) [lines[at], lines[at + 1]] = [b, a];
  return written(...lines);
};

describe('the linearizer agrees with a naive search', () => {
  const drawRegister = (pick: (limit: number) => number): RegisterCall => {
    const calls: RegisterCall[] = [read, write(pick(3)), { tag: 'swap', from: pick(2), to: pick(3) }];
    return calls[pick(3)] as RegisterCall;
  };
  const drawBox = (pick: (limit: number) => number): BoxCall => {
    const values = Array.from({ length: pick(4) }, () => 1 + pick(4));
    return [put(...values), take, draw][pick(3)] as BoxCall;
  };
  const compare = <State, Call extends AnyCall>(
    tiny: Tiny<State, Call>,
    draws: (pick: (limit: number) => number) => Call,
    answers: readonly unknown[],
    demand: Demand,
  ): { yes: number; no: number } => {
    const tally = { yes: 0, no: 0 };
    for (let seed = 0; seed < 1000; seed++) {
      const told = randomHistory(tiny, draws, answers, seed);
      const naive = explainsNaively(tiny, told, demand === 'answers and rest');
      if (explains(tiny, told, demand) !== naive) expect({ naive, told }).toEqual({ naive: !naive, told });
      tally[naive ? 'yes' : 'no']++;
    }
    return tally;
  };

  it.each(['answers', 'answers and rest'] as const)('on 1,000 random histories of a register (%s)', (demand) => {
    const { yes, no } = compare(register, drawRegister, [0, 1, 2, true, false, 'ok'], demand);
    expect(Math.min(yes, no)).toBeGreaterThan(100);
  });

  it.each(['answers', 'answers and rest'] as const)('on 1,000 random histories of a box (%s)', (demand) => {
    const { yes, no } = compare(box, drawBox, [0, 1, 2, 3, 4, 'ok'], demand);
    expect(Math.min(yes, no)).toBeGreaterThan(100);
  });
});
