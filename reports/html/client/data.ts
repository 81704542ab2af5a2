/**
 * What the page is made from: plain data, so that it can be embedded as JSON. The builder (`reports/html/page-data.ts`)
 * and the code that runs in the browser share these types.
 */
import type { StorySize } from '#model/counterexample.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { Story } from '#model/engine/trace/story.ts';
import type { ViolationKind } from '#model/verdict.ts';

/** Everything the page shows. Stories are referred to by id, which is also how a link names them. */
export interface PageData {
  readonly title: string;
  readonly seed: number;
  readonly budget: string;
  /** The tool's version and Node's. */
  readonly generatedWith: { readonly version: string; readonly node: string };
  readonly wallSeconds: number | null;
  /** The memory models that were explored, the strongest first. */
  readonly memories: readonly MemoryName[];
  readonly checks: readonly PageCheck[];
  readonly museum: readonly Exhibit[];
  /** The claim that must fail; null if it was not tried. */
  readonly canary: PageCanary | null;
  readonly stories: readonly PageStory[];
}

/** One implementation and all that was claimed about it. */
export interface PageCheck {
  readonly subject: string;
  readonly variant: string;
  readonly summary: string;
  /** Whose code it was: `the reference`, or a file. */
  readonly implementation: string;
  readonly executions: number;
  readonly steps: number;
  /** Spec states reached. */
  readonly states: number;
  readonly exhausted: readonly {
    readonly scenario: string;
    readonly preemptions: number;
    /** All executions of it, all its schedules of so many preemptions, or as many as some bound or somebody allowed. */
    readonly end: 'all' | 'schedules' | 'executions' | 'steps' | 'stopped';
    readonly executions: number;
  }[];
  readonly claims: readonly PageClaim[];
  readonly figures: readonly DrawnFigure[];
  /** Executions that show how it works: what each is about, and its story. */
  readonly examples: readonly { readonly scenario: string; readonly story: string }[];
  /** Each order in its code, if they were judged. */
  readonly orders: readonly PageOrder[];
}

/** A place in the code that orders, and what became of it when it was made weaker. */
export interface PageOrder {
  /** Its name; null: it has none, and was not made weaker. */
  readonly site: string | null;
  readonly order: string;
  /** A word that it touches; null: it is a fence. */
  readonly word: string | null;
  readonly partners: readonly string[];
  readonly weakened: readonly PageWeakened[];
}

/** An order made one step weaker, `none` being no fence at all; what breaks then, null: nothing that was found. */
export interface PageWeakened {
  readonly to: string;
  readonly executions: number;
  readonly breaks: {
    readonly claim: string;
    readonly kind: ViolationKind;
    readonly size: StorySize;
    readonly story: string | null;
  } | null;
}

/** One claim and what was found out about it. */
export interface PageClaim {
  readonly id: string;
  readonly sentence: string;
  readonly verdict: 'holds' | 'refuted' | 'gave-up';
  readonly executions: number;
  /** Why it was given up. */
  readonly why: string | null;
  /** The claims of the course notes that it checks. */
  readonly checks: readonly string[];
  readonly story: string | null;
}

/** A figure, ready to be drawn: places are in units of the drawing, from its top left corner. */
export interface DrawnFigure {
  readonly title: string;
  readonly note: string;
  readonly width: number;
  readonly height: number;
  readonly plot: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  readonly x: DrawnAxis;
  readonly y: DrawnAxis;
  readonly curves: readonly { readonly name: string; readonly path: string; readonly nameAt: number }[];
}

export interface DrawnAxis {
  readonly label: string;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** A mutant of the museum and what became of it. */
export interface Exhibit {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly origin: string;
  readonly bug: string | null;
  readonly subject: string;
  readonly variant: string;
  /** The claim that it was tried on. */
  readonly claim: string;
  readonly sentence: string;
  readonly verdict: 'refuted' | 'survived' | 'gave-up';
  readonly executions: number;
  readonly why: string | null;
  readonly size: StorySize | null;
  /** The memory model under which it was found; null: it was not. */
  readonly memory: MemoryName | null;
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  readonly story: string | null;
}

/** The claim that must fail. */
export interface PageCanary {
  readonly subject: string;
  readonly variant: string;
  readonly sentence: string;
  readonly verdict: PageClaim['verdict'];
  readonly executions: number;
  readonly size: StorySize | null;
  readonly story: string | null;
}

/** A story, the id that links to it, and the command that replays it, if there is one. */
export interface PageStory {
  readonly id: string;
  readonly story: Story;
  readonly replay: string | null;
}
