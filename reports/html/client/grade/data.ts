/** What the pages of a grade and of a class are made from: plain data, that the builders and the browser share. */
import type { StorySize } from '#model/counterexample.ts';
import type { ViolationKind } from '#model/verdict.ts';
import type { PackedStory } from '#reports/html/client/packed.ts';

/** A text in the two languages of the pages. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/** The page of one submission. */
export interface GradePage {
  readonly name: string;
  readonly assignment: Bilingual;
  readonly score: number;
  readonly maximum: number;
  /** How many tests are not shown. */
  readonly withheld: number;
  readonly failure: PageFailure | null;
  readonly tests: readonly PageTest[];
  /** The fingerprints of rubric, tool and submission. */
  readonly fingerprints: readonly [string, string, string];
  readonly stories: readonly PackedStory[];
}

export interface PageFailure {
  readonly reason: Bilingual;
  readonly why: string;
}

/** A line of the rubric, and what became of it. */
export interface PageTest {
  readonly id: string;
  readonly title: Bilingual;
  readonly score: number;
  readonly maximum: number;
  readonly verdict: 'holds' | 'refuted' | 'gave-up';
  /** What is said in place of the verdict, if anything is. */
  readonly outcome?: Bilingual;
  readonly executions: number;
  /** Why it was not earned, where nothing was found that says so; null: something was, or it was earned. */
  readonly why: string | null;
  /** What goes with why, in lines. */
  readonly shown: string | null;
  readonly hint: Bilingual | null;
  readonly found: PageFound | null;
}

/** What contradicts a claim. Its story is among the page's, by the id of the test. */
export interface PageFound {
  readonly kind: ViolationKind;
  readonly expected: string;
  readonly observed: string;
  readonly size: StorySize;
  readonly memory: string;
  readonly seed: number;
  readonly clause: PageClause | null;
  /** The command that replays it; null: there is none. */
  readonly replay: string | null;
}

export interface PageClause {
  readonly call: string | null;
  readonly file: string;
  readonly text: string;
  readonly source: string | null;
}

/** The page of a class. */
export interface ClassPage {
  readonly assignment: Bilingual;
  readonly submissions: readonly PageSubmission[];
  readonly maximum: number;
  readonly histogram: DrawnHistogram | null;
  readonly items: readonly PageItem[];
  readonly mistakes: readonly PageMistake[];
  readonly stories: readonly PackedStory[];
}

export interface PageSubmission {
  readonly name: string;
  readonly score: number;
  readonly maximum: number;
  readonly failure: PageFailure | null;
  /** The address of its own page; null: it has none. */
  readonly page: string | null;
}

/** A line of the rubric over the class: how many submissions lost it, and for how many it was not decided. */
export interface PageItem {
  readonly id: string;
  readonly title: Bilingual;
  readonly asked: number;
  readonly lost: number;
  readonly undecided: number;
}

/** Lost points that look like one mistake. `story` is an example, among the page's stories. */
export interface PageMistake {
  /** Of an example: the line of the rubric. */
  readonly id: string;
  readonly title: Bilingual;
  readonly kind: ViolationKind;
  readonly expected: string;
  readonly observed: string;
  readonly story: string;
  /** Places in the list of submissions. */
  readonly submissions: readonly number[];
}

/** How many submissions have which scores, ready to be drawn: places are in units of the drawing. */
export interface DrawnHistogram {
  readonly width: number;
  readonly height: number;
  readonly plot: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  readonly xTicks: readonly { readonly at: number; readonly label: string }[];
  readonly yTicks: readonly { readonly at: number; readonly label: string }[];
  readonly bars: readonly HistogramBar[];
}

/** Submissions with a score of at least `from` and less than `to`; the last bar has its end in it. */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
