import { posix } from 'node:path';

/** The text of a file of the tool, by its path from the tool's root; undefined: there is none. */
export type ReadFile = (path: string) => string | undefined;

/** `'#impl/machine/ops.ts'`, `'../ipc/pipe.ts'`, `'worker.mjs'`, and what follows a root that is put in: `${root}impl/...`. */
const fileName = /(#|\}|["'`])([\w./-]+\.(?:ts|mjs|css|json))["'`]/g;

/** The files that this text names, whether it imports them, reads them or starts them; some may not exist. */
const namedIn = (path: string, text: string): readonly string[] =>
  [...text.matchAll(fileName)].map(([, before, name]) =>
    before === '#' || before === '}' ? (name as string) : posix.join(posix.dirname(path), name as string),
  );

/** The files that are needed where `roots` are, with their texts: each that a needed one names, if it is not left out. */
export const filesNeeded = (
  roots: readonly string[],
  read: ReadFile,
  isLeftOut: (path: string) => boolean,
): ReadonlyMap<string, string> => {
  const needed = new Map<string, string>();
  const waiting = [...roots];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (needed.has(path) || isLeftOut(path)) continue;
    const text = read(path);
    if (text === undefined) continue;
    needed.set(path, text);
    waiting.push(...namedIn(path, text));
  }
  return needed;
};
