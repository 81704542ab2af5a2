import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import { mutants } from '#properties/index.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { readText } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { referenceIfHere } from '#reports/cli/reference.ts';
import { selectSuites, selectVariant } from '#reports/cli/select.ts';
import { besides } from '#reports/text/beside.ts';

export interface ShowOptions {
  readonly json: boolean;
  readonly variant: string | undefined;
  /** A file to show instead of the reference. */
  readonly implementation: string | undefined;
  readonly width: number;
}

/**
 * Shows the spec beside the implementation, function by function where they bear the same name. In a handout, where no
 * reference is: the spec alone, or beside the file that is named.
 */
export const show = (subjectId: string, options: ShowOptions, output: Output): ExitCode => {
  const [suite] = selectSuites([subjectId]);
  if (!suite) return exitCode.wrongUse;
  const { subject } = suite;
  const variant = selectVariant(suite.subject, options.variant);
  const { implementation } = options;
  const reference = referenceIfHere(subject, variant);
  const files = {
    spec: `spec/${subject.spec ?? subject.id}.ts`,
    impl: implementation ?? (reference === undefined ? null : `impl/${reference}`),
    model: `model/${subject.id}.ts`,
    properties: `properties/${subject.id}.property.ts`,
  };
  const tool = relative('', fileURLToPath(repositoryUrl)); // in a handout it is a folder of the student's
  const pathOf = (file: string): string => (file === implementation ? file : join(tool, file));
  const spec = readText(pathOf(files.spec));
  const impl = files.impl === null ? null : readText(pathOf(files.impl));
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
  for (const [tree, file] of Object.entries(files)) {
    if (file !== null && existsSync(pathOf(file))) output.out(`  ${tree.padEnd(10)} ${pathOf(file)}`);
  }
  output.out('');
  if (files.impl !== null && impl !== null) {
    output.out(besides(spec, impl, files.spec, files.impl, options.width).join('\n'));
  } else {
    output.out(spec.trimEnd());
    output.note('--implementation FILE shows yours beside it: the reference is not part of a handout');
  }
  return exitCode.holds;
};
