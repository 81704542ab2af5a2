/** The dotted arrow from the first of the two accesses that matter to the second, over the picture. */
import { draw } from '#reports/html/client/dom.ts';

/** It runs this far to the left of the texts, where nothing else is drawn. */
const beside = 9;
const gap = 2;

/** Draws the arrow anew; rows have the height of their text, so it must be called whenever the layout changes. */
export const drawLink = (picture: HTMLElement, before: HTMLElement, after: HTMLElement): void => {
  picture.querySelector('svg.link')?.remove();
  const from = markOf(before, picture);
  const to = markOf(after, picture);
  if (!from || !to) return;
  const path = [
    `M ${from.x - gap} ${from.y} H ${from.x - beside} V ${to.top}`,
    `H ${to.x - beside} V ${to.y} H ${to.x - gap}`,
  ].join(' ');
  const tip = `M ${to.x - gap - 5} ${to.y - 5} L ${to.x - gap} ${to.y} L ${to.x - gap - 5} ${to.y + 5}`;
  const svg = draw('svg', {
    class: 'link',
    width: picture.clientWidth,
    height: picture.clientHeight,
    'aria-hidden': 'true',
  });
  svg.append(
    draw('path', { d: path, class: 'halo' }),
    draw('path', { d: path }),
    draw('path', { d: tip, class: 'tip' }),
  );
  picture.append(svg);
};

/** The left end of a marked row's text, the middle of the mark, and the row's upper edge, in the picture's coordinates. */
const markOf = (row: HTMLElement, picture: HTMLElement): { x: number; y: number; top: number } | undefined => {
  const mark = row.querySelector('.mark')?.getBoundingClientRect();
  const cell = row.querySelector('.cell.own');
  if (!mark || !cell) return undefined;
  const left = cell.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(cell).paddingLeft);
  const origin = picture.getBoundingClientRect();
  return {
    x: left - origin.left - picture.clientLeft,
    y: mark.top + mark.height / 2 - origin.top - picture.clientTop,
    top: row.getBoundingClientRect().top - origin.top - picture.clientTop,
  };
};
