import { describe, expect, it } from 'vitest';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import type { External } from '#model/engine/refine/external.ts';
import { linearize, partsOf } from '#model/engine/refine/linearize.ts';
import type { NumberedOperation } from '#model/engine/refine/numbered.ts';
import type { ToldEvent } from '#model/engine/refine/operations.ts';
import { longestPrefix } from '#model/engine/refine/prefix.ts';
import { Search } from '#model/engine/refine/search.ts';
import { settle } from '#model/engine/refine/settle.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall } from '#model/subject.ts';
import { explainsNaively, type Line, written } from '#properties/engine/naive.ts';
import type { Tiny } from '#properties/engine/tiny.ts';
import { objectOf } from '#properties/object/known.ts';
import { after } from '#spec/outcome.ts';

/** What the search does with histories of objects: calls that never answer, calls that only read, parts, and budgets. */

const register = objectOf({ model: 'register' });
const queue = objectOf({ model: 'queue' });

/** A call as a history tells it. */
type ToldCall = Pick<ToldEvent, 'f' | 'key' | 'value'>;

/** A random history: now and then a call is never answered, or answered with the answer of another. */
const drawn = (external: External, calls: readonly ToldCall[], seed: number): ToldEvent[] => {
  const random = randomFrom(seed);
  const pick = (limit: number): number => below(random, limit);
  const events: ToldEvent[] = [];
  const pending: ({ one: ToldCall; value?: unknown; isOver: boolean } | undefined)[] = [];
  const answers: unknown[] = [];
  let state = external.initial(undefined);
  let left = 4 + pick(3);
  for (let i = 0; i < 30; i++) {
    const process = pick(3);
    const open = pending[process];
    if (!open) {
      if (left-- <= 0) continue;
      const one = calls[pick(calls.length)] as ToldCall;
      pending[process] = { one, isOver: false };
      events.push({ process, op: 'invoke', ...one });
    } else if (open.isOver) {
      pending[process] = undefined;
      const isWrong = pick(6) === 0;
      const value = isWrong ? answers[pick(answers.length)] : open.value;
      events.push(pick(5) === 0 ? { process, op: 'info', f: open.one.f as string } : endOf(process, open.one, value));
    } else {
      const [outcome] = external.outcomes(state, 0, callOf(external, open.one));
      if (!outcome && pick(4) === 0) pending[process] = { ...open, value: 'ok', isOver: true }; // it should have waited
      if (outcome?.tag !== 'returns') continue;
      state = after(state, outcome);
      answers.push(outcome.answer);
      pending[process] = { ...open, value: outcome.answer, isOver: true };
    }
  }
  return events;
};

const endOf = (process: number, one: ToldCall, value: unknown): ToldEvent => {
  const { f = '' } = one;
  if (f === 'cas' && value === false) return { process, op: 'fail', f };
  if (f === 'poll' && value === 'ok') return { process, op: 'ok', f, value: null };
  return { process, op: 'ok', f, value: f === 'txn' ? withFound(one.value as Parts, value as unknown[]) : value };
};

/** The parts of a transaction, of which the reads have found these values in turn. */
type Parts = readonly (readonly [string, string, unknown])[];
const withFound = (parts: Parts, found: readonly unknown[]): Parts => {
  let reads = 0;
  return parts.map(([kind, name, value]) => [kind, name, kind === 'read' ? (found[reads++] ?? null) : value]);
};

const callOf = (external: External, { f, key, value }: ToldCall): AnyCall =>
  external.read({ process: 0, invoked: 0, ended: undefined, f, key, given: value, end: 'none', told: undefined }, {})
    ?.call as AnyCall;

const semantics = { fail: 'completed; returned false' };

/** The same history for the naive oracle, which knows threads only: each call that is not answered keeps one. */
const explainsTold = (external: External, history: readonly ToldEvent[]): boolean => {
  const graph = new SpecGraph(external);
  const tiny: Tiny<unknown, AnyCall> = { initial: external.initial(undefined), outcomes: external.outcomes };
  return partsOf(external, graph, { history, semantics }).every((part) =>
    explainsNaively(tiny, written(...linesOf(graph, part.history.events)), false),
  );
};

/** The events as lines, each call made by a thread of its own. */
const linesOf = (graph: SpecGraph<External>, events: readonly NumberedOperation[]): Line<AnyCall>[] =>
  events.map(({ begins, call, answer }, at) =>
    at === begins ? [begins, graph.calls.value(call)] : [begins, 'answers', graph.answers.value(answer)],
  );

