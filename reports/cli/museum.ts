import type { CheckResult } from '#model/engine/check.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { ClaimResult } from '#model/engine/plan.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { replayLine } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFolder } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { type Kept, keep } from '#reports/cli/keep.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { plural, sizeText } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';
import { type Job, runJobs } from '#reports/workers/run.ts';

/** A mutant and what became of it. */
export interface Exhibit {
  readonly mutant: Mutant;
  readonly result: CheckResult;
  /** What was found out about the claim that must kill it. */
  readonly claim: ClaimResult;
  readonly replay: string | undefined;
}

/** `survived`: the claim that must kill it held. */
export const fateOf = ({ claim }: Exhibit): 'refuted' | 'survived' | 'gave-up' =>
  claim.verdict.tag === 'holds' ? 'survived' : claim.verdict.tag;

export interface MuseumOptions {
  readonly budget: Budget;
  readonly seed: number;
  readonly memories: readonly MemoryName[];
  readonly folder: string;
  /** Only whether each is refuted, and the stories as they were found. */
  readonly asFound?: boolean;
}

/** Each mutant against the claim that must kill it. How soon it does, nobody knows before. */
export const museumJobs = (
  mutants: readonly Mutant[],
  { budget, seed, memories, asFound }: MuseumOptions,
): readonly Job[] =>
  mutants.map(({ id, subject, variant, title, killedBy }) => ({
    task: {
      subject,
      variant,
      implementation: { tag: 'mutant', id },
      claims: [killedBy],
      budget,
      seed,
      explore: 'all',
      memories,
      ...(asFound ? { stories: 'as found' as const } : {}),
    },
    label: `museum: ${title}`,
    size: null,
  }));

/** A mutant, with what was found out about it. */
export const exhibitOf = (mutant: Mutant, { result, replays }: Kept): Exhibit => {
  const claim = result.claims[0] as ClaimResult;
  return { mutant, result, claim, replay: claim.counterexample && replays.get(claim.counterexample) };
};

/** The museum as lines of text: what killed each mutant, how soon, and how short the story is. */
export const museumText = (exhibits: readonly Exhibit[], output: Output): string => {
  const rows = exhibits.map((exhibit) => {
    const { mutant, claim } = exhibit;
    const fate = fateOf(exhibit);
    return [
      styled(output, fate === 'refuted' ? 'green' : 'red', fate === 'refuted' ? '✓' : '✗'),
      mutant.id,
      fate === 'refuted' ? `killed by ${mutant.killedBy}` : fate,
      plural(claim.verdict.executions, 'execution'),
      claim.counterexample ? sizeText(claim.counterexample.story) : '',
    ];
  });
  const killed = exhibits.filter((exhibit) => fateOf(exhibit) === 'refuted').length;
  return `${styled(output, 'bold', 'museum')}\n${plainTable(rows)}\n  ${killed} of ${plural(exhibits.length, 'mutant')} killed\n`;
};

/** The museum as the fixed JSON shape of the design. */
export const museumJson = (exhibits: readonly Exhibit[]): readonly unknown[] =>
  exhibits.map((exhibit) => ({
    id: exhibit.mutant.id,
    subject: exhibit.mutant.subject,
    variant: exhibit.mutant.variant,
    title: exhibit.mutant.title,
    bug: exhibit.mutant.bug ?? null,
    verdict: fateOf(exhibit),
    claim: exhibit.mutant.killedBy,
    executions: exhibit.claim.verdict.executions,
    story: exhibit.claim.counterexample?.story ?? null,
    ...(exhibit.replay === undefined ? {} : { replay: exhibit.replay }),
  }));

/** 0: every mutant is dead; 1: one survived; 2: one was given up. */
export const museumExit = (exhibits: readonly Exhibit[], expected: number): ExitCode => {
  if (exhibits.some((exhibit) => fateOf(exhibit) === 'survived')) return exitCode.refuted;
  const isComplete = exhibits.length === expected && exhibits.every((exhibit) => fateOf(exhibit) === 'refuted');
  return isComplete ? exitCode.holds : exitCode.gaveUp;
};

/** The command: runs the mutants and prints what killed each. */
export const museum = async (
  mutants: readonly Mutant[],
  options: MuseumOptions & { readonly workers: number; readonly json: boolean },
  output: Output,
): Promise<ExitCode> => {
  prepareFolder(options.folder);
  if (!options.json)
    output.note(`running ${plural(mutants.length, 'mutant')}, budget ${options.budget.name}, seed ${options.seed}`);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, mutants.length);
  const crew = { workers: options.workers, interrupt, display };
  const answers = await runJobs(museumJobs(mutants, options), crew, (answer) => keep(answer, options.folder));
  display.stop();
  interrupt.release();
  const exhibits = mutants.flatMap((mutant, i) => (answers[i] ? exhibitOf(mutant, answers[i]) : []));
  if (options.json) {
    output.out(JSON.stringify({ mutants: museumJson(exhibits), seed: options.seed, budget: options.budget.name }));
  } else {
    output.out(museumText(exhibits, output));
    for (const exhibit of exhibits) {
      if (exhibit.replay !== undefined) output.out(`  ${styled(output, 'dim', replayLine(exhibit.replay))}`);
    }
  }
  return museumExit(exhibits, mutants.length);
};
