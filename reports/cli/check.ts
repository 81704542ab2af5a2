import { claimsAbout, type Suite } from '#model/claim.ts';
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
import { claimsJson, implementationsJson } from '#reports/cli/check-json.ts';
import { type KeepOptions, keepIfNeeded, prepareKept, type Resumption, readKept } from '#reports/cli/check-kept.ts';
import { loadImplementation, replayLine } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFile, prepareFolder, writeText } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { keep } from '#reports/cli/keep.ts';
import { type Exhibit, exhibitOf, museumExit, museumJobs, museumJson, museumText } from '#reports/cli/museum.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { checkPage } from '#reports/cli/page.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { referenceModule } from '#reports/cli/reference.ts';
import { mutantsOf, selectTargets, theirImplementation } from '#reports/cli/select.ts';
import { orderingTable } from '#reports/text/ordering.ts';
import { plural, storyLines } from '#reports/text/story.ts';
import { checkText } from '#reports/text/summary.ts';
import { exploreInParts } from '#reports/workers/parts.ts';
import { type Job, runJobs } from '#reports/workers/run.ts';
import { outlineOf, type Task, unbegun } from '#reports/workers/task.ts';

export interface CheckOptions extends KeepOptions {
  readonly suites: readonly Suite[];
  readonly implementation: string | undefined;
  readonly variant: string | undefined;
  readonly explore: Explore;
  readonly memories: readonly MemoryName[];
  readonly budget: Budget;
  readonly seed: number;
  readonly museum: boolean;
  readonly html: string | undefined;
  readonly json: boolean;
  readonly workers: number;
}

/** What is to be checked: what was kept; or each variant's reference, or the one file the user gave. */
const tasksOf = async (options: CheckOptions): Promise<Task[]> => {
  const { budget, seed, explore, memories, resume, executions } = options;
  if (resume !== undefined) {
    const executionsMax = executions ?? Number.POSITIVE_INFINITY;
    return readKept(resume).map((task) => ({ ...task, executionsMax }));
  }
  const implementation = theirImplementation(options.implementation, options.suites) ?? { tag: 'reference' };
  const targets = selectTargets(options.suites, options.variant, implementation);
  for (const { suite, variant } of targets) {
    // What cannot be loaded is refused before anything is announced. References can be, where they are.
    if (implementation.tag === 'file') await loadImplementation(suite.subject.id, variant, implementation);
    else referenceModule(suite.subject, variant);
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
    ...(executions === undefined ? {} : { executionsMax: executions }),
  }));
};

const jobOf = (task: Task): Job => {
  const size = sizeOf(outlineOf(task));
  return { task, label: `${task.subject} (${task.variant})`, size: Number.isFinite(size) ? size : null };
};

/** Runs the claims; with `museum` the mutants too; with `html` writes the page. */
export const check = async (options: CheckOptions, output: Output): Promise<ExitCode> => {
  prepareFolder(options.folder);
  if (options.html !== undefined) prepareFile(options.html);
  const keepIn = options.keep ?? options.resume;
  const tasks = await tasksOf(options);
  if (keepIn !== undefined) prepareKept(keepIn);
  const started = performance.now();
  const { seed, budget } = tasks[0] as Task; // the same for all
  const canary = await provoke(seed);
  const mutants = options.museum ? mutantsOf(options.suites) : [];
  const interrupt = listenForInterrupt(output, options.seconds);
  if (!options.json) announce(tasks, mutants.length, output);
  const alone = tasks.map(jobOf);
  const display = progressDisplay(
    output,
    alone.reduce((sum, { size }) => sum + (size ?? 0), 0),
  );
  const crew = { workers: options.workers, interrupt, display };
  const left = await exploreInParts(alone, crew);
  const jobs = [...left, ...museumJobs(mutants, options)];
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
  const resumption = keepIfNeeded(tasks, results, interrupt, options, output);
  const outcome = { results, exhibits, replays, stories, museumSize: mutants.length, resumption };
  if (options.json) output.out(JSON.stringify(asJson(outcome, tasks[0] as Task, options.museum)));
  else print(outcome, output);
  if (options.html !== undefined) {
    const seconds = (performance.now() - started) / 1000;
    const lines = new Map([...replays].map(([{ id }, path]) => [id, replayLine(path)] as const));
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
  /** Where the check is kept, and the line that goes on with it. */
  readonly resumption: Resumption | undefined;
}

const announce = (tasks: readonly Task[], mutants: number, output: Output): void => {
  const { budget, seed } = tasks[0] as Task;
  const claims = tasks.reduce((sum, task) => sum + task.claims.length, 0);
  const what = [
    `${plural(tasks.length, 'implementation')} on ${plural(claims, 'claim')}`,
    ...(mutants > 0 ? [`${plural(mutants, 'mutant')} that must fail`] : []),
  ].join(', then ');
  output.note(`Rendezvous checks ${what}. Budget ${budget.name}, seed ${seed}.`);
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
const asJson = (outcome: Outcome, { seed, budget }: Task, museum: boolean): unknown => ({
  verdict: verdictNames[verdictOf(outcome)],
  claims: claimsJson(outcome.results, outcome.replays),
  implementations: implementationsJson(outcome.results),
  seed,
  budget: budget.name,
  ...outcome.resumption,
  ...(museum ? { mutants: museumJson(outcome.exhibits) } : {}),
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
  if (outcome.resumption) output.out(`${styled(output, 'bold', 'resume')}  ${outcome.resumption.resume}`);
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