const registerCalls = [
  { f: 'read' },
  { f: 'write', value: 1 },
  { f: 'write', value: 2 },
  { f: 'cas', value: [1, 2] },
  { f: 'cas', value: [2, 1] },
];
const queueCalls = [{ f: 'enq', value: 1 }, { f: 'enq', value: 2 }, { f: 'deq' }, { f: 'peek' }];

describe('the search agrees with a naive one where some calls are never answered', () => {
  it.each<[string, readonly ToldCall[]]>([
    ['register', registerCalls],
    ['queue', queueCalls],
    ['stack', [{ f: 'push', value: 1 }, { f: 'push', value: 2 }, { f: 'pop' }, { f: 'peek' }]],
    ['priority-queue', [{ f: 'insert', value: 1 }, { f: 'insert', value: 2 }, { f: 'poll' }]],
    [
      'set',
      ['insert', 'remove', 'contains'].flatMap((f) => [
        { f, value: 1 },
        { f, value: 2 },
      ]),
    ],
    ['semaphore', [{ f: 'incr' }, { f: 'decr' }]],
    ['mutex', [{ f: 'acquire' }, { f: 'release' }]],
    [
      'key-value',
      ['x', 'y'].flatMap((key) => [
        { f: 'get', key },
        { f: 'get', key },
        { f: 'put', key, value: 'a' },
        { f: 'append', key, value: 'a' },
        { f: 'append', key, value: 'b' },
      ]),
    ],
    [
      'multi-register',
      [
        [['read', 'x', null]],
        [
          ['read', 'x', null],
          ['read', 'y', null],
        ],
        [
          ['write', 'x', 1],
          ['write', 'y', 1],
        ],
        [
          ['read', 'x', null],
          ['write', 'y', 2],
        ],
      ].map((value) => ({ f: 'txn', value })),
    ],
  ])('on 1,000 histories of a %s', (name, calls) => {
    const external = objectOf({ model: name });
    const tally = { linearizable: 0, not: 0, unknown: 0 };
    for (let seed = 0; seed < 1000; seed++) {
      const history = drawn(external, calls, seed);
      const graph = new SpecGraph(external);
      const { verdict } = linearize(graph, partsOf(external, graph, { history, semantics }), 100_000);
      tally[verdict]++;
      expect({ seed, verdict }).toEqual({ seed, verdict: explainsTold(external, history) ? 'linearizable' : 'not' });
    }
    expect(Math.min(tally.linearizable, tally.not)).toBeGreaterThan(30);
  });
});

describe('a search', () => {
  const question = (history: readonly ToldEvent[], external = queue) => {
    const graph = new SpecGraph(external);
    const [part] = partsOf(external, graph, { history });
    if (!part) throw new Error('no part');
    return { ...part, graph, isClosed: false, mayEndIn: () => true };
  };

  it('comes to the same result step by step', () => {
    for (let seed = 0; seed < 100; seed++) {
      const history = drawn(queue, queueCalls, seed);
      if (history.length === 0) continue;
      const whole = new Search(question(history));
      const inSteps = new Search(question(history));
      const result = whole.run(Number.POSITIVE_INFINITY);
      let found = inSteps.run(0);
      for (let step = 0; step < 10_000 && found === undefined; step++) found = inSteps.run(1);
      expect({ seed, found }).toEqual({ seed, found: result });
      expect(inSteps.steps).toEqual(whole.steps);
    }
  });

  it('comes to the same result wherever it looks first, and however wrongly what is likely is guessed', () => {
    const wrong = { ...queue, probablyEnds: (_state: unknown, _rest: AnyCall, answer: unknown) => answer === 'ok' };
    let found = 0;
    for (let seed = 0; seed < 300; seed++) {
      const history = drawn(queue, queueCalls, seed);
      if (history.length === 0) continue;
      const asked = question(history);
      const result = new Search(asked).run(Number.POSITIVE_INFINITY);
      for (const first of ['begun first', 'answered last'] as const) {
        const search = new Search(asked, { first, isHasty: false });
        expect({ seed, result: search.run(Number.POSITIVE_INFINITY) }).toEqual({ seed, result });
      }
      const { isExplained } = settle(question(history, wrong), 1_000_000);
      expect({ seed, isExplained }).toEqual({ seed, isExplained: result === 'explained' });
      if (result === 'explained') found++;
    }
    expect(Math.min(found, 300 - found)).toBeGreaterThan(30);
  });

  it('does not need a stack as deep as the history is long', () => {
    const history = Array.from({ length: 20_000 }, (_, i): ToldEvent[] => [
      { process: 0, op: 'invoke', f: i % 2 === 0 ? 'enq' : 'deq', value: 1 },
      { process: 0, op: 'ok', f: i % 2 === 0 ? 'enq' : 'deq', value: 1 },
    ]).flat();
    expect(new Search(question(history)).run(Number.POSITIVE_INFINITY)).toBe('explained');
  });
});

