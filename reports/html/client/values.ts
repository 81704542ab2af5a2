/** The panel's view of a weak memory: each word's values as chips in a row, and who may still read which. */
import type { Story } from '#model/engine/trace/story.ts';
import { type Chip, chipsOf, type WordChips } from '#reports/html/client/chips.ts';
import { make } from '#reports/html/client/dom.ts';
import type { Row } from '#reports/html/client/rows.ts';
import { sign } from '#reports/html/client/weak.ts';
import type { Words } from '#reports/html/client/words.ts';

/** All words with their values after a row. `memory` is the story's, which is not `sc`. */
export const valuesElement = (story: Story, memory: 'tso' | 'rc11', row: Row, words: Words): HTMLElement =>
  make(
    'section',
    { class: 'side values' },
    make('h4', {}, words.values),
    make('p', { class: 'small' }, words.valuesMeaning[memory]),
    make('dl', {}, ...chipsOf(story, row).map((word) => wordElement(story, word, words))),
  );

const wordElement = (story: Story, { name, chips, isSettled, isChanged }: WordChips, words: Words): HTMLElement =>
  make(
    'div',
    { class: isChanged ? 'word changed' : 'word' },
    make('dt', {}, name),
    make(
      'dd',
      {},
      make(
        'ol',
        { class: isSettled ? 'chips settled' : 'chips' },
        ...chips.map((chip) => chipElement(story, chip, words)),
      ),
    ),
  );

const chipElement = ({ cores, memory }: Story, chip: Chip, words: Words): HTMLElement => {
  const { value, step, readers, bufferOf, now } = chip;
  const place = bufferOf === null ? memory === 'tso' && words.inMemory : words.bufferOf(bufferOf);
  const classes = ['chip', now, bufferOf !== null && 'buffered', readers.length === 0 && 'unread'];
  return make(
    'li',
    { class: classes.filter(Boolean).join(' ') },
    make('b', {}, value),
    make('span', { class: 'since' }, words.writtenAt(step)),
    place && make('span', { class: 'place' }, place),
    make('span', { class: 'readers' }, sign('eye'), words.readers(readers, cores)),
    now && make('span', { class: 'now' }, words.now[now]),
  );
};
