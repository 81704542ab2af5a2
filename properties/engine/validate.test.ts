import { describe, expect, it } from 'vitest';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  powerOfTwoUpTo,
  recordOf,
  type Shape,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';

/** A shape, what fits it, and what does not though it is close. */
const cases: readonly { shape: Shape; name: string; good: readonly unknown[]; bad: readonly unknown[] }[] = [
  {
    shape: wholeNumberBelow(3),
    name: 'a whole number from 0 to 2',
    good: [0, 1, 2],
    bad: [-1, 3, 1.5, '1', null, undefined, Number.NaN, Number.POSITIVE_INFINITY, true],
  },
  { shape: wholeNumberBelow(Number.NaN), name: 'a whole number from 0 to NaN', good: [], bad: [0, 1] },
  {
    shape: word,
    name: 'a 32-bit number',
    good: [0, -1, 2 ** 31 - 1, -(2 ** 31)],
    bad: [2 ** 31, -(2 ** 31) - 1, 0.5, '0', null],
  },
  { shape: yesOrNo, name: 'true or false', good: [true, false], bad: [0, 1, 'true', null, undefined] },
  {
    shape: nothingOr(wholeNumberBelow(2)),
    name: 'null or a whole number from 0 to 1',
    good: [null, 0, 1],
    bad: [undefined, 2, 'null'],
  },
  {
    shape: listOf(yesOrNo, 1, 2),
    name: 'a list of 1 to 2 times true or false',
    good: [[true], [true, false]],
    bad: [[], [true, true, true], [1], 'ab', { length: 1, 0: true }, null],
  },
  {
    shape: powerOfTwoUpTo(8),
    name: 'a power of two up to 8',
    good: [1, 2, 4, 8],
    bad: [0, 3, 16, -2, 0.5, '2', null],
  },
  {
    shape: recordOf({ read: yesOrNo }),
    name: '{read}',
    good: [{ read: true }, { read: false, more: 1 }],
    bad: [{}, { read: 1 }, null, undefined, 'read', 3],
  },
];

describe.each(cases)('the shape "$name"', ({ shape, name, good, bad }) => {
  it('has its name', () => {
    expect(shape.name).toBe(name);
  });

  it('is what fits it, and nothing else', () => {
    expect(good.filter((value) => !shape.fits(value))).toEqual([]);
    expect(bad.filter((value) => shape.fits(value))).toEqual([]);
  });
});

describe('a mismatch', () => {
  it('names the first field that is wrong, its value, and what it may be', () => {
    const fields = { a: yesOrNo, b: wholeNumberBelow(2) };
    expect(mismatch({ a: true, b: 1 }, fields)).toBeUndefined();
    expect(mismatch({ a: true, b: 5 }, fields)).toBe('b is 5, not a whole number from 0 to 1');
    expect(mismatch({ b: 5 }, fields)).toBe('a is undefined, not true or false');
    expect(mismatch(7, fields)).toBe('it is no object');
  });

  it('in a call says which thread’s and which of its calls', () => {
    const shapes = { read: { max: wholeNumberBelow(9) }, close: {} };
    const close = { tag: 'close' };
    expect(mismatchedCall([[close], [{ tag: 'read', max: 3 } as typeof close]], shapes)).toBeUndefined();
    expect(mismatchedCall([[close], [close, { tag: 'read', max: 9 } as typeof close]], shapes)).toBe(
      'call 1 of thread 1: max is 9, not a whole number from 0 to 8',
    );
    expect(mismatchedCall([[close, { tag: 'open' }]], shapes)).toBe("call 1 of thread 0: there is no call 'open'");
    expect(mismatchedCall([[{ tag: 'toString' }]], shapes)).toBe("call 0 of thread 0: there is no call 'toString'");
  });
});
