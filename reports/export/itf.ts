import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { actionTaken, type ItfValue, itfOption, itfText, itfValue, nondetPicks } from '#reports/export/itf-format.ts';
import { actorName, distinctWords } from '#reports/export/names.ts';

/** The variables that every story has; no word can be confused with them. */
const ownVars = [
  actionTaken,
  nondetPicks,
  'story::step',
  'story::actor',
  'story::call',
  'story::answer',
  'story::site',
  'story::spec',
  'story::weak',
] as const;

type OwnValues = Readonly<Record<(typeof ownVars)[number], ItfValue>>;

/**
 * A story as a trace in the Informal Trace Format: the state at boot, then one for each step. A word is the variable
 * `memory::<name>`. What was done is in `mbt::actionTaken`, and what the scheduler chose for it in `mbt::nondetPicks`.
 */
export const storyAsItf = (story: Story): string => {
  const { violation } = story;
  return itfText({
    source: `${story.subject} (${story.variant}), ${story.implementation}`,
    status: violation ? 'violation' : 'ok',
    description: violation
      ? `${violation.kind}: the spec ${violation.expected}; the implementation ${violation.observed}`
      : story.sentence,
    vars: [...ownVars, ...distinctWords(story).map((word) => `memory::${word}`)],
    states: [
      stateOf(atBoot(story), story.wordsAtBoot),
      ...story.steps.map((step) => stateOf(after(step, story), step.words)),
    ],
  });
};

const stateOf = (own: OwnValues, words: readonly number[]): readonly ItfValue[] => [
  ...ownVars.map((name) => own[name]),
  ...words.map(itfValue),
];

const atBoot = ({ specAtBoot }: Story): OwnValues => ({
  'mbt::actionTaken': 'boot',
  'mbt::nondetPicks': { core: itfOption(null), thread: itfOption(null) },
  'story::step': itfValue(0),
  'story::actor': '',
  'story::call': itfOption(null),
  'story::answer': itfOption(null),
  'story::site': itfOption(null),
  'story::spec': itfOption(specAtBoot),
  'story::weak': itfOption(null),
});

const after = (step: StoryStep, story: Story): OwnValues => ({
  'mbt::actionTaken': step.text,
  'mbt::nondetPicks': { core: itfOption(step.core), thread: itfOption(step.thread) },
  'story::step': itfValue(step.step),
  'story::actor': actorName(story, step),
  'story::call': itfOption(step.call),
  'story::answer': itfOption(step.answer),
  'story::site': itfOption(step.site),
  'story::spec': itfOption(step.spec),
  'story::weak': itfOption(step.weak),
});
