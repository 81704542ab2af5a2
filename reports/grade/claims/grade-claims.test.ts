import { describe, expect, it } from 'vitest';
import { type Assignment, type Item, maximumOf } from '#properties/assignments/assignment.ts';
import assignment from '#properties/assignments/claims/assignment.ts';
import { mutants, suites } from '#properties/index.ts';
import { type ByClaims, gradeClaims } from '#reports/grade/claims/grade-claims.ts';
import { inProcess } from '#reports/grade/claims/in-process.ts';
import type { Open } from '#reports/grade/claims/session.ts';
import type { GradedTest } from '#reports/grade/graded.ts';

let sessions = 0;

/** A session with a submission as it is when it has just been loaded. */
const opening =
  (path: string): Open =>
  async () =>
    inProcess(await import(`#properties/assignments/${path}.ts?session=${sessions++}`));

const submission = (name: string): Open => opening(`submissions/claims/${name}`);
const starter = opening('claims/starter/claims');

const by = (rubric: readonly Item[]): ByClaims => {
  const subject = suites.find((suite) => suite.subject.id === assignment.subject)?.subject;
  if (!subject) throw new Error(`no subject ${assignment.subject}`);
  return { assignment: { ...assignment, budget: 'quick', rubric } satisfies Assignment, subject, mutants };
};

const scoreOf = (tests: readonly GradedTest[]): number => tests.reduce((sum, { score }) => sum + score, 0);

const grade = (open: Open, rubric: readonly Item[]): Promise<readonly GradedTest[]> => gradeClaims(by(rubric), open);

/** What is quickly run: one kind of four. By the model answer all are graded here, and by the others at night. */
const quickKinds = ['in-out'];
const isNight = process.env['RENDEZVOUS_NIGHT'] !== undefined;
const someItems = assignment.rubric.filter(({ id }) => isNight || quickKinds.some((kind) => id.includes(kind)));

describe('an assignment of claims', () => {
  it('is worth 100 points, and asks of mutants that there are', () => {
    expect(maximumOf(assignment)).toBe(100);
    const asked = assignment.rubric.flatMap(({ asks }) => (asks.tag === 'kills' ? [asks.mutant] : []));
    expect(mutants.map(({ id }) => id)).toEqual(expect.arrayContaining(asked));
    expect(new Set(asked).size).toBe(24);
  });

  it('gives the model answer every point', async () => {
    const tests = await grade(submission('right-all'), assignment.rubric);
    expect(tests.filter(({ why }) => why !== null)).toEqual([]);
    expect(scoreOf(tests)).toBe(100);
    expect(tests.every(({ verdict, executions }) => verdict === 'holds' && executions > 0)).toBe(true);
  });

  const accepted = someItems.filter(({ asks }) => asks.tag === 'accepts');
  const maximum = someItems.reduce((sum, { points }) => sum + points, 0);
  const forAccepting = accepted.reduce((sum, { points }) => sum + points, 0);

  it.each([
    ['wrong-always-false', 0],
    ['wrong-always-true', 0],
    ['wrong-nothing', 0],
    ['wrong-counts-questions', 0],
    ['wrong-knows-its-programs', 0],
    ['wrong-one-too-few', maximum - forAccepting],
    ['wrong-throws', maximum - forAccepting],
    ['wrong-no-boolean', maximum - forAccepting],
  ])('gives %s what it is worth', async (name, points) => {
    const tests = await grade(submission(name), someItems);
    expect(scoreOf(tests)).toBe(points);
    for (const { score, maximum: most, verdict, why, hint } of tests) {
      const isEarned = score === most;
      expect([isEarned, verdict, why === null, hint === null]).toEqual([
        isEarned,
        isEarned ? 'holds' : 'refuted',
        isEarned,
        isEarned,
      ]);
    }
  });

  it('shows the smallest run that a claim is wrong about, and nothing of the code', async () => {
    const items = assignment.rubric.filter(({ id }) => id.endsWith('lock-free'));
    const [test] = await grade(submission('wrong-one-too-few'), items);
    expect(test?.why).toBe(
      "your claim 'room' (a put is over before the buffer is full) says no to a run of a right implementation",
    );
    expect(test?.shown).toBe(`capacity 1, carriedItems 0
  0  T0 calls put(1)
  1  T0 is told ok by put(1)
end  nothing more happens`);
    expect(test?.found).toBeNull();
  });

  it('says of a claim that it made a mistake, and which', async () => {
    const items = assignment.rubric.filter(({ id }) => id.endsWith('in-out'));
    const whys = async (name: string): Promise<string | null | undefined> =>
      (await grade(submission(name), items))[0]?.why;
    expect(await whys('wrong-throws')).toContain("'once' makes a mistake about a run");
    expect(await whys('wrong-throws')).toContain('it threw RangeError: nothing was got');
    expect(await whys('wrong-no-boolean')).toContain('it gave 0, not true or false');
    expect(await whys('wrong-counts-questions')).toContain('it said two things about the same run');
  });

  it('gives the same twice', async () => {
    const items = someItems.slice(0, 6);
    expect(await grade(starter, items)).toEqual(await grade(starter, items));
  });

  it('leaves most to do to whoever hands the starter in', async () => {
    const tests = await grade(starter, someItems);
    expect(scoreOf(tests)).toBeGreaterThan(0);
    expect(scoreOf(tests)).toBeLessThan(maximum / 3);
  });

  it('refuses what exports something else each time it is loaded', async () => {
    const claim = { sentence: 'it is so', holds: () => true };
    let loaded = 0;
    const fickle: Open = async () => inProcess({ claims: [{ ...claim, id: `mine ${loaded++}` }], workloads: [] });
    await expect(grade(fickle, someItems)).rejects.toThrow('it exports something else each time it is loaded');
  });

  it('does not tell the name of what is hidden', async () => {
    const items = someItems.slice(2, 3).map((item): Item => ({ ...item, visibility: 'hidden' }));
    const title = mutants.find(({ id }) => items[0]?.asks.tag === 'kills' && id === items[0].asks.mutant)?.title;
    const tests = await grade(submission('wrong-nothing'), items);
    expect(title).toBeDefined();
    expect(JSON.stringify(tests)).not.toContain(title);
  });
});
