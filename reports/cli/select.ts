import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Suite } from '#model/claim.ts';
import type { Implementation } from '#model/counterexample.ts';
import { type Budget, budgets } from '#model/engine/explore/budget.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { SuiteError } from '#model/suite-error.ts';
import { mutants, suites } from '#properties/index.ts';
import type { Mutant } from '#properties/museum/mutant.ts';

/** What the user typed, looked up. Every mistake is a SuiteError that says what is known. */

const didYouMean = (name: string, known: readonly string[]): string => {
  const near = known.find((candidate) => candidate.includes(name) || name.includes(candidate.replace(/^.*\//, '')));
  return near ? `did you mean '${near}'? ` : '';
};

/** The suites of the named subjects; all if none is named. */
export const selectSuites = (names: readonly string[]): readonly Suite[] => {
  const known = suites.map((suite) => suite.subject.id);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new SuiteError(
      'S101',
      `no subject is called '${name}'`,
      `${didYouMean(name, known)}known subjects: ${known.join(', ')}`,
    );
  }
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.subject.id));
};

/** Makes sure that there are mutants. SuiteError: this is the tool that a handout brings along. */
const requireMuseum = (): void => {
  if (mutants.length > 0) return;
  throw new SuiteError(
    'S506',
    'the museum is not part of a handout: its mutants are edits of reference implementations',
    'check your own file: `npx rendezvous check SUBJECT --implementation FILE`',
  );
};

/** The mutants of the named subjects, or mutants named themselves; all if none is named. */
export const selectMutants = (names: readonly string[]): readonly Mutant[] => {
  requireMuseum();
  const known = [...new Set(mutants.map((mutant) => mutant.subject))];
  const matches = (name: string): readonly Mutant[] =>
    mutants.filter((mutant) => mutant.subject === name || mutant.id === name);
  for (const name of names) {
    if (matches(name).length > 0) continue;
    throw new SuiteError(
      'S101',
      `no subject or mutant is called '${name}'`,
      `${didYouMean(name, [...known, ...mutants.map((mutant) => mutant.id)])}known subjects: ${known.join(', ')}; \`rendezvous list\` shows the mutants`,
    );
  }
  return names.length === 0 ? mutants : [...new Set(names.flatMap(matches))];
};

/** The mutants of these suites' subjects. */
export const mutantsOf = (chosen: readonly Suite[]): readonly Mutant[] => {
  requireMuseum();
  return mutants.filter((mutant) => chosen.some((suite) => suite.subject.id === mutant.subject));
};

/** The file that the user wants checked instead of the reference, if one is named. */
export const theirImplementation = (path: string | undefined, chosen: readonly Suite[]): Implementation | undefined => {
  if (path === undefined) return undefined;
  if (chosen.length !== 1) {
    throw new SuiteError('S105', '--implementation needs one subject', 'name the subject that the file implements');
  }
  if (!existsSync(path)) throw new SuiteError('S201', `there is no file ${path}`, 'check the path');
  return { tag: 'file', path: relative('', path) };
};

/** The variant of that name, or the first. */
export const selectVariant = (subject: Suite['subject'], name: string | undefined): string => {
  const known = subject.variants.map((variant) => variant.name);
  if (name === undefined) return known[0] as string;
  if (known.includes(name)) return name;
  throw new SuiteError('S104', `${subject.id} has no variant '${name}'`, `known variants: ${known.join(', ')}`);
};

/** What is to be looked at: each variant of the suites, or those of the name; of a file the first, since it is one. */
export const selectTargets = (
  chosen: readonly Suite[],
  variant: string | undefined,
  implementation: Implementation,
): readonly { readonly suite: Suite; readonly variant: string }[] => {
  const targets = chosen.flatMap((suite) =>
    suite.subject.variants
      .filter(({ name }) => variant === undefined || name === selectVariant(suite.subject, variant))
      .map(({ name }) => ({ suite, variant: name })),
  );
  return implementation.tag === 'file' ? targets.slice(0, 1) : targets;
};

/** The memory models of that name: all of them, or one. */
export const selectMemories = (name: 'all' | MemoryName): readonly MemoryName[] =>
  name === 'all' ? memoryNames : [name];

/** The budget of that name; with `runs`, that many random executions, and at most as many of each scenario. */
export const selectBudget = (name: Budget['name'], runs: number | undefined): Budget => {
  const budget = budgets[name];
  if (runs === undefined) return budget;
  const scenarioExecutions = Math.min(budget.scenarioExecutions, runs);
  return { ...budget, scenarioExecutions, programs: Math.ceil(runs / budget.schedules) };
};

/** A path as the loader wants it. */
export const fileUrl = (path: string): string => pathToFileURL(path).href;
