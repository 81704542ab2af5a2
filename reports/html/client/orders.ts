/** The orders of an implementation: for each place in its code that orders, what breaks when it is made weaker. */
import type { PageOrder, PageWeakened } from '#reports/html/client/data.ts';
import { type Child, make } from '#reports/html/client/dom.ts';
import type { Words } from '#reports/html/client/words.ts';

type Link = (story: string, what: string) => HTMLElement;

/** All of them, a row for each weaker order that was tried. */
export const ordersElement = (orders: readonly PageOrder[], words: Words, link: Link): HTMLElement => {
  const { site, order, partner, weakenedTo, whatBreaks } = words.ordersTable;
  const needed = orders.filter(isNeeded).length;
  return make(
    'section',
    { class: 'orders' },
    make('h3', {}, words.ordersNeeded(needed, orders.length)),
    make('p', { class: 'small' }, words.ordersMeaning),
    make(
      'table',
      {},
      make(
        'thead',
        {},
        make('tr', {}, ...[site, order, partner, weakenedTo, whatBreaks].map((name) => headCell(name))),
      ),
      ...orders.map((one) => make('tbody', {}, ...rowsOfOrder(one, words, link))),
    ),
  );
};

const isNeeded = ({ weakened }: PageOrder): boolean =>
  weakened.length > 0 && weakened.every(({ breaks }) => breaks !== null);

const headCell = (name: string): HTMLElement => make('th', { scope: 'col' }, name);

const rowsOfOrder = (one: PageOrder, words: Words, link: Link): HTMLElement[] => {
  const { weakened } = one;
  const tried = weakened.length > 0 ? weakened : [null];
  const { site, order, partner, weakenedTo, whatBreaks } = words.ordersTable;
  const cell = (name: string, rows: number, ...children: readonly Child[]): HTMLElement =>
    make('td', { 'data-name': name, rowspan: rows > 1 && rows }, make('span', {}, ...children));
  const head = [
    cell(site, tried.length, one.site === null ? words.noSite(one.word) : make('code', {}, one.site)),
    cell(order, tried.length, make('code', {}, one.order)),
    cell(partner, tried.length, ...one.partners.flatMap((name, i) => [i > 0 && words.comma, make('code', {}, name)])),
  ];
  return tried.map((weaker, i) =>
    make(
      'tr',
      {},
      ...(i === 0 ? head : []),
      cell(weakenedTo, 1, weaker && (weaker.to === 'none' ? words.leftOut : make('code', {}, weaker.to))),
      cell(whatBreaks, 1, ...(weaker ? outcomeOf(one, weaker, words, link) : [signOfOrder(false), words.notWeakened])),
    ),
  );
};

const outcomeOf = (one: PageOrder, { to, breaks }: PageWeakened, words: Words, link: Link): readonly Child[] => {
  if (!breaks) return [signOfOrder(false), words.nothingBreaks];
  const { kind, size, claim, story } = breaks;
  return [
    signOfOrder(true),
    `${words.kind[kind]}${words.comma}${words.size(size.threads, size.calls, size.switches)} `,
    story !== null && link(story, `${one.site}${words.colon}${to === 'none' ? words.leftOut : to}`),
    make('small', {}, claim),
  ];
};

const signOfOrder = (isGood: boolean): HTMLElement =>
  make('b', { class: isGood ? 'good' : 'doubtful', 'aria-hidden': 'true' }, isGood ? '✓ ' : '? ');
