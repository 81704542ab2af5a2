import type { Limits } from '#model/engine/explore/execution.ts';
import { rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { tellExample } from '#model/engine/trace/example.ts';
import type { Scenario, Subject } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { type ExportName, exporters } from '#reports/cli/export.ts';
import { writeText } from '#reports/cli/files.ts';
import type { Output } from '#reports/cli/output.ts';
import { examplePage } from '#reports/cli/page.ts';
import { selectSuites, selectVariant, theirImplementation } from '#reports/cli/select.ts';
import { storyLines } from '#reports/text/story.ts';

export interface RunOptions {
  readonly variant: string | undefined;
  readonly implementation: string | undefined;
  readonly memory: MemoryName;
  readonly timers: number;
  /** What the schedule is drawn from; undefined: nobody is preempted. */
  readonly seed: number | undefined;
  readonly html: string | undefined;
  readonly export: ExportName | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

/** The scenario of that name, or the only one whose name has these words; without a name its first example. */
const selectScenario = (subject: Subject, variant: string, name: string | undefined): Scenario => {
  const scenarios = subject.scenarios(variant);
  const example = scenarios.find((scenario) => scenario.name === subject.examples?.[0]) ?? scenarios[0];
  if (name === undefined) return example as Scenario;
  const exact = scenarios.filter((scenario) => scenario.name === name);
  const matching = exact.length > 0 ? exact : scenarios.filter((scenario) => scenario.name.includes(name));
  if (matching.length === 1) return matching[0] as Scenario;
  throw new SuiteError(
    'S109',
    `${subject.id} (${variant}) has ${matching.length === 0 ? 'no scenario' : `${matching.length} scenarios`} called '${name}'`,
    `known scenarios: ${scenarios.map((scenario) => `'${scenario.name}'`).join(', ')}`,
  );
};

/** Runs one scenario once and tells what happened, step by step. Judges nothing. */
export const run = async (
  subjectId: string,
  scenarioName: string | undefined,
  options: RunOptions,
  output: Output,
): Promise<ExitCode> => {
  const chosen = selectSuites([subjectId]);
  const { subject } = chosen[0] as (typeof chosen)[number];
  const variant = selectVariant(subject, options.variant);
  const { name, program } = selectScenario(subject, variant, scenarioName);
  const implementation = theirImplementation(options.implementation, chosen) ?? { tag: 'reference' as const };
  const rig = rigFor(subject, variant, await loadImplementation(subject.id, variant, implementation));
  const limits: Limits = { ...usualLimits, memory: options.memory, timers: options.timers };
  const story = tellExample(rig, { sentence: name, implementation, program }, limits, options.seed ?? null);
  if (options.html !== undefined) {
    writeText(options.html, examplePage(story, options.seed ?? 0));
    output.note(`the picture is in ${options.html}`);
  }
  if (options.json) output.out(JSON.stringify({ subject: subject.id, variant, scenario: name, story }));
  else if (options.export !== undefined) output.out(exporters[options.export](story).trimEnd());
  else output.out(storyLines(story, output, options.all).join('\n'));
  return exitCode.holds;
};
