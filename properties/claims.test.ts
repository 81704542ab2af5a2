import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutants, suites } from '#properties/index.ts';

/** The documents say what the code does: their tables and names are compared with it. */

const root = new URL('..', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Where the course notes' claims are kept, beside a checkout that has them; they are not ours to commit. */
const courseClaims = new URL('../shared/reference/claims.json', root);
const courseSubjects = [
  'chcore-ipc',
  'lrpc',
  'deadlock-timeout',
  'l4-ipc',
  'priority-inversion',
  'remap-tlb',
  'toctou',
  'isolation',
  'xv6-pipe',
  'linux-pipe',
  'sleep-wakeup',
  'shm-polling',
  'bounded-buffer',
  'capabilities',
  'naming',
  'multicore-sched',
  'affinity',
  'control-transfer',
];

interface Row {
  readonly id: string;
  readonly checkedBy: string;
}

const rows: Row[] = textOf('docs/claims.md')
  .split('\n')
  .filter((line) => /^\| C\d+-\d+ \|/.test(line))
  .map((line) => {
    const [, id = '', , , checkedBy = ''] = line.split('|').map((cell) => cell.trim());
    return { id, checkedBy };
  });

/** `C0-002 by ipc/pipe: copies`, for each claim of ours that a row names. */
const documented = rows.flatMap(({ id, checkedBy }) =>
  [...checkedBy.matchAll(/`([^`]+)`/g)].map((match) => `${id} by ${match[1]}`),
);

const carried = suites.flatMap(({ subject, claims }) =>
  claims.flatMap((claim) => claim.checks.map((id) => `${id} by ${subject.id}: ${claim.id}`)),
);

describe('docs/claims.md', () => {
  it('has a row for each claim of the course notes, once', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  });

  it('names for each what checks it, or says why nothing does', () => {
    const silent = rows.filter(({ checkedBy }) => !/^(`|not checked: \w)/.test(checkedBy));
    expect(silent).toEqual([]);
  });

  it('names exactly the checks that the properties carry', () => {
    expect([...documented].sort()).toEqual([...new Set(carried)].sort());
  });

  it.skipIf(!existsSync(courseClaims))('has the ids of the course notes’ own list', () => {
    const claims = JSON.parse(readFileSync(courseClaims, 'utf8')) as { id: string; subject: string }[];
    const ids = claims.filter((claim) => courseSubjects.includes(claim.subject)).map((claim) => claim.id);
    expect(rows.map((row) => row.id).sort()).toEqual(ids.sort());
  });
});

/** Every TypeScript file of these folders, below the root. */
const sources = ['model', 'reports/cli', 'reports/coverage', 'reports/grade'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => `${folder}/${path}`),
);

describe('docs/errors.md', () => {
  const codesIn = (text: string): string[] => [...text.matchAll(/\bS[1-9]\d\d\b/g)].map(([code]) => code);

  it('has an entry for each code that is thrown, and no other', () => {
    const thrown = new Set(sources.flatMap((path) => codesIn(textOf(path))));
    const entries = new Set([...textOf('docs/errors.md').matchAll(/^### (S\d+)/gm)].map((match) => match[1] as string));
    expect([...entries].sort()).toEqual([...thrown].sort());
  });
});

describe('the documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => `docs/${path}`),
  ];

  it.each(documents)('%s names no file of the repository that does not exist', (document) => {
    const named = [...textOf(document).matchAll(/`((?:spec|impl|model|properties|docs)\/[\w./-]+\.(?:ts|md|json))`/g)];
    const missing = named.map((match) => match[1] as string).filter((path) => !existsSync(new URL(path, root)));
    expect(missing).toEqual([]);
  });

  it.each(documents)('%s names no mutant that does not exist', (document) => {
    const ids = mutants.map((mutant) => mutant.id);
    const subjects = suites.map((suite) => suite.subject.id).join('|');
    const named = [...textOf(document).matchAll(new RegExp(`\`((?:${subjects})/[\\w-]+)\``, 'g'))];
    expect(named.map((match) => match[1] as string).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(documents)('%s links to no file that does not exist', (document) => {
    const links = [...textOf(document).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1] as string);
    const missing = links.filter((link) => !existsSync(new URL(link, new URL(document, root))));
    expect(missing).toEqual([]);
  });
});
