/** The pairs of places that touch the same word, and in which orders they were met. */
import { type CoverageWords, coverageWordsOf } from '#reports/html/client/coverage/coverage-words.ts';
import type { CoveredPairs } from '#reports/html/client/coverage/data.ts';
import { make } from '#reports/html/client/dom.ts';
import type { Words } from '#reports/html/client/words.ts';

type PairRow = CoveredPairs['all'][number];

/** The implementation's own; the kernel's can be opened, as `key` says. */
export const pairsElement = ({ both, own: count, all }: CoveredPairs, key: string, words: Words): HTMLElement => {
  const own = coverageWordsOf(words);
  const mine = all.filter(({ isOwn }) => isOwn);
  const kernel = all.filter(({ isOwn }) => !isOwn);
  const kernelBoth = kernel.filter(({ orders }) => orders === 'both').length;
  return make(
    'section',
    { class: 'covered' },
    make('h3', {}, own.pairs(both, count)),
    make('p', { class: 'small' }, own.pairsMeaning),
    mine.length > 0 ? pairTable(mine, own, words) : make('p', {}, own.noPairs),
    kernel.length > 0 &&
      make(
        'details',
        { class: 'scenarios', 'data-key': `${key} kernel` },
        make('summary', {}, own.kernelPairs(kernelBoth, kernel.length)),
        pairTable(kernel, own, words),
      ),
  );
};

const pairTable = (pairs: readonly PairRow[], own: CoverageWords, words: Words): HTMLElement =>
  make(
    'table',
    { class: 'pairs' },
    make('thead', {}, make('tr', {}, ...[own.order, '', own.times].map((name) => make('th', { scope: 'col' }, name)))),
    make(
      'tbody',
      {},
      ...pairs.map(({ first, second, before, after, orders }) =>
        make(
          'tr',
          {},
          make('td', {}, make('code', {}, first), ' → ', make('code', {}, second)),
          make(
            'td',
            { class: orders === 'both' ? 'good' : 'soft' },
            make('span', { 'aria-hidden': 'true' }, orders === 'both' ? '⇄ ' : '→ '),
            orders === 'both' ? own.bothOrders : own.oneOrder,
          ),
          make(
            'td',
            { class: 'numbers' },
            orders === 'both' ? `${words.number(before)} / ${words.number(after)}` : words.number(before),
          ),
        ),
      ),
    ),
  );
