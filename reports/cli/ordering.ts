import type { Claim, Suite } from '#model/claim.ts';
import { claimsAbout, ordering as orderingClaim } from '#model/claim.ts';
import type { Counterexample, Implementation } from '#model/counterexample.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import { type ClaimResult, storiesOf } from '#model/engine/plan.ts';
import { replayLine, saveCounterexample } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFolder } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { selectTargets } from '#reports/cli/select.ts';
import { isNeeded, orderingSummary, orderingTable } from '#reports/text/ordering.ts';
import { type Job, runJobs } from '#reports/workers/run.ts';
import type { Answer } from '#reports/workers/task.ts';

export interface OrderingOptions {
  readonly implementation: Implementation;
  readonly variant: string | undefined;
  readonly budget: Budget;
  readonly seed: number;
  readonly folder: string;
  readonly json: boolean;
  readonly workers: number;
}

/** What was found out about one implementation's orders. */
interface Judged {
  readonly subject: string;
  readonly variant: string;
  readonly result: ClaimResult;
  /** Where each story was saved. */
  readonly replays: ReadonlyMap<Counterexample, string>;
}

/** Makes each order of an implementation weaker, one at a time, and says what breaks. */
export const ordering = async (
  suites: readonly Suite[],
  options: OrderingOptions,
  output: Output,
): Promise<ExitCode> => {
  prepareFolder(options.folder);
  const jobs = jobsOf(suites, options);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, null);
  const crew = { workers: options.workers, interrupt, display };
  const answers = await runJobs(jobs, crew, (answer) => judgedOf(answer, options.folder));
  display.stop();
  interrupt.release();
  const judged = answers.filter((answer) => answer !== undefined);
  const code = codeOf(judged, jobs.length);
  if (options.json) output.out(JSON.stringify(asJson(judged, code, options)));
  else for (const one of judged) print(one, options, output);
  return code;
};

/**
 * The claim on orders of a variant: the suite's, or one that can be made about anything. Undefined: the suite does not
 * make it about this variant, which orders nothing itself; unless somebody asks for it.
 */
export const orderingClaimOf = (suite: Suite, variant: string, isAsked: boolean): Claim | undefined => {
  const made = suite.claims.find(isOrdering);
  return made && !isAsked ? claimsAbout(suite, variant).find(isOrdering) : (made ?? orderingClaim());
};

/** Only the claim on orders is judged; the others are what a weaker order may break. */
const jobsOf = (suites: readonly Suite[], options: OrderingOptions): readonly Job[] => {
  const { implementation, variant, budget, seed } = options;
  const isAsked = variant !== undefined || implementation.tag === 'file';
  return selectTargets(suites, variant, implementation).flatMap(({ suite, variant: name }): Job[] => {
    const claim = orderingClaimOf(suite, name, isAsked);
    if (!claim) return [];
    const { id } = suite.subject;
    const task = { subject: id, variant: name, implementation, claims: [claim.id], budget, seed } as const;
    return [{ task: { ...task, explore: 'all', memories: ['rc11'] }, label: `${id} (${name})`, size: null }];
  });
};

const isOrdering = ({ tag }: Claim): boolean => tag === 'ordering';

const judgedOf = (answer: Answer, folder: string): Judged => {
  const { plan, claims } = answer.result;
  const result = claims[0] as ClaimResult;
  const broken = result.orders?.broken;
  const stories = broken ? [broken] : storiesOf(result);
  const replays = new Map(stories.map((story) => [story, saveCounterexample(folder, story)]));
  return { subject: plan.suite.subject.id, variant: plan.variant, result, replays };
};

/** 1: something breaks though nothing is made weaker; 2: an order is not shown to be needed; 0: all are. */
const codeOf = (judged: readonly Judged[], expected: number): ExitCode => {
  if (judged.some(({ result }) => result.orders?.broken)) return exitCode.refuted;
  const isComplete = judged.length === expected && judged.every(({ result }) => result.verdict.tag === 'holds');
  return isComplete ? exitCode.holds : exitCode.gaveUp;
};

const verdictOf = ({ result: { verdict, orders } }: Judged): string => (orders?.broken ? 'refuted' : verdict.tag);

const asJson = (judged: readonly Judged[], code: ExitCode, { seed, budget }: OrderingOptions): unknown => ({
  verdict: code === exitCode.refuted ? 'refuted' : code === exitCode.holds ? 'holds' : 'gave-up',
  implementations: judged.map((one) => {
    const { subject, variant, result, replays } = one;
    const { verdict, orders } = result;
    const about = (story: Counterexample | undefined): object => ({
      claim: story?.claim ?? null,
      kind: story?.violation.kind ?? null,
      story: story?.story ?? null,
      ...(story ? { replay: replays.get(story) } : {}),
    });
    return {
      subject,
      variant,
      verdict: verdictOf(one),
      executions: verdict.executions,
      ...(verdict.tag === 'gave-up' ? { why: verdict.why } : {}),
      ...(orders?.broken ? { breaks: about(orders.broken) } : {}),
      orders: (orders?.sites ?? []).map((report) => ({
        site: report.site.name ?? null,
        order: report.site.order,
        word: report.site.word,
        partners: report.site.partners,
        isNeeded: isNeeded(report),
        weakened: report.weakened.map(({ to, executions, counterexample }) => ({
          to,
          executions,
          ...about(counterexample),
        })),
      })),
    };
  }),
  seed,
  budget: budget.name,
});

const print = ({ subject, variant, result, replays }: Judged, options: OrderingOptions, output: Output): void => {
  const { verdict, orders } = result;
  output.out(styled(output, 'bold', `${subject} (${variant})`));
  if (orders?.broken) {
    const { implementation } = options;
    const file = implementation.tag === 'file' ? ` --implementation ${implementation.path}` : '';
    output.out(
      ` ${styled(output, 'red', '✗')}  its claims do not hold as it stands. Refuted: ${orders.broken.sentence}`,
    );
    output.out('    Made weaker it would break too, so nothing is said of its orders. Mend it first; see');
    output.out(`  npx rendezvous check ${subject} --variant ${variant}${file}`);
  } else {
    if (orders && orders.sites.length > 0) output.out(orderingTable(orders.sites, output));
    if (orders && orders.sites.length > 0) output.out(`  ${orderingSummary(orders)}`);
    if (verdict.tag === 'gave-up') output.out(`  ${styled(output, 'yellow', 'gave up')}: ${verdict.why}`);
  }
  for (const path of replays.values()) output.out(`  ${styled(output, 'dim', replayLine(path))}`);
  output.out('');
};
