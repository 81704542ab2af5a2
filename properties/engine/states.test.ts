import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { States } from '#model/engine/refine/states.ts';

/** States whose fields are in one order, as those of one program are. */
const part = fc.oneof(
  fc.integer({ min: -1, max: 2 }),
  fc.constantFrom(null, true, 'a', '1', 'null', '#0', ''),
  fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
  fc.record({ word: fc.integer({ min: 0, max: 1 }), list: fc.array(fc.constantFrom(0, '0', []), { maxLength: 2 }) }),
  fc.constant({}),
);
const state = fc.record({ one: part, others: fc.array(part, { maxLength: 3 }) });

describe('states by number', () => {
  it('have the same number if and only if they are the same, whichever state they were made from', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(state, fc.nat()), { minLength: 2, maxLength: 12 }), (made) => {
        const states = new States();
        const byText = new Map<string, number>();
        for (const [value, from] of made) {
          const number = states.number(value, states.size === 0 ? undefined : from % states.size);
          const text = JSON.stringify(value);
          expect(number).toBe(byText.get(text) ?? byText.size);
          byText.set(text, number);
          expect(states.value(number)).toEqual(value);
          expect(states.number(value)).toBe(number);
        }
        expect(states.size).toBe(byText.size);
      }),
      { numRuns: 1000 },
    );
  });

  it('are copied when they are taken in and when they are given out', () => {
    const states = new States();
    const value = { threads: [{ word: 1 }] };
    const number = states.number(value);
    (value.threads[0] as { word: number }).word = 2;
    const given = states.value(number) as typeof value;
    (given.threads[0] as { word: number }).word = 3;
    expect(states.shared(number)).toEqual({ threads: [{ word: 1 }] });
    expect([states.number(value, number), states.number(given, number)]).toEqual([1, 2]);
  });

  it('share what is the same in them', () => {
    const states = new States();
    const first = states.number({ one: { word: 1 }, other: { word: 2 } });
    const second = states.number({ one: { word: 1 }, other: { word: 3 } }, first);
    const [before, after] = [first, second].map((number) => states.shared(number) as { one: object });
    expect(after?.one).toBe(before?.one);
  });
});
