import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { assignments } from '#properties/assignments/index.ts';
import { mutants, suites } from '#properties/index.ts';
import { main } from '#reports/cli/main.ts';
import { filesNeeded } from '#reports/grade/handout/closure.ts';
import { handoutOf, writeHandout } from '#reports/grade/handout/handout.ts';
import { readOwn, toolFor } from '#reports/grade/handout/tool.ts';
import { clientFiles } from '#reports/html/page.ts';

const folder = mkdtempSync(join(tmpdir(), 'rendezvous-handout-'));
afterAll(() => rmSync(folder, { recursive: true }));

const named: readonly (readonly [string, Assignment])[] = assignments.map((assignment) => [
  assignment.name,
  assignment,
]);
const handouts = new Map<string, ReadonlyMap<string, string>>();
for (const [name, assignment] of named) handouts.set(name, await handoutOf(assignment));
const handoutNamed = (name: string): ReadonlyMap<string, string> => handouts.get(name) as ReadonlyMap<string, string>;

/** Lines that are somebody's own: long enough, and neither imports nor comments. */
const ownLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 40 && !/^(import |export \{|\} from |\/\/|\/?\*)/.test(line));

/** Lines of references that the model of the same subject has too: how parameters are taken apart, and the like. */
const innocent = new Set([
  'const { slots, objects, holdings } = parameters;',
  'readonly priorities: readonly Priority[];',
]);

const startersOf = (name: string): string[] =>
  readdirSync(new URL(`../../../properties/assignments/${name}/starter/`, import.meta.url), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replace(/^.*\/starter\//, ''));

/**
 * What a handout must not have: of the subject's references, of the modules that only they use, of its mutants, and of the
 * examples that stand whole in our documents; and of our claims, where the student is to write them.
 */
const secretsOf = (
  { name, kind, subject, library }: Assignment,
  files: ReadonlyMap<string, string>,
): ReadonlySet<string> => {
  const suite = suites.find((candidate) => candidate.subject.id === subject);
  const references = suite?.subject.variants.map(({ module }) => `impl/${module}`) ?? [];
  const spec = `spec/${suite?.subject.spec ?? subject}.ts`;
  const starter = startersOf(name).map((path) => `properties/assignments/${name}/starter/${path}`);
  const isOfSubjects = (path: string): boolean => /^properties\/(assignments\/)?index\.ts$/.test(path);
  const tool = ['reports/cli/rendezvous.mjs', 'properties/canary.ts'];
  const given = filesNeeded([...tool, ...library, spec, ...starter], readOwn, isOfSubjects);
  const isOpen = (path: string): boolean => !path.startsWith('impl/') || files.has(`rendezvous/${path}`);
  const edits = mutants.filter((mutant) => mutant.subject === subject).flatMap((mutant) => mutant.edits);
  const texts = [
    ...filesNeeded(references, readOwn, isOpen).values(),
    ...edits.flatMap(({ from, to }) => [from, to]),
    ...((readOwn('docs/interface.md') as string).match(/^```ts\n[\s\S]*?^```$/gm) ?? []),
    ...(kind === 'properties' ? [readOwn(`properties/${subject}.property.ts`) as string] : []),
  ];
  const open = new Set([...given.values()].flatMap(ownLines));
  return new Set(texts.flatMap(ownLines).filter((line) => !open.has(line) && !innocent.has(line)));
};

const secretsIn = (files: ReadonlyMap<string, string>, secrets: ReadonlySet<string>): string[] =>
  [...files].flatMap(([path, text]) =>
    ownLines(text)
      .filter((line) => secrets.has(line))
      .map((line) => `${path}: ${line}`),
  );

describe.each(named)('the handout of %s', (name, assignment) => {
  const files = handoutNamed(name);

  it('has no line of a reference of its subject, or of a mutant', () => {
    const secrets = secretsOf(assignment, files);
    expect(secrets.size).toBeGreaterThan(10);
    expect(secretsIn(files, secrets)).toEqual([]);
  });

  it('has its text, the starter, the tool, and what npm and editors need, and nothing else at the top', () => {
    const starter = startersOf(name);
    expect(starter).toContain(assignment.file);
    const top = new Set([...files.keys()].map((path) => path.split('/')[0] as string));
    const usual = [
      '.gitignore',
      'README.md',
      'README.zh.md',
      'package-lock.json',
      'package.json',
      'rendezvous',
      'tsconfig.json',
    ];
    const ofOthers = /\.test\.|\/(submissions|attacks|bench|golden)\/|\/museum\/(?!mutant\.ts$)/;
    expect([...files.keys()].filter((path) => ofOthers.test(path))).toEqual([]);
    expect([...top].sort()).toEqual([...new Set([...usual, ...starter.map((path) => path.split('/')[0])])].sort());
  });

  it('says nothing of what is hidden or shown once grades are published, nor of mutants', () => {
    const text = files.get(`rendezvous/properties/assignments/${name}/assignment.ts`) as string;
    const told = assignment.rubric.filter(({ visibility, asks }) => visibility === 'visible' && asks.tag === 'claim');
    for (const item of assignment.rubric) {
      expect(text.includes(`"id": "${item.id}"`), item.id).toBe(told.includes(item));
      expect(text.includes(JSON.stringify(item.hint)), item.hint).toBe(told.some(({ hint }) => hint === item.hint));
    }
    const everything = [...files.values()].join('\n');
    const ids = mutants.filter(({ subject }) => subject === assignment.subject).map(({ id }) => id);
    expect(ids.filter((id) => everything.includes(id))).toEqual([]);
  });

  it('has every module that one of its modules runs', () => {
    const missing = [...files].flatMap(([path, text]) =>
      [...text.matchAll(/^(?:import|export) (?!type)[^;]*?from '#([\w./-]+)'/gm)]
        .filter(([, target]) => !files.has(`rendezvous/${target}`))
        .map(([, target]) => `${path} needs ${target}`),
    );
    expect(missing).toEqual([]);
    for (const file of clientFiles) expect(files.has(`rendezvous/reports/html/client/${file}.ts`), file).toBe(true);
  });

  it('links to nothing that is not in it', () => {
    const documents = [...files].filter(([path]) => path.endsWith('.md'));
    expect(documents.length).toBeGreaterThanOrEqual(5);
    const dead = documents.flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => posix.join(posix.dirname(path), target as string))
        .filter((target) => ![...files.keys()].some((file) => file === target || file.startsWith(`${target}/`)))
        .map((target) => `${path} links to ${target}`),
    );
    expect(dead).toEqual([]);
    const modules = documents.flatMap(([path, text]) =>
      [...text.matchAll(/`#((?:impl|spec)\/[\w./-]+\.ts)`/g)].map(([, module]) => [path, module] as const),
    );
    expect(modules.length).toBeGreaterThan(0);
    expect(modules.filter(([, module]) => !files.has(`rendezvous/${module}`))).toEqual([]);
  });

  it('installs the versions that we test with, and names no host', () => {
    const ours = JSON.parse(readOwn('package-lock.json') as string).packages;
    const text = files.get('package-lock.json') as string;
    expect(text.match(/"resolved": .*/g)).toEqual(['"resolved": "rendezvous",']);
    const { packages } = JSON.parse(text);
    const places = Object.keys(packages).filter(
      (place) => place.startsWith('node_modules/') && place !== 'node_modules/rendezvous',
    );
    expect(places).toContain('node_modules/typescript');
    expect(places).toContain('node_modules/fast-check');
    expect(places.filter((place) => /vite|biome|c8/.test(place))).toEqual([]);
    for (const place of places) expect(packages[place], place).toEqual(ours[place]);
  });
});

