import type { Suite } from '#model/claim.ts';
import { ordering as orderingClaim } from '#model/claim.ts';
import type { Implementation } from '#model/counterexample.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import { type ClaimResult, type OrderReport, usualPlan } from '#model/engine/plan.ts';
import { loadImplementation, replayLine, saveCounterexample } from '#reports/cli/counterexamples.ts';
import { drive, listenForInterrupt, progressDisplay } from '#reports/cli/drive.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFolder } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { orderingTable } from '#reports/text/ordering.ts';

export interface OrderingOptions {
  readonly implementation: Implementation;
  readonly variant: string | undefined;
  readonly budget: Budget;
  readonly seed: number;
  readonly folder: string;
  readonly json: boolean;
}

/** What was found out about one implementation's orders. */
interface Judged {
  readonly suite: Suite;
  readonly variant: string;
  readonly result: ClaimResult;
}

/** Makes each order of an implementation weaker, one at a time, and says what breaks. */
export const ordering = async (
  suites: readonly Suite[],
  options: OrderingOptions,
  output: Output,
): Promise<ExitCode> => {
  prepareFolder(options.folder);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, 0);
  const judged: Judged[] = [];
  for (const suite of suites) {
    for (const { name: variant } of suite.subject.variants) {
      if (interrupt.isRequested || (options.variant !== undefined && options.variant !== variant)) continue;
      const plan = await planFor(suite, variant, options);
      const { claims } = await drive(plan, interrupt, (done) =>
        display.update(done, done, `orders of ${suite.subject.id}`),
      );
      judged.push({ suite, variant, result: claims.find(({ claim }) => claim.tag === 'ordering') as ClaimResult });
    }
  }
  display.stop();
  interrupt.release();
  const replays = save(judged, options.folder);
  if (options.json) output.out(JSON.stringify(asJson(judged, replays, options)));
  else for (const one of judged) print(one, replays, output);
  const verdicts = judged.map(({ result }) => result.verdict.tag);
  if (verdicts.includes('refuted')) return exitCode.refuted;
  return verdicts.includes('gave-up') ? exitCode.gaveUp : exitCode.holds;
};

/** Only the claim on orders is judged; the others are what a weaker order may break. */
const planFor = async (suite: Suite, variant: string, { implementation, budget, seed }: OrderingOptions) => {
  const own = suite.claims.find(({ tag }) => tag === 'ordering') ?? orderingClaim();
  return {
    suite: { ...suite, claims: [...suite.claims.filter(({ tag }) => tag !== 'ordering'), own] },
    variant,
    world: await loadImplementation(suite.subject.id, variant, implementation),
    implementation,
    claims: [own],
    budget,
    seed,
    ...usualPlan,
    memories: ['rc11' as const],
  };
};

const weakenings = (orders: OrderReport | undefined) => (orders?.sites ?? []).flatMap(({ weakened }) => weakened);

const save = (judged: readonly Judged[], folder: string): ReadonlyMap<string, string> =>
  new Map(
    judged
      .flatMap(({ result }) => weakenings(result.orders))
      .flatMap(({ counterexample }) =>
        counterexample ? [[counterexample.id, saveCounterexample(folder, counterexample)] as const] : [],
      ),
  );

const asJson = (
  judged: readonly Judged[],
  replays: ReadonlyMap<string, string>,
  { seed, budget }: OrderingOptions,
) => ({
  orders: judged.flatMap(({ suite, variant, result }) =>
    (result.orders?.sites ?? []).map(({ site, weakened }) => ({
      subject: suite.subject.id,
      variant,
      site: site.name ?? null,
      order: site.order,
      word: site.word,
      partners: site.partners,
      isNeeded: weakened.length > 0 && weakened.every(({ counterexample }) => counterexample),
      weakened: weakened.map(({ to, counterexample, executions }) => ({
        to,
        executions,
        claim: counterexample?.claim ?? null,
        kind: counterexample?.violation.kind ?? null,
        story: counterexample?.story ?? null,
        ...(counterexample ? { replay: replays.get(counterexample.id) } : {}),
      })),
    })),
  ),
  seed,
  budget: budget.name,
});

const print = ({ suite, variant, result }: Judged, replays: ReadonlyMap<string, string>, output: Output): void => {
  output.out(styled(output, 'bold', `${suite.subject.id} (${variant})`));
  output.out(orderingTable(result.orders?.sites ?? [], output));
  if (result.verdict.tag === 'gave-up') output.out(`  gave up: ${result.verdict.why}`);
  for (const { counterexample } of weakenings(result.orders)) {
    const path = counterexample && replays.get(counterexample.id);
    if (path !== undefined) output.out(`  ${styled(output, 'dim', replayLine(path))}`);
  }
  output.out('');
};
