/** A story as it is shown: what went wrong, the picture, the panel, and the keys that step through it. */
import type { Exhibit, PageStory } from '#reports/html/client/data.ts';
import { button, make } from '#reports/html/client/dom.ts';
import { edgesOf, placeEdges } from '#reports/html/client/edges.ts';
import { diffElement } from '#reports/html/client/exhibit.ts';
import { lanesOf } from '#reports/html/client/lanes.ts';
import { drawLinks } from '#reports/html/client/link.ts';
import { showInPanel } from '#reports/html/client/panel.ts';
import { laneHeads, laneStyle, rowElement, timerSign } from '#reports/html/client/picture.ts';
import { lastStepOf, type Row, rowAt, rowsOf } from '#reports/html/client/rows.ts';
import { memoryElement, sign } from '#reports/html/client/weak.ts';
import type { Words } from '#reports/html/client/words.ts';

/** A lane side by side with others needs this much, else its texts go to the right of all bars. */
const laneWidth = 170;
const widthBesidesLanes = 240;

const manyRows = 500;

/** What the view needs to know and tell. */
export interface StoryViewOptions {
  readonly words: Words;
  /** The mutant whose story it is, if it is one's. */
  readonly exhibit: Exhibit | undefined;
  readonly step: number;
  /** The reader has come to a step. */
  onStep(step: number): void;
}

/** A story's view, and what a key does in it. */
export interface StoryView {
  readonly element: HTMLElement;
  /** Called once it is in the document. */
  start(): void;
  /** True if the key meant something here. */
  onKey(key: string): boolean;
  stop(): void;
}

/** Makes the view of a story. */
export const storyView = ({ story, replay }: PageStory, options: StoryViewOptions): StoryView => {
  const { words, exhibit, onStep } = options;
  const lanes = lanesOf(story);
  const folds = new Set<number>();
  let every = false;
  let rows: readonly Row[] = [];
  let selected = 0;
  let step = options.step;

  const list = make('div', {
    class: 'rows',
    role: 'listbox',
    tabindex: 0,
    'aria-label': words.pictureLabel(lanes.length, story.steps.length),
  });
  const picture = make(
    'div',
    { class: 'picture', style: `--n:${lanes.length};--digits:${String(story.steps.length).length}` },
    laneHeads(lanes, words),
    list,
  );
  const panel = make('div', { class: 'panel' });
  const position = make('output', { class: 'position' });

  const link = (): void => {
    const edges = edgesOf(story, rows).filter(({ kind }) => kind !== 'drain' || rows.length <= manyRows);
    const placed = placeEdges(edges, picture.dataset['layout'] === 'narrow');
    picture.style.setProperty('--tracks', String(Math.max(1, ...placed.map(({ track }) => track + 1))));
    drawLinks(picture, list, placed);
  };
  const select = (index: number, scroll = true): void => {
    list.querySelector('[aria-selected]')?.removeAttribute('aria-selected');
    selected = Math.max(0, Math.min(index, rows.length - 1));
    const row = rows[selected] as Row;
    step = row.to;
    const element = list.children[selected] as HTMLElement;
    element.setAttribute('aria-selected', 'true');
    list.setAttribute('aria-activedescendant', element.id);
    position.textContent = `${row.to} / ${story.steps.length}`;
    showInPanel(panel, story, row, words, unfold);
    if (scroll) element.scrollIntoView({ block: 'nearest' }); // the page is as high as it will be only now
    onStep(step);
  };
  const redraw = (at: number, scroll: boolean): void => {
    rows = rowsOf(story, { every, folds });
    list.classList.toggle('many', rows.length > manyRows);
    list.replaceChildren(...rows.map((row, index) => rowElement(story, row, index, words)));
    link(); // it may change the heights of rows, so it comes before scrolling
    select(rowAt(rows, at), scroll);
  };
  const unfold = (): void => {
    const row = rows[selected] as Row;
    if (row.steps.length < 2) return;
    folds.add(row.from);
    redraw(row.from, true);
    list.focus({ preventScroll: true });
  };
  list.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('.row');
    if (row) select(Number(row.dataset['index']));
  });
  list.addEventListener('dblclick', unfold);

  const everyStep = make('input', { type: 'checkbox' });
  everyStep.addEventListener('change', () => {
    every = everyStep.checked;
    redraw(step, true);
  });
  const goTo = (target: number): void => select(rowAt(rows, target));
  const { culprits, missingEdges } = story;
  const unordered = culprits ? undefined : missingEdges.at(-1);
  const controls = make(
    'div',
    { class: 'controls', role: 'toolbar', 'aria-label': words.picture },
    button({ 'aria-label': words.first, title: words.first }, () => select(0), '|◀'),
    button({ 'aria-label': words.previous, title: words.previous, class: 'step' }, () => select(selected - 1), '◀'),
    position,
    button({ 'aria-label': words.next, title: words.next, class: 'step' }, () => select(selected + 1), '▶'),
    button({ 'aria-label': words.last, title: words.last }, () => select(rows.length - 1), '▶|'),
    culprits && button({ class: 'jump cause' }, () => goTo(culprits.after), `② ${words.toCause}`),
    unordered && button({ class: 'jump cause' }, () => goTo(unordered.to), words.unordered),
    story.violation !== null &&
      button({ class: 'jump parts' }, () => goTo(lastStepOf(story)), `✕ ${words.toDivergence}`),
  );

  const element = make(
    'article',
    { class: 'story' },
    make('p', { class: 'eyebrow' }, [story.subject, story.variant, story.implementation].join(' · ')),
    make('h2', { tabindex: -1 }, exhibit ? exhibit.title : story.sentence),
    outcome(story, words) ?? make('p', { class: 'tale' }, words.exampleMeaning),
    memoryElement(story.memory, words.under + words.colon, words),
    exhibit && make('p', { class: 'tale' }, exhibit.text),
    exhibit &&
      make(
        'details',
        {},
        make('summary', {}, words.whatWasChanged),
        ...exhibit.edits.map((one) => diffElement(one, words)),
      ),
    program(story, words),
    replay !== null && make('p', { class: 'replay' }, `${words.replayWith}${words.colon}`, make('code', {}, replay)),
    make(
      'div',
      { class: 'stage' },
      make(
        'div',
        { class: 'left' },
        make('label', { class: 'every' }, everyStep, ` ${words.everyStep}`),
        legend(story, words),
        picture,
      ),
      make('aside', { class: 'right' }, controls, panel, make('p', { class: 'keys' }, words.keys)),
    ),
  );

  const measure = (): void => {
    const room = (picture.clientWidth - widthBesidesLanes) / lanes.length;
    picture.dataset['layout'] = room < laneWidth ? 'narrow' : 'wide';
  };
  const watcher = new ResizeObserver(() => {
    measure();
    link();
  });
  const keys = new Map<string, () => void>([
    ['ArrowDown', () => select(selected + 1)],
    ['ArrowRight', () => select(selected + 1)],
    ['j', () => select(selected + 1)],
    ['ArrowUp', () => select(selected - 1)],
    ['ArrowLeft', () => select(selected - 1)],
    ['k', () => select(selected - 1)],
    ['Home', () => select(0)],
    ['End', () => select(rows.length - 1)],
  ]);
  return {
    element,
    start: () => {
      measure();
      redraw(step, step > 0);
      watcher.observe(picture);
    },
    onKey: (key) => {
      if (key === 'Enter' && document.activeElement === list) {
        unfold();
        return true;
      }
      keys.get(key)?.();
      return keys.has(key);
    },
    stop: () => watcher.disconnect(),
  };
};

