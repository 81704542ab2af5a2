import { claimsAbout, type Suite, showClaim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import { type CheckResult, sizeOf } from '#model/engine/check.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import type { Explore } from '#model/engine/explore/exploration.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { idleOrders } from '#model/engine/ordering/ordering.ts';
import type { ClaimResult } from '#model/engine/plan.ts';
import type { Story } from '#model/engine/trace/story.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { provoke } from '#reports/cli/canary.ts';
import { loadImplementation, replayLine } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFile, prepareFolder, writeText } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { keep } from '#reports/cli/keep.ts';
import { type Exhibit, exhibitOf, museumExit, museumJobs, museumJson, museumText } from '#reports/cli/museum.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { checkPage } from '#reports/cli/page.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { mutantsOf, selectTargets, theirImplementation } from '#reports/cli/select.ts';
import { orderingTable } from '#reports/text/ordering.ts';
import { plural, storyLines } from '#reports/text/story.ts';
import { checkText } from '#reports/text/summary.ts';
import { type Job, runJobs } from '#reports/workers/run.ts';
import { outlineOf, type Task, unbegun } from '#reports/workers/task.ts';

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
  readonly workers: number;
}

/** What is to be checked: each variant's reference, or the one file the user gave. */
const tasksOf = async (options: CheckOptions): Promise<Task[]> => {
  const { budget, seed, explore, memories } = options;
  const implementation = theirImplementation(options.implementation, options.suites) ?? { tag: 'reference' };
  const targets = selectTargets(options.suites, options.variant, implementation);
  if (implementation.tag === 'file') {
    // Loaded once here, so that a file that cannot be loaded is refused before anything is announced.
    for (const { suite, variant } of targets) await loadImplementation(suite.subject.id, variant, implementation);
  }
  return targets.map(({ suite, variant }) => ({
    subject: suite.subject.id,
    variant,
    implementation,
    claims: claimsAbout(suite, variant)
      .filter((claim) => !claim.isOfReference || implementation.tag === 'reference')
      .map(({ id }) => id),
    budget,
    seed,
    explore,
    memories,
  }));
};

const jobOf = (task: Task): Job => ({
  task,
  label: `${task.subject} (${task.variant})`,
  size: sizeOf(outlineOf(task)),
});

/** Runs the claims; with `museum` the mutants too; with `html` writes the page. */
export const check = async (options: CheckOptions, output: Output): Promise<ExitCode> => {
  prepareFolder(options.folder);
  if (options.html !== undefined) prepareFile(options.html);
  const started = performance.now();
  const canary = await provoke(options.seed);
  const tasks = await tasksOf(options);
  const mutants = options.museum ? mutantsOf(options.suites) : [];
  const interrupt = listenForInterrupt(output);
  if (!options.json) announce(tasks, mutants.length, options, output);
  const jobs = [...tasks.map(jobOf), ...museumJobs(mutants, options)];
  const display = progressDisplay(
    output,
    jobs.reduce((sum, { size }) => sum + (size ?? 0), 0),
  );
  const crew = { workers: options.workers, interrupt, display };
  const answers = await runJobs(jobs, crew, (answer) => keep(answer, options.folder));
  display.stop();
  interrupt.release();
  const checked = tasks.map((task, i) => answers[i] ?? keep(unbegun(task, interrupt.why), options.folder));
  const exhibited = answers.slice(tasks.length);
  const exhibits = exhibited.flatMap((answer, i) => (answer ? exhibitOf(mutants[i] as Mutant, answer) : []));
  const all = [...checked, ...exhibited.filter((answer) => answer !== undefined)];
  const replays = new Map(all.flatMap((answer) => [...answer.replays]));
  const stories = new Map(all.flatMap((answer) => [...answer.stories]));
  const results = checked.map(({ result }) => result);
  const outcome = { results, exhibits, replays, stories, museumSize: mutants.length };
  if (options.json) output.out(JSON.stringify(asJson(outcome, options)));
  else print(outcome, output);
  if (options.html !== undefined) {
    const seconds = (performance.now() - started) / 1000;
    const lines = new Map([...replays].map(([{ id }, path]) => [id, replayLine(path)] as const));
    const { seed, budget } = options;
    const found = { results, exhibits, canary, stories, replays: lines };
    writeText(options.html, await checkPage({ ...found, seed, budget: budget.name, seconds }));
    output.note(`the page is in ${options.html}: open it in a browser`);
  }
  return verdictOf(outcome);
};

/** All that a check found out. */
interface Outcome {
  readonly results: readonly CheckResult[];
  readonly exhibits: readonly Exhibit[];
  readonly replays: ReadonlyMap<Counterexample, string>;
  /** Each counterexample told, by its id. */
  readonly stories: ReadonlyMap<string, Story>;
  readonly museumSize: number;
}

const announce = (tasks: readonly Task[], mutants: number, options: CheckOptions, output: Output): void => {
  const claims = tasks.reduce((sum, task) => sum + task.claims.length, 0);
  const what = [
    `${plural(tasks.length, 'implementation')} on ${plural(claims, 'claim')}`,
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

const print = (outcome: Outcome, output: Output): void => {
  for (const result of outcome.results) {
    output.out(checkText(result, `${result.plan.suite.subject.id} (${result.plan.variant})`, output));
    const idle = result.claims.flatMap(({ orders }) => (orders ? idleOrders(orders) : []));
    if (idle.length > 0) output.out(`${orderingTable(idle, output)}\n`);
  }
  for (const { counterexample } of claimsOf(outcome)) {
    if (!counterexample) continue;
    const story = outcome.stories.get(counterexample.id) as Story;
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
