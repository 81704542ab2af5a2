/** What is known at the selected step: the step in words, the spec's state, the implementation's words. */
import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { button, fill, make } from '#reports/html/client/dom.ts';
import { callSpans } from '#reports/html/client/lanes.ts';
import { nameOf, stepNumbers, textOf } from '#reports/html/client/picture.ts';
import { lastStepOf, type Row } from '#reports/html/client/rows.ts';
import { toldOf } from '#reports/html/client/told.ts';
import { valuesElement } from '#reports/html/client/values.ts';
import { drainSaid, drainsOf, sign, weaklySaid, whyWeak } from '#reports/html/client/weak.ts';
import type { Words } from '#reports/html/client/words.ts';

/** Of a long fold, only the beginning is listed; the picture shows all of it when it is unfolded. */
const listedAtMost = 30;

/** Fills the panel for a row. `unfold` shows the steps of a fold one by one. */
export const showInPanel = (panel: HTMLElement, story: Story, row: Row, words: Words, unfold: () => void): void => {
  const last = row.steps.at(-1);
  const isFold = row.steps.length > 1;
  panel.replaceChildren();
  fill(panel, [
    make('h3', {}, row.to === 0 ? words.atBoot : words.stepOf(stepNumbers(row), story.steps.length)),
    make('p', { class: 'where' }, whereOf(story, row, words)),
    row.to > 0 && make('p', { class: 'what' }, textOf(row, words)),
    last?.answer !== undefined && make('p', { class: 'what' }, words.answers(last.answer)),
    !isFold && last && weakParagraph(last, words),
    row.unordered === 'after' && last?.weak === null && unorderedParagraph(story, row, words),
    isFold && row.again === null && stepList(row),
    ...toldOf(row).map(({ text }) => make('p', { class: 'drains told' }, text)),
    ...drainsOf(row).map((drained) => make('p', { class: 'drains' }, sign('drain'), drainSaid(drained, words))),
    isFold && button({ class: 'quiet' }, unfold, words.unfold),
    last?.site !== undefined &&
      !isFold &&
      make('p', { class: 'site' }, `${words.codePlace}${words.colon}`, make('code', {}, last.site)),
    row.culprit &&
      make('p', { class: 'cause' }, make('b', {}, `${words.cause}${words.colon}`), story.culprits?.text ?? ''),
    row.isDivergence && make('p', { class: 'parts' }, make('b', {}, words.theyPart)),
    make(
      'div',
      { class: 'sides' },
      specSide(story, row, words),
      story.memory === 'sc' || story.words.length === 0
        ? wordsSide(story, row, words)
        : valuesElement(story, story.memory, row, words),
    ),
  ]);
};

/** What the memory did at a step, and why it may. */
const weakParagraph = (step: StoryStep, words: Words): HTMLElement | false => {
  const said = weaklySaid(step, words);
  return said !== null && make('p', { class: 'why' }, make('b', {}, said + words.stop), ' ', whyWeak(step, words));
};

const unorderedParagraph = ({ missingEdges }: Story, { from }: Row, words: Words): HTMLElement | false => {
  const edge = missingEdges.find(({ to }) => to === from);
  return edge !== undefined && make('p', { class: 'unordered' }, words.unorderedMeaning(edge.from, edge.to));
};

const stepList = ({ steps }: Row): HTMLElement =>
  make(
    'ol',
    { class: 'fold', start: steps[0]?.step },
    ...steps.slice(0, listedAtMost).map(({ text }) => make('li', {}, text)),
    steps.length > listedAtMost && make('li', {}, '…'),
  );

const whereOf = (story: Story, { steps, again }: Row, words: Words): string => {
  const [first] = steps;
  if (!first || again) return '';
  const who = first.thread === null ? words.dispatcher : nameOf(story, first.thread);
  const call = callSpans(story).find(
    (span) => span.thread === first.thread && span.from < first.step && first.step <= (span.to ?? story.steps.length),
  );
  const space = first.space === null ? '' : words.space(first.space);
  return [words.core(first.core), who, space, call && words.inCall(call.call)].filter(Boolean).join(' · ');
};

/** The spec's state after a row; null where the spec has no explanation any more. */
const specAt = (story: Story, to: number): string | null =>
  to === 0 ? story.specAtBoot : (story.steps[to - 1]?.spec ?? null);

const specSide = (story: Story, { from, to }: Row, words: Words): HTMLElement => {
  const state = to > lastStepOf(story) ? null : specAt(story, to);
  const isChanged = from > 0 && state !== specAt(story, from - 1);
  return make(
    'section',
    { class: 'side' },
    make('h4', {}, words.specState),
    make('p', { class: isChanged ? 'state changed' : 'state' }, state ?? words.noSpecState),
  );
};

const wordsSide = (story: Story, { from, to }: Row, words: Words): HTMLElement => {
  const before = from <= 1 ? story.wordsAtBoot : (story.steps[from - 2]?.words ?? []);
  const after = to === 0 ? story.wordsAtBoot : (story.steps[to - 1]?.words ?? []);
  const rows = story.words.map((name, i) => {
    const value = after[i] ?? 0;
    const was = before[i] ?? 0;
    return make(
      'div',
      { class: value === was ? 'word' : 'word changed' },
      make('dt', {}, name),
      make('dd', {}, value, value !== was && make('small', {}, ` ${words.was(was)}`)),
    );
  });
  return make(
    'section',
    { class: 'side' },
    make('h4', {}, words.implementationWords),
    rows.length === 0 ? make('p', {}, words.noWords) : make('dl', { class: 'words' }, ...rows),
  );
};
