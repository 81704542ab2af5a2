import { existsSync } from 'node:fs';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import type { Subject } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';

/**
 * The module of a variant's reference implementation, from `impl/`. SuiteError: it is not here, since this is the tool
 * that a handout brings along.
 */
export const referenceModule = (subject: Subject, name: string): string => {
  const module = subject.variants.find((variant) => variant.name === name)?.module as string;
  if (existsSync(new URL(`impl/${module}`, repositoryUrl))) return module;
  throw new SuiteError(
    'S505',
    `the reference implementation of ${subject.id} (${name}) is not part of a handout`,
    'name a file of yours with --implementation FILE',
  );
};
