import type { CheckResult } from '#model/engine/check.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { type ClaimResult, usualPlan } from '#model/engine/plan.ts';
import { InternalError } from '#model/suite-error.ts';
import { suites } from '#properties/index.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { loadImplementation, replayLine, saveCounterexample } from '#reports/cli/counterexamples.ts';
import {
  drive,
  type Interrupt,
  listenForInterrupt,
  type ProgressDisplay,
  progressDisplay,
} from '#reports/cli/drive.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFolder } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plural, sizeText } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

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
}

/** Runs each mutant against the claim that must kill it. */
export const runMuseum = async (
  mutants: readonly Mutant[],
  options: MuseumOptions,
  interrupt: Interrupt,
  display: ProgressDisplay,
): Promise<readonly Exhibit[]> => {
  const exhibits: Exhibit[] = [];
  let executions = 0;
  for (const [index, mutant] of mutants.entries()) {
    if (interrupt.isRequested) break;
    const suite = suites.find((candidate) => candidate.subject.id === mutant.subject);
    const claim = suite?.claims.find((candidate) => candidate.id === mutant.killedBy);
    if (!suite || !claim) throw new InternalError(`mutant ${mutant.id} names no claim: ${mutant.killedBy}`);
    const implementation = { tag: 'mutant' as const, id: mutant.id };
    const world = await loadImplementation(mutant.subject, mutant.variant, implementation);
    const { budget, seed, memories } = options;
    const { variant } = mutant;
    const plan = {
      suite,
      variant,
      world,
      implementation,
      claims: [claim],
      budget,
      seed,
      ...usualPlan,
      memories,
    };
    const result = await drive(plan, interrupt, (done) => {
      display.update(
        executions + done,
        ((executions + done) * mutants.length) / (index + 1),
        `museum: ${mutant.title}`,
      );
    });
    executions += result.executions;
    const found = result.claims[0] as ClaimResult;
    const replay = found.counterexample ? saveCounterexample(options.folder, found.counterexample) : undefined;
    exhibits.push({ mutant, result, claim: found, replay });
  }
  return exhibits;
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
  options: MuseumOptions & { readonly json: boolean },
  output: Output,
): Promise<ExitCode> => {
  prepareFolder(options.folder);
  if (!options.json)
    output.note(`running ${plural(mutants.length, 'mutant')}, budget ${options.budget.name}, seed ${options.seed}`);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, mutants.length);
  const exhibits = await runMuseum(mutants, options, interrupt, display);
  display.stop();
  interrupt.release();
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
