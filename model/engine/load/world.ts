import { createHash } from 'node:crypto';
import type * as dispatcher from '#impl/sync/dispatcher.ts';
import { type Edit, instanceUrl, openWorld, repositoryUrl } from '#model/engine/load/hooks.ts';
import { scanRoutines } from '#model/engine/load/scan.ts';
import type { Services } from '#model/subject.ts';
import { InternalError, SuiteError } from '#model/suite-error.ts';

/** Where an implementation comes from: a file under `impl/`, perhaps with edits (a mutant), or a file of the user's. */
export type Source =
  | { readonly tag: 'ours'; readonly module: string; readonly edits: readonly Edit[] }
  | { readonly tag: 'theirs'; readonly url: string };

/** One thread's or dispatcher's own copy of the code: the implementation, and the kernel that runs beneath it. */
export interface Instance {
  readonly module: unknown;
  readonly services: Services;
  readonly dispatcher: typeof dispatcher;
}

/** An implementation, loaded: instance i belongs to context i. */
export interface World {
  readonly name: string;
  readonly instances: readonly Instance[];
  /** Changes when any of its source text does. */
  readonly fingerprint: string;
  /** The source text it runs, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** As many contexts as the largest program has: 4 threads and 4 dispatchers, or 6 threads and 2. */
export const contextsMax = 8;

let worlds = 0;

/** Loads an implementation. SuiteError: it cannot be loaded, lacks an export, or forgets a `yield`. */
export const loadWorld = async (source: Source, exports: readonly string[]): Promise<World> => {
  const name = `w${worlds++}`;
  const url = source.tag === 'ours' ? `${repositoryUrl}impl/${source.module}` : source.url;
  const folder = source.tag === 'theirs' ? new URL('./', url).href : undefined;
  const state = openWorld(name, source.tag === 'ours' ? source.edits : [], folder);
  const instances: Instance[] = [];
  for (let instance = 0; instance < contextsMax; instance++) {
    const from = (target: string): Promise<unknown> => importModule(instanceUrl(name, instance, target), url);
    const module = await from(url);
    const { kill } = (await from(`${repositoryUrl}impl/sync/sleep-wakeup.ts`)) as Pick<Services, 'kill'>;
    const { acquire, release } = (await from(`${repositoryUrl}impl/sync/spinlock.ts`)) as Omit<Services, 'kill'>;
    const services = { kill, acquire, release };
    const own = (await from(`${repositoryUrl}impl/sync/dispatcher.ts`)) as typeof dispatcher;
    instances.push({ module, services, dispatcher: own });
  }
  for (const { file } of source.tag === 'ours' ? source.edits : []) {
    if (!state.sources.has(file)) throw new InternalError(`an edit is of ${file}, which is never loaded`);
  }
  checkExports(instances[0]?.module, exports, url);
  if (source.tag === 'theirs') {
    for (const [path, text] of state.sources) checkSource(path, text);
  }
  const isTheirs = source.tag === 'theirs';
  const own = [...state.sources].filter(([path]) => !(isTheirs && path.startsWith('impl/')));
  return { name, instances, fingerprint: fingerprintOf(new Map(own)), sources: state.sources };
};

/** Changes when any of these source texts does, by path. Of a user's module, those that come with it. */
export const fingerprintOf = (sources: ReadonlyMap<string, string>): string => {
  const hash = createHash('sha256');
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${text}\0`);
  return hash.digest('hex').slice(0, 16);
};

const importModule = async (target: string, url: string): Promise<unknown> => {
  try {
    return await import(target);
  } catch (error) {
    if (error instanceof InternalError) throw error;
    const why = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);
    throw new SuiteError(
      'S201',
      `cannot load ${url}: ${why.replaceAll(/\?world=[^'" ]*/g, '')}`,
      'mend the file, or name another',
    );
  }
};

const checkExports = (module: unknown, exports: readonly string[], url: string): void => {
  const missing = exports.filter((name) => typeof (module as Record<string, unknown>)[name] !== 'function');
  if (missing.length === 0) return;
  throw new SuiteError(
    'S202',
    `${url} does not export ${missing.join(', ')}`,
    `an implementation of this subject exports the functions ${exports.join(', ')}`,
  );
};

const checkSource = (path: string, text: string): void => {
  const finding = scanRoutines(text)[0];
  if (finding) throw new SuiteError('S203', `${path}:${finding.line}: ${finding.problem}`, finding.remedy);
};
