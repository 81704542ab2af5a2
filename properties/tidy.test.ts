import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scanRoutines } from '#model/engine/load/scan.ts';
import { mutants, suites } from '#properties/index.ts';

/** Rules that neither compiler nor linter can say. */

const root = new URL('..', import.meta.url);
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs', '*.js'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && !path.endsWith('.tmp.ts'));
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const within = (...folders: string[]): string[] =>
  files.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
const source = (path: string): boolean => !path.endsWith('.test.ts');

/** `path:line` of every line of these files that matches. */
const places = (paths: readonly string[], pattern: RegExp): string[] =>
  paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );

describe('the tree is tidy', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it('has no file longer than 400 lines', () => {
    const long = files.filter((path) => textOf(path).split('\n').length > 401);
    expect(long).toEqual([]);
  });

  it('has no floating micro-op or routine in impl, and no variable that outlives a call', () => {
    const findings = within('impl')
      .filter((path) => !path.startsWith('impl/machine/'))
      .flatMap((path) => scanRoutines(textOf(path)).map((finding) => `${path}:${finding.line}: ${finding.problem}`));
    expect(findings).toEqual([]);
  });

  it('lets spec and impl import only what they may', () => {
    const imports = (path: string): string[] =>
      [...textOf(path).matchAll(/^(?:import|export)\s[^;]*? from '[^']+'/gm)].map(
        ([statement]) => `${path}: ${statement.replaceAll(/\s+/g, ' ')}`,
      );
    const foreign = (folder: string, allowed: RegExp): string[] =>
      within(folder)
        .flatMap(imports)
        .filter((place) => !allowed.test(place));
    expect(within('impl').flatMap(imports).length).toBeGreaterThan(within('impl').length);
    expect(foreign('spec', /from '(#spec\/|immer'|ts-pattern')/)).toEqual([]);
    expect(
      foreign('impl', /from '#impl\/|import type .* from '#spec\/(abi(\/[\w/-]+)?|machine\/memory\/program)\.ts'/),
    ).toEqual([]);
  });

  it('imports vitest in tests only, and in what several of them share', () => {
    const shared = ['coverage.setup', 'museum/try-mutants', 'check-references'].map((name) => `properties/${name}.ts`);
    const importing = places(files.filter(source), /from 'vitest'/).map((place) => place.replace(/:.*/, ''));
    expect(importing.filter((path) => !shared.includes(path))).toEqual([]);
  });

  it('has no test-only branch in impl', () => {
    const words = /\b(test|tests|isTest|mutant|mutants|bug|buggy)\b/i;
    const code = places(within('impl'), /./).map((place) => place.replace(/\/\/.*$/, ''));
    const inCode = code.filter((place) => words.test(place) && !/^\S+:\d+: (\*|\/\*\*)/.test(place));
    expect(inCode).toEqual([]);
  });

  it('names no subject outside its own files, the museum and the registry', () => {
    const engines = [
      ...within('model/engine', 'reports'),
      ...files.filter((path) => /^(model|properties)\/[^/]*\.ts$/.test(path)),
    ];
    const registry = ['properties/index.ts', 'properties/canary.ts'];
    const others = engines.filter((path) => source(path) && !registry.includes(path));
    const names = suites.map((suite) => suite.subject.id).join('|');
    const examples =
      /check ipc\/pipe --implementation|explore --spec ipc\/pipe|ordering ipc\/bounded-buffer|show ipc\/pipe|(museum|run) sync\/sleep-wakeup|replay .*canary/; // help texts
    const kernel = /\bsync\/(sleep-wakeup|spinlock)\.ts/; // the kernel beneath every subject, not the subject
    const named = places(others, new RegExp(`(${names})`)).filter(
      (place) => !examples.test(place) && !kernel.test(place),
    );
    expect(named.filter((place) => !/^\S+:\d+: (\*|\/\/|\/\*\*)/.test(place))).toEqual([]);
  });

  it('reads no clock and rolls no dice in spec, impl and model', () => {
    const hidden = /\b(Date\.now|new Date|Math\.random|performance\.now|process\.hrtime|setTimeout)\b/;
    expect(places(within('spec', 'impl', 'model'), hidden)).toEqual([]);
  });

  it('keeps states plain: no Map, Set or class in spec', () => {
    expect(places(within('spec'), /\b(new (Map|Set|WeakMap)|class \w)/)).toEqual([]);
  });

  it('cites a source at every transition of a spec', () => {
    const transitions = within('spec').flatMap((path) => {
      const text = textOf(path);
      const matches = [
        ...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n(?:export )?const (\w+) = [^;]*?: Outcomes =>/g),
      ];
      return matches.map(([, comment, name]) => ({
        place: `${path}: ${name}`,
        cited: /Source:/.test(comment as string),
        name,
      }));
    });
    expect(transitions.length).toBeGreaterThan(10);
    const uncited = transitions.filter(({ cited, name }) => !cited && name !== 'fails' && name !== 'outcomes');
    expect(uncited.map(({ place }) => place)).toEqual([]);
  });

  it('has four files for every subject, under one path but for a spec that it shares', () => {
    for (const { subject } of suites) {
      for (const path of [
        `spec/${subject.spec ?? subject.id}.ts`,
        `impl/${subject.id}.ts`,
        `model/${subject.id}.ts`,
        `properties/${subject.id}.property.ts`,
      ]) {
        expect(files).toContain(path);
      }
    }
  });

  it('names examples that are scenarios', () => {
    for (const { subject } of suites) {
      const names = subject.variants.flatMap(({ name }) => subject.scenarios(name).map((scenario) => scenario.name));
      for (const example of subject.examples ?? []) expect(names, subject.id).toContain(example);
    }
  });

  it('has no barrel but the registries', () => {
    expect(places(files.filter(source), /^export \* from|^export \{[^}]*\} from/)).toEqual([]);
    const registries = ['properties/assignments/', 'properties/assignments/submissions/', 'properties/'];
    expect(files.filter((path) => path.endsWith('/index.ts'))).toEqual(registries.map((folder) => `${folder}index.ts`));
  });

  it('has mutants with unique ids, each with a story and a claim that exists', () => {
    expect(new Set(mutants.map((mutant) => mutant.id)).size).toBe(mutants.length);
    for (const mutant of mutants) {
      const claims = suites.find((suite) => suite.subject.id === mutant.subject)?.claims.map((claim) => claim.id);
      expect(claims, mutant.id).toContain(mutant.killedBy);
      expect(mutant.story.length, mutant.id).toBeGreaterThan(60);
    }
  });
});
