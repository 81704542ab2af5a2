import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InternalError } from '#model/suite-error.ts';
import type { MemoryOf } from '#properties/machine/memory/sides.ts';

/** One of the machine's memories with a rule changed: in `file`, `from` becomes `to`. */
export interface Change {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const ours = new URL('../../../impl/machine/memory/', import.meta.url);

/** The memories of a copy of `impl/machine/memory` in this folder, which is made. */
export const changedMemories = async (
  root: string,
  changes: readonly Change[],
): Promise<Readonly<Record<'tso' | 'rc11', MemoryOf>>> => {
  const copy = join(root, 'impl/machine/memory');
  mkdirSync(copy, { recursive: true });
  cpSync(ours, copy, { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', imports: { '#impl/*': './impl/*' } }));
  for (const { file, from, to } of changes) {
    const path = join(copy, `${file}.ts`);
    const pieces = readFileSync(path, 'utf8').split(from);
    if (pieces.length !== 2) throw new InternalError(`a change of ${file} fits ${pieces.length - 1} times: ${from}`);
    writeFileSync(path, pieces.join(to));
  }
  const load = (file: string): Promise<Record<string, MemoryOf>> => import(pathToFileURL(join(copy, file)).href);
  return {
    tso: (await load('tso.ts'))['totalStoreOrder'] as MemoryOf,
    rc11: (await load('rc11.ts'))['repairedC11'] as MemoryOf,
  };
};
