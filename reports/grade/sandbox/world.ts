import * as dispatcher from '#impl/sync/dispatcher.ts';
import { kill } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { scanRoutines } from '#model/engine/load/scan.ts';
import { contextsMax, fingerprintOf, type World } from '#model/engine/load/world.ts';
import { remoteModule } from '#reports/grade/sandbox/remote-module.ts';
import type { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

/** What was handed in, and what of the tool it may import: source text by path. */
export interface Code {
  readonly files: ReadonlyMap<string, string>;
  readonly entry: string;
  readonly library: ReadonlyMap<string, string>;
}

/** A submission's own files lie beside the tool's folders, and so cannot take the place of any of the library. */
const folder = 'submission/';

export const modulesOf = ({ files, library }: Code): Readonly<Record<string, string>> =>
  Object.fromEntries([...[...files].map(([path, text]) => [`${folder}${path}`, text] as const), ...library]);

/** The module that is judged, as `modulesOf` names it. SubmissionFailure: it was not handed in. */
export const entryOf = ({ files, entry }: Code): string => {
  if (files.has(entry)) return `${folder}${entry}`;
  throw new SubmissionFailure('does not load', `there is no ${entry} among what was handed in`);
};

/** What runs when the entry does: it, and what it imports of what was handed in; of types nothing is left by then. */
const loadedOf = ({ files, entry }: Code): ReadonlyMap<string, string> => {
  const loaded = new Map<string, string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = files.get(path);
    if (text === undefined || loaded.has(path)) continue;
    loaded.set(path, text);
    for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type )[^;']* from '(\.[^']*)'/gm)) {
      waiting.push(new URL(from, `file:///${path}`).pathname.slice(1));
    }
  }
  return loaded;
};

/**
 * A submission as an implementation that the engine can run: in a process of its own, while the machine, and the kernel
 * beneath it, are here. SubmissionFailure: it cannot be loaded, lacks an export, or forgets a `yield`.
 */
export const submittedWorld = (process: SubmissionProcess, code: Code, exports: readonly string[]): World => {
  const { files, entry } = code;
  const judged = entryOf(code);
  for (const [path, text] of files) {
    const finding = scanRoutines(text)[0];
    if (!finding) continue;
    const { line, problem, remedy } = finding;
    throw new SubmissionFailure('does not load', `${path}:${line}: ${problem}; ${remedy}`);
  }
  const module = remoteModule(process, modulesOf(code), judged);
  const missing = exports.filter((name) => module[name] === undefined);
  if (missing.length > 0) {
    throw new SubmissionFailure('does not load', `${entry} does not export ${missing.join(', ')}`);
  }
  const instance = { module, services: { kill, acquire, release }, dispatcher };
  return {
    name: 'submission',
    instances: Array.from({ length: contextsMax }, () => instance),
    fingerprint: fingerprintOf(loadedOf(code)),
    sources: files,
  };
};