describe('what makes handouts', () => {
  const [, assignment] = named[0] as (typeof named)[number];

  it('finds a line of the reference that is put into one', () => {
    const files = handoutNamed(assignment.name);
    const secrets = secretsOf(assignment, files);
    const [secret] = secrets;
    expect(secretsIn(files, secrets)).toEqual([]);
    const leaking = new Map([...files, ['notes.md', `somewhere in it:\n  ${secret}\n`]]);
    expect(secretsIn(leaking, secrets)).toEqual([`notes.md: ${secret}`]);
  });

  it.each(['library', 'subject'])('makes none where the answer would be in it: by its %s', async (way) => {
    const kernel = suites[0]?.subject as (typeof suites)[number]['subject'];
    const suite = suites.find((candidate) => candidate.subject.id === assignment.subject);
    const answer = `impl/${suite?.subject.variants[0]?.module}`;
    const leaking =
      way === 'library' ? { ...assignment, library: [answer] } : { ...assignment, subject: kernel.id, variant: 'xv6' };
    await expect(toolFor(leaking)).rejects.toThrow(/would contain impl\//);
  });

  it('touches no folder that has something in it', () => {
    const full = join(folder, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'mine.txt'), 'mine');
    const files = new Map([['mine.txt', 'theirs']]);
    expect(() => writeHandout(full, files)).toThrow(/is not an empty folder/);
    expect(() => writeHandout(join(full, 'mine.txt'), files)).toThrow(/is not an empty folder/);
    expect(readFileSync(join(full, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('is a command, which says what to do next', async () => {
    const run = async (...argv: string[]): Promise<{ code: number; out: string; notes: string }> => {
      const lines = { out: [] as string[], notes: [] as string[] };
      const output = {
        out: (text: string) => void lines.out.push(text),
        note: (text: string) => void lines.notes.push(text),
        isTerminal: false,
        isColoured: false,
      };
      const code = await main(['node', 'rendezvous', 'handout', ...argv], output);
      return { code, out: lines.out.join('\n'), notes: lines.notes.join('\n') };
    };
    const target = join(folder, 'by-command');
    const told = await run(assignment.name, target);
    expect(told).toMatchObject({ code: 0, notes: '' });
    expect(told.out.split('\n').length).toBe(3);
    expect(told.out).toContain('npm ci && npm test');
    const json = JSON.parse((await run(assignment.name, join(folder, 'by-json'), '--json')).out);
    expect(json).toEqual({ name: assignment.name, folder: join(folder, 'by-json'), files: expect.any(Array) });
    const written = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(written.map((entry) => posix.relative(target, join(entry.parentPath, entry.name))).sort()).toEqual(
      json.files,
    );
    expect(await run(assignment.name, target)).toMatchObject({ code: 64, notes: expect.stringMatching(/^S507 /) });
    expect(await run('nothing', join(folder, 'nothing'))).toMatchObject({
      code: 64,
      notes: expect.stringMatching(/^S509 /),
    });
  });
});
