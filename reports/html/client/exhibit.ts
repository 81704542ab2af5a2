/** The museum: a list of known bugs, what each is, what found it, and what was changed to make it. */
import type { Exhibit } from '#reports/html/client/data.ts';
import { diffLines } from '#reports/html/client/diff.ts';
import { make } from '#reports/html/client/dom.ts';
import type { Words } from '#reports/html/client/words.ts';

/** All exhibits, by subject. Those that nothing killed come first, since they need looking at. */
export const museumElement = (
  museum: readonly Exhibit[],
  words: Words,
  link: (story: string, what: string) => HTMLElement,
): HTMLElement => {
  const alive = museum.filter(({ verdict }) => verdict !== 'refuted');
  const killed = Map.groupBy(
    museum.filter(({ verdict }) => verdict === 'refuted'),
    ({ subject }) => subject,
  );
  const group = (title: string, exhibits: readonly Exhibit[]): HTMLElement =>
    make('section', {}, make('h3', {}, title), ...exhibits.map((one) => exhibitElement(one, words, link)));
  return make(
    'section',
    { class: 'museum', id: 'museum' },
    make('h2', {}, words.museum),
    make('p', { class: 'small' }, words.museumIntro),
    alive.length > 0 && group(words.survivors, alive),
    ...[...killed].map(([subject, exhibits]) => group(subject, exhibits)),
  );
};

const exhibitElement = (
  exhibit: Exhibit,
  words: Words,
  link: (story: string, what: string) => HTMLElement,
): HTMLElement => {
  const isKilled = exhibit.verdict === 'refuted';
  const { size } = exhibit;
  const label = exhibit.verdict === 'refuted' ? words.verdict.killed : words.verdict[exhibit.verdict];
  const fact = (name: string, ...value: (Node | string)[]): HTMLElement =>
    make('div', {}, make('dt', {}, name), make('dd', {}, ...value));
  return make(
    'details',
    { class: 'exhibit', 'data-key': exhibit.id, open: !isKilled },
    make(
      'summary',
      {},
      make('span', { class: `badge ${isKilled ? 'holds' : exhibit.verdict}` }, label),
      make(
        'span',
        { class: 'what' },
        make('b', {}, exhibit.title),
        make('small', {}, `${isKilled ? words.killedBy : words.triedOn}${words.colon}${exhibit.sentence}`),
      ),
      make(
        'small',
        { class: 'numbers' },
        words.executions(exhibit.executions),
        size && make('span', { class: 'size' }, words.size(size.threads, size.calls, size.switches)),
      ),
    ),
    make('p', {}, exhibit.text),
    exhibit.why !== null && make('p', { class: 'why' }, exhibit.why),
    exhibit.story !== null && make('p', {}, link(exhibit.story, exhibit.title)),
    make(
      'dl',
      { class: 'facts' },
      fact(isKilled ? words.killedBy : words.triedOn, exhibit.sentence, ' ', make('code', {}, exhibit.claim)),
      fact(words.foundAfter, words.executions(exhibit.executions)),
      size && fact(words.storySize, words.size(size.threads, size.calls, size.switches)),
      fact(words.origin, exhibit.origin),
      exhibit.memory !== null && fact(words.under, words.memory[exhibit.memory].name),
      exhibit.bug !== null && fact(words.retells, make('code', {}, exhibit.bug)),
      fact(words.subject, `${exhibit.subject} · ${exhibit.variant}`),
    ),
    make('h4', {}, words.whatWasChanged),
    ...exhibit.edits.map((edit) => diffElement(edit, words)),
  );
};

/** An edit as removed and added lines. */
export const diffElement = ({ file, from, to }: Exhibit['edits'][number], words: Words): HTMLElement =>
  make(
    'figure',
    { class: 'diff' },
    make('figcaption', {}, make('code', {}, file)),
    make(
      'pre',
      { tabindex: 0 },
      ...diffLines(from, to).map(({ sign, text }) =>
        make(
          'span',
          { class: sign === '-' ? 'removed' : sign === '+' ? 'added' : 'kept' },
          sign !== ' ' &&
            make('span', { class: 'visually-hidden' }, sign === '-' ? words.removedLine : words.addedLine),
          `${sign} ${text}\n`,
        ),
      ),
    ),
  );
