import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type LoneSpec, type SpecToExplore, specOfFile } from '#model/engine/space/spec.ts';
import { SuiteError } from '#model/suite-error.ts';

/** The spec of that subject, about so many threads free; or of that file. Each variant, or the one that is asked for. */
export const selectSpecs = async (
  name: string,
  variant: string | undefined,
  threads: number,
): Promise<readonly SpecToExplore[]> => {
  if (!/\.[cm]?[jt]s$/.test(name)) return specsOfSubject(name, variant, threads);
  const lone = await loneSpecIn(name);
  const chosen = lone.systems.filter((system) => variant === undefined || system.name === variant);
  if (chosen.length > 0) return chosen.map((system) => specOfFile(name, lone, system));
  const known = lone.systems.map((system) => system.name);
  throw new SuiteError('S104', `${name} has no variant '${variant}'`, `known variants: ${known.join(', ')}`);
};

/** What subjects need is loaded only for them: a file is explored in less time than that takes. */
const specsOfSubject = async (
  id: string,
  variant: string | undefined,
  threads: number,
): Promise<readonly SpecToExplore[]> => {
  const [{ selectSuites, selectTargets }, { specOfSubject }] = await Promise.all([
    import('#reports/cli/select.ts'),
    import('#model/engine/space/subject-spec.ts'),
  ]);
  const targets = selectTargets(selectSuites([id]), variant, { tag: 'reference' });
  return targets.map((target) => specOfSubject(target.suite, target.variant, threads));
};

const parts: readonly (keyof LoneSpec)[] = ['systems', 'claims', 'showState', 'showCall', 'showAnswer'];

const loneSpecIn = async (path: string): Promise<LoneSpec> => {
  if (!existsSync(path)) throw new SuiteError('S201', `there is no file ${path}`, 'check the path');
  const { default: lone } = await load(path);
  const missing = parts.filter((part) => lone?.[part] === undefined);
  if (missing.length === 0) return lone as LoneSpec;
  throw new SuiteError(
    'S703',
    `${path} exports no spec: its default has no ${missing.join(', ')}`,
    'export all of these as properties/space/xv6-pipe.ts does',
  );
};

const load = async (path: string): Promise<{ readonly default?: Partial<LoneSpec> }> => {
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: Partial<LoneSpec> };
  } catch (error) {
    const [said] = String((error as Error).message).split('\n');
    throw new SuiteError('S201', `cannot load ${path}: ${said}`, 'mend the file');
  }
};
