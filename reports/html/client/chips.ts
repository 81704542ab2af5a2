/** What each word holds at a row of the picture, and who may still read it. Knows no document. */
import type { Story, StoryMessage } from '#model/engine/trace/story.ts';
import type { Row } from '#reports/html/client/rows.ts';

/** A value that was written to a word. */
export interface Chip {
  readonly value: number;
  /** The step that wrote it; null: it was there at boot. */
  readonly step: number | null;
  /** The cores that may still read it. */
  readonly readers: readonly number[];
  /** The core in whose store buffer it waits; null: it is in memory. */
  readonly bufferOf: number | null;
  /** What the row's step did with it. A stale one was read although a newer one is there. */
  readonly now: 'read' | 'stale' | 'written' | null;
}

/** A word and its values, the oldest first. */
export interface WordChips {
  readonly name: string;
  readonly chips: readonly Chip[];
  /** It has one value, and every core reads it. */
  readonly isSettled: boolean;
  /** It was not so before this row. */
  readonly isChanged: boolean;
}

/** The values of each word after a row, without those in memory that nobody may read any more. */
export const chipsOf = (story: Story, row: Row): readonly WordChips[] =>
  story.words.map((name, word) => {
    const messages = messagesAfter(story, row.to, word);
    const before = messagesAfter(story, Math.max(row.from - 1, 0), word);
    const touched = touchedBy(story, row, word);
    const isGone = touched !== undefined && !messages.some((message) => isSame(message, touched.message));
    const all = isGone ? [{ ...touched.message, readers: [] }, ...messages] : messages;
    const chips = all
      .map((message, i) => chipOf(story, message, i - (isGone ? 1 : 0), touched))
      .filter(({ readers, bufferOf, now }) => readers.length > 0 || bufferOf !== null || now !== null);
    return {
      name,
      chips,
      isSettled: chips.length === 1 && chips[0]?.readers.length === story.cores,
      isChanged: row.to > 0 && JSON.stringify(before) !== JSON.stringify(messages),
    };
  });

const messagesAfter = ({ steps, wordsAtBoot, cores }: Story, step: number, word: number): readonly StoryMessage[] => {
  const readers = Array.from({ length: cores }, (_, core) => core);
  return steps[step - 1]?.messages[word] ?? [{ word: wordsAtBoot[word] ?? 0, step: null, readers }];
};

const isSame = (a: StoryMessage, b: StoryMessage): boolean => a.step === b.step && a.word === b.word;

/** A message and what a row's step did with it. */
interface Touched {
  readonly message: StoryMessage;
  readonly now: Chip['now'];
}

const chipOf = (story: Story, message: StoryMessage, index: number, touched: Touched | undefined): Chip => {
  const { word: value, step, readers } = message;
  const isBuffered = story.memory === 'tso' && index > 0;
  const bufferOf = isBuffered && step !== null ? (story.steps[step - 1]?.core ?? null) : null;
  const now = touched && isSame(message, touched.message) ? touched.now : null;
  return { value, step, readers, bufferOf, now };
};

/**
 * What a row's step did with a word. Under rc11 nobody reads an older message than one it has read, so what a core has
 * just read is the oldest that it may still read. Under tso it is the only one that it could read; and that may have been
 * replaced since.
 */
const touchedBy = (story: Story, { steps: [only, ...others] }: Row, word: number): Touched | undefined => {
  if (!only || others.length > 0 || only.word !== word) return undefined;
  const written = only.messages[word]?.find(({ step }) => step === only.step);
  if (written) return { message: written, now: 'written' };
  const messages = messagesAfter(story, story.memory === 'tso' ? only.step - 1 : only.step, word);
  const message = messages.find(({ readers }) => readers.includes(only.core));
  const isStale = only.weak?.tag === 'stale read' || only.weak?.tag === 'unseen store';
  return message && { message, now: isStale ? 'stale' : 'read' };
};
