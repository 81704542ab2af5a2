import { scaleLinear } from 'd3-scale';
import type { DrawnHistogram, HistogramBar } from '#reports/html/client/grade/data.ts';

/** The drawing's size in its own units; the page scales it. */
const width = 640;
const height = 240;
const margin = { top: 20, bottom: 44, left: 50, right: 16 };
/** About so many bars, at round scores. */
const barsWanted = 10;
const gap = 2;

/** How many submissions have which scores, drawn. The last bar has the full marks in it. Undefined: there are no points. */
export const drawHistogram = (scores: readonly number[], maximum: number): DrawnHistogram | undefined => {
  if (maximum <= 0 || scores.length === 0) return undefined;
  const plot = { left: margin.left, top: margin.top, right: width - margin.right, bottom: height - margin.bottom };
  const across = scaleLinear([0, maximum], [plot.left, plot.right]);
  const edges = [...new Set([0, ...across.ticks(barsWanted), maximum])];
  const bins = edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1] as number;
    const isLast = i === edges.length - 2;
    return { from, to, count: scores.filter((score) => score >= from && (score < to || isLast)).length };
  });
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const upward = scaleLinear([0, most], [plot.bottom, plot.top]).nice();
  const bars = bins.map(
    ({ from, to, count }): HistogramBar => ({
      from,
      to,
      count,
      x: across(from) + gap / 2,
      y: upward(count),
      width: Math.max(1, across(to) - across(from) - gap),
      height: plot.bottom - upward(count),
    }),
  );
  const whole = upward.ticks(4).filter(Number.isInteger);
  return {
    width,
    height,
    plot,
    xTicks: edges.map((edge) => ({ at: across(edge), label: String(edge) })),
    yTicks: whole.map((count) => ({ at: upward(count), label: String(count) })),
    bars,
  };
};
