import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itfText, itfValue } from '#reports/export/itf-format.ts';
import { itfProblems, plain } from '#reports/export/readers/itf.ts';

const traceOf = (vars: readonly string[], ...states: readonly (readonly unknown[])[]): string =>
  itfText({
    source: 'a spec',
    status: 'ok',
    description: 'a path',
    vars,
    states: states.map((values) => values.map(itfValue)),
  });

/** Plain data as specs have it, with names that mean something to the format. */
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, '', '#bigint', 'None'),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('data'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '#map', '#meta', 'value', 'vars'), tie('data'), { noNullPrototype: true }),
    fc.record({ tag: fc.constantFrom('sleeping', 'running'), channel: tie('data') }),
  ),
}));

describe('an ITF trace', () => {
  it('holds any plain data, which can be read back', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 4 }), (values) => {
        const text = traceOf(['state'], ...values.map((value) => [value]));
        const { states } = JSON.parse(text) as { states: { state: unknown }[] };
        expect(itfProblems(text)).toEqual([]);
        expect(states.map(({ state }) => plain(state))).toEqual(values);
      }),
    );
  });

  it('says of itself what it is, and is the same whenever it is written', () => {
    const text = traceOf(['a', 'b'], [1, []], [2, [3]]);
    expect(text).toBe(traceOf(['a', 'b'], [1, []], [2, [3]]));
    expect(JSON.parse(text)).toEqual({
      '#meta': {
        format: 'ITF',
        'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
        source: 'a spec',
        status: 'ok',
        description: 'a path',
      },
      vars: ['a', 'b'],
      states: [
        { '#meta': { index: 0 }, a: { '#bigint': '1' }, b: [] },
        { '#meta': { index: 1 }, a: { '#bigint': '2' }, b: [{ '#bigint': '3' }] },
      ],
    });
  });

  it('writes what has a tag as a variant, and fractions as what they are: nothing that ITF knows', () => {
    expect(itfValue({ tag: 'sleeping', channel: 3 })).toEqual({
      tag: 'sleeping',
      value: { channel: { '#bigint': '3' } },
    });
    expect(itfValue({ tag: 3 })).toEqual({ '#map': [['tag', { '#bigint': '3' }]] });
    expect(itfValue(2n ** 64n)).toEqual({ '#bigint': '18446744073709551616' });
    expect(itfValue(0.5)).toEqual({ '#unserializable': '0.5' });
  });

  it('is not sound if a state sets too little or too much, a name is taken, or it goes back to nowhere', () => {
    const good = JSON.parse(traceOf(['a'], [1]));
    const problemsWith = (more: object): string[] => itfProblems(JSON.stringify({ ...good, ...more }));
    expect(problemsWith({})).toEqual([]);
    expect(problemsWith({ vars: ['a', 'b'] })).toEqual(['state 0 does not set b']);
    expect(problemsWith({ vars: [] })).toEqual(['state 0 sets a, which is no variable']);
    expect(problemsWith({ loop: 1 })).toEqual(['it goes back to state 1, which there is not']);
    for (const more of [{ vars: ['#a'] }, { vars: ['tag'] }, { vars: ['a', 'a'] }, { states: [] }, { other: 1 }]) {
      expect(problemsWith(more)).toHaveLength(1);
    }
  });
});
