import { describe, expect, it } from 'vitest';
import { randomFrom } from '#model/engine/explore/random.ts';
import { Exploration, estimateLeft, explore } from '#model/engine/graph/explore.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';
import { divided, type Rest } from '#model/engine/graph/trail.ts';
import * as locks from '#properties/graph/named-locks.ts';
import * as straight from '#properties/graph/named-straight.ts';

/** What is guessed once so many were found: all of them. */
const guess = (program: GraphProgram, found: number, seed = 1): number | null => {
  const exploration = new Exploration(program, 'rc11');
  exploration.run(found);
  const { rest } = exploration;
  const left = estimateLeft(program, 'rc11', {}, rest === null ? [] : [rest], randomFrom(seed));
  return left === null ? null : found + left;
};

const sizeOf = (program: GraphProgram): number => {
  const { executions, blocked } = explore(program, 'rc11');
  return executions + blocked;
};

describe('how much is left of an exploration', () => {
  it('is known exactly where each choice leaves as many others', () => {
    expect([1, 100, 4_000].map((found) => guess(straight.readers(12), found))).toEqual([4_096, 4_096, 4_096]);
    expect(guess(straight.coA(4), 10)).toBe(2_304);
  });

  it('is nothing where nothing is left', () => {
    expect(estimateLeft(straight.readers(3), 'rc11', {}, [], randomFrom(1))).toBe(0);
  });

  it.each([straight.casw(4), straight.big0, straight.increments('ainc', 1)(5), locks.mcsLock(3)])(
    'is right in the mean of many guesses: $name',
    (program) => {
      const size = sizeOf(program);
      const found = Math.floor(size / 10);
      const guesses = Array.from({ length: 12 }, (_, seed) => guess(program, found, seed) as number);
      const mean = guesses.reduce((sum, one) => sum + one, 0) / guesses.length;
      expect(mean / size).toBeGreaterThan(0.8);
      expect(mean / size).toBeLessThan(1.25);
    },
  );

  it('is better known when less is left', () => {
    const size = sizeOf(straight.big0);
    for (const seed of [1, 2, 3, 4, 5]) {
      const late = guess(straight.big0, Math.floor(size * 0.9), seed) as number;
      expect(Math.abs(late / size - 1)).toBeLessThan(0.03);
    }
  });

  it('is the same for the same seed', () => {
    expect(guess(straight.casw(4), 100, 3)).toBe(guess(straight.casw(4), 100, 3));
    expect(guess(straight.casw(4), 100, 3)).not.toBe(guess(straight.casw(4), 100, 4));
  });

  it('is the sum of what is left in the pieces', () => {
    const exploration = new Exploration(straight.readers(8), 'rc11');
    exploration.run(77);
    const pieces = divided(exploration.rest as Rest);
    expect(pieces.length).toBeGreaterThan(3);
    expect(estimateLeft(straight.readers(8), 'rc11', {}, pieces, randomFrom(1))).toBe(256 - 77);
  });

  it('is not known where to find out would take too long', () => {
    expect(guess(straight.parLength(2_000), 1)).toBeNull();
  });
});
