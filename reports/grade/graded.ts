import type { Counterexample } from '#model/counterexample.ts';
import type { Story } from '#model/engine/trace/story.ts';
import type { Visibility } from '#properties/assignments/assignment.ts';

/** What a line of the rubric asks, in words. */
export interface Titles {
  readonly title: string;
  readonly titleZh: string;
}

/** What became of one line of the rubric. Plain data, with no time in it: the same on every machine. */
export interface GradedTest extends Titles {
  /** The rubric's id. */
  readonly id: string;
  readonly score: number;
  readonly maximum: number;
  readonly visibility: Visibility;
  readonly verdict: 'holds' | 'refuted' | 'gave-up';
  /** What students are told in place of the verdict, where claims are graded: there a wrong implementation is to be refuted. */
  readonly outcome?: Outcome;
  /** Of what was not earned: why, in a sentence; null: it was earned. */
  readonly why: string | null;
  /** What goes with why, as text of several lines in a fixed-width font: a run that a student's claim is wrong about. */
  readonly shown?: string;
  readonly hint: string | null;
  readonly hintZh: string | null;
  /** How much was looked at. */
  readonly executions: number;
  /** Under which memory and seed it went wrong, if it did. */
  readonly found: Found | null;
}

/** What became of an implementation on which claims were tried: a wrong one is found or survives. */
export type Outcome = 'found' | 'survived' | 'accepted' | 'not accepted';

/** What contradicts a claim. */
export interface Found {
  readonly seed: number;
  readonly counterexample: Counterexample;
  /** It, told, for text and page. */
  readonly story: Story;
  /** What the spec says of the call at which it shows; null: it is about none. */
  readonly clause: Clause | null;
}

/** What the spec says: of which call (null: of all together), in which file, in words, and where that is from. */
export interface Clause {
  readonly call: string | null;
  readonly file: string;
  readonly text: string;
  readonly source: string | null;
}

/** Why it was not judged to its end: the submission's fault (it does not load, it hung), a limit, or ours. */
export interface Failure {
  readonly reason:
    | 'unreadable' // no folder or archive that can be read, or not such files as were asked for
    | 'does not load' // its modules cannot be loaded, or lack an export
    | 'forgets a yield' // it makes a micro-op and does not yield it
    | 'hung' // no micro-op within the time for one
    | 'out of memory'
    | 'died' // its process ended for another reason
    | 'broke the protocol' // its process sent what it was not asked for
    | 'not a function of memory' // given the same words, it did something else
    | 'out of time'
    | 'our fault'; // the judge itself failed: nothing is said of the submission
  /** In a sentence, for the student. */
  readonly why: string;
}

/** The grade of one submission. */
export interface Graded {
  /** As it was named on the command line. */
  readonly path: string;
  /** The folder's or archive's own name: unique within a batch. */
  readonly name: string;
  readonly assignment: string;
  /** What it was graded by: of the rubric, the tool and the submission. Equal: the grade is the same. */
  readonly rubricFingerprint: string;
  readonly toolFingerprint: string;
  readonly submissionFingerprint: string;
  readonly score: number;
  readonly maximum: number;
  readonly tests: readonly GradedTest[];
  readonly failure: Failure | null;
}

/** What it took: kept apart from the grade. */
export interface Spent {
  readonly name: string;
  /** From reading the submission to the last of its reports. */
  readonly seconds: number;
  /** Of these: waiting for the submission; exploring and judging; writing reports. The rest is starting and ending. */
  readonly sandboxSeconds: number;
  readonly explorationSeconds: number;
  readonly reportSeconds: number;
  /** Of the judge, at its highest. */
  readonly memoryMegabytes: number;
}
