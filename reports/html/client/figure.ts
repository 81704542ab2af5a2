/** A figure of a subject: curves between axes, each with its name at its end. */
import type { DrawnFigure } from '#reports/html/client/data.ts';
import { draw, make } from '#reports/html/client/dom.ts';

/** The colours of curves repeat after this many; names tell them apart in any case. */
const curveColours = 6;

/** A text in a drawing. */
export const svgText = (content: string, attributes: Readonly<Record<string, string | number>>): SVGElement => {
  const element = draw('text', attributes);
  element.append(content);
  return element;
};

/** A figure with its title and what it rests on. */
export const figureElement = (figure: DrawnFigure): HTMLElement =>
  make(
    'figure',
    { class: 'figure' },
    make('figcaption', {}, make('b', {}, figure.title), make('p', { class: 'small' }, figure.note)),
    figureDrawing(figure),
  );

const figureDrawing = ({ title, width, height, plot, x, y, curves }: DrawnFigure): SVGElement => {
  const { left, top, right, bottom } = plot;
  const label = `${title}. ${x.label}; ${y.label}. ${curves.map(({ name }) => name).join(', ')}.`;
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  for (const { at, label: said } of x.ticks) {
    svg.append(draw('path', { class: 'grid', d: `M${at} ${top} V${bottom}` }));
    svg.append(svgText(said, { x: at, y: bottom + 16, 'text-anchor': 'middle' }));
  }
  for (const { at, label: said } of y.ticks) {
    svg.append(draw('path', { class: 'grid', d: `M${left} ${at} H${right}` }));
    svg.append(svgText(said, { x: left - 6, y: at + 4, 'text-anchor': 'end' }));
  }
  svg.append(svgText(x.label, { class: 'axis', x: (left + right) / 2, y: height - 6, 'text-anchor': 'middle' }));
  const middle = (top + bottom) / 2;
  svg.append(
    svgText(y.label, {
      class: 'axis',
      x: 14,
      y: middle,
      'text-anchor': 'middle',
      transform: `rotate(-90 14 ${middle})`,
    }),
  );
  for (const [i, { name, path, nameAt }] of curves.entries()) {
    const style = `--colour:var(--thread-${i % curveColours})`;
    svg.append(draw('path', { class: 'curve', d: path, style }));
    svg.append(svgText(name, { class: 'name', x: right + 8, y: nameAt + 4, style }));
  }
  return svg;
};
