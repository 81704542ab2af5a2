import type { Story, StoryStep } from '#model/engine/trace/story.ts';

/** What exports call threads, dispatchers and words. */

/** The thread’s name; threads that make no calls have none of their own. */
export const threadName = ({ threads }: Story, id: number): string =>
  threads.find((thread) => thread.id === id)?.name ?? `T${id}`;

/** Who made a step: a thread, or the dispatcher of a core. */
export const actorName = (story: Story, { thread, core }: StoryStep): string =>
  thread === null ? `core${core}` : threadName(story, thread);

/** The names of `Story.words`; where two have the same, the later ones with a number behind it. */
export const distinctWords = ({ words }: Story): readonly string[] => {
  const taken = new Set<string>();
  return words.map((word) => {
    let name = word;
    for (let number = 2; taken.has(name); number++) name = `${word} (${number})`;
    taken.add(name);
    return name;
  });
};