describe('a verdict', () => {
  const many = (values: number): ToldEvent[] => {
    const all = Array.from({ length: values }, (_, i) => i);
    return [
      ...all.map((i): ToldEvent => ({ process: i, op: 'invoke', f: 'enq', value: i })),
      ...all.map((i): ToldEvent => ({ process: i, op: 'ok', f: 'enq' })),
      { process: 99, op: 'invoke', f: 'peek' },
      { process: 99, op: 'ok', f: 'peek', value: values },
    ];
  };

  it('is unknown where the budget ends first, not one of the others', () => {
    const graph = new SpecGraph(queue);
    const parts = partsOf(queue, graph, { history: many(7) });
    expect(linearize(graph, parts, 500).verdict).toBe('unknown');
    expect(linearize(graph, parts, 500_000).verdict).toBe('not');
  });

  it('is found by the part that refutes at once, though another would take for ever', () => {
    const { partOf: _, ...whole } = queue;
    const hard = many(9);
    const wrong: ToldEvent[] = [
      { process: 'w', op: 'invoke', f: 'deq' },
      { process: 'w', op: 'ok', f: 'deq', value: 1 },
    ];
    const inParts: External = {
      ...whole,
      read: (operation, semanticsOf) => {
        const reading = queue.read(operation, semanticsOf);
        return reading && { ...reading, call: { ...reading.call, part: String(operation.process === 'w') } };
      },
      partOf: (call) => (call as unknown as { part: string }).part,
    };
    const graph = new SpecGraph(inParts);
    const parts = partsOf(inParts, graph, { history: [...hard, ...wrong] });
    expect(parts).toHaveLength(2);
    const found = linearize(graph, parts, 5_000);
    expect(found).toMatchObject({ verdict: 'not', part: { name: 'true' } });
    expect(found.steps).toBeLessThan(1000);
  });
});

describe('the longest beginning', () => {
  const prefixOf = (history: readonly ToldEvent[], stepsMax = 100_000) => {
    const graph = new SpecGraph(register);
    const found = linearize(graph, partsOf(register, graph, { history, semantics }), stepsMax);
    if (found.verdict !== 'not') throw new Error(`it is ${found.verdict}`);
    const prefix = longestPrefix({ ...found.part, graph }, found.search.furthest, stepsMax);
    return { ...prefix, allowed: prefix.allowed.map((answer) => graph.answers.value(answer)) };
  };

  it('ends before the answer that cannot be, and knows every answer that could', () => {
    const prefix = prefixOf([
      { process: 0, op: 'invoke', f: 'write', value: 1 },
      { process: 1, op: 'invoke', f: 'read' },
      { process: 0, op: 'ok', f: 'write' },
      { process: 2, op: 'invoke', f: 'cas', value: [1, 4] },
      { process: 2, op: 'ok', f: 'cas' },
      { process: 1, op: 'ok', f: 'read', value: 9 },
      { process: 1, op: 'invoke', f: 'read' },
      { process: 1, op: 'ok', f: 'read', value: 9 },
    ]);
    expect(prefix).toMatchObject({ events: 5, isCut: false });
    expect(prefix.allowed.toSorted()).toEqual([1, 4, null]); // before the write, before the swap, and after it
  });

  it('does not hold it against a call what is answered later', () => {
    const prefix = prefixOf([
      { process: 0, op: 'invoke', f: 'read' },
      { process: 1, op: 'invoke', f: 'write', value: 1 },
      { process: 1, op: 'ok', f: 'write' },
      { process: 2, op: 'invoke', f: 'read' },
      { process: 2, op: 'ok', f: 'read', value: 1 },
      { process: 0, op: 'ok', f: 'read', value: 3 },
    ]);
    expect(prefix.events).toBe(5);
  });

  it('is the longest: the naive oracle explains it and not one event more', () => {
    let compared = 0;
    for (let seed = 0; seed < 300; seed++) {
      const history = drawn(register, registerCalls, seed);
      if (explainsTold(register, history)) continue;
      const graph = new SpecGraph(register);
      const [part] = partsOf(register, graph, { history, semantics });
      const { events } = prefixOf(history);
      const first = (count: number): Line<AnyCall>[] => linesOf(graph, part?.history.events.slice(0, count) ?? []);
      const tiny: Tiny<unknown, AnyCall> = { initial: register.initial(undefined), outcomes: register.outcomes };
      expect({ seed, explained: explainsNaively(tiny, written(...first(events)), false) }).toMatchObject({
        explained: true,
      });
      expect({ seed, explained: explainsNaively(tiny, written(...first(events + 1)), false) }).toMatchObject({
        explained: false,
      });
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });
});
