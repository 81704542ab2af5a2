/** How many submissions have which scores, as bars. */
import { draw, make } from '#reports/html/client/dom.ts';
import { svgText } from '#reports/html/client/figure.ts';
import type { DrawnHistogram } from '#reports/html/client/grade/data.ts';
import { gradeWordsOf } from '#reports/html/client/grade/grade-words.ts';
import type { Words } from '#reports/html/client/words.ts';

/** The distribution, with its title. */
export const histogramElement = (histogram: DrawnHistogram, words: Words): HTMLElement =>
  make(
    'figure',
    { class: 'figure histogram' },
    make('figcaption', {}, make('h2', {}, gradeWordsOf(words).distribution)),
    histogramDrawing(histogram, words),
  );

const histogramDrawing = ({ width, height, plot, xTicks, yTicks, bars }: DrawnHistogram, words: Words): SVGElement => {
  const own = gradeWordsOf(words);
  const { left, top, right, bottom } = plot;
  const said = bars.filter(({ count }) => count > 0).map(({ count, from, to }) => own.barOf(count, from, to));
  const label = `${own.distribution}${words.colon}${said.join('; ')}`;
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  for (const { at, label: tick } of yTicks) {
    svg.append(draw('path', { class: 'grid', d: `M${left} ${at} H${right}` }));
    svg.append(svgText(tick, { x: left - 6, y: at + 4, 'text-anchor': 'end' }));
  }
  for (const { count, from, to, ...place } of bars) {
    const bar = draw('rect', { class: 'bar-of-scores', ...place });
    const title = draw('title', {});
    title.append(own.barOf(count, from, to));
    bar.append(title);
    svg.append(bar);
    if (count > 0) {
      svg.append(svgText(String(count), { x: place.x + place.width / 2, y: place.y - 4, 'text-anchor': 'middle' }));
    }
  }
  for (const { at, label: tick } of xTicks)
    svg.append(svgText(tick, { x: at, y: bottom + 16, 'text-anchor': 'middle' }));
  const middle = (top + bottom) / 2;
  svg.append(
    svgText(own.pointsAxis, { class: 'axis', x: (left + right) / 2, y: height - 6, 'text-anchor': 'middle' }),
    svgText(own.submissionsAxis, {
      class: 'axis',
      x: 14,
      y: middle,
      'text-anchor': 'middle',
      transform: `rotate(-90 14 ${middle})`,
    }),
  );
  return svg;
};
