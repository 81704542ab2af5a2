import type { Weakening } from '#impl/machine/weakening.ts';
import { type Claim, claimsAbout } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { type Site, sitesOf } from '#model/engine/ordering/sites.ts';
import { nextWeaker } from '#model/engine/ordering/weaker.ts';
import type { ClaimResult, Plan, SiteReport, Weakened } from '#model/engine/plan.ts';
import type { Verdict } from '#model/verdict.ts';

/** Whatever checks a plan. */
export interface Checker {
  run(): Iterable<unknown>;
  results(): { readonly claims: readonly ClaimResult[]; readonly executions: number };
}

type TryOut = (plan: Plan) => Checker;

/**
 * Whether each order of an implementation is needed: makes each of its sites weaker, one at a time, and looks for what
 * breaks under rc11. That the orders suffice is what all other claims say. What broke without one site is tried first
 * without the next: the two sides of a pair break alike.
 */
export function* judgeOrders(
  plan: Plan,
  responsible: readonly string[],
  tryOut: TryOut,
): Generator<void, readonly SiteReport[]> {
  const rig = rigFor(plan.suite.subject, plan.variant, plan.world);
  const reports: SiteReport[] = [];
  const known: Counterexample[] = [];
  for (const site of sitesOf(rig)) {
    if (!isOwn(site, plan, responsible)) continue;
    const weakened: Weakened[] = [];
    for (const to of site.name === undefined ? [] : nextWeaker(site.kind, site.order)) {
      const one = yield* weaken({ ...plan, hints: known }, { site: site.name as string, from: site.order, to }, tryOut);
      if (one.counterexample) known.push(one.counterexample);
      weakened.push(one);
    }
    reports.push({ site, weakened });
  }
  return reports;
}

/**
 * The sites that an implementation answers for: those whose names stand in its own file, and those that it says. What
 * the kernel beneath it does is the claim of another subject.
 */
const isOwn = ({ name, word }: Site, { world, suite, variant }: Plan, responsible: readonly string[]): boolean => {
  if (name === undefined) return responsible.includes(word ?? '');
  if (responsible.some((prefix) => name.startsWith(`${prefix}.`))) return true;
  const entry = suite.subject.variants.find((candidate) => candidate.name === variant)?.module;
  return [...world.sources].some(
    ([path, text]) => (path === `impl/${entry}` || !path.startsWith('impl/')) && text.includes(`'${name}'`),
  );
};

function* weaken(plan: Plan, weakening: Weakening, tryOut: TryOut): Generator<void, Weakened> {
  const claims = claimsAbout(plan.suite, plan.variant).filter(mayBreak);
  const check = tryOut({ ...plan, claims, memories: ['rc11'], weakening, untilRefuted: true });
  for (const _ of check.run()) yield;
  const { claims: results, executions } = check.results();
  return {
    to: weakening.to,
    executions,
    counterexample: results.find((result) => result.counterexample)?.counterexample,
  };
}

/** Claims that an order can matter to: not those on one call at a time, on cost, or on what can be reached. */
const mayBreak = ({ tag }: Claim): boolean =>
  tag === 'linearizes' ||
  tag === 'progress' ||
  tag === 'faultless' ||
  tag === 'always' ||
  tag === 'never' ||
  tag === 'observes';

/**
 * Holds if each weakening breaks something. Otherwise it is given up, and says where: that nothing was found is no proof
 * that there is nothing, and code that is stronger than needed is right.
 */
export const orderingVerdict = (reports: readonly SiteReport[], executions: number): Verdict => {
  const gaveUp = (why: string): Verdict => ({ tag: 'gave-up', executions, why });
  if (reports.length === 0) return gaveUp('it has no site with an order to weaken');
  const nameless = reports.find(({ site }) => site.name === undefined)?.site;
  if (nameless) return gaveUp(`an access to ${nameless.word} orders (${nameless.order}) and has no name`);
  const idle = reports.flatMap(({ site, weakened }) =>
    weakened.flatMap(({ to, counterexample }) => (counterexample ? [] : [`${site.name} (${site.order}) as ${to}`])),
  );
  return idle.length === 0 ? { tag: 'holds', executions } : gaveUp(`nothing broke with ${idle.join(', ')}`);
};