/** What was claimed, what the spec would have and what the implementation did; null: nothing went wrong. */
const outcome = ({ violation, sentence, culprits, size }: PageStory['story'], words: Words): HTMLElement | null => {
  if (violation === null) return null;
  return make(
    'div',
    { class: 'outcome' },
    make('p', {}, make('span', { class: 'badge refuted' }, words.claimRefuted), ' ', make('q', {}, sentence)),
    make(
      'dl',
      {},
      make('div', { class: 'spec' }, make('dt', {}, words.theSpec), make('dd', {}, violation.expected)),
      make('div', { class: 'observed' }, make('dt', {}, words.theImplementation), make('dd', {}, violation.observed)),
      culprits && make('div', { class: 'why' }, make('dt', {}, words.cause), make('dd', {}, culprits.text)),
    ),
    make(
      'p',
      { class: 'small' },
      `${words.kind[violation.kind]} · ${words.size(size.threads, size.calls, size.switches)}`,
      size.minimal && ` · ${words.minimal(size.minimal.programs, size.minimal.executions)}`,
    ),
  );
};

/** The calls of each thread with their answers. */
const program = ({ threads }: PageStory['story'], words: Words): HTMLElement =>
  make(
    'section',
    { class: 'program' },
    make('h3', {}, words.threadsAndCalls),
    make(
      'ul',
      {},
      ...threads.map(({ name, calls }, lane) =>
        make(
          'li',
          { style: laneStyle(lane) },
          make('b', { class: 'who' }, name),
          make(
            'ol',
            {},
            ...calls.map(({ call, answer }) =>
              make(
                'li',
                {},
                make('code', {}, call),
                ' → ',
                answer === undefined ? make('em', {}, words.neverAnswered) : make('code', {}, answer),
              ),
            ),
          ),
        ),
      ),
    ),
  );

const legend = (story: PageStory['story'], words: Words): HTMLElement => {
  const { steps, spans, culprits, missingEdges } = story;
  const isOrdered = missingEdges.every(({ from, to }) => from !== culprits?.before || to !== culprits.after);
  const item = (kind: string, text: string): HTMLElement =>
    make('li', {}, make('i', { class: `sample ${kind}`, style: laneStyle(0), 'aria-hidden': 'true' }), text);
  return make(
    'ul',
    { class: 'legend' },
    item('running', words.legend.running),
    spans.some(({ how }) => how === 'ready') && item('ready', words.legend.ready),
    spans.some(({ how }) => how === 'blocked') && item('blocked', words.legend.blocked),
    item('call', words.legend.call),
    item('arrow', words.legend.arrow),
    steps.some(({ isTimer }) => isTimer) && make('li', {}, timerSign(words)),
    culprits && isOrdered && item('culprits', words.legend.culprits),
    missingEdges.length > 0 && item('unordered', words.legend.unordered),
    steps.some(({ drained }) => drained.length > 0) && make('li', {}, sign('drain'), words.legend.drain),
  );
};
