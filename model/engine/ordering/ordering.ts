import { type Claim, claimsAbout } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { type Site, sitesOf } from '#model/engine/ordering/sites.ts';
import { nextWeaker } from '#model/engine/ordering/weaker.ts';
import type { ClaimResult, OrderReport, Plan, SiteReport, Weakened } from '#model/engine/plan.ts';
import type { Verdict } from '#model/verdict.ts';

/** Whatever checks a plan. */
export interface Checker {
  run(): Iterable<{ readonly done: number }>;
  results(): { readonly claims: readonly ClaimResult[]; readonly executions: number };
}

/** How far the judging of orders is: what is being tried, and what is known by now. */
export interface OrderProgress {
  readonly at: string;
  readonly executions: number;
  readonly report: OrderReport;
}

/** How much of the code as it stands is tried before anything is made weaker. */
const trial = { sequences: 0, looks: 200, scenarioExecutions: 25, programs: 20, schedules: 25 };

/** Enough for the stories that a plan names, and no more. */
const nothing = { sequences: 0, looks: 0, scenarioExecutions: 0, programs: 0, schedules: 0 };

/**
 * Whether each order of an implementation is needed: makes each of its sites weaker, one at a time, and looks for what
 * breaks under rc11. That the orders suffice is what all other claims say. What broke without one site is tried first
 * without the next: the two sides of a pair break alike.
 */
export function* judgeOrders(
  plan: Plan,
  responsible: readonly string[],
  tryOut: (plan: Plan) => Checker,
): Generator<OrderProgress, OrderReport> {
  const claims = claimsAbout(plan.suite, plan.variant).filter(mayBreak);
  const asItStands: Plan = { ...plan, claims, memories: ['rc11'], weakening: null, untilRefuted: true, hints: [] };
  const sites: SiteReport[] = [];
  const known: Counterexample[] = [];
  let executions = 0;

  function* attempt(at: string, tried: Plan): Generator<OrderProgress, Counterexample | undefined> {
    const check = tryOut(tried);
    for (const { done } of check.run()) {
      yield { at, executions: executions + done, report: { broken: undefined, sites } };
    }
    const results = check.results();
    executions += results.executions;
    return results.claims.find(({ counterexample }) => counterexample)?.counterexample;
  }

  const inBudget = (counts: Omit<Budget, 'name' | 'preemptions'>): Budget => ({ ...plan.budget, ...counts });
  const broken = yield* attempt('the code as it stands', { ...asItStands, budget: inBudget(trial) });
  if (broken) return { broken, sites: [] };

  for (const site of sitesOf(rigFor(plan.suite.subject, plan.variant, plan.world))) {
    if (!isOwn(site.name, plan, responsible)) continue;
    const weakened: Weakened[] = [];
    for (const to of site.name === undefined ? [] : nextWeaker(site.kind, site.order)) {
      const at = `${site.name}: ${to} for ${site.order}`;
      const before = executions;
      const weakening = { site: site.name as string, from: site.order, to };
      let counterexample: Counterexample | undefined;
      for (const stage of stagesOf({ ...asItStands, weakening, hints: known }, site)) {
        counterexample ??= yield* attempt(at, stage);
      }
      weakened.push({ to, counterexample, executions: executions - before });
      if (!counterexample) continue;
      known.push(counterexample);
      const blameless = { ...asItStands, budget: inBudget(nothing), hints: [counterexample] };
      const alsoBroken = yield* attempt(at, blameless);
      if (alsoBroken) return { broken: alsoBroken, sites: [] };
    }
    sites.push({ site: { ...site, partners: partnersOf(site, plan, responsible) }, weakened });
  }
  return { broken: undefined, sites };
}

/** Where the site was seen to meet others comes first: if anything breaks, it mostly does so there. */
const stagesOf = (plan: Plan, { meetings }: Site): readonly Plan[] => {
  const { subject } = plan.suite;
  const suiteOf = (isFirst: boolean): Plan['suite'] => ({
    ...plan.suite,
    subject: {
      ...subject,
      scenarios: (variant) => subject.scenarios(variant).filter(({ name }) => meetings.includes(name) === isFirst),
    },
  });
  return [
    { ...plan, suite: suiteOf(true), budget: { ...plan.budget, programs: 0 } },
    { ...plan, suite: suiteOf(false), hints: [] },
  ];
};

/**
 * The sites that an implementation answers for: those whose names stand in its own file, those that it says, and those
 * without a name, since the kernel's have all one. What the kernel beneath it does is the claim of another subject.
 */
export const isOwn = (
  name: string | undefined,
  { world, suite, variant }: Plan,
  responsible: readonly string[],
): boolean => {
  if (name === undefined || responsible.some((prefix) => name.startsWith(`${prefix}.`))) return true;
  const entry = suite.subject.variants.find((candidate) => candidate.name === variant)?.module;
  const quoted = ["'", '"', '`'].map((quote) => `${quote}${name}${quote}`);
  return [...world.sources].some(
    ([path, text]) =>
      (path === `impl/${entry}` || !path.startsWith('impl/')) && quoted.some((literal) => text.includes(literal)),
  );
};

/** Its own partners; the kernel's, if it has met no others. */
const partnersOf = ({ partners }: Site, plan: Plan, responsible: readonly string[]): readonly string[] => {
  const own = partners.filter((name) => isOwn(name, plan, responsible));
  return own.length > 0 ? own : partners;
};

/** Claims that an order can matter to: not those on one call at a time, on cost, or on what can be reached. */
const mayBreak = ({ tag }: Claim): boolean =>
  tag === 'linearizes' ||
  tag === 'progress' ||
  tag === 'faultless' ||
  tag === 'always' ||
  tag === 'never' ||
  tag === 'observes';

/** The sites that are not shown to be needed: with each weakening that broke nothing, or without a name. */
export const idleOrders = ({ sites }: OrderReport): readonly SiteReport[] =>
  sites.flatMap(({ site, weakened }) => {
    const idle = weakened.filter(({ counterexample }) => !counterexample);
    return site.name === undefined || idle.length > 0 ? [{ site, weakened: idle }] : [];
  });

/**
 * Holds if each weakening breaks something. Otherwise it is given up, and says where: that nothing was found is no proof
 * that there is nothing, and code that is stronger than needed is right.
 */
export const orderingVerdict = (report: OrderReport, executions: number): Verdict => {
  const gaveUp = (why: string): Verdict => ({ tag: 'gave-up', executions, why });
  if (report.broken) return gaveUp(`as it stands this is refuted: ${report.broken.sentence}`);
  if (report.sites.length === 0) return gaveUp('it has no site with an order to weaken');
  const idle = idleOrders(report);
  if (idle.length === 0) return { tag: 'holds', executions };
  const nameless = idle.find(({ site }) => site.name === undefined)?.site;
  if (nameless) {
    const what = nameless.word === null ? 'a fence' : `an access to ${nameless.word}`;
    return gaveUp(`${what} orders (${nameless.order}) and has no name`);
  }
  const tried = idle.flatMap(({ site, weakened }) => weakened.map(({ to }) => `${site.name} (${site.order}) as ${to}`));
  return gaveUp(`nothing broke with ${tried.join(', ')}`);
};
