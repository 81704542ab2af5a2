import type { Suite } from '#model/claim.ts';
import type { Implementation } from '#model/counterexample.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { orderingClaimOf } from '#reports/cli/ordering.ts';
import type { Output } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { selectTargets } from '#reports/cli/select.ts';
import {
  type CoverageDocument,
  type CoveredImplementation,
  coveredOrders,
  coveredPairs,
  coveredTransitions,
} from '#reports/coverage/document.ts';
import { coverageText } from '#reports/coverage/text.ts';
import { type Job, runJobs } from '#reports/workers/run.ts';
import type { Answer } from '#reports/workers/task.ts';

export interface CoverageOptions {
  readonly implementation: Implementation;
  readonly variant: string | undefined;
  readonly budget: Budget;
  readonly seed: number;
  readonly json: boolean;
  readonly workers: number;
}

/** Says what the executions of a check meet: transitions of the spec, orders of pairs, orders that are needed. */
export const coverage = async (
  suites: readonly Suite[],
  options: CoverageOptions,
  output: Output,
): Promise<ExitCode> => {
  const { implementation, budget, seed, workers } = options;
  const jobs = await jobsOf(suites, options);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, null);
  const answers = await runJobs(jobs, { workers, interrupt, display }, (answer) => coveredOf(answer, implementation));
  display.stop();
  interrupt.release();
  const implementations = answers.filter((answer) => answer !== undefined);
  const found: CoverageDocument = { implementations, code: null, seed, budget: budget.name };
  output.out(options.json ? JSON.stringify(found) : coverageText(found, output));
  return implementations.length === jobs.length ? exitCode.holds : exitCode.gaveUp;
};

/** The claim on orders is the only one that is judged. A variant that it is not made about orders nothing itself. */
const jobsOf = async (suites: readonly Suite[], options: CoverageOptions): Promise<readonly Job[]> => {
  const { implementation, variant, budget, seed } = options;
  const isAsked = implementation.tag === 'file';
  const targets = selectTargets(suites, variant, implementation);
  if (isAsked) {
    for (const { suite, variant: name } of targets) await loadImplementation(suite.subject.id, name, implementation);
  }
  return targets.map(({ suite, variant: name }) => ({
    task: {
      subject: suite.subject.id,
      variant: name,
      implementation,
      claims: [orderingClaimOf(suite, name, isAsked)].flatMap((claim) => (claim ? [claim.id] : [])),
      budget,
      seed,
      explore: 'all',
      memories: memoryNames,
      covers: true,
    },
    label: `${suite.subject.id} (${name})`,
    size: null,
  }));
};

/** Undefined: somebody stopped it. */
const coveredOf = (
  { result: { plan, claims }, covered }: Answer,
  implementation: Implementation,
): CoveredImplementation | undefined => {
  if (!covered) return undefined;
  const [orders] = claims;
  return {
    subject: plan.suite.subject.id,
    variant: plan.variant,
    implementation: implementation.tag === 'file' ? implementation.path : implementation.tag,
    executions: covered.executions,
    unexplained: covered.unexplained,
    transitions: coveredTransitions(covered),
    pairs: coveredPairs(covered),
    orders: orders ? coveredOrders(orders) : null,
  };
};
