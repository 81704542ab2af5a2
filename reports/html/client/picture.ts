/** The picture of a story: a lane for each thread, time downward, one row for each step or fold. */
import type { Story } from '#model/engine/trace/story.ts';
import type { Violation } from '#model/verdict.ts';
import { type Child, draw, fill, make } from '#reports/html/client/dom.ts';
import { type Lane, lanesOf } from '#reports/html/client/lanes.ts';
import type { Cell, Row } from '#reports/html/client/rows.ts';
import { spacePill, toldMark, toldOf } from '#reports/html/client/told.ts';
import { drainMark, drainSaid, drainsOf, unorderedStrip, weaklySaid, weakMark } from '#reports/html/client/weak.ts';
import type { Words } from '#reports/html/client/words.ts';

/** The colours of lanes repeat after this many; names tell them apart in any case. */
const colours = 6;

/** A row's lane as its style. Positions are computed in the style sheet, for lanes side by side and for narrow ones. */
export const laneStyle = (lane: number): string => `--lane:${lane};--colour:var(--thread-${lane % colours})`;

/** The names of the lanes, above them. */
export const laneHeads = (lanes: readonly Lane[], words: Words): HTMLElement =>
  make(
    'div',
    { class: 'heads', 'aria-hidden': 'true' },
    ...lanes.map(({ name }, i) => make('span', { class: 'head', style: laneStyle(i) }, name)),
    make('span', { class: 'head dispatcher' }, words.dispatcher),
  );

/** One row. A screen reader hears its label; what is drawn is for the eye. */
export const rowElement = (story: Story, row: Row, index: number, words: Words): HTMLElement => {
  const classes = [
    'row',
    row.arrow && 'has-arrow',
    row.isTimer && 'has-timer',
    row.lane === null && row.from > 0 && 'of-dispatcher',
    row.again && 'again',
    row.steps.length > 1 && 'folded',
    row.steps.every((step) => !step.matters) && 'minor',
    (row.culprit || row.unordered) && 'culprit',
    row.unordered === 'after' && 'has-strip',
    row.isDivergence && 'divergence',
  ];
  return make(
    'div',
    { class: classes.filter(Boolean).join(' '), role: 'option', id: `row-${index}`, 'data-index': index },
    make('span', { class: 'visually-hidden' }, labelOf(story, row, words)),
    make(
      'div',
      { class: 'marks', 'aria-hidden': 'true' },
      ...row.cells.map(barElement),
      ...row.cells.map((cell, lane) => !endsInRow(cell) && bracketElement(cell, lane)),
      row.arrow && arrowElement(row.arrow.from, row.arrow.to),
    ),
    row.unordered === 'after' && unorderedStrip(row.lane === null ? '' : laneStyle(row.lane), words),
    make(
      'div',
      { class: 'drawn', 'aria-hidden': 'true' },
      ...row.cells.map((cell, lane) => endsInRow(cell) && bracketElement(cell, lane)),
      make('span', { class: 'number' }, stepNumbers(row)),
      ...row.cells.map((cell, lane) => laneText(story, row, cell, lane, words)),
      row.lane === null && dispatcherText(row, words),
    ),
    row.culprit === 'after' && causeNote(story, row.lane, words),
    ...toldOf(row).map((told) => {
      const lane = lanesOf(story).findIndex(({ thread }) => thread === told.thread);
      return toldMark(told, lane < 0 ? null : lane, laneStyle(lane), words);
    }),
    ...drainsOf(row).map((drained) => {
      const lane = lanesOf(story).findIndex(({ thread }) => thread === story.steps[drained.storeStep - 1]?.thread);
      return drainMark(drained, lane < 0 ? null : lane, laneStyle(lane), words);
    }),
    row.isDivergence && story.violation !== null && divergenceNote(story.violation, words),
  );
};

/** `7`, `7–12`, nothing at the boot. */
export const stepNumbers = ({ from, to }: Row): string => (to === 0 ? '' : from === to ? `${from}` : `${from}–${to}`);

/** What happened in a row, as one phrase. */
export const textOf = (row: Row, words: Words): string => {
  const [first] = row.steps;
  if (!first) return words.boot;
  if (row.again) return words.again(row.again.of, row.again.times);
  if (first.thread !== null) {
    if (row.steps.length > 1) return words.foldedSteps(row.steps.length);
    return first.call === undefined ? first.text : words.calls(first.call);
  }
  const dispatcher = words.dispatcherOf([...new Set(row.steps.map(({ core }) => core))].sort((a, b) => a - b));
  const taken = row.steps.filter((step) => step.matters).map((step) => step.text);
  const what = row.steps.length === 1 ? [first.text] : [words.steps(row.steps.length), ...taken];
  return `${dispatcher}, ${what.join(', ')}`;
};

