/** The lines over the picture, from one of two accesses to the other. */
import { draw } from '#reports/html/client/dom.ts';
import type { PlacedEdge } from '#reports/html/client/edges.ts';
import { laneStyle } from '#reports/html/client/picture.ts';

/** They run this far to the left of the texts, where nothing else is drawn, and so far from each other. */
const beside = 9;
const apart = 6;
const gap = 2;

/** A point that a line begins or ends at: its place and its row's upper edge, in the picture's coordinates. */
interface End {
  readonly x: number;
  readonly y: number;
  readonly top: number;
}

/** Draws the lines anew; rows have the height of their text, so it must be called whenever the layout changes. */
export const drawLinks = (picture: HTMLElement, rows: HTMLElement, edges: readonly PlacedEdge[]): void => {
  picture.querySelector('svg.links')?.remove();
  if (edges.length === 0) return;
  const svg = draw('svg', {
    class: 'links',
    width: picture.clientWidth,
    height: picture.clientHeight,
    'aria-hidden': 'true',
  });
  // Those that matter most are drawn last, over the others.
  for (const edge of edges.toReversed()) svg.append(...linkOf(picture, rows, edge));
  picture.append(svg);
};

const linkOf = (picture: HTMLElement, rows: HTMLElement, { kind, track, ...edge }: PlacedEdge): SVGElement[] => {
  const [first, last] = [rows.children[edge.from] as HTMLElement, rows.children[edge.to] as HTMLElement];
  const target = kind === 'drain' ? `.drain[data-step="${edge.storeStep}"]` : '.own';
  const from = endAt(picture, first, '.own');
  const to = endAt(picture, last, target);
  if (!from || !to) return [];
  const strip = kind === 'unordered' ? last.querySelector('.strip')?.getBoundingClientRect() : undefined;
  const level = strip ? to.top + strip.height / 2 : to.top;
  const left = beside + track * apart;
  const path =
    kind === 'drain' || edge.fromLane === edge.toLane
      ? `M ${from.x - gap} ${from.y} H ${from.x - left} V ${to.y} H ${to.x - gap}`
      : `M ${from.x - gap} ${from.y} H ${from.x - left} V ${level} H ${to.x - left} V ${to.y} H ${to.x - gap}`;
  const tip = `M ${to.x - gap - 5} ${to.y - 5} L ${to.x - gap} ${to.y} L ${to.x - gap - 5} ${to.y + 5}`;
  const group = draw('g', { class: `link ${kind}`, style: edge.fromLane === null ? '' : laneStyle(edge.fromLane) });
  group.append(
    draw('path', { d: path, class: 'halo' }),
    draw('path', { d: path }),
    draw('path', { d: tip, class: 'tip' }),
  );
  return [group];
};

/** Where the first line of a text in a row is; texts begin where their padding ends. */
const endAt = (picture: HTMLElement, row: HTMLElement, selector: string): End | undefined => {
  const element = row.querySelector<HTMLElement>(selector);
  const text = element?.querySelector('.text, .call');
  const line = text?.getClientRects()[0];
  if (!element || !line) return undefined;
  const origin = picture.getBoundingClientRect();
  const left = element.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(element).paddingLeft);
  return {
    x: left - origin.left - picture.clientLeft,
    y: line.top + line.height / 2 - origin.top - picture.clientTop,
    top: row.getBoundingClientRect().top - origin.top - picture.clientTop,
  };
};
