import { scaleLinear, scaleLog } from 'd3-scale';
import type { Axis, Curve, Figure } from '#model/figure.ts';
import type { DrawnFigure, Tick } from '#reports/html/client/data.ts';

/** The drawing's size in its own units; the page scales it. */
const width = 640;
const height = 360;
const margin = { top: 12, bottom: 44, left: 62 };
/** The names of the curves stand to the right of the plot; a letter is at most about so wide. */
const letterWidth = 7.5;
const ticksWanted = 6;
/** Names at the ends of curves keep this distance. */
const lineHeight = 15;

/** A place along an axis, for a value. */
interface Scale {
  (value: number): number;
  ticks(count: number): number[];
  tickFormat(count: number): (value: number) => string;
}

const scaleOf = ({ scale }: Axis, values: readonly number[], range: readonly [number, number]): Scale => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (scale === 'logarithmic') return scaleLog([least, most], range).nice();
  return scaleLinear([Math.min(0, least), most], range).nice();
};

const ticksOf = (scale: Scale): Tick[] => {
  const format = scale.tickFormat(ticksWanted);
  return scale.ticks(ticksWanted).flatMap((value) => {
    const label = format(value);
    return label === '' ? [] : [{ at: scale(value), label }]; // of a logarithmic axis only some have a label
  });
};

const pathOf = ({ points }: Curve, x: Scale, y: Scale): string =>
  points.map(([at, value], i) => `${i === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join(' ');

/** Moves places apart that are too close to each other, downward, in their order. */
const spread = (places: readonly number[]): number[] => {
  const moved = [...places];
  const order = places.map((_, i) => i).sort((a, b) => (places[a] as number) - (places[b] as number));
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    last = Math.max(places[i] as number, last + lineHeight);
    moved[i] = last;
  }
  return moved;
};

/** A figure as it is drawn: ticks, paths, and where the name of each curve stands. */
export const drawFigure = ({ title, note, x, y, curves }: Figure): DrawnFigure => {
  const drawn = curves.filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((curve) => curve.points);
  const right = width - 16 - letterWidth * Math.max(...drawn.map(({ name }) => name.length));
  const bottom = height - margin.bottom;
  const across = scaleOf(
    x,
    points.map(([at]) => at),
    [margin.left, right],
  );
  const upward = scaleOf(
    y,
    points.map(([, value]) => value),
    [bottom, margin.top],
  );
  const ends = spread(drawn.map((curve) => upward(curve.points.at(-1)?.[1] as number)));
  return {
    title,
    note,
    width,
    height,
    plot: { left: margin.left, top: margin.top, right, bottom },
    x: { label: x.label, ticks: ticksOf(across) },
    y: { label: y.label, ticks: ticksOf(upward) },
    curves: drawn.map((curve, i) => ({
      name: curve.name,
      path: pathOf(curve, across, upward),
      nameAt: ends[i] as number,
    })),
  };
};
