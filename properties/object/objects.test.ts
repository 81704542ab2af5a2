import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { External } from '#model/engine/refine/external.ts';
import { type Operation, type ToldEvent, Unreadable } from '#model/engine/refine/operations.ts';
import type { AnyCall } from '#model/subject.ts';
import { judged, type Known, objectOf } from '#properties/object/known.ts';
import { after, type Outcome } from '#spec/outcome.ts';

const known: readonly Known[] = readFileSync(new URL('../histories/known.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('a history of which it is known', () => {
  it.each(known.map((one) => [one.model, one.name, one] as const))('%s: %s', (_model, _name, one) => {
    expect(judged(one).verdict).toBe(one.expected.linearizable ? 'linearizable' : 'not');
  });

  it('is there for each object, linearizable and not', () => {
    for (const model of new Set(known.map((one) => one.model))) {
      const verdicts = known.filter((one) => one.model === model).map((one) => one.expected.linearizable);
      expect(new Set(verdicts).size, model).toBe(2);
    }
  });
});

const few = fc.integer({ min: 0, max: 3 });
const key = fc.constantFrom('x', 'y');

/** Calls of each object as histories tell them. */
const operations: Readonly<Record<string, fc.Arbitrary<Pick<ToldEvent, 'f' | 'key' | 'value'>>>> = {
  register: fc.oneof(
    fc.constant({ f: 'read' }),
    few.map((value) => ({ f: 'write', value })),
    fc.tuple(few, few).map((value) => ({ f: 'cas', value })),
  ),
  'multi-register': fc
    .array(fc.oneof(fc.tuple(fc.constant('read'), key, fc.constant(null)), fc.tuple(fc.constant('write'), key, few)), {
      minLength: 1,
      maxLength: 3,
    })
    .map((value) => ({ f: 'txn', value })),
  'key-value': fc.record({ f: fc.constantFrom('get', 'put', 'append'), key, value: fc.constantFrom('a', 'b') }),
  queue: fc.record({ f: fc.constantFrom('enq', 'deq', 'peek'), value: few }),
  stack: fc.record({ f: fc.constantFrom('push', 'pop', 'peek'), value: few }),
  'priority-queue': fc.record({ f: fc.constantFrom('insert', 'poll', 'peek'), value: few }),
  set: fc.record({ f: fc.constantFrom('insert', 'remove', 'contains'), value: few }),
  semaphore: fc.record({ f: fc.constantFrom('incr', 'decr') }),
  mutex: fc.record({ f: fc.constantFrom('acquire', 'release') }),
};

const callOf = (external: External, { f, key: of, value }: Pick<ToldEvent, 'f' | 'key' | 'value'>): AnyCall => {
  const operation = {
    process: 0,
    invoked: 0,
    ended: undefined,
    f,
    key: of,
    given: value,
    end: 'none',
    told: undefined,
  };
  return external.read(operation as Operation, {})?.call as AnyCall;
};

/** Makes the calls one after the other, passing over those that would wait; gives each state, call and answer. */
const run = (external: External, calls: readonly AnyCall[]) => {
  let state = external.initial(undefined);
  return calls.flatMap((call) => {
    const [outcome] = external.outcomes(state, 0, call) as readonly Outcome<unknown, AnyCall, unknown>[];
    if (outcome?.tag !== 'returns') return [];
    const before = state;
    state = after(state, outcome);
    return [{ before, call, answer: outcome.answer, state }];
  });
};

