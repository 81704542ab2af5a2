import { describe, expect, it } from 'vitest';
import type { Figure } from '#model/figure.ts';
import { drawFigure } from '#reports/html/figure.ts';

const figure = (more: Partial<Figure> = {}): Figure => ({
  title: 'a figure',
  note: 'made up',
  x: { label: 'cores', scale: 'linear' },
  y: { label: 'bytes', scale: 'logarithmic' },
  curves: [
    {
      name: 'one',
      points: [
        [1, 10],
        [2, 100],
        [4, 1000],
      ],
    },
    {
      name: 'other',
      points: [
        [1, 1000],
        [4, 990],
      ],
    },
  ],
  ...more,
});

/** The places that a path goes through. */
const placesOf = (path: string): number[][] =>
  path
    .split(/ ?[ML]/)
    .filter(Boolean)
    .map((place) => place.split(' ').map(Number));

describe('a figure', () => {
  it('has each curve within the plot, from left to right, and higher where the value is higher', () => {
    const { plot, curves } = drawFigure(figure());
    const [one] = curves.map(({ path }) => placesOf(path));
    expect(one).toHaveLength(3);
    for (const [x, y] of one as number[][]) {
      expect(x).toBeGreaterThanOrEqual(plot.left);
      expect(x).toBeLessThanOrEqual(plot.right);
      expect(y).toBeGreaterThanOrEqual(plot.top);
      expect(y).toBeLessThanOrEqual(plot.bottom);
    }
    const [first, second, third] = one as [number[], number[], number[]];
    expect(first[0]).toBeLessThan(second[0] as number);
    // On a logarithmic axis each factor of ten is as far as the next.
    expect((first[1] as number) - (second[1] as number)).toBeCloseTo((second[1] as number) - (third[1] as number), 0);
  });

  it('has ticks with round labels, at the places of their values', () => {
    const { x, y } = drawFigure(figure());
    expect(y.ticks.map(({ label }) => label)).toEqual(expect.arrayContaining(['10', '100']));
    expect(x.ticks.length).toBeGreaterThan(2);
    expect(x.ticks.map(({ at }) => at)).toEqual(x.ticks.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('keeps the names of curves apart that end at one place', () => {
    const { curves } = drawFigure(figure());
    const [one, other] = curves.map(({ nameAt }) => nameAt);
    expect(Math.abs((one as number) - (other as number))).toBeGreaterThanOrEqual(15);
  });

  it('leaves a curve out that has no point', () => {
    const empty = { name: 'empty', points: [] };
    const drawn = drawFigure(figure({ curves: [...figure().curves, empty] }));
    expect(drawn.curves.map(({ name }) => name)).toEqual(['one', 'other']);
  });
});
