import { fileURLToPath } from 'node:url';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import { mutants } from '#properties/index.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { readText } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { selectSuites, selectVariant } from '#reports/cli/select.ts';
import { besides } from '#reports/text/beside.ts';

export interface ShowOptions {
  readonly json: boolean;
  readonly variant: string | undefined;
  readonly width: number;
}

/** Shows the spec beside the implementation, function by function where they bear the same name. */
export const show = (subjectId: string, options: ShowOptions, output: Output): ExitCode => {
  const [suite] = selectSuites([subjectId]);
  if (!suite) return exitCode.wrongUse;
  const { subject } = suite;
  const variant = selectVariant(suite.subject, options.variant);
  const module = subject.variants.find((candidate) => candidate.name === variant)?.module;
  const read = (path: string): string => readText(fileURLToPath(`${repositoryUrl}${path}`));
  const files = {
    spec: `spec/${subject.spec ?? subject.id}.ts`,
    impl: `impl/${module}`,
    model: `model/${subject.id}.ts`,
    properties: `properties/${subject.id}.property.ts`,
  };
  if (options.json) {
    output.out(
      JSON.stringify({
        id: subject.id,
        variant,
        summary: subject.summary,
        files,
        spec: read(files.spec),
        impl: read(files.impl),
        scenarios: subject.scenarios(variant).map((scenario) => scenario.name),
        mutants: mutants.filter((mutant) => mutant.subject === subject.id).map((mutant) => mutant.id),
      }),
    );
    return exitCode.holds;
  }
  output.out(`${styled(output, 'bold', subject.id)} (${variant})  ${subject.summary}`);
  for (const [tree, path] of Object.entries(files)) output.out(`  ${tree.padEnd(10)} ${path}`);
  output.out('');
  output.out(besides(read(files.spec), read(files.impl), files.spec, files.impl, options.width).join('\n'));
  return exitCode.holds;
};
