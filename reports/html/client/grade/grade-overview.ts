/** The page of one submission: its score, what was asked, and each lost point explained. */
import { make } from '#reports/html/client/dom.ts';
import type { GradePage, PageClause, PageFound, PageTest } from '#reports/html/client/grade/data.ts';
import { contradiction, gradeHero, toneOf } from '#reports/html/client/grade/grade-parts.ts';
import { gradeWordsOf, spoken } from '#reports/html/client/grade/grade-words.ts';
import type { Link } from '#reports/html/client/shell.ts';
import type { Words } from '#reports/html/client/words.ts';

/** The score at a glance. */
export const scoreElement = (page: GradePage, words: Words): HTMLElement => {
  const own = gradeWordsOf(words);
  const lost = page.tests.filter(({ score, maximum }) => score < maximum).length;
  return gradeHero(
    page.failure ? 'refuted' : toneOf(page.score, page.maximum),
    own.score(page.score, page.maximum),
    make('p', {}, make('bdi', {}, page.name), ` · ${spoken(page.assignment, words)}`),
    !page.failure && make('p', {}, (lost > 0 ? own.lostPoints(lost) : own.nothingLost) + words.stop),
    page.withheld > 0 && make('p', { class: 'small' }, own.withheld(page.withheld)),
    make('p', { class: 'small' }, own.fingerprints(...page.fingerprints)),
  );
};

/** Each line of the rubric; those with lost points are opened, where they do not say again what one before them says. */
export const testsElement = (tests: readonly PageTest[], words: Words, link: Link): HTMLElement =>
  make(
    'section',
    { class: 'checks' },
    make('h2', {}, gradeWordsOf(words).whatWasAsked),
    ...tests.map((test, i) => {
      const isSaid = test.why !== null && tests.slice(0, i).some(({ why }) => why === test.why);
      return testElement(test, test.score < test.maximum && !isSaid, words, link);
    }),
  );

const testElement = (test: PageTest, isOpen: boolean, words: Words, link: Link): HTMLElement => {
  const own = gradeWordsOf(words);
  const isLost = test.score < test.maximum;
  const verdict = test.verdict === 'gave-up' ? own.notDecided : words.verdict[test.verdict];
  const label = test.outcome ? spoken(test.outcome, words) : verdict;
  return make(
    'details',
    { class: 'check', 'data-key': test.id, open: isOpen },
    make(
      'summary',
      {},
      make('span', { class: `badge ${test.verdict}` }, label),
      make('span', { class: 'what' }, make('b', {}, test.id), make('small', {}, spoken(test.title, words))),
      make(
        'small',
        { class: 'numbers' },
        make('b', { class: isLost ? 'lost' : '' }, own.points(test.score, test.maximum)),
        make('span', { class: 'size' }, words.executions(test.executions)),
      ),
    ),
    make(
      'div',
      { class: 'told' },
      test.why !== null &&
        section(test.verdict === 'gave-up' ? own.whyUndecided : own.whatWentWrong, make('p', {}, test.why)),
      test.shown !== null && make('pre', { class: 'said', tabindex: 0 }, test.shown),
      ...(test.found ? foundElements(test.id, test.found, spoken(test.title, words), words, link) : []),
      test.hint && make('p', { class: 'hint' }, make('b', {}, own.hint), words.colon, spoken(test.hint, words)),
    ),
  );
};

const section = (title: string, ...children: readonly Node[]): HTMLElement =>
  make('section', {}, make('h3', {}, title), ...children);

const foundElements = (
  story: string,
  found: PageFound,
  title: string,
  words: Words,
  link: Link,
): readonly (HTMLElement | false)[] => {
  const own = gradeWordsOf(words);
  const { size } = found;
  const facts = [words.size(size.threads, size.calls, size.switches), found.memory, own.seed(found.seed)].join(' · ');
  return [
    section(
      `${own.whatWentWrong}${words.colon}${words.kind[found.kind]}`,
      contradiction(found.expected, found.observed, words),
    ),
    found.clause !== null && clauseElement(found.clause, words),
    section(own.smallest, make('p', { class: 'small' }, facts), make('p', {}, link(story, title))),
    found.replay !== null &&
      make('p', { class: 'replay' }, words.replayWith, words.colon, make('code', {}, found.replay)),
  ];
};

const clauseElement = ({ call, file, text, source }: PageClause, words: Words): HTMLElement => {
  const own = gradeWordsOf(words);
  const of = call === null ? [] : [words.language === 'zh' ? own.of : ` ${own.of} `, make('code', {}, call)];
  return make(
    'section',
    {},
    make('h3', {}, own.clause, ...of),
    make(
      'blockquote',
      { lang: 'en' },
      ...text.split('\n\n').map((paragraph) => make('p', {}, ...withCode(paragraph))),
      make(
        'footer',
        { class: 'small' },
        make('code', {}, file),
        source !== null && ` · ${own.source}${words.colon}`,
        ...withCode(source ?? ''),
      ),
    ),
  );
};

/** Text, with what stands between backticks as code. */
const withCode = (text: string): readonly (Node | string)[] =>
  text.split(/`([^`]+)`/).map((piece, i) => (i % 2 === 1 ? make('code', {}, piece) : piece));
