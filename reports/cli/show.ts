import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import { mutants } from '#properties/index.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { readText } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { referenceModule } from '#reports/cli/reference.ts';
import { selectSuites, selectVariant } from '#reports/cli/select.ts';
import { besides } from '#reports/text/beside.ts';

export interface ShowOptions {
  readonly json: boolean;
  readonly variant: string | undefined;
  /** A file to show instead of the reference. */
  readonly implementation: string | undefined;
  readonly width: number;
}

/** Shows the spec beside the implementation, function by function where they bear the same name. */
export const show = (subjectId: string, options: ShowOptions, output: Output): ExitCode => {
  const [suite] = selectSuites([subjectId]);
  if (!suite) return exitCode.wrongUse;
  const { subject } = suite;
  const variant = selectVariant(suite.subject, options.variant);
  const { implementation } = options;
  const files = {
    spec: `spec/${subject.spec ?? subject.id}.ts`,
    impl: implementation ?? `impl/${referenceModule(subject, variant)}`,
    model: `model/${subject.id}.ts`,
    properties: `properties/${subject.id}.property.ts`,
  };
  const own = (path: string): string => readText(fileURLToPath(`${repositoryUrl}${path}`));
  const spec = own(files.spec);
  const impl = implementation === undefined ? own(files.impl) : readText(implementation);
  if (options.json) {
    output.out(
      JSON.stringify({
        id: subject.id,
        variant,
        summary: subject.summary,
        files,
        spec,
        impl,
        scenarios: subject.scenarios(variant).map((scenario) => scenario.name),
        mutants: mutants.filter((mutant) => mutant.subject === subject.id).map((mutant) => mutant.id),
      }),
    );
    return exitCode.holds;
  }
  output.out(`${styled(output, 'bold', subject.id)} (${variant})  ${subject.summary}`);
  const here = relative('', fileURLToPath(repositoryUrl)); // in a handout the tool is a folder of the student's
  for (const [tree, path] of Object.entries(files)) {
    output.out(`  ${tree.padEnd(10)} ${path === implementation ? path : join(here, path)}`);
  }
  output.out('');
  output.out(besides(spec, impl, files.spec, files.impl, options.width).join('\n'));
  return exitCode.holds;
};
