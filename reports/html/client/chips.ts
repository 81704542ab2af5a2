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
    return {
      name,
      chips: messages
        .map((message, i) => chipOf(story, row, word, message, i))
        .filter(({ readers, bufferOf, now }) => readers.length > 0 || bufferOf !== null || now !== null),
      isSettled: messages.length === 1 && messages[0]?.readers.length === story.cores,
      isChanged: row.to > 0 && JSON.stringify(before) !== JSON.stringify(messages),
    };
  });

const messagesAfter = ({ steps, wordsAtBoot, cores }: Story, step: number, word: number): readonly StoryMessage[] => {
  const atBoot = {
    word: wordsAtBoot[word] ?? 0,
    step: null,
    readers: Array.from({ length: cores }, (_, core) => core),
  };
  return steps[step - 1]?.messages[word] ?? [atBoot];
};

const chipOf = (story: Story, row: Row, word: number, message: StoryMessage, index: number): Chip => {
  const { word: value, step, readers } = message;
  const isBuffered = story.memory === 'tso' && index > 0;
  const bufferOf = isBuffered && step !== null ? (story.steps[step - 1]?.core ?? null) : null;
  return { value, step, readers, bufferOf, now: nowOf(row, word, message) };
};

/**
 * What a row's step did with a message. Nobody reads an older message than one it has read, so what a core has just read
 * is the oldest that it may still read.
 */
const nowOf = ({ steps: [only, ...others] }: Row, word: number, message: StoryMessage): Chip['now'] => {
  if (!only || others.length > 0 || only.word !== word) return null;
  const messages = only.messages[word] ?? [];
  if (messages.some(({ step }) => step === only.step)) return message.step === only.step ? 'written' : null;
  if (message !== messages.find(({ readers }) => readers.includes(only.core))) return null;
  return only.weak?.tag === 'stale read' ? 'stale' : 'read';
};
