import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { SuiteError } from '#model/suite-error.ts';

/** A submission as it was named on the command line. */
export interface Named {
  readonly path: string;
  /** Unique in its batch: names the folder of its results. */
  readonly name: string;
}

const endings = /\.(zip|tar|tgz|tar\.gz)$/i;

/** What a class's results are called, which lie beside its folders. */
const ours = ['index.html', 'grades.csv', 'changes.txt'];

const nameCharactersMax = 100;

/**
 * What a submission is called, without anything by which its results could come to lie elsewhere: who hands an archive in
 * may have named it `...zip`, of which `..` is left.
 */
const plainName = (path: string): string =>
  basename(resolve(path))
    .replace(endings, '')
    .replaceAll(/[^\p{L}\p{M}\p{N} _.()@+-]/gu, '_')
    .replace(/^[. ]+/, '')
    .slice(0, nameCharactersMax)
    .replace(/[. ]+$/, '') || 'submission';

/** A name for each path: what it is called, and where two are called the same, a number after it. */
export const namesOf = (paths: readonly string[]): readonly Named[] => {
  const taken = new Set<string>(ours);
  return paths.map((path) => {
    const called = plainName(path);
    let name = called;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${called}-${count}`;
    taken.add(name.toLowerCase());
    return { path, name };
  });
};

/** Both as it is called and where it really is. */
const placesOf = (path: string): readonly string[] => [
  resolve(path),
  ...(existsSync(path) ? [realpathSync(path)] : []),
];

/** Whether a folder of results is part of what was handed in: then a grade that lies there may have been handed in, too. */
export const liesInOne = (folder: string, submissions: readonly Named[]): boolean =>
  submissions.some(({ path }) =>
    placesOf(path).some((root) => placesOf(folder).some((place) => !relative(root, place).startsWith('..'))),
  );

/**
 * Makes sure that results which go into a folder of what was handed in stay there.
 * @throws SuiteError S513 if that folder is a link: whoever handed it in may have made it lead anywhere
 */
export const refuseLink = (folder: string): void => {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new SuiteError(
    'S513',
    `${folder} is part of what was handed in, and is a link`,
    'remove it, or name another folder with --out',
  );
};
