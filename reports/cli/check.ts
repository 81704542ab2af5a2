import { claimsAbout, type Suite, showClaim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import { type CheckResult, sizeOf } from '#model/engine/check.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { Explore } from '#model/engine/explore/stream.ts';
import { idleOrders } from '#model/engine/ordering/ordering.ts';
import { type ClaimResult, type Plan, storiesOf, usualPlan } from '#model/engine/plan.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { provoke } from '#reports/cli/canary.ts';
import { loadImplementation, replayLine, rigOf, saveCounterexample } from '#reports/cli/counterexamples.ts';
import { drive, listenForInterrupt, progressDisplay } from '#reports/cli/drive.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFile, prepareFolder, writeText } from '#reports/cli/files.ts';
import { type Exhibit, museumExit, museumJson, museumText, runMuseum } from '#reports/cli/museum.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { checkPage } from '#reports/cli/page.ts';
import { mutantsOf, selectTargets, theirImplementation } from '#reports/cli/select.ts';
import { orderingTable } from '#reports/text/ordering.ts';
import { plural, storyLines } from '#reports/text/story.ts';
import { checkText } from '#reports/text/summary.ts';

export interface CheckOptions {
  readonly suites: readonly Suite[];
  readonly implementation: string | undefined;
  readonly variant: string | undefined;
  readonly explore: Explore;
  readonly memories: readonly MemoryName[];
  readonly budget: Budget;
  readonly seed: number;
  readonly museum: boolean;
  readonly html: string | undefined;
  readonly folder: string;
  readonly json: boolean;
}

/** What is to be checked: each variant's reference, or the one file the user gave. */
const plansOf = async (options: CheckOptions): Promise<Plan[]> => {
  const { budget, seed, explore, memories } = options;
  const implementation = theirImplementation(options.implementation, options.suites) ?? { tag: 'reference' };
  return Promise.all(
    selectTargets(options.suites, options.variant, implementation).map(async ({ suite, variant }) => ({
      suite,
      variant,
      world: await loadImplementation(suite.subject.id, variant, implementation),
      implementation,
      claims: claimsAbout(suite, variant).filter((claim) => !claim.isOfReference || implementation.tag === 'reference'),
      budget,
      seed,
      ...usualPlan,
      explore,
      memories,
    })),
  );
};

/** Runs the claims; with `museum` the mutants too; with `html` writes the page. */
export const check = async (options: CheckOptions, output: Output): Promise<ExitCode> => {
  prepareFolder(options.folder);
  if (options.html !== undefined) prepareFile(options.html);
  const started = performance.now();
  const canary = await provoke(options.seed);
  const plans = await plansOf(options);
  const museum = options.museum ? mutantsOf(options.suites) : [];
  const interrupt = listenForInterrupt(output);
  if (!options.json) announce(plans, museum.length, options, output);
  const total = plans.reduce((sum, plan) => sum + sizeOf(plan), 0);
  const display = progressDisplay(output, total);
  const results: CheckResult[] = [];
  const replays = new Map<Counterexample, string>();
  let done = 0;
  for (const plan of plans) {
    const label = `${plan.suite.subject.id} (${plan.variant})`;
    const result = await drive(plan, interrupt, (now, at) =>
      display.update(done + Math.min(now, sizeOf(plan)), total, at === undefined ? label : `${label}: ${at}`),
    );
    done += sizeOf(plan);
    results.push(result);
    for (const story of result.claims.flatMap(storiesOf)) {
      replays.set(story, saveCounterexample(options.folder, story));
    }
  }
  const exhibits = await runMuseum(museum, options, interrupt, display);
  display.stop();
  interrupt.release();
  const outcome = { results, exhibits, replays, museumSize: museum.length };
  if (options.json) output.out(JSON.stringify(asJson(outcome, options)));
  else await print(outcome, output);
  if (options.html !== undefined) {
    const seconds = (performance.now() - started) / 1000;
    const lines = new Map([...replays].map(([{ id }, path]) => [id, replayLine(path)] as const));
    for (const { claim, replay } of exhibits) {
      if (claim.counterexample && replay !== undefined) lines.set(claim.counterexample.id, replayLine(replay));
    }
    const { seed, budget } = options;
    const page = await checkPage({ results, exhibits, canary, replays: lines, seed, budget: budget.name, seconds });
    writeText(options.html, page);
    output.note(`the page is in ${options.html}: open it in a browser`);
  }
  return verdictOf(outcome);
};

/** All that a check found out. */
interface Outcome {
  readonly results: readonly CheckResult[];
  readonly exhibits: readonly Exhibit[];
  readonly replays: ReadonlyMap<Counterexample, string>;
  readonly museumSize: number;
}

const announce = (plans: readonly Plan[], mutants: number, options: CheckOptions, output: Output): void => {
  const claims = plans.reduce((sum, plan) => sum + plan.claims.length, 0);
  const what = [
    `${plural(plans.length, 'implementation')} on ${plural(claims, 'claim')}`,
    ...(mutants > 0 ? [`${plural(mutants, 'mutant')} that must fail`] : []),
  ].join(', then ');
  output.note(`Rendezvous checks ${what}. Budget ${options.budget.name}, seed ${options.seed}.`);
};

const claimsOf = ({ results }: Outcome): readonly ClaimResult[] => results.flatMap((result) => result.claims);

const verdictOf = (outcome: Outcome): ExitCode => {
  const claims = claimsOf(outcome);
  if (claims.some((claim) => claim.verdict.tag === 'refuted')) return exitCode.refuted;
  const museum = museumExit(outcome.exhibits, outcome.museumSize);
  if (museum === exitCode.refuted) return exitCode.refuted;
  return claims.some((claim) => claim.verdict.tag === 'gave-up') ? exitCode.gaveUp : museum;
};

const verdictNames: Readonly<Record<number, string>> = { 0: 'holds', 1: 'refuted', 2: 'gave-up' };

/** The fixed JSON shape of the design, with more fields. */
const asJson = (outcome: Outcome, options: CheckOptions): unknown => ({
  verdict: verdictNames[verdictOf(outcome)],
  claims: claimsOf(outcome).map(({ subject, variant, claim, verdict, counterexample }) => ({
    subject,
    variant,
    claim: showClaim(claim),
    id: claim.id,
    verdict: verdict.tag,
    executions: verdict.executions,
    ...(verdict.tag === 'gave-up' ? { why: verdict.why } : {}),
    ...(counterexample ? { replay: outcome.replays.get(counterexample), story: counterexample.story } : {}),
  })),
  seed: options.seed,
  budget: options.budget.name,
  ...(options.museum ? { mutants: museumJson(outcome.exhibits) } : {}),
});

const print = async (outcome: Outcome, output: Output): Promise<void> => {
  for (const result of outcome.results) {
    output.out(checkText(result, `${result.plan.suite.subject.id} (${result.plan.variant})`, output));
    const idle = result.claims.flatMap(({ orders }) => (orders ? idleOrders(orders) : []));
    if (idle.length > 0) output.out(`${orderingTable(idle, output)}\n`);
  }
  for (const { counterexample } of claimsOf(outcome)) {
    if (!counterexample) continue;
    const story = tell(await rigOf(counterexample), counterexample);
    output.out(storyLines(story, output, false).join('\n'));
    output.out(`${styled(output, 'bold', 'replay')}  ${replayLine(outcome.replays.get(counterexample) as string)}\n`);
  }
  if (outcome.exhibits.length > 0) output.out(museumText(outcome.exhibits, output));
  output.out(lastLine(outcome, output));
};

const lastLine = (outcome: Outcome, output: Output): string => {
  const claims = claimsOf(outcome);
  const count = (tag: string): number => claims.filter((claim) => claim.verdict.tag === tag).length;
  const parts = [`${count('holds')} of ${plural(claims.length, 'claim')} hold`];
  if (count('refuted') > 0) parts.push(`${count('refuted')} refuted`);
  if (count('gave-up') > 0) parts.push(`${count('gave-up')} given up`);
  if (outcome.museumSize > 0) {
    const killed = outcome.exhibits.filter((exhibit) => exhibit.claim.verdict.tag === 'refuted').length;
    parts.push(`${killed} of ${plural(outcome.museumSize, 'mutant')} killed`);
  }
  const style =
    verdictOf(outcome) === exitCode.holds ? 'green' : verdictOf(outcome) === exitCode.refuted ? 'red' : 'yellow';
  return styled(output, style, `${parts.join(', ')}.`);
};
