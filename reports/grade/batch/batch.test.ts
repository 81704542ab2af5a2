import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { assignments } from '#properties/assignments/index.ts';
import { changeOf, changesText } from '#reports/grade/batch/changes.ts';
import { rubricFingerprint } from '#reports/grade/batch/fingerprints.ts';
import { type Batch, type Done, gradeAll } from '#reports/grade/batch/grade-all.ts';
import { liesInOne, namesOf, refuseLink } from '#reports/grade/batch/submissions.ts';
import type { Graded } from '#reports/grade/graded.ts';

const assignment = assignments.find(({ name }) => name === 'ring') as Assignment;
const starter = fileURLToPath(new URL('../../../properties/assignments/ring/starter', import.meta.url));

/** The starter, which does nothing yet, with this instead of what `put` does. */
const withPut = (body: string): string =>
  readFileSync(join(starter, assignment.file), 'utf8').replace(/(function\* put[^{]*\{)/, `$1\n${body}\n`);

let folder = '';
let first: readonly (Done | undefined)[] = [];

const at = (name: string): string => join(folder, name);

const batch = (changed: Partial<Batch> = {}): Batch => ({
  by: { assignment, rubricFingerprint: rubricFingerprint(assignment), toolFingerprint: 'this' },
  submissions: namesOf(['started', 'broken.zip', 'endless', 'lost', 'forgetful'].map(at)),
  foldersOf: ({ name }) => ({
    own: join(folder, 'grades', name),
    feedback: join(folder, 'grades', name, 'feedback'),
  }),
  reader: 'student',
  workers: 2,
  isAnew: false,
  ...changed,
});

const run = (changed: Partial<Batch> = {}): Promise<readonly (Done | undefined)[]> =>
  gradeAll(
    batch(changed),
    () => false,
    () => undefined,
  );

const gradeOf = (done: Done | undefined): Graded => (done as Done).kept.graded;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  cpSync(starter, at('started'), { recursive: true });
  writeFileSync(at('broken.zip'), 'PK, but no archive');
  mkdirSync(at('endless'));
  writeFileSync(join(at('endless'), assignment.file), withPut('for (;;);'));
  mkdirSync(at('forgetful'));
  const forgets = withPut("const made = fence('seq_cst'); made;").replace('import { panic,', 'import { fence, panic,');
  writeFileSync(join(at('forgetful'), assignment.file), forgets);
  mkdirSync(at('lost'));
  writeFileSync(join(at('lost'), 'another.ts'), 'export {};\n');
  first = await run();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a batch', () => {
  it('grades each submission, whatever becomes of the others', () => {
    expect(first.map((done) => gradeOf(done).failure?.reason)).toEqual([
      undefined,
      'unreadable',
      'hung',
      'does not load',
      'forgets a yield',
    ]);
    for (const done of first) {
      const graded = gradeOf(done);
      expect(graded.maximum).toBe(100);
      expect(graded.score).toBe(0);
      expect(graded.tests.map(({ id }) => id)).toEqual(assignment.rubric.map(({ id }) => id));
      for (const { verdict, why } of graded.tests) expect(verdict === 'holds' || (why?.length ?? 0) > 20).toBe(true);
    }
  });

  it('says of code that does not do the simplest thing how that goes wrong', () => {
    const [test] = gradeOf(first[0]).tests;
    expect(test?.why).toMatch(/is not written yet/);
    expect(test?.found?.story.violation?.kind).toBe('fault');
    expect(existsSync(join(folder, 'grades', 'started', 'feedback', `${test?.id}.json`))).toBe(true);
  });

  it('says of code that comes to no micro-op what it was doing', () => {
    expect(gradeOf(first[2]).failure?.why).toMatch(/^put did not come to its next micro-op/);
  });

  it('says of code that forgets a yield in which call', () => {
    expect(gradeOf(first[4]).failure?.why).toMatch(
      /does not yield it, in or after a call of `put`: write `yield` before/,
    );
  });

  it('leaves all that is to be handed back', () => {
    const handedBack = ['feedback.md', 'feedback.zh.md', 'index.html'];
    for (const name of ['started', 'broken', 'endless', 'lost']) {
      for (const file of ['results.json', 'junit.xml', 'graded.json', ...handedBack.map((one) => `feedback/${one}`)]) {
        expect(existsSync(join(folder, 'grades', name, file)), `${name}/${file}`).toBe(true);
      }
    }
  });

  it('hands back nothing of what is hidden', () => {
    const hidden = assignment.rubric.filter(({ visibility }) => visibility !== 'visible');
    expect(hidden.length).toBeGreaterThan(0);
    const feedback = join(folder, 'grades', 'started', 'feedback');
    for (const file of readdirSync(feedback)) {
      for (const { id, hint } of hidden) {
        const text = readFileSync(join(feedback, file), 'utf8');
        expect(text.includes(id) || text.includes(hint), `${file} tells of ${id}`).toBe(false);
      }
    }
  });

  it('goes on where it was cut: only what was not graded is graded, and what a busy machine may have done', async () => {
    rmSync(join(folder, 'grades', 'lost'), { recursive: true });
    const again = await run();
    expect(again.map((done) => done?.isOld)).toEqual([true, true, false, false, true]);
    expect(again.map(gradeOf)).toEqual(first.map(gradeOf));
  });

  it('grades again what has changed, and the same gives the same', async () => {
    const anew = await run({ isAnew: true, workers: 1 });
    expect(anew.map((done) => done?.isOld)).toEqual([false, false, false, false, false]);
    expect(anew.map(gradeOf)).toEqual(first.map(gradeOf));
    expect(anew.map((done) => done?.change)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('begins no more once it is stopped', async () => {
    const done = await gradeAll(
      batch(),
      () => true,
      () => undefined,
    );
    expect(done).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});

describe('a regrade', () => {
  const before: Graded = {
    path: 'one',
    name: 'one',
    assignment: 'ring',
    rubricFingerprint: 'a',
    toolFingerprint: 'b',
    submissionFingerprint: 'c',
    score: 10,
    maximum: 20,
    failure: null,
    tests: [
      {
        id: 'order',
        title: 'in order',
        titleZh: '次序不变',
        score: 10,
        maximum: 10,
        visibility: 'visible',
        verdict: 'holds',
        why: null,
        hint: null,
        hintZh: null,
        executions: 5,
        found: null,
      },
    ],
  };
  const lost = { ...before.tests[0], score: 0, verdict: 'refuted', why: 'wrong answer' } as Graded['tests'][number];

  it('explains every point that changed, and by what', () => {
    const now = { ...before, score: 0, toolFingerprint: 'd', tests: [lost] };
    const change = changeOf(before, now);
    expect(change).toMatchObject({ scoreBefore: 10, score: 0, because: ['tool'] });
    expect(changesText(change ? [change] : [])).toBe(
      'one: 10 -> 0, since tool changed\n  order\n    before: 10 of 10, holds\n    now:    0 of 10, refuted (wrong answer)',
    );
  });

  it('says nothing where no point has changed', () => {
    expect(changeOf(before, { ...before, submissionFingerprint: 'e' })).toBeUndefined();
  });
});

describe('a folder of results', () => {
  it('is not believed where it was handed in: a grade may lie in it', () => {
    const handedIn = namesOf([at('started')]);
    symlinkSync(at('lost'), join(at('started'), 'linked'));
    mkdirSync(join(at('lost'), 'feedback'));
    symlinkSync(join(at('started')), at('elsewhere'));
    for (const within of [
      at('started'),
      join(at('started'), 'feedback'),
      join(at('started'), 'linked'),
      at('elsewhere'),
    ]) {
      expect(liesInOne(within, handedIn), within).toBe(true);
    }
    for (const beside of [at('grades'), at('lost'), folder, at('started-2')]) {
      expect(liesInOne(beside, handedIn), beside).toBe(false);
    }
    rmSync(join(at('started'), 'linked'));
  });

  it('is written where it is, and not where links that were handed in lead', async () => {
    const own = at('with-links');
    const feedback = join(own, 'feedback');
    mkdirSync(feedback, { recursive: true });
    writeFileSync(at('victim'), 'as it was');
    for (const name of ['results.json', 'junit.xml', 'graded.json', 'graded.json.part']) {
      symlinkSync(at('victim'), join(own, name));
    }
    for (const name of ['index.html', 'feedback.md', 'feedback.zh.md', `${assignment.rubric[0]?.id}.json`]) {
      symlinkSync(at('victim'), join(feedback, name));
    }
    await run({ submissions: namesOf([at('started')]), foldersOf: () => ({ own, feedback }), isAnew: true });
    expect(readFileSync(at('victim'), 'utf8')).toBe('as it was');
    expect(readFileSync(join(feedback, 'index.html'), 'utf8')).toContain('<html');

    symlinkSync(feedback, at('leads-elsewhere'));
    expect(() => refuseLink(at('leads-elsewhere'))).toThrow(/is part of what was handed in, and is a link/);
    expect(() => refuseLink(feedback)).not.toThrow();
    expect(() => refuseLink(at('not-there-yet'))).not.toThrow();
  });
});

describe('the name of a submission', () => {
  it('puts the results of nobody anywhere but in a folder of its own', () => {
    const hostile = [
      '...zip',
      '..zip',
      'index.html.zip',
      'grades.csv.tar',
      '=1+1\n.zip',
      '<b>.zip',
      `${'x'.repeat(300)}.zip`,
    ];
    const names = namesOf(hostile).map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['submission', 'submission-2', 'index.html-2', 'grades.csv-2']);
    for (const name of names) expect(name).toMatch(/^[^./\\=<\n][^/\\<\n]{0,110}$/);
  });

  it('is its own in a batch, whatever archives are called', () => {
    const names = namesOf(['a/pipe.zip', 'b/pipe', 'c/PIPE.tar.gz', 'd/pipe.zip/']).map(({ name }) => name);
    expect(names).toEqual(['pipe', 'pipe-2', 'PIPE-3', 'pipe-4']);
  });
});
