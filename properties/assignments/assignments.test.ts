import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { claimsAbout } from '#model/claim.ts';
import { type Budget, budgets } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld, type World } from '#model/engine/load/world.ts';
import { type Assignment, maximumOf } from '#properties/assignments/assignment.ts';
import { assignments } from '#properties/assignments/index.ts';
import { leastMissed } from '#properties/assignments/least.ts';
import { lostBy, suiteOf } from '#properties/assignments/lost.ts';
import { submissions } from '#properties/assignments/submissions/index.ts';
import { filesOf } from '#properties/assignments/submissions/submission.ts';

const root = new URL('../..', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const folderOf = ({ name }: Assignment): string => `properties/assignments/${name}`;
const implementations = assignments.filter(({ kind }) => kind === 'implementation');

/** What a module imports of values, `#impl/...` as a path and neighbours in its folder: types are gone when it runs. */
const importsOf = (path: string): string[] =>
  [...read(path).matchAll(/^import (?!type )[^;]*? from '([^']+)';/gm)].map(([, from = '']) =>
    from.startsWith('#') ? from.slice(1) : join(path, '..', from),
  );

/** What runs where `paths` run, but for `known`. */
const neededBy = (paths: readonly string[], known: readonly string[] = []): string[] => {
  const needed = new Set<string>();
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (needed.has(path) || known.includes(path)) continue;
    needed.add(path);
    waiting.push(...importsOf(path));
  }
  return [...needed];
};

const referencesOf = (assignment: Assignment): string[] =>
  suiteOf(assignment).subject.variants.map(({ module }) => `impl/${module}`);

const referenceOf = (assignment: Assignment): string => {
  const variant = suiteOf(assignment).subject.variants.find(({ name }) => name === assignment.variant);
  return `impl/${variant?.module}`;
};

const starterOf = (assignment: Assignment): string[] =>
  readdirSync(new URL(`${folderOf(assignment)}/starter`, root)).map(
    (file) => `${folderOf(assignment)}/starter/${file}`,
  );

/** The part of a Markdown text from a heading to the next. */
const section = (text: string, heading: string): string =>
  text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? `no section ${heading}`;

/** Enough to see that all is connected; what a grade explores takes minutes (`npm run night`). */
const few: Budget = { ...budgets.quick, sequences: 20, looks: 200, scenarioExecutions: 4, programs: 2, schedules: 4 };

/** The rows of a handout's rubric: line, id, points, what is asked, when it is seen. */
const rowsOf = (assignment: Assignment, file: string): RegExpExecArray[] => [
  ...read(`${folderOf(assignment)}/${file}`).matchAll(
    /^\| `([a-z0-9-]+)` +\| (\d+) +\| ([^|]+?) +\|(?:[^|]+\|)? ([^|]+?) +\|$/gm,
  ),
];

describe.each(assignments.map((assignment) => [assignment.name, assignment] as const))('%s', (_, assignment) => {
  const { name, rubric } = assignment;

  it('has a rubric of 100 points, whose items have ids of their own', () => {
    expect(maximumOf(assignment)).toBe(100);
    expect(new Set(rubric.map(({ id }) => id)).size).toBe(rubric.length);
    for (const { id, points } of rubric) {
      expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(points).toBeGreaterThan(0);
    }
  });

  it('has a hint for each item, in both languages', () => {
    for (const { id, hint, hintZh } of rubric) {
      expect(hint.length, id).toBeGreaterThan(15);
      expect(hintZh, id).toMatch(/\p{Script=Han}{4}/u);
    }
  });

  it('says in both handouts what each item is worth, and who sees it', () => {
    const seen = {
      'handout.md': { visible: 'at once', after_published: 'when grades are published', hidden: 'never' },
      'handout.zh.md': { visible: '立即', after_published: '成绩公布后', hidden: '不显示' },
    };
    for (const [file, words] of Object.entries(seen)) {
      const rows = rowsOf(assignment, file);
      expect(rows.map(([, id, points, , visibility]) => [id, Number(points), visibility])).toEqual(
        rubric.map(({ id, points, visibility }) => [id, points, words[visibility]]),
      );
    }
  });

  it('bears the name of its folder, and has submissions that are tried', () => {
    expect(read(`${folderOf(assignment)}/assignment.ts`)).toContain(`name: '${name}'`);
  });
});

