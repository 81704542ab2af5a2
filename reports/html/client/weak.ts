/** What a weak memory did, in the picture: marks at steps, stores that reach memory, what nothing orders. */
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { Drained, StoryStep } from '#model/engine/trace/story.ts';
import { draw, make } from '#reports/html/client/dom.ts';
import type { Row } from '#reports/html/client/rows.ts';
import type { Words } from '#reports/html/client/words.ts';

/** The signs, drawn, since few fonts have them: a crossed-out eye, boxes in a row, one that steps back, one let out. */
const signs = {
  stale: ['M1.5 8 C4 3.8 12 3.8 14.5 8 C12 12.2 4 12.2 1.5 8 Z', 'M8 6.2 A1.8 1.8 0 1 1 7.99 6.2 Z', 'M3 13.5 L13 2.5'],
  buffered: ['M1.5 4.5 H14.5 V11.5 H1.5 Z', 'M6 4.5 V11.5', 'M10.5 4.5 V11.5'],
  overtaken: ['M13 3 V13', 'M9.5 4.5 L6 8 L9.5 11.5', 'M6 8 H10.5', 'M2 5.5 V10.5'],
  drain: ['M8 2 V10', 'M4.8 7 L8 10.2 L11.2 7', 'M2 13.5 H14'],
  eye: ['M1.5 8 C4 3.8 12 3.8 14.5 8 C12 12.2 4 12.2 1.5 8 Z', 'M8 6.2 A1.8 1.8 0 1 1 7.99 6.2 Z'],
} as const;

/** One of the signs. */
export const sign = (name: keyof typeof signs): SVGElement => {
  const svg = draw('svg', { class: 'sign', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  svg.append(...signs[name].map((d) => draw('path', { d })));
  return svg;
};

/** What the memory did at a step, in a few words; null: nothing unusual. */
export const weaklySaid = ({ weak, core }: StoryStep, words: Words): string | null => {
  switch (weak?.tag) {
    case 'stale read':
      return words.stale(weak.latest, weak.writtenStep);
    case 'unseen store':
      return words.unseen(weak.value, weak.storeStep);
    case 'buffered':
      return words.buffered(core);
    case 'overtaken':
      return words.overtaken(weak.latest, weak.writtenStep);
    default:
      return null;
  }
};

/** Why that is allowed. */
export const whyWeak = ({ weak, core }: StoryStep, words: Words): string | null => {
  switch (weak?.tag) {
    case 'stale read':
      return words.staleMeaning(core, weak.latest, weak.writtenStep);
    case 'unseen store':
      return words.unseenMeaning;
    case 'buffered':
      return words.bufferedMeaning(core);
    case 'overtaken':
      return words.overtakenMeaning(weak.latest);
    default:
      return null;
  }
};

/** The mark of a step at which the memory was weak. */
export const weakMark = (step: StoryStep, words: Words): HTMLElement | false => {
  const said = weaklySaid(step, words);
  if (step.weak === null || said === null) return false;
  const { tag } = step.weak;
  const kind = tag === 'stale read' || tag === 'unseen store' ? 'stale' : tag;
  return make('span', { class: `weak ${kind}` }, sign(kind), said);
};

/** `flag := 1 reaches memory`. */
export const drainSaid = ({ word, value }: Drained, words: Words): string => words.drained(`${word} := ${value}`);

/** The stores that reached memory after a row's steps; those of a repetition are not told again. */
export const drainsOf = ({ steps, again }: Row): readonly Drained[] =>
  again ? [] : steps.flatMap(({ drained }) => drained);

/** A store that reaches memory, below the step after which it did, in the lane of the thread whose store it is. */
export const drainMark = (drained: Drained, lane: number | null, style: string, words: Words): HTMLElement =>
  make(
    'div',
    { class: lane === null ? 'drain of-dispatcher' : 'drain', style, 'data-step': drained.storeStep },
    sign('drain'),
    make('span', { class: 'text' }, drainSaid(drained, words)),
    ' ',
    make('small', {}, words.drainedOf(drained.storeStep)),
  );

/** Above a step: nothing orders it after another. The dotted line from that one crosses here. */
export const unorderedStrip = (style: string, words: Words): HTMLElement =>
  make('div', { class: 'strip', style, 'aria-hidden': 'true' }, make('span', {}, words.unordered));

/** A memory model, and when it is opened what it means. */
export const memoryElement = (memory: MemoryName, label: string, words: Words): HTMLElement =>
  make(
    'details',
    { class: 'memory' },
    make('summary', {}, label, make('b', {}, words.memory[memory].name)),
    make('p', {}, words.memory[memory].meaning),
  );
