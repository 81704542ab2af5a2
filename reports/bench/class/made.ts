import { join } from 'node:path';
import type { Implementation } from '#model/counterexample.ts';
import type { Edit } from '#model/engine/load/hooks.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import { submissions } from '#properties/assignments/submissions/index.ts';
import { filesOf } from '#properties/assignments/submissions/submission.ts';
import { baseFrom, entry } from '#properties/attacks/attack.ts';
import { attacks } from '#properties/attacks/corpus.ts';
import { mutants } from '#properties/index.ts';
import { readText, writeText } from '#reports/cli/files.ts';

/** A submission that somebody might have handed in. */
export interface Made {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  /** What it must lose: these; what that implementation does; or that and perhaps more, since it is an attack. */
  readonly loses:
    | { readonly tag: 'these'; readonly ids: readonly string[] }
    | { readonly tag: 'as' | 'as and perhaps more'; readonly implementation: Implementation };
}

const importsIn = (text: string): readonly string[] =>
  [...text.matchAll(/ from '#(impl\/[^']+)'/g)].map(([, path = '']) => path);

/** The reference's own modules, by their paths: all that it imports and that the library of the assignment has not. */
const modulesOf = ({ library }: Assignment, reference: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const waiting = [reference];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path) || library.includes(path) || path.startsWith('impl/machine/')) continue;
    const text = readText(path);
    found.set(path, text);
    waiting.push(...importsIn(text));
  }
  return found;
};

/** Modules of ours as a student would have them: in one folder, and the reference under the name that was asked for. */
const asHandedIn = (
  { file }: Assignment,
  reference: string,
  modules: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const nameOf = (path: string): string => (path === reference ? file : path.replaceAll('/', '-'));
  const text = (source: string): string =>
    source.replaceAll(/ from '#(impl\/[^']+)'/g, (whole, path: string) =>
      modules.has(path) ? ` from './${nameOf(path)}'` : whole,
    );
  return new Map([...modules].map(([path, source]) => [nameOf(path), text(source)]));
};

/** The modules with a mutant's edits; undefined: it edits what is no part of a submission. */
const withEdits = (
  modules: ReadonlyMap<string, string>,
  edits: readonly Edit[],
): ReadonlyMap<string, string> | undefined => {
  const edited = new Map(modules);
  for (const { file, from, to } of edits) {
    const text = edited.get(file);
    if (text === undefined) return undefined;
    edited.set(
      file,
      text.replace(from, () => to),
    );
  }
  return edited;
};

/** Whether they import nothing but each other and the library: an edit may ask for more than may be had. */
const mayImport = ({ library }: Assignment, modules: ReadonlyMap<string, string>): boolean =>
  [...modules.values()].flatMap(importsIn).every((path) => modules.has(path) || library.includes(path));

/** The attacks on this assignment, each with what it is to be compared with, which is left in `folder`. */
const attacksOn = (assignment: Assignment, reference: string, folder: string): readonly Made[] => {
  if (assignment.file !== entry) return [];
  const baseOf = (base: 'right' | 'wrong'): Implementation => {
    const path = join(folder, `base-${base}.ts`);
    writeText(path, baseFrom(readText(reference), base));
    return { tag: 'file', path };
  };
  const bases = { right: baseOf('right'), wrong: baseOf('wrong') };
  return attacks.map(({ name, base, seen, isCostly, files }) => ({
    name: `attack-${name.replaceAll(/\W+/g, '-')}`,
    files: files(baseFrom(readText(reference), base)),
    loses: { tag: seen === 'inert' && !isCostly ? 'as' : 'as and perhaps more', implementation: bases[base] },
  }));
};

/** All submissions that can be made for an assignment: the reference, its mutants, what others wrote, and attacks. */
export const madeFor = (assignment: Assignment, folder: string): readonly Made[] => {
  const { name, variant } = assignment;
  const module = suiteOf(assignment).subject.variants.find((candidate) => candidate.name === variant)?.module;
  if (module === undefined) throw new InternalError(`${name} is about no variant that there is`);
  const reference = `impl/${module}`;
  const modules = modulesOf(assignment, reference);
  const mutated = mutants
    .filter((mutant) => mutant.subject === assignment.subject && mutant.variant === variant)
    .flatMap(({ id, edits }): Made[] => {
      const edited = withEdits(modules, edits);
      if (!edited || !mayImport(assignment, edited)) return [];
      const files = asHandedIn(assignment, reference, edited);
      return [{ name: id.replaceAll('/', '-'), files, loses: { tag: 'as', implementation: { tag: 'mutant', id } } }];
    });
  const written = submissions
    .filter((submission) => submission.assignment === name)
    .map(
      (submission): Made => ({
        name: `written-${submission.name}`,
        files: filesOf(assignment, submission),
        loses: { tag: 'these', ids: submission.loses },
      }),
    );
  const right: Made = {
    name: 'reference',
    files: asHandedIn(assignment, reference, modules),
    loses: { tag: 'these', ids: [] },
  };
  return [right, ...written, ...mutated, ...attacksOn(assignment, reference, folder)];
};
