/** Starts the page of what was covered. */
import { codeElement, sumOf } from '#reports/html/client/coverage/code.ts';
import { coverageWordsOf } from '#reports/html/client/coverage/coverage-words.ts';
import type {
  CoverageDocument,
  CoveredImplementation,
  CoveredOrders,
  CoveredSite,
} from '#reports/html/client/coverage/data.ts';
import { pairsElement } from '#reports/html/client/coverage/pairs.ts';
import { transitionsElement } from '#reports/html/client/coverage/transitions.ts';
import type { PageOrder } from '#reports/html/client/data.ts';
import { make } from '#reports/html/client/dom.ts';
import { ordersElement } from '#reports/html/client/orders.ts';
import { embeddedData, type Link, startPage } from '#reports/html/client/shell.ts';
import type { Words } from '#reports/html/client/words.ts';

const found = embeddedData<CoverageDocument>();

/** So many implementations are shown opened. */
const openAtMost = 3;

const outOf = (part: number, all: number): string => `${part}/${all}`;

const coverageHero = ({ implementations, code, budget, seed }: CoverageDocument, words: Words): HTMLElement => {
  const own = coverageWordsOf(words);
  const total = (of: (one: CoveredImplementation) => number): number =>
    implementations.reduce((sum, one) => sum + of(one), 0);
  const tile = (part: number, all: number, name: string): HTMLElement =>
    make('div', {}, make('dd', {}, `${words.number(part)} / ${words.number(all)}`), make('dt', {}, name));
  const lines = code && sumOf(code, 'lines');
  const branches = code && sumOf(code, 'branches');
  const seen = total(({ transitions }) => transitions.seen);
  const known = total(({ transitions }) => transitions.known);
  return make(
    'section',
    { class: `hero ${seen === known ? 'holds' : ''}` },
    make(
      'div',
      {},
      make('h2', {}, own.title),
      make(
        'dl',
        { class: 'tiles' },
        tile(seen, known, own.tiles.transitions),
        tile(
          total(({ pairs }) => pairs.both),
          total(({ pairs }) => pairs.own),
          own.tiles.pairs,
        ),
        tile(
          total(({ orders }) => orders?.needed ?? 0),
          total(({ orders }) => orders?.sites.length ?? 0),
          own.tiles.orders,
        ),
        lines && tile(lines.covered, lines.total, own.tiles.lines),
        branches && tile(branches.covered, branches.total, own.tiles.branches),
      ),
      make(
        'p',
        { class: 'small' },
        `${own.executions(total(({ executions }) => executions))}${words.comma}${own.madeBy(budget, seed)}`,
      ),
    ),
  );
};

/** An order as the page of a check shows it. Its story is told by the command that judges orders. */
const asPageOrder = ({ weakened, ...site }: CoveredSite): PageOrder => ({
  ...site,
  weakened: weakened.map(({ to, executions, claim, kind, story }) => ({
    to,
    executions,
    breaks: claim !== null && kind !== null && story !== null ? { claim, kind, size: story, story: null } : null,
  })),
});

const coveredOrdersElement = (orders: CoveredOrders | null, words: Words, link: Link): HTMLElement => {
  const own = coverageWordsOf(words);
  if (!orders) return make('p', { class: 'small' }, own.noOrders);
  if (orders.sites.length === 0 && orders.why !== undefined) {
    return make('p', { class: 'small' }, `${own.notJudged}${words.colon}${orders.why}`);
  }
  return ordersElement(orders.sites.map(asPageOrder), words, link);
};

const coveredElement = (one: CoveredImplementation, isOpen: boolean, words: Words, link: Link): HTMLElement => {
  const own = coverageWordsOf(words);
  const { subject, variant, implementation, transitions, pairs, orders, executions, unexplained } = one;
  const key = `${subject} ${variant}`;
  const tone = transitions.neverSeen.length === 0 ? 'holds' : 'gave-up';
  return make(
    'details',
    { class: 'check', 'data-key': key, open: isOpen },
    make(
      'summary',
      {},
      make('span', { class: `badge ${tone}` }, outOf(transitions.seen, transitions.known)),
      make(
        'span',
        { class: 'what' },
        make('b', {}, `${subject} · ${variant}`),
        make('small', {}, words.implementation[implementation] ?? implementation),
      ),
      make(
        'small',
        { class: 'numbers' },
        own.summary(
          outOf(transitions.seen, transitions.known),
          outOf(pairs.both, pairs.own),
          orders && outOf(orders.needed, orders.sites.length),
        ),
      ),
    ),
    make(
      'p',
      { class: 'small' },
      [own.executions(executions), unexplained > 0 && own.unexplained(unexplained)].filter(Boolean).join(words.comma),
    ),
    transitionsElement(transitions, words),
    pairsElement(pairs, key, words),
    coveredOrdersElement(orders, words, link),
  );
};

startPage({
  title: () => 'Rendezvous',
  stories: [],
  isOneStory: false,
  overview: (words, link) => [
    coverageHero(found, words),
    make(
      'section',
      { class: 'checks' },
      ...found.implementations.map((one) =>
        coveredElement(one, found.implementations.length <= openAtMost, words, link),
      ),
    ),
    ...(found.code ? [codeElement(found.code, words)] : []),
  ],
  exhibitOf: () => undefined,
});
