import type { ClaimResult, SiteReport } from '#model/engine/plan.ts';
import type { Covered } from '#reports/coverage/cover.ts';
import type {
  CoveredOrders,
  CoveredPairs,
  CoveredSite,
  CoveredTransitions,
} from '#reports/html/client/coverage/data.ts';
import { isNeeded } from '#reports/text/ordering.ts';

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
