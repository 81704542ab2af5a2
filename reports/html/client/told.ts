/** What the code told of itself by tracepoints, and the address spaces that it ran in, in the picture. */
import type { Told } from '#model/engine/trace/story.ts';
import { make } from '#reports/html/client/dom.ts';
import type { Row } from '#reports/html/client/rows.ts';
import type { Words } from '#reports/html/client/words.ts';

/** What was told after a row's steps; what a repetition tells is not told again. */
export const toldOf = ({ steps, again }: Row): readonly Told[] => (again ? [] : steps.flatMap(({ traced }) => traced));

/** One thing that was told, below its step, in the lane of its thread; null: in the column of the dispatchers. */
export const toldMark = ({ core, text }: Told, lane: number | null, style: string, words: Words): HTMLElement =>
  make(
    'div',
    { class: lane === null ? 'drain told of-dispatcher' : 'drain told', style },
    make('span', { class: 'text' }, lane === null ? `${words.core(core)}, ${text}` : text),
  );

/** The address space that a thread has come to run in. */
export const spacePill = (space: number | null, words: Words): HTMLElement =>
  make('span', { class: 'pill space' }, words.space(space));
