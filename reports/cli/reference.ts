import { existsSync } from 'node:fs';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import type { Subject } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';

/**
 * The module of a variant's reference implementation, from `impl/`. Undefined: it is not here, since this is the tool that
 * a handout brings along.
 */
export const referenceIfHere = (subject: Subject, name: string): string | undefined => {
  const module = subject.variants.find((variant) => variant.name === name)?.module;
  return existsSync(new URL(`impl/${module}`, repositoryUrl)) ? module : undefined;
};

/** The same where it is needed. SuiteError: it is not here. */
export const referenceModule = (subject: Subject, name: string): string => {
  const module = referenceIfHere(subject, name);
  if (module !== undefined) return module;
  throw new SuiteError(
    'S505',
    `the reference implementation of ${subject.id} (${name}) is not part of a handout`,
    'name a file of yours with --implementation FILE',
  );
};
