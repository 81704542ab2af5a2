import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite } from '#model/claim.ts';
import type { Implementation } from '#model/counterexample.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import type { World } from '#model/engine/load/world.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFile, writeText } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { orderingClaimOf } from '#reports/cli/ordering.ts';
import type { Output } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { selectTargets } from '#reports/cli/select.ts';
import { measure } from '#reports/coverage/code.ts';
import { coveredOrders, coveredPairs, coveredTransitions } from '#reports/coverage/document.ts';
import { coveragePage } from '#reports/coverage/page.ts';
import { coverageText } from '#reports/coverage/text.ts';
import type { CoverageDocument, CoveredImplementation } from '#reports/html/client/coverage/data.ts';
import { plural } from '#reports/text/story.ts';
import { type Job, runJobs } from '#reports/workers/run.ts';
import type { Answer, Task } from '#reports/workers/task.ts';

const root = fileURLToPath(repositoryUrl);

export interface CoverageOptions {
  readonly implementation: Implementation;
  readonly variant: string | undefined;
  readonly budget: Budget;
  readonly seed: number;
  /** Random executions, if the budget's are not wanted. */
  readonly runs: number | undefined;
  /** Whether lines and branches are counted, too. */
  readonly code: boolean;
  readonly html: string | undefined;
  readonly json: boolean;
  readonly workers: number;
}

/** Says what the executions of a check meet: transitions of the spec, orders of pairs, orders that are needed, code. */
export const coverage = async (
  suites: readonly Suite[],
  options: CoverageOptions,
  output: Output,
): Promise<ExitCode> => {
  if (options.html !== undefined) prepareFile(options.html);
  const targets = await targetsOf(suites, options);
  const found = options.code ? await foundWithCode(targets, options) : await foundIn(targets, options, output);
  output.out(options.json ? JSON.stringify(found) : coverageText(found, output));
  if (options.html !== undefined) {
    writeText(options.html, coveragePage(found));
    output.note(`the page is in ${options.html}: open it in a browser`);
  }
  return found.implementations.length === targets.length ? exitCode.holds : exitCode.gaveUp;
};

/** What is looked at, loaded once here so that a file that cannot be loaded is refused before anything is done. */
interface Target {
  readonly suite: Suite;
  readonly variant: string;
  readonly world: World;
}

const targetsOf = (
  suites: readonly Suite[],
  { variant, implementation }: CoverageOptions,
): Promise<readonly Target[]> =>
  Promise.all(
    selectTargets(suites, variant, implementation).map(async (target) => ({
      ...target,
      world: await loadImplementation(target.suite.subject.id, target.variant, implementation),
    })),
  );

const foundIn = async (
  targets: readonly Target[],
  options: CoverageOptions,
  output: Output,
): Promise<CoverageDocument> => {
  const { implementation, budget, seed, workers } = options;
  const jobs = targets.map((target) => jobOf(target, options));
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, null);
  const answers = await runJobs(jobs, { workers, interrupt, display }, (answer) => coveredOf(answer, implementation));
  display.stop();
  interrupt.release();
  const implementations = answers.filter((answer) => answer !== undefined);
  const left = jobs.length - implementations.length;
  if (left > 0) output.note(`stopped early: ${plural(left, 'implementation')} left out`);
  return { implementations, code: null, seed, budget: budget.name };
};

/** The same by a process of its own, in which code is counted; in one thread, since others end before it is. */
const foundWithCode = async (targets: readonly Target[], options: CoverageOptions): Promise<CoverageDocument> => {
  const { implementation, variant, budget, seed, runs } = options;
  const subjects = [...new Set(targets.map(({ suite }) => suite.subject.id))];
  const args = ['coverage', ...subjects, '--budget', budget.name, '--seed', `${seed}`, '--workers', '1', '--json'];
  if (implementation.tag === 'file') args.push('--implementation', implementation.path);
  if (variant !== undefined) args.push('--variant', variant);
  if (runs !== undefined) args.push('--runs', `${runs}`);
  const files = targets.flatMap(({ suite, world }) => [...filesOf(world, implementation), ...specFilesOf(suite)]);
  const { out, code } = await measure(args, new Set(files));
  return { ...(JSON.parse(out) as CoverageDocument), code };
};

/** The files of an implementation and of the kernel beneath it. */
const filesOf = ({ sources }: World, implementation: Implementation): string[] => {
  const theirs = implementation.tag === 'file' ? dirname(resolve(implementation.path)) : root;
  return [...sources.keys()].map((path) => [root, theirs].map((folder) => join(folder, path)).find(existsSync) ?? path);
};

/** A spec, and the files under its name. */
const specFilesOf = ({ subject }: Suite): string[] => {
  const spec = join(root, 'spec', subject.spec ?? subject.id);
  return readdirSync(dirname(spec))
    .map((name) => join(dirname(spec), name))
    .filter((path) => path.startsWith(`${spec}.`));
};

/** The claim on orders is the only one that is judged. A variant that it is not made about orders nothing itself. */
const jobOf = ({ suite, variant }: Target, { implementation, budget, seed }: CoverageOptions): Job => {
  const { id } = suite.subject;
  const claim = orderingClaimOf(suite, variant, implementation.tag === 'file');
  const task: Task = {
    subject: id,
    variant,
    implementation,
    claims: claim ? [claim.id] : [],
    budget,
    seed,
    explore: 'all',
    memories: memoryNames,
    covers: true,
  };
  return { task, label: `${id} (${variant})`, size: null };
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
