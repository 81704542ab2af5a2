import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { actionTaken, type ItfValue, itfOption, itfText, itfValue, nondetPicks } from '#reports/export/itf-format.ts';
import { actorName, distinctWords } from '#reports/export/names.ts';

/** What each step has beside the words; a story’s own variables and the words cannot be confused. */
const ownVars = [
  'story::step',
  'story::actor',
  'story::call',
  'story::answer',
  'story::site',
  'story::spec',
  'story::weak',
] as const;

/**
 * A story as a trace in the Informal Trace Format: the state at boot, then one for each step. A word is the variable
 * `memory::<name>`. What was done is in `mbt::actionTaken`, and what the scheduler chose for it in `mbt::nondetPicks`.
 */
export const storyAsItf = (story: Story): string =>
  itfText({
    source: `${story.subject} (${story.variant}), ${story.implementation}`,
    status: 'violation',
    description: `${story.violation.kind}: the spec ${story.violation.expected}; the implementation ${story.violation.observed}`,
    vars: [actionTaken, nondetPicks, ...ownVars, ...distinctWords(story).map((word) => `memory::${word}`)],
    states: [atBoot(story), ...story.steps.map((step) => after(step, story))],
  });

const picks = (core: number | null, thread: number | null): ItfValue => ({
  core: itfOption(core),
  thread: itfOption(thread),
});

const atBoot = ({ specAtBoot, wordsAtBoot }: Story): readonly ItfValue[] => [
  'boot',
  picks(null, null),
  itfValue(0),
  '',
  itfOption(null),
  itfOption(null),
  itfOption(null),
  itfOption(specAtBoot),
  itfOption(null),
  ...wordsAtBoot.map(itfValue),
];

const after = (step: StoryStep, story: Story): readonly ItfValue[] => [
  step.text,
  picks(step.core, step.thread),
  itfValue(step.step),
  actorName(story, step),
  itfOption(step.call),
  itfOption(step.answer),
  itfOption(step.site),
  itfOption(step.spec),
  itfOption(step.weak),
  ...step.words.map(itfValue),
];
