import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { canary } from '#properties/canary.ts';
import { suites } from '#properties/index.ts';
import { filesNeeded, type ReadFile } from '#reports/grade/handout/closure.ts';
import { registryOf } from '#reports/grade/handout/registry.ts';

/** Where the command line begins, and what pages are put together from, by names that are computed. */
const entries = [
  'reports/cli/rendezvous.mjs',
  ...globSync('reports/html/**/*.{ts,css}', { cwd: fileURLToPath(repositoryUrl) }).sort(),
];

/** The files that name subjects or assignments: a handout has its own. */
const registries = ['properties/index.ts', 'properties/canary.ts', 'properties/assignments/index.ts'];

/** A file of this tool. */
export const readOwn: ReadFile = (path) => {
  const url = new URL(path, repositoryUrl);
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
};

const isForUsAlone = (path: string): boolean => /\.(test|tmp)\.ts$|^reports\/bench\//.test(path);

/** Mutants tell what is right in the place where they are wrong. */
const tellsOfMutants = (path: string): boolean =>
  path.startsWith('properties/museum/') && path !== 'properties/museum/mutant.ts';

const referencesOf = (subject: string): readonly string[] =>
  suites
    .filter((suite) => suite.subject.id === subject)
    .flatMap((suite) => suite.subject.variants.map(({ module }) => `impl/${module}`));

/**
 * The modules under `impl/` that students may see: what the tool itself runs, subjects aside; what the canary is about;
 * and what the assignment gives them to use.
 */
const visibleModules = ({ library }: Assignment): ReadonlySet<string> => {
  const withoutSubjects = (path: string): boolean => registries.includes(path) || isForUsAlone(path);
  const roots = [...entries, ...referencesOf(canary.suite.subject.id), ...library];
  const files = filesNeeded(roots, readOwn, withoutSubjects).keys();
  return new Set([...files].filter((path) => path.startsWith('impl/')));
};

/**
 * The tool as a student gets it: the texts of its files, by their paths from its root. It knows the assignment's subject
 * and the canary's. It has no tests, no mutants, and of the implementations only those that `visibleModules` names.
 */
export const toolFor = async (assignment: Assignment): Promise<ReadonlyMap<string, string>> => {
  const registry = await registryOf(assignment);
  const visible = visibleModules(assignment);
  const isHidden = (path: string): boolean => path.startsWith('impl/') && !visible.has(path);
  const files = filesNeeded(
    [...entries, ...assignment.library],
    (path) => registry.get(path) ?? readOwn(path),
    (path) => isForUsAlone(path) || tellsOfMutants(path) || isHidden(path),
  );
  const answers = referencesOf(assignment.subject).filter((path) => files.has(path));
  if (answers.length > 0) {
    throw new InternalError(`the handout of ${assignment.name} would contain ${answers.join(', ')}`);
  }
  return files;
};
