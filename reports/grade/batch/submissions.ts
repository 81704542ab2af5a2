import { basename, resolve } from 'node:path';

/** A submission as it was named on the command line. */
export interface Named {
  readonly path: string;
  /** Unique in its batch: names the folder of its results. */
  readonly name: string;
}

const endings = /\.(zip|tar|tgz|tar\.gz)$/i;

/** A name for each path: what it is called, and where two are called the same, a number after it. */
export const namesOf = (paths: readonly string[]): readonly Named[] => {
  const taken = new Set<string>();
  return paths.map((path) => {
    const called = basename(resolve(path)).replace(endings, '') || 'submission';
    let name = called;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${called}-${count}`;
    taken.add(name.toLowerCase());
    return { path, name };
  });
};
