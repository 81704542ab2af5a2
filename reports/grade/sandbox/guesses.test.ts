import { describe, expect, it } from 'vitest';
import { Kind } from '#impl/machine/ops.ts';
import { Guesses, type Runner } from '#reports/grade/sandbox/host-guesses.ts';
import type { SentOp } from '#reports/grade/sandbox/protocol.ts';
import { Shadow } from '#reports/grade/sandbox/shadow.ts';

/** What is guessed of the words that a routine will be given. Wrong guesses cost time, so right ones are what is tested. */

const op = (kind: number, address = 0, operand = 0, expected = 0): SentOp => [
  kind,
  address,
  operand,
  expected,
  'plain',
  null,
  '',
];

type Runners = [Runner, Runner, Runner, Runner];

/** The guesses for a routine that goes on by them; it ends at what cannot be guessed. */
const guessed = (guesses: Guesses, ...ops: readonly SentOp[]): readonly (number | undefined)[] => {
  const runner = guesses.runner('somebody');
  return ops.map((each) => {
    const guess = guesses.guess(each, runner);
    if (guess !== undefined) guesses.gives(each, guess, runner);
    return guess;
  });
};

describe('a guess', () => {
  it('of an access is what memory holds, with what the routine has written since', () => {
    const guesses = new Guesses();
    guesses.told([4, 10, 5, 0]);
    expect(
      guessed(
        guesses,
        op(Kind.load, 4),
        op(Kind.fetchAdd, 4, 5),
        op(Kind.store, 5, 7),
        op(Kind.swap, 5, 8),
        op(Kind.compareAndSwap, 5, 9, 8),
        op(Kind.load, 4),
        op(Kind.load, 5),
      ),
    ).toEqual([10, 10, 0, 7, 8, 15, 9]);
    guesses.told([]);
    expect(guessed(guesses, op(Kind.load, 4), op(Kind.load, 5))).toEqual([10, 0]); // that was ahead of the checker
  });

  it('is not made of what may fail, wait, or let others run, nor of memory that nobody has told of', () => {
    const guesses = new Guesses();
    guesses.told([4, 10]);
    const unsure = [
      op(Kind.compareAndSwap, 4, 1, 11),
      op(Kind.awaitWord, 4, 11),
      op(Kind.switchTo, 0, 1),
      op(Kind.idle),
      op(Kind.load, 5),
      op(Kind.coreNumber),
    ];
    expect(guessed(guesses, ...unsure)).toEqual(unsure.map(() => undefined));
    expect(guessed(guesses, op(Kind.awaitWord, 4, 10), op(Kind.awaitWord, 4, 11, 1))).toEqual([0, 0]);
  });

  it('of the core is where it ran before, and of masks what is left of them', () => {
    const guesses = new Guesses();
    guesses.gave(op(Kind.coreNumber), 2, guesses.runner('somebody'));
    const mask = op(Kind.maskInterrupts);
    expect(guessed(guesses, op(Kind.coreNumber), mask, mask, op(Kind.unmaskInterrupts), op(Kind.maskDepth))).toEqual([
      2, 0, 1, 0, 1,
    ]);
  });

  it('of the core is not made when others have run since', () => {
    const guesses = new Guesses();
    const runner = guesses.runner('somebody');
    guesses.gave(op(Kind.coreNumber), 2, runner);
    expect(guesses.guess(op(Kind.coreNumber), runner)).toBe(2);
    guesses.gave(op(Kind.switchTo), 0, runner);
    expect(guesses.guess(op(Kind.coreNumber), runner)).toBeUndefined();
  });

  it('is not relied on where it was wrong, until others would have been right; the less, the longer the way back', () => {
    const guesses = new Guesses();
    const load = op(Kind.load, 4);
    guesses.told([4, 10]);
    const [first, begun, again, far] = Array.from({ length: 4 }, () => guesses.runner('somebody')) as Runners;
    expect(guesses.guess(load, first)).toBe(10);
    guesses.mistook(load);
    expect(guesses.guess(load, begun)).toBeUndefined();
    guesses.gave(load, 10, begun);
    expect(guesses.guess(load, again)).toBe(10);
    guesses.gives(op(Kind.fence), 0, far);
    expect(guesses.guess(load, far)).toBeUndefined();
  });

  it('is a word, whatever is written', () => {
    const guesses = new Guesses();
    guesses.told([4, 10]);
    expect(guessed(guesses, op(Kind.store, 4, 0.5), op(Kind.load, 4))).toEqual([0, 10]);
  });
});

describe('what the judge follows of memory', () => {
  const access = (kind: number, address: number, operand = 0, expected = 0) => ({ kind, address, operand, expected });

  it('is told once, and only what is otherwise than it was', () => {
    const shadow = new Shadow();
    shadow.holds(4, 10);
    shadow.made(access(Kind.store, 5, 7), 0);
    expect(shadow.news()).toEqual([4, 10, 5, 7]);
    shadow.made(access(Kind.compareAndSwap, 4, 11, 9), 10); // it failed
    shadow.made(access(Kind.swap, 5, 8), 7);
    shadow.made(access(Kind.store, 5, 7), 0);
    expect(shadow.news()).toEqual([]);
    shadow.made(access(Kind.compareAndSwap, 4, 11, 10), 10);
    shadow.made(access(Kind.fetchAdd, 5, 3), 7);
    shadow.made(access(Kind.load, 6), 1);
    expect(shadow.news()).toEqual([4, 11, 5, 10, 6, 1]);
  });

  it('has only words at addresses', () => {
    const shadow = new Shadow();
    for (const wrong of [Number.NaN, 0.5, 2 ** 32]) shadow.made(access(Kind.store, 5, wrong), 0);
    shadow.made(access(Kind.store, Number.NaN, 1), 0);
    expect(shadow.news()).toEqual([]);
  });
});
