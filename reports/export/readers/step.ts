import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { actorName } from '#reports/export/names.ts';

/** What a format is read back as. */
export interface Reading {
  /** What is against the rules of the format; empty: nothing. */
  readonly problems: readonly string[];
  readonly steps: readonly ReadStep[];
}

/** What every format says of a step: who did what, and which call began or ended. */
export interface ReadStep {
  readonly step: number;
  readonly actor: string;
  readonly text: string;
  readonly call: string | undefined;
  readonly answer: string | undefined;
}

/** A story’s steps, as far as every format has them. */
export const toldSteps = (story: Story, steps: readonly StoryStep[] = story.steps): ReadStep[] =>
  steps.map((step) => ({
    step: step.step,
    actor: actorName(story, step),
    text: step.text,
    call: step.call,
    answer: step.answer,
  }));