/** A row as a sentence: step, core, thread, what, and what came with it. */
export const labelOf = (story: Story, row: Row, words: Words): string => {
  const [first] = row.steps;
  const thread = first?.thread ?? null;
  const where = first && thread !== null && row.again === null ? [words.core(first.core), nameOf(story, thread)] : [];
  const answers = row.steps.flatMap(({ answer }) => (answer === undefined ? [] : [words.answers(answer)]));
  const moved = row.cells.flatMap(({ doing, isNew }, i) =>
    isNew && doing.how !== 'absent' && i !== row.lane
      ? [`${story.threads[i]?.name ?? ''} ${words.doing[doing.how]}`]
      : [],
  );
  const weak = [
    row.unordered === 'after' ? words.unordered : '',
    row.steps.length === 1 && first ? weaklySaid(first, words) : '',
    ...drainsOf(row).map((drained) => drainSaid(drained, words)),
    ...toldOf(row).map(({ text }) => text),
  ];
  const space = row.space === undefined ? '' : words.space(row.space);
  const timer = row.isTimer ? words.timer : '';
  const parts = [stepNumbers(row), ...where, space, timer, textOf(row, words), ...answers, ...weak, ...moved];
  return `${parts.filter(Boolean).join(', ')}.`;
};

/** A thread's name. */
export const nameOf = (story: Story, thread: number): string =>
  story.threads.find(({ id }) => id === thread)?.name ?? `T${thread}`;

const barElement = ({ doing, isNew }: Cell, lane: number): HTMLElement =>
  make('i', { class: `bar ${doing.how}${isNew ? ' new' : ''}`, style: laneStyle(lane) });

const bracketElement = ({ call }: Cell, lane: number): HTMLElement =>
  make('i', { class: `bracket ${call.replaceAll(' ', '-')}`, style: laneStyle(lane) });

/** A bracket that ends must end beside its step, and not below a note that the row has. */
const endsInRow = ({ call }: Cell): boolean => call === 'ends' || call === 'begins and ends';

const arrowElement = (from: number, to: number): HTMLElement =>
  make('i', {
    class: `arrow ${from < to ? 'rightward' : 'leftward'}`,
    style: `--lane:${Math.min(from, to)};--lanes:${Math.abs(to - from)}`,
  });

/** What stands in a lane beside its bar: what the thread has come to do, and the step if it is its own. */
const laneText = (story: Story, row: Row, { doing, isNew }: Cell, lane: number, words: Words): HTMLElement | false => {
  const isOwn = row.lane === lane;
  const pill = isNew && doing.how !== 'absent' && (doing.how !== 'over' || row.to > 0) ? pillText(doing, words) : null;
  if (!isOwn && pill === null) return false;
  const name = make('b', { class: 'who' }, nameOf(story, story.threads[lane]?.id ?? lane));
  const cell = make('span', { class: `cell${isOwn ? ' own' : ''}`, style: laneStyle(lane) }, name);
  if (isOwn && row.isTimer) cell.append(timerSign(words), ' ');
  if (isOwn && row.arrow) {
    cell.append(make('span', { class: 'taken' }, words.coreTaken(row.arrow.fromCore, row.arrow.toCore)), ' ');
  }
  const isSaid = isOwn && row.arrow !== null && doing.how === 'running'; // the arrow names the core already
  if (isOwn && row.space !== undefined) cell.append(spacePill(row.space, words), ' ');
  if (pill !== null && !isSaid) cell.append(make('span', { class: `pill ${doing.how}` }, pill), ' ');
  if (!isOwn) return cell;
  fill(cell, whatHappened(row, words));
  for (const { answer } of row.steps) {
    if (answer !== undefined) cell.append(' ', make('span', { class: 'answer' }, words.answers(answer)));
  }
  return cell;
};

/** A dispatcher's step, in the column of them all. */
const dispatcherText = (row: Row, words: Words): HTMLElement =>
  make('span', { class: 'cell dispatcher own' }, ...whatHappened(row, words));

/** What a row's step did, with the marks that it has. */
const whatHappened = (row: Row, words: Words): Child[] => {
  const [only, ...others] = row.steps;
  return [
    row.culprit && make('span', { class: 'mark' }, row.culprit === 'before' ? '① ' : '② '),
    make('span', { class: only?.call === undefined ? 'text' : 'call' }, textOf(row, words)),
    ' ',
    only && others.length === 0 && weakMark(only, words),
  ];
};

/** A clock face and what it means; drawn, since few fonts have one. */
export const timerSign = (words: Words): HTMLElement => {
  const face = draw('svg', { class: 'clock', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  face.append(draw('circle', { cx: 8, cy: 8, r: 6.5 }), draw('path', { d: 'M8 4 V8 L11 10' }));
  return make('span', { class: 'timer' }, face, words.timer);
};

const pillText = ({ how, core }: Cell['doing'], words: Words): string =>
  how === 'running' && core !== null ? words.core(core) : words.doing[how];

const causeNote = ({ culprits }: Story, lane: number | null, words: Words): HTMLElement =>
  make(
    'div',
    { class: 'cause', style: laneStyle(lane ?? 0) },
    make('b', {}, `${words.cause}${words.colon}`),
    culprits?.text ?? '',
  );

const divergenceNote = (violation: Violation, words: Words): HTMLElement =>
  make(
    'div',
    { class: 'parting' },
    make('b', {}, words.theyPart),
    make('p', {}, make('span', { class: 'side' }, `${words.theSpec} `), violation.expected),
    make('p', {}, make('span', { class: 'side' }, `${words.theImplementation} `), violation.observed),
  );
