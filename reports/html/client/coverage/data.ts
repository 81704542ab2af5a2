/**
 * What `coverage` found out (docs/schema/coverage.schema.json): plain data. The JSON is this, text and page are made from
 * it, and the code that runs in the browser shares these types.
 */
import type { StorySize } from '#model/counterexample.ts';
import type { Pair } from '#model/engine/coverage/pairs.ts';
import type { Transition } from '#model/engine/coverage/report.ts';
import type { ViolationKind } from '#model/verdict.ts';

/** The whole of it. */
export interface CoverageDocument {
  readonly implementations: readonly CoveredImplementation[];
  /** Lines and branches of the files that ran; null: nobody asked. */
  readonly code: readonly FileCoverage[] | null;
  readonly seed: number;
  readonly budget: string;
}

/** What was covered of one implementation, and of its spec. */
export interface CoveredImplementation {
  readonly subject: string;
  readonly variant: string;
  /** `reference`, or the path of a file. */
  readonly implementation: string;
  readonly executions: number;
  readonly unexplained: number;
  readonly transitions: CoveredTransitions;
  readonly pairs: CoveredPairs;
  /** Null: this implementation orders nothing itself, and makes no claim about it. */
  readonly orders: CoveredOrders | null;
}

export interface CoveredTransitions {
  readonly seen: number;
  readonly known: number;
  /** What was explored of the spec to know which there are. */
  readonly space: { readonly systems: number; readonly states: number; readonly isComplete: boolean };
  readonly all: readonly Transition[];
  /** In words: `read -> EAGAIN`. */
  readonly neverSeen: readonly string[];
}

export interface CoveredPairs {
  /** Of the implementation's own pairs, how many were met in both orders. */
  readonly both: number;
  readonly own: number;
  readonly all: readonly (Pair & { readonly orders: 'both' | 'one' })[];
}

export interface CoveredOrders {
  readonly verdict: 'holds' | 'refuted' | 'gave-up';
  readonly why?: string;
  readonly needed: number;
  readonly sites: readonly CoveredSite[];
}

/** A place that orders, and what breaks when it is made weaker. */
export interface CoveredSite {
  readonly site: string | null;
  readonly order: string;
  readonly word: string | null;
  readonly partners: readonly string[];
  readonly isNeeded: boolean;
  readonly weakened: readonly {
    readonly to: string;
    readonly executions: number;
    /** The claim that breaks, how, and how small the story is; null: nothing that was found. */
    readonly claim: string | null;
    readonly kind: ViolationKind | null;
    readonly story: StorySize | null;
  }[];
}

/** How much of a file has run. */
export interface FileCoverage {
  /** Its path, from where the command was given. */
  readonly file: string;
  readonly lines: CoveredPart;
  readonly branches: CoveredPart;
  readonly functions: CoveredPart;
  /** Lines that never ran: `12`, `20-23`. */
  readonly uncovered: readonly string[];
}

export interface CoveredPart {
  readonly covered: number;
  readonly total: number;
}
