import type { StorySize } from '#model/counterexample.ts';
import type { Pair } from '#model/engine/coverage/pairs.ts';
import type { ClaimResult, SiteReport } from '#model/engine/plan.ts';
import type { FileCoverage } from '#reports/coverage/code.ts';
import type { Covered } from '#reports/coverage/cover.ts';
import { isNeeded } from '#reports/text/ordering.ts';

/** What `coverage --json` prints (docs/schema/coverage.schema.json). Text and page are made from it. */
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
  readonly space: Covered['space'];
  readonly all: Covered['transitions'];
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
    readonly kind: string | null;
    readonly story: StorySize | null;
  }[];
}

/** A transition in words. */
export const transitionText = ({ call, outcome }: { readonly call: string; readonly outcome: string }): string =>
  `${call} -> ${outcome}`;

export const coveredTransitions = ({ transitions, space }: Covered): CoveredTransitions => {
  const never = transitions.filter(({ seen }) => seen === 0);
  return {
    seen: transitions.length - never.length,
    known: transitions.length,
    space,
    all: transitions,
    neverSeen: never.map(transitionText),
  };
};

export const coveredPairs = ({ pairs }: Covered): CoveredPairs => {
  const all = pairs.map((pair) => ({ ...pair, orders: pair.after > 0 ? ('both' as const) : ('one' as const) }));
  const own = all.filter(({ isOwn }) => isOwn);
  return { both: own.filter(({ orders }) => orders === 'both').length, own: own.length, all };
};

/** What the claim about orders came to. */
export const coveredOrders = ({ verdict, orders }: Pick<ClaimResult, 'verdict' | 'orders'>): CoveredOrders => {
  const sites = orders?.sites ?? [];
  return {
    verdict: orders?.broken ? 'refuted' : verdict.tag,
    ...(verdict.tag === 'gave-up' ? { why: verdict.why } : {}),
    needed: sites.filter(isNeeded).length,
    sites: sites.map(coveredSite),
  };
};

const coveredSite = (report: SiteReport): CoveredSite => ({
  site: report.site.name ?? null,
  order: report.site.order,
  word: report.site.word,
  partners: report.site.partners,
  isNeeded: isNeeded(report),
  weakened: report.weakened.map(({ to, executions, counterexample }) => ({
    to,
    executions,
    claim: counterexample?.claim ?? null,
    kind: counterexample?.violation.kind ?? null,
    story: counterexample?.story ?? null,
  })),
});
