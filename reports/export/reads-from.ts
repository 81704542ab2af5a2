import type { Drained, Story, StoryStep } from '#model/engine/trace/story.ts';

/** Of each step of a story the one whose store it reads; null: it reads none of the story’s stores, or no shared word. */
export const readSources = (story: Story): readonly (number | null)[] => {
  /** Of each word, the step that wrote what memory holds. */
  const latest = new Map<number, number>();
  /** The stores that wait in store buffers, the oldest first. */
  const waiting: StoryStep[] = [];
  const reach = (drained: readonly Drained[]): void => {
    for (const { storeStep } of drained) {
      const index = waiting.findIndex(({ step }) => step === storeStep);
      const [store] = index < 0 ? [] : waiting.splice(index, 1);
      if (store) latest.set(store.word as number, storeStep);
    }
  };
  return story.steps.map((step) => {
    const { word, access, weak, core, drained } = step;
    // An update empties its core’s store buffer before it reads.
    const first = access === 'update' ? drained.filter((one) => one.core === core) : [];
    reach(first);
    let source: number | null = null;
    if (word !== null && access !== 'write') {
      const own = waiting.findLast((store) => store.core === core && store.word === word)?.step;
      source = weak?.tag === 'stale read' ? staleSource(step, word) : (own ?? latest.get(word) ?? null);
    }
    if (weak?.tag === 'buffered') waiting.push(step);
    else if (word !== null && access !== 'read' && weak === null) latest.set(word, step.step);
    reach(drained.filter((one) => !first.includes(one)));
    return source;
  });
};

/**
 * What a stale read has read. A core may read nothing older than what it has read, so a read has read the oldest message
 * that is left to its core; an update comes right after the message that it has read.
 */
const staleSource = ({ step, core, access, messages }: StoryStep, word: number): number | null => {
  const ofWord = messages[word] ?? [];
  const index =
    access === 'update'
      ? ofWord.findIndex((message) => message.step === step) - 1
      : ofWord.findIndex(({ readers }) => readers.includes(core));
  return ofWord[index]?.step ?? null;
};
