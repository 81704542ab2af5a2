import { showClaim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import type { ClaimResult, SiteReport } from '#model/engine/plan.ts';
import type { Story } from '#model/engine/trace/story.ts';
import type { Verdict } from '#model/verdict.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import type {
  Exhibit,
  PageCanary,
  PageCheck,
  PageClaim,
  PageData,
  PageOrder,
  PageStory,
} from '#reports/html/client/data.ts';
import { drawFigure } from '#reports/html/figure.ts';

/** What a run of the tool found out, from which the page is made. */
export interface Findings {
  readonly title: string;
  readonly seed: number;
  readonly budget: string;
  readonly generatedWith: { readonly version: string; readonly node: string };
  readonly wallSeconds?: number | undefined;
  readonly checks: readonly CheckResult[];
  /** Each mutant with the result of the claim that it was tried on. */
  readonly museum: readonly { readonly mutant: Mutant; readonly result: ClaimResult }[];
  readonly canary?: ClaimResult | undefined;
  /** The stories told, by the id of their counterexample. A refutation without one is shown, and does not open. */
  readonly stories: ReadonlyMap<string, Story>;
  /** Executions that show how an implementation works, by its subject and variant. */
  readonly examples?: readonly PageExample[] | undefined;
  /** The command that replays a counterexample, by its id. */
  readonly replays?: ReadonlyMap<string, string> | undefined;
}

/** An execution of a scenario, as an example. Its story is among the others, by `id`. */
export interface PageExample {
  readonly subject: string;
  readonly variant: string;
  readonly scenario: string;
  readonly id: string;
}

/** Puts what was found out into the shape that the page shows. Decides nothing: each verdict is the check's. */
export const pageData = (findings: Findings): PageData => {
  const { title, seed, budget, generatedWith, wallSeconds, checks, museum, canary, stories, replays } = findings;
  return {
    title,
    seed,
    budget,
    generatedWith,
    wallSeconds: wallSeconds ?? null,
    memories: memoryNames.filter((memory) => checks.some(({ plan }) => plan.memories.includes(memory))),
    checks: checks.map((check) => pageCheck(check, stories, findings.examples ?? [])),
    museum: museum.map(({ mutant, result }) => exhibit(mutant, result, stories)),
    canary: canary ? pageCanary(canary, stories) : null,
    stories: [...stories].map(([id, story]): PageStory => ({ id, story, replay: replays?.get(id) ?? null })),
  };
};

type Stories = Findings['stories'];

const pageCheck = (
  { plan, claims, executions, steps, exhausted, coverage }: CheckResult,
  stories: Stories,
  examples: readonly PageExample[],
): PageCheck => ({
  subject: plan.suite.subject.id,
  variant: plan.variant,
  summary: plan.suite.subject.summary,
  implementation: plan.implementation.tag === 'file' ? plan.implementation.path : plan.implementation.tag,
  executions,
  steps,
  states: coverage.states,
  exhausted: exhausted.map(({ scenario, preemptions, end, executions: made }) => ({
    scenario,
    preemptions,
    end,
    executions: made,
  })),
  claims: claims.map((result) => pageClaim(result, stories)),
  figures: isFirstOf(plan) ? (plan.suite.figures ?? []).map(drawFigure) : [],
  examples: examples.flatMap(({ subject, variant, scenario, id }) =>
    subject === plan.suite.subject.id && variant === plan.variant ? [{ scenario, story: id }] : [],
  ),
  orders: claims.flatMap(({ orders }) => orders?.sites ?? []).map((report) => pageOrder(report, stories)),
});

/** Figures are about the subject, and shown once: with its first variant. */
const isFirstOf = ({ suite, variant }: CheckResult['plan']): boolean => suite.subject.variants[0]?.name === variant;

const pageOrder = ({ site, weakened }: SiteReport, stories: Stories): PageOrder => ({
  site: site.name ?? null,
  order: site.order,
  word: site.word,
  partners: site.partners,
  weakened: weakened.map(({ to, executions, counterexample }) => ({
    to,
    executions,
    breaks: counterexample
      ? {
          claim: counterexample.sentence,
          kind: counterexample.violation.kind,
          size: counterexample.story,
          story: idIn(stories, counterexample),
        }
      : null,
  })),
});

const pageClaim = (result: ClaimResult, stories: Stories): PageClaim => ({
  id: result.claim.id,
  sentence: showClaim(result.claim),
  verdict: result.verdict.tag,
  executions: result.verdict.executions,
  why: whyOf(result.verdict),
  checks: result.claim.checks,
  story: storyOf(result, stories),
});

const exhibit = (mutant: Mutant, result: ClaimResult, stories: Stories): Exhibit => ({
  id: mutant.id,
  title: mutant.title,
  text: mutant.story,
  origin: mutant.origin,
  bug: mutant.bug ?? null,
  subject: mutant.subject,
  variant: mutant.variant,
  claim: result.claim.id,
  sentence: showClaim(result.claim),
  verdict: result.verdict.tag === 'holds' ? 'survived' : result.verdict.tag,
  executions: result.verdict.executions,
  why: whyOf(result.verdict),
  size: result.counterexample?.story ?? null,
  memory: result.counterexample?.limits.memory ?? null,
  edits: mutant.edits.map(({ file, from, to }) => ({ file, from, to })),
  story: storyOf(result, stories),
});

const pageCanary = (result: ClaimResult, stories: Stories): PageCanary => ({
  subject: result.subject,
  variant: result.variant,
  sentence: showClaim(result.claim),
  verdict: result.verdict.tag,
  executions: result.verdict.executions,
  size: result.counterexample?.story ?? null,
  story: storyOf(result, stories),
});

const whyOf = (verdict: Verdict): string | null => (verdict.tag === 'gave-up' ? verdict.why : null);

const storyOf = ({ counterexample }: ClaimResult, stories: Stories): string | null =>
  counterexample ? idIn(stories, counterexample) : null;

const idIn = (stories: Stories, { id }: Counterexample): string | null => (stories.has(id) ? id : null);
