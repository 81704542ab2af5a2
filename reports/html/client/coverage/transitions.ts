/** The transitions of a spec: a row for each call, in it each outcome with how often it was seen, or that it never was. */
import { type CoverageWords, coverageWordsOf } from '#reports/html/client/coverage/coverage-words.ts';
import type { CoveredTransitions } from '#reports/html/client/coverage/data.ts';
import { make } from '#reports/html/client/dom.ts';
import type { Words } from '#reports/html/client/words.ts';

export const transitionsElement = ({ seen, known, space, all }: CoveredTransitions, words: Words): HTMLElement => {
  const own = coverageWordsOf(words);
  const calls = [...new Set(all.map(({ call }) => call))];
  return make(
    'section',
    { class: 'covered' },
    make('h3', {}, own.transitions(seen, known)),
    make('p', { class: 'small' }, own.transitionsMeaning(space.states, space.systems, space.isComplete)),
    make(
      'dl',
      { class: 'transitions' },
      ...calls.map((call) =>
        make(
          'div',
          {},
          make('dt', {}, make('code', {}, call)),
          make('dd', {}, ...all.filter((one) => one.call === call).map((one) => outcomeChip(one, own, words))),
        ),
      ),
    ),
  );
};

const outcomeChip = (
  { outcome, seen, states }: CoveredTransitions['all'][number],
  own: CoverageWords,
  words: Words,
): HTMLElement =>
  make(
    'span',
    { class: `outcome-chip ${seen > 0 ? 'seen' : 'never'}`, title: own.statesOpen(states) },
    make('b', {}, outcome),
    ' ',
    make('small', {}, seen > 0 ? words.number(seen) : own.neverSeen),
  );
