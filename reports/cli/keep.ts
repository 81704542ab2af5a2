import type { Counterexample } from '#model/counterexample.ts';
import { storiesOf } from '#model/engine/plan.ts';
import { saveCounterexample } from '#reports/cli/counterexamples.ts';
import type { Answer } from '#reports/workers/task.ts';

/** What was found out about one implementation, and where its counterexamples are. */
export interface Kept extends Answer {
  readonly replays: ReadonlyMap<Counterexample, string>;
}

/** Saves the counterexamples of an answer. */
export const keep = (answer: Answer, folder: string): Kept => {
  const stories = answer.result.claims.flatMap(storiesOf);
  return { ...answer, replays: new Map(stories.map((story) => [story, saveCounterexample(folder, story)])) };
};