describe.each(implementations.map((assignment) => [assignment.name, assignment] as const))('%s', (_, assignment) => {
  const { rubric, variant, library, file } = assignment;
  const suite = suiteOf(assignment);
  const world = (path: string): Promise<World> =>
    loadWorld({ tag: 'theirs', url: pathToFileURL(path).href }, suite.subject.exports);

  it('says in both handouts what the claims say', () => {
    const asked = rubric.map(({ asks }) => (asks.tag === 'claim' ? asks : undefined));
    const askedIn = (file: string): (string | undefined)[] => rowsOf(assignment, file).map(([, , , said]) => said);
    expect(askedIn('handout.zh.md')).toEqual(asked.map((asks) => asks?.claimZh));
    const sentences = asked.map((asks) => suite.claims.find(({ id }) => id === asks?.claim)?.sentence);
    expect(askedIn('handout.md')).toEqual(sentences);
  });

  it('asks for claims about this variant that anybody can meet', () => {
    const claims = claimsAbout(suite, variant);
    for (const { asks } of rubric) {
      const claim = asks.tag === 'claim' ? claims.find(({ id }) => id === asks.claim) : undefined;
      expect(claim, JSON.stringify(asks)).toMatchObject({ isOfReference: false });
      expect(['ordering', 'sometimes']).not.toContain(claim?.tag);
    }
  });

  it('says in its handouts what is asked, and on which memories', () => {
    const texts = [read(`${folderOf(assignment)}/handout.md`), read(`${folderOf(assignment)}/handout.zh.md`)];
    for (const { id, asks } of rubric) {
      if (asks.tag !== 'claim') continue;
      for (const text of texts) {
        const row = text.split('\n').find((line) => line.startsWith(`| \`${id}\` `));
        expect(row).toContain(` ${asks.memories.join(', ')} `);
      }
      const sentence = suite.claims.find((claim) => claim.id === asks.claim)?.sentence;
      expect(texts[0]).toContain(` ${sentence} `);
    }
  });

  it('names in its handouts all that may be imported, all that must be exported, and how it is run', () => {
    for (const text of [read(`${folderOf(assignment)}/handout.md`), read(`${folderOf(assignment)}/handout.zh.md`)]) {
      const listed = [...text.matchAll(/^- `#(impl\/[\w./-]+)`$/gm)].map(([, path]) => path);
      expect(listed).toEqual(library);
      for (const name of suite.subject.exports) expect(text).toMatch(new RegExp(`\`${name}[(\`]`));
      expect(text).toContain(`npx rendezvous check ${suite.subject.id} --variant ${variant} --implementation ${file}`);
    }
  });

  it('describes the machine, and how to read a counterexample, as every other handout does', () => {
    const [first] = implementations as [Assignment];
    for (const [text, headings] of [
      ['handout.md', ['The machine, in one page', 'How to read a counterexample']],
      ['handout.zh.md', ['一页说清这台机器', '怎样读反例']],
    ] as const) {
      for (const heading of headings) {
        const own = section(read(`${folderOf(assignment)}/${text}`), heading);
        expect(own).toBe(section(read(`${folderOf(first)}/${text}`), heading));
        expect(own.length).toBeGreaterThan(400);
      }
    }
  });

  it('lets what is handed in import only what contains no answer, and all that needs', () => {
    expect(neededBy(library).sort()).toEqual([...library].sort());
    for (const path of referencesOf(assignment)) expect(library).not.toContain(path);
    const theirs = neededBy([referenceOf(assignment)], library);
    const folder = join(referenceOf(assignment), '..');
    expect(theirs.map((path) => join(path, '..'))).toEqual(theirs.map(() => folder)); // the reference, and its neighbours
    expect(neededBy(starterOf(assignment), library).sort()).toEqual(starterOf(assignment).sort());
  });

  it('has a starter that exports everything, has nothing of the reference, and earns nothing', async () => {
    const started = await world(new URL(`${folderOf(assignment)}/starter/${file}`, root).pathname);
    expect(leastMissed(assignment, rigFor(suite.subject, variant, started))).toBe(assignment.least[0]);
    expect(lostBy(assignment, started, few)).toEqual(rubric.map(({ id }) => id));
    const answers = neededBy([referenceOf(assignment)], library).flatMap((path) => read(path).split('\n'));
    const lines = starterOf(assignment).flatMap((path) => read(path).split('\n'));
    const steps = lines.filter((line) => /\byield\b/.test(line) && !line.trimStart().startsWith('*'));
    expect(steps.filter((line) => answers.includes(line))).toEqual([]);
  });

  it('gives full marks to what is right', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
    const tried = submissions.filter((submission) => submission.assignment === assignment.name);
    expect(tried.filter(({ loses }) => loses.length === 0).length).toBeGreaterThanOrEqual(2);
    expect(tried.filter(({ loses }) => loses.length > 0).length).toBeGreaterThanOrEqual(5);
    try {
      for (const submission of tried) {
        const one = mkdtempSync(join(folder, 'one-'));
        for (const [path, text] of filesOf(assignment, submission)) writeFileSync(join(one, path), text);
        const handedIn = await world(join(one, file));
        expect(rubric.filter(({ id }) => submission.loses.includes(id)).map(({ id }) => id)).toEqual(submission.loses);
        if (submission.loses.length > 0) continue; // what exactly is wrong with it takes the whole budget to find
        expect(lostBy(assignment, handedIn, few), submission.name).toEqual([]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
