/** The page of a class: what fails most, which mistakes are the same, and where each submission's own page is. */
import { make } from '#reports/html/client/dom.ts';
import type { ClassPage, PageItem, PageMistake, PageSubmission } from '#reports/html/client/grade/data.ts';
import { contradiction, gradeHero, toneOf } from '#reports/html/client/grade/grade-parts.ts';
import { gradeWordsOf, spoken } from '#reports/html/client/grade/grade-words.ts';
import type { Link } from '#reports/html/client/shell.ts';
import type { Words } from '#reports/html/client/words.ts';

/** The class at a glance. */
export const classHero = (page: ClassPage, words: Words): HTMLElement => {
  const own = gradeWordsOf(words);
  const { submissions, maximum } = page;
  const scores = submissions.map(({ score }) => score).sort((a, b) => a - b);
  const middle = scores.slice((scores.length - 1) >> 1, (scores.length >> 1) + 1);
  const median = middle.reduce((sum, score) => sum + score, 0) / Math.max(1, middle.length);
  const full = submissions.filter(({ score, failure }) => !failure && score >= maximum).length;
  const failed = submissions.filter(({ failure }) => failure).length;
  return gradeHero(
    toneOf(median, maximum),
    `${own.submissions(submissions.length)}${words.comma}${own.median(median, maximum)}`,
    make(
      'p',
      {},
      [own.fullMarks(full), failed > 0 && own.notJudged(failed)].filter(Boolean).join(words.comma) + words.stop,
    ),
  );
};

/** Each line of the rubric by how many lost it, the most first. */
export const itemsElement = (items: readonly PageItem[], words: Words): HTMLElement => {
  const own = gradeWordsOf(words);
  const share = (part: number, { asked }: PageItem): string => `${((100 * part) / Math.max(1, asked)).toFixed(1)}%`;
  const head = (text: string, kind = ''): HTMLElement => make('th', { scope: 'col', class: kind }, text);
  return make(
    'section',
    {},
    make('h2', {}, own.whichFail),
    make(
      'table',
      { class: 'items' },
      make('thead', {}, make('tr', {}, head(own.item), head(own.lost, 'amount'), head(own.undecided, 'amount'))),
      make(
        'tbody',
        {},
        ...items.map((item) =>
          make(
            'tr',
            {},
            make(
              'td',
              {},
              make('b', {}, item.id),
              make('small', {}, spoken(item.title, words)),
              make(
                'span',
                { class: 'share', 'aria-hidden': 'true' },
                make('i', { class: 'lost', style: `width:${share(item.lost, item)}` }),
                make('i', { class: 'undecided', style: `width:${share(item.undecided, item)}` }),
              ),
            ),
            make('td', { class: 'amount' }, `${item.lost} / ${item.asked}`),
            make('td', { class: 'amount' }, item.undecided),
          ),
        ),
      ),
    ),
  );
};

/** Lost points that look like one mistake, the most frequent first. */
export const mistakesElement = (page: ClassPage, words: Words, link: Link): HTMLElement => {
  const own = gradeWordsOf(words);
  return make(
    'section',
    { class: 'checks' },
    make('h2', {}, own.mistakes),
    make('p', { class: 'small' }, page.mistakes.length > 0 ? own.mistakesMeaning : own.noMistakes),
    ...page.mistakes.map((mistake) => mistakeElement(mistake, page, words, link)),
  );
};

const mistakeElement = (mistake: PageMistake, { submissions }: ClassPage, words: Words, link: Link): HTMLElement => {
  const own = gradeWordsOf(words);
  const title = `${mistake.id}${words.colon}${spoken(mistake.title, words)}`;
  return make(
    'details',
    { class: 'check mistake', 'data-key': mistake.story, open: mistake.submissions.length > 1 },
    make(
      'summary',
      {},
      make('span', { class: 'badge refuted' }, words.kind[mistake.kind]),
      make('span', { class: 'what' }, make('b', {}, title)),
      make('small', { class: 'numbers' }, own.submissions(mistake.submissions.length)),
    ),
    make(
      'div',
      { class: 'told' },
      contradiction(mistake.expected, mistake.observed, words),
      make('p', {}, `${own.example}${words.colon}`, link(mistake.story, title)),
      make(
        'ul',
        { class: 'names' },
        ...mistake.submissions.map((place) => make('li', {}, nameElement(submissions[place] as PageSubmission))),
      ),
    ),
  );
};

/** The submission's name, as a link to its page if it has one. */
const nameElement = ({ name, page }: PageSubmission): HTMLElement =>
  page === null ? make('bdi', {}, name) : make('a', { href: page }, make('bdi', {}, name));

/** All submissions with their scores; those that could not be judged first, with the reason. */
export const submissionsElement = ({ submissions }: ClassPage, words: Words): HTMLElement => {
  const own = gradeWordsOf(words);
  const failed = submissions.filter(({ failure }) => failure);
  const rows = submissions.map((submission) =>
    make(
      'tr',
      {},
      make(
        'td',
        {},
        nameElement(submission),
        submission.failure && make('small', {}, spoken(submission.failure.reason, words)),
      ),
      make('td', { class: 'amount' }, own.points(submission.score, submission.maximum)),
    ),
  );
  return make(
    'section',
    {},
    failed.length > 0 && make('h2', {}, own.couldNotBeJudged),
    failed.length > 0 &&
      make(
        'ul',
        { class: 'failed' },
        ...failed.map((submission) =>
          make(
            'li',
            {},
            nameElement(submission),
            submission.failure && `${words.colon}${spoken(submission.failure.reason, words)}`,
            make('pre', { class: 'said', tabindex: 0 }, submission.failure?.why),
          ),
        ),
      ),
    make('h2', {}, own.allSubmissions),
    make(
      'table',
      { class: 'items' },
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          make('th', { scope: 'col' }, own.name),
          make('th', { scope: 'col', class: 'amount' }, own.scoreColumn),
        ),
      ),
      make('tbody', {}, ...rows),
    ),
  );
};
