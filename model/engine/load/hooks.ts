/**
 * How one implementation becomes several instances, and one of its files another: through Node's own module loader.
 *
 * A *world* is an implementation; each of its threads and dispatchers loads the implementation's modules anew, under
 * `?world=<name>&instance=<n>`, and so shares no variable with the others. The world may replace pieces of source text
 * (a mutant); such modules get the scheme `rendezvous:`, so that nobody takes them for the files they come from (a
 * coverage report above all). `impl/machine` is the machine: there is one for all.
 */
import { registerHooks } from 'node:module';
import { InternalError } from '#model/suite-error.ts';

/** A piece of an implementation file replaced by another. `from` occurs in it exactly once. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

interface Known {
  readonly edits: readonly Edit[];
  /** The folder of a module given by the user; its neighbours belong to the world too. */
  readonly folder: string | undefined;
  /** What was loaded: path from the repository (or the user's folder) to source text as run. */
  readonly sources: Map<string, string>;
}

export const repositoryUrl = new URL('../../../', import.meta.url).href;
const implUrl = `${repositoryUrl}impl/`;
const machineUrl = `${implUrl}machine/`;
const editedScheme = 'rendezvous:';
const known = new Map<string, Known>();

const worldOf = (url: string | undefined): string | undefined => url?.match(/\?world=([^&]*)&instance=\d+$/)?.[1];

const asFile = (url: string): string => (url.startsWith(editedScheme) ? `file:${url.slice(editedScheme.length)}` : url);

const withoutQuery = (url: string): string => url.replace(/\?.*$/, '');

/** Where an instance of a world finds a module. */
export const instanceUrl = (world: string, instance: number, url: string): string => {
  const isEdited = (known.get(world)?.edits.length ?? 0) > 0;
  const base = isEdited ? `${editedScheme}${url.slice('file:'.length)}` : url;
  return `${base}?world=${world}&instance=${instance}`;
};

/** Makes a world known before its modules are imported. Names are unique and made of letters, digits and dashes. */
export const openWorld = (name: string, edits: readonly Edit[], folder: string | undefined): Known => {
  if (known.has(name)) throw new InternalError(`two worlds are called ${name}`);
  const world: Known = { edits, folder, sources: new Map() };
  known.set(name, world);
  return world;
};

const belongs = (url: string, world: Known): boolean =>
  (url.startsWith(implUrl) && !url.startsWith(machineUrl)) ||
  (world.folder !== undefined && url.startsWith(world.folder) && !url.startsWith(repositoryUrl));

/** The file's text as this world runs it. */
const edited = (source: string, path: string, edits: readonly Edit[]): string =>
  edits
    .filter((edit) => edit.file === path)
    .reduce((text, edit) => {
      if (text.split(edit.from).length !== 2) {
        throw new InternalError(`an edit of ${path} does not fit exactly once: ${edit.from}`);
      }
      return text.replace(edit.from, () => edit.to);
    }, source);

registerHooks({
  resolve(specifier, context, next) {
    const world = worldOf(context.parentURL);
    const asked = worldOf(specifier);
    if (asked !== undefined) return { url: specifier, format: 'module-typescript', shortCircuit: true };
    if (world === undefined) return next(specifier, context);
    const instance = Number(context.parentURL?.match(/instance=(\d+)$/)?.[1]); // now: `next` changes the context
    const fromRepository = /^#(spec|impl)\//.test(specifier)
      ? { specifier: `${repositoryUrl}${specifier.slice(1)}`, parent: repositoryUrl }
      : { specifier, parent: withoutQuery(asFile(context.parentURL as string)) };
    const resolved = next(fromRepository.specifier, { ...context, parentURL: fromRepository.parent });
    const state = known.get(world);
    if (!state || !belongs(resolved.url, state)) return resolved;
    return { url: instanceUrl(world, instance, resolved.url), format: 'module-typescript', shortCircuit: true };
  },
  load(url, context, next) {
    const world = worldOf(url);
    const state = world === undefined ? undefined : known.get(world);
    if (!state) return next(url, context);
    const file = withoutQuery(asFile(url));
    const loaded = next(file, { ...context, format: 'module-typescript' });
    const path = file.startsWith(repositoryUrl) ? file.slice(repositoryUrl.length) : file.slice(state.folder?.length);
    const source = edited(String(loaded.source), path, state.edits);
    state.sources.set(path, source);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
