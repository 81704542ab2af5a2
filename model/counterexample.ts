import type { Limits } from '#model/engine/explore/execution.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';
import type { Minimality } from '#model/engine/shrink/minimal.ts';
import type { Program } from '#model/subject.ts';
import type { Violation } from '#model/verdict.ts';

/** The version of the file format, changed when an old file can no longer be replayed. */
export const counterexampleVersion = 2;

/**
 * A refutation, with everything that is needed to see it again: plain data, saved as JSON and replayed by
 * `rendezvous replay`. The machine is deterministic, so program, schedule and limits are the whole story.
 */
export interface Counterexample {
  readonly version: typeof counterexampleVersion;
  /** Names the file. */
  readonly id: string;
  readonly subject: string;
  readonly variant: string;
  /** The claim's id and sentence. */
  readonly claim: string;
  readonly sentence: string;
  readonly implementation: Implementation;
  /** Of the implementation's source text when this was recorded. */
  readonly fingerprint: string;
  readonly seed: number;
  readonly program: Program;
  readonly schedule: Schedule;
  /**
   * Which departure of the schedule is decisive: the last one without which the claim is not contradicted, one of the
   * memory's if there is any such; null: none.
   */
  readonly decisive: number | null;
  /** The two accesses whose order decides; null: no order of two does. Absent: it was not looked for. */
  readonly pair?: Pair | null;
  readonly limits: Limits;
  readonly violation: Violation;
  /** How large the story is. */
  readonly story: StorySize;
}

/** Two accesses to one word, by the numbers of their steps in the story: `before` came first. */
export interface Pair {
  readonly before: number;
  readonly after: number;
}

/** Which implementation was refuted: the reference, a museum mutant, or a file. */
export type Implementation =
  | { readonly tag: 'reference' }
  | { readonly tag: 'mutant'; readonly id: string }
  | { readonly tag: 'file'; readonly path: string };

/** The size of a story: threads with calls, calls, context switches. */
export interface StorySize {
  readonly threads: number;
  readonly calls: number;
  readonly switches: number;
  /** What shows that there is no smaller one; absent: it is not shown, or was not looked for. */
  readonly minimal?: Minimality;
}