describe.each(Object.entries(operations))('what a %s knows of itself is so', (name, operation) => {
  const external = objectOf({ model: name });
  const calls = fc.array(
    operation.map((one) => callOf(external, one)),
    { maxLength: 12 },
  );

  it('a call that is said only to read changes nothing', () => {
    let reads = 0;
    fc.assert(
      fc.property(calls, (made) => {
        for (const { before, call, answer, state } of run(external, made)) {
          if (!external.readsOnly?.(call, answer)) continue;
          reads++;
          expect(state).toEqual(before);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(reads > 50).toBe(external.readsOnly !== undefined);
  });

  it.runIf(external.rule)('the rule of a call gives its outcomes', () => {
    let steps = 0;
    fc.assert(
      fc.property(calls, (made) => {
        for (const { before, call, answer, state } of run(external, made)) {
          steps++;
          const [outcome] = external.rule?.(call)(before) ?? [];
          expect(outcome).toMatchObject({ tag: 'returns', answer });
          expect(outcome && after(before, outcome)).toEqual(state);
        }
      }),
      { seed: 4, numRuns: 100 },
    );
    expect(steps).toBeGreaterThan(100);
  });

  it.runIf(external.mayAnswer)('an answer that is said to be impossible does not come', () => {
    let answers = 0;
    fc.assert(
      fc.property(calls, (made) => {
        const steps = run(external, made);
        for (const [from, { before }] of steps.entries()) {
          for (const [to, { call, answer }] of steps.entries()) {
            if (to < from || !external.readsOnly?.(call, answer)) continue;
            const others = steps.slice(from, to).map((step) => step.call);
            answers++;
            expect(external.mayAnswer?.(before, call, answer, others)).toBe(true);
          }
        }
      }),
      { seed: 2, numRuns: 100 },
    );
    expect(answers).toBeGreaterThan(100);
  });

  it.runIf(external.partOf)('it is the same to judge its parts and to judge the whole', () => {
    const { partOf: _, ...whole } = external;
    const tally = { linearizable: 0, not: 0, unknown: 0 };
    const history = drawnHistory(external, operation);
    for (const one of fc.sample(history, { seed: 3, numRuns: 300 })) {
      const told = { name: '', model: name, expected: { linearizable: true }, history: one };
      const { verdict } = judged(told);
      tally[verdict]++;
      expect(judged(told, whole as External).verdict).toBe(verdict);
    }
    expect(Math.min(tally.linearizable, tally.not)).toBeGreaterThan(20);
  });
});

/** Three processes make the calls, each in turn or overlapping; answers are the ones of some order, now and then not. */
const drawnHistory = (
  external: External,
  operation: fc.Arbitrary<Pick<ToldEvent, 'f' | 'key' | 'value'>>,
): fc.Arbitrary<ToldEvent[]> =>
  fc
    .array(fc.record({ operation, process: fc.nat({ max: 2 }), isLate: fc.boolean(), isWrong: fc.nat({ max: 6 }) }), {
      maxLength: 14,
    })
    .map((drawn) => {
      const events: ToldEvent[] = [];
      const late = new Map<number, ToldEvent>();
      let state = external.initial(undefined);
      let last: unknown;
      for (const { operation: one, process, isLate, isWrong } of drawn) {
        const open = late.get(process);
        if (open) events.push(open);
        late.delete(process);
        const [outcome] = external.outcomes(state, 0, callOf(external, one));
        if (outcome?.tag !== 'returns') continue;
        state = after(state, outcome);
        const value = isWrong === 0 && typeof last === typeof outcome.answer ? last : outcome.answer;
        last = outcome.answer;
        events.push({ process, op: 'invoke', ...one });
        const end: ToldEvent = { process, op: 'ok', ...one, value };
        if (isLate) late.set(process, end);
        else events.push(end);
      }
      return [...events, ...late.values()];
    });

describe('a key-value store', () => {
  it('knows of some answers that they cannot come any more', () => {
    const { mayAnswer } = objectOf({ model: 'key-value' });
    const get = { tag: 'get', key: 'x' };
    const put = (text: string) => ({ tag: 'put', key: 'x', text });
    expect(mayAnswer?.({ texts: { x: 'ab' } }, get, 'ac', [])).toBe(false);
    expect(mayAnswer?.({ texts: { x: 'ab' } }, get, 'ac', [put('b')])).toBe(false);
    expect(mayAnswer?.({ texts: { x: 'ab' } }, get, 'ac', [put('a')])).toBe(true);
    expect(mayAnswer?.({ texts: { x: 'ab' } }, get, 'abc', [])).toBe(true);
  });
});

describe('a history that nobody can make sense of', () => {
  const readsAs = (model: string, ...history: ToldEvent[]) => {
    try {
      judged({ name: '', model, expected: { linearizable: true }, history });
    } catch (error) {
      if (error instanceof Unreadable) return `${error.event}: ${error.message}; ${error.expected}`;
      throw error;
    }
    return 'read';
  };
  const invoke = (f: string, value?: unknown, process = 0): ToldEvent => ({ process, op: 'invoke', f, value });
  const ok = (f: string, value?: unknown, process = 0): ToldEvent => ({ process, op: 'ok', f, value });

  it.each([
    ['register', [ok('read')], '0: process 0 is answered and has not called; expected an invoke of it before'],
    [
      'register',
      [invoke('read'), invoke('read')],
      '1: process 0 calls while its last call is under way; expected its answer first',
    ],
    [
      'register',
      [invoke('read'), ok('write')],
      '1: process 0 has called read and is answered write; expected the same f',
    ],
    ['register', [invoke('pop')], "0: a register has no call 'pop'; expected read, write, cas, read_modify_write"],
    ['register', [invoke('cas', 1)], '0: 1 is no pair; expected [from, to]'],
    ['register', [invoke('write', {})], '0: {} is no value; expected text, a number, true, false or null'],
    ['rmw', [invoke('read_modify_write', 0)], '0: nobody knows what it has left; expected an answer'],
    ['multi-register', [invoke('read')], "0: a multi-register has no call 'read'; expected txn"],
    [
      'multi-register',
      [invoke('txn', [['swap', 'x', 1]])],
      '0: [["swap","x",1]] is no transaction; expected ["read", name, value] or ["write", name, value], several in a list',
    ],
    ['key-value', [invoke('delete')], "0: a key-value store has no call 'delete'; expected get, put, append"],
    ['key-value', [invoke('put', 1)], '0: 1 is no text; expected text'],
    ['queue', [invoke('push')], "0: a queue has no call 'push'; expected enq, deq, peek"],
    ['stack', [invoke('enq')], "0: a stack has no call 'enq'; expected push, pop, peek"],
    ['priority-queue', [invoke('pop')], "0: a priority queue has no call 'pop'; expected insert, poll, peek"],
    ['priority-queue', [invoke('insert', 'x')], '0: "x" is no number; expected a number'],
    ['set', [invoke('add')], "0: a set has no call 'add'; expected insert, remove, contains"],
    ['set', [invoke('insert', 1), ok('insert', 2)], '1: 2 is no answer; expected 1 or 0'],
    ['semaphore', [invoke('wait')], "0: a semaphore has no call 'wait'; expected incr, decr"],
    ['mutex', [invoke('lock')], "0: a mutex has no call 'lock'; expected acquire, release"],
  ])('is refused, and why: %s %j', (model, history, expected) => {
    expect(readsAs(model, ...history)).toBe(expected);
  });
});
