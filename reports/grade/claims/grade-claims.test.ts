import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { OutsideRun } from '#model/engine/outside/run.ts';
import type { Item } from '#properties/assignments/assignment.ts';
import assignment from '#properties/assignments/claims/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import { submissions } from '#properties/assignments/submissions/index.ts';
import { textOf } from '#properties/assignments/submissions/submission.ts';
import { mutants } from '#properties/index.ts';
import { gradeClaims } from '#reports/grade/claims/grade-claims.ts';
import { inProcess } from '#reports/grade/claims/in-process.ts';
import type { Open } from '#reports/grade/claims/session.ts';
import type { GradedTest } from '#reports/grade/graded.ts';

const starter = fileURLToPath(new URL('../../../properties/assignments/claims/starter/', import.meta.url));

/** A student's folder. */
const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
copyFileSync(join(starter, 'run.ts'), join(folder, 'run.ts'));
afterAll(() => rmSync(folder, { recursive: true }));

let sessions = 0;

/** Sessions with a module, in each as it is when it has just been loaded. */
const opening =
  (path: string): Open =>
  async () =>
    inProcess(await import(`${pathToFileURL(path).href}?session=${sessions++}`));

const handedIn = submissions.filter((submission) => submission.assignment === assignment.name);

const submission = (name: string): Open => {
  const found = handedIn.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no submission ${name}`);
  const path = join(folder, `${name}.ts`);
  writeFileSync(path, textOf(found));
  return opening(path);
};

const grade = (open: Open, rubric: readonly Item[]): Promise<readonly GradedTest[]> => {
  const { subject } = suiteOf(assignment);
  return gradeClaims({ assignment: { ...assignment, budget: 'quick', rubric }, subject, mutants }, open);
};

const scoreOf = (tests: readonly GradedTest[]): number => tests.reduce((sum, { score }) => sum + score, 0);

/** What is quickly run. By the model answer all is graded here, and by the others at night. */
const quickItems = ['accepts-in-out', 'in-out-1', 'in-out-4', 'in-out-5', 'in-out-6'];
const isNight = process.env['RENDEZVOUS_NIGHT'] !== undefined;
const someItems = assignment.rubric.filter(({ id }) => isNight || quickItems.includes(id));
const isAsked = (id: string): boolean => someItems.some((item) => item.id === id);
const isQuick = ({ loses }: { readonly loses: readonly string[] }): boolean =>
  isNight || loses.length === 0 || loses.some(isAsked);

describe('an assignment of claims', () => {
  it('asks of each mutant once, of those that are wrong and not only slow', () => {
    const asked = assignment.rubric.flatMap(({ asks }) => (asks.tag === 'kills' ? [asks.mutant] : []));
    const known = mutants.filter(({ subject }) => subject === assignment.subject);
    const left = ['as-printed-with-two-producers', 'gives-its-core-up', 'semaphore-polls'];
    const expected = known.map(({ id }) => id).filter((id) => !left.some((name) => id.endsWith(`/${name}`)));
    expect([...asked].sort()).toEqual(expected.sort());
  });

  it.each(handedIn.filter(isQuick).map((one) => [one.name, one] as const))(
    'takes from %s the points that it should lose, and no others',
    async (name, { loses }) => {
      const tests = await grade(submission(name), name === 'right-all' ? assignment.rubric : someItems);
      expect(tests.filter(({ score }) => score === 0).map(({ id }) => id)).toEqual(loses.filter(isAsked));
      for (const { id, score, maximum, verdict, outcome, why, hint, executions } of tests) {
        const isEarned = score === maximum;
        expect([verdict, why === null, hint === null]).toEqual([isEarned ? 'holds' : 'refuted', isEarned, isEarned]);
        const outcomes = id.startsWith('accepts-') ? ['accepted', 'not accepted'] : ['found', 'survived'];
        expect(outcome).toBe(outcomes[isEarned ? 0 : 1]);
        expect(executions > 0 || why === 'you hand in no workloads').toBe(true);
      }
    },
  );

  it('shows the smallest run that a claim is wrong about, and nothing of the code', async () => {
    const items = assignment.rubric.filter(({ id }) => id.endsWith('lock-free'));
    const [test] = await grade(submission('one-too-few'), items);
    expect(test?.why).toMatch(/^your claim 'room' \(.*\) says no to a run of a right implementation$/);
    expect(test?.shown).toBe(`capacity 1, carriedItems 0
  0  T0 calls put(1)
  1  T0 is told ok by put(1)
end  nothing more happens`);
    expect(test?.found).toBeNull();
  });

  it('says of a claim that it made a mistake, and which', async () => {
    const items = assignment.rubric.filter(({ id }) => id === 'accepts-in-out');
    const whyOf = async (name: string): Promise<string | null | undefined> =>
      (await grade(submission(name), items))[0]?.why;
    expect(await whyOf('throws')).toContain("'once' makes a mistake about a run");
    expect(await whyOf('throws')).toContain('it threw RangeError: nothing was got');
    expect(await whyOf('no-boolean')).toContain('it gave 0, not true or false');
    expect(await whyOf('counts-questions')).toContain('it said two things about the same run');
  });

  it('names every claim that does not accept what is right', async () => {
    const items = assignment.rubric.filter(({ id }) => id === 'accepts-in-out');
    const claims = ['one', 'two', 'three'].map((id) => ({ id, sentence: 'it is so', holds: () => id === 'two' }));
    const [test] = await grade(async () => inProcess({ claims, workloads: [] }), items);
    expect(test?.why).toBe(
      "your claim 'one' (it is so) says no to a run of a right implementation; it is not accepted by 'three' either",
    );
  });

  it('says of a claim that finds a bug and does not count, why it does not', async () => {
    const items = someItems.filter(({ id }) => id === 'accepts-in-out' || id === 'in-out-4');
    const whyOf = async (name: string): Promise<string | null | undefined> =>
      (await grade(submission(name), items))[1]?.why;
    expect(await whyOf('always-false')).toBe(
      "your claim 'mine' says no, but does not count: it says no to something right, too",
    );
    const told = ({ calls }: OutsideRun): string => JSON.stringify(calls.map(({ answer }) => answer));
    const isOurs = ({ program }: OutsideRun): boolean => JSON.stringify(program.threads).includes('"items":[1,2]}');
    const either = inProcess({
      claims: [
        {
          id: 'odd',
          sentence: 'nobody gets the newest twice',
          holds: (run: OutsideRun) => (isOurs(run) ? !told(run).includes('[2,2]') : undefined),
        },
      ],
      workloads: [
        {
          name: 'two items',
          parameters: { capacity: 2, carriedItems: 0 },
          threads: [[{ tag: 'put', items: [1, 2] }], [{ tag: 'get', count: 2 }]],
        },
      ],
    });
    const [, kill] = await grade(async () => either, items);
    expect(kill?.why).toBe(
      "your claim 'odd' says no, but does not count: it makes a mistake about some run: it gave undefined, not true or false",
    );
  });

  it('says which mistakes claims make about a bug that none of them finds', async () => {
    const items = someItems.filter(({ id }) => id === 'in-out-4');
    const claims = [
      { id: 'odd', sentence: 'it is so', holds: () => 7 },
      { id: 'even', sentence: 'it is so', holds: () => true },
      {
        id: 'rash',
        sentence: 'it is so',
        holds: () => {
          throw new RangeError('no item');
        },
      },
    ];
    const parameters = { capacity: 1, carriedItems: 0 };
    const workloads = [{ name: 'one', parameters, threads: [[{ tag: 'put', items: [1] }]] }];
    const whyOf = async (handed: object): Promise<string | null | undefined> =>
      (await grade(async () => inProcess({ claims, workloads, ...handed }), items))[0]?.why;
    expect(await whyOf({})).toBe(
      "none of your claims says no to any of the 1 different runs that your workloads gave, but 'odd' makes a mistake about one: it gave 7, not true or false; 'rash' makes a mistake about one: it threw RangeError: no item",
    );
    expect(await whyOf({ claims: [claims[1]] })).toBe(
      'your claims hold of all 1 different runs that your workloads gave',
    );
    expect(await whyOf({ claims: [] })).toBe('you hand in no claims');
    expect(await whyOf({ workloads: [] })).toBe('you hand in no workloads');
    const two = [1, 2].map((item) => [{ tag: 'put', items: [item] }]);
    expect(await whyOf({ workloads: [{ name: 'two', parameters, threads: two }] })).toBe(
      'none of your workloads can be run by it (in-out)',
    );
  });

  it('calls each line what the handout calls it, and tells no more of what is wrong', async () => {
    const rowsOf = (file: string): unknown[] =>
      [...readFileSync(join(starter, '..', file), 'utf8').matchAll(/^\| `([a-z0-9-]+)` +\| \d+ +\| (.*?) +\| /gm)].map(
        ([, id, asked]) => [id, asked?.replaceAll('`', '')],
      );
    const tests = await grade(submission('nothing'), assignment.rubric);
    expect(tests.map(({ id, title }) => [id, title])).toEqual(rowsOf('handout.md'));
    expect(tests.map(({ id, titleZh }) => [id, titleZh])).toEqual(rowsOf('handout.zh.md'));
    for (const { title } of mutants) expect(JSON.stringify(tests)).not.toContain(title);
  });

  it('gives the same twice', async () => {
    const name = 'forgets-faults';
    expect(await grade(submission(name), someItems)).toEqual(await grade(submission(name), someItems));
  });

  it('leaves most to do to whoever hands the starter in', async () => {
    const tests = await grade(opening(join(starter, 'claims.ts')), someItems);
    const maximum = someItems.reduce((sum, { points }) => sum + points, 0);
    expect(scoreOf(tests)).toBeGreaterThan(0);
    expect(scoreOf(tests)).toBeLessThan(maximum / 3);
  });

  it('refuses what exports something else each time it is loaded', async () => {
    const claim = { sentence: 'it is so', holds: () => true };
    let loaded = 0;
    const fickle: Open = async () => inProcess({ claims: [{ ...claim, id: `mine ${loaded++}` }], workloads: [] });
    await expect(grade(fickle, someItems)).rejects.toThrow('it exports something else each time it is loaded');
  });
});
