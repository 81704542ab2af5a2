import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graded, GradedTest } from '#reports/grade/graded.ts';
import { storyText, type Telling } from '#reports/grade/outputs/feedback.ts';
import { english } from '#reports/grade/outputs/feedback.words.ts';
import { gradeMarkdown } from '#reports/grade/outputs/markdown.ts';
import { earned, gradedOf, lostTo, undecided } from '#reports/grade/outputs/sample.ts';
import { shownTo } from '#reports/grade/outputs/shown.ts';

const golden = (name: string): string => fileURLToPath(new URL(`../../../properties/golden/${name}`, import.meta.url));
const assignment = { title: 'A pipe', titleZh: '管道' };
const telling: Telling = {
  language: 'en',
  replayOf: ({ id, found }) => (found ? `npx rendezvous replay counterexamples/${id}.json` : null),
};

let graded: Graded;
let lostWakeup: GradedTest;
beforeAll(async () => {
  lostWakeup = await lostTo('ipc/pipe/full-tells-nobody');
  graded = gradedOf('ann', [
    await lostTo('ipc/pipe/answers-what-was-asked'),
    lostWakeup,
    earned('faultless', 'the machine never faults'),
    undecided('nothing-lost', 'no byte is lost', 'the time was up after 12 of 40 scenarios'),
    earned('order', 'bytes come in order', 'hidden'),
  ]);
});

describe('the feedback', () => {
  test('is as it was, in English and in Chinese', async () => {
    const shown = shownTo('student', graded);
    await expect(gradeMarkdown(shown, assignment, telling)).toMatchFileSnapshot(golden('grade.md'));
    const chinese = gradeMarkdown(shown, assignment, { ...telling, language: 'zh' });
    await expect(chinese).toMatchFileSnapshot(golden('grade.zh.md'));
  });

  test('says of each lost point what went wrong, the rule and its source, the story, the replay and a hint', () => {
    const text = gradeMarkdown(shownTo('student', graded), assignment, telling);
    const section = text.split('\n### ').find((one) => one.startsWith('progress')) ?? '';
    const story = lostWakeup.found?.story;
    for (const said of [
      'lost wakeup',
      'What the spec says of',
      '> Source: ',
      story?.threads[0]?.calls[0]?.call as string,
      'npx rendezvous replay counterexamples/progress.json',
      lostWakeup.hint as string,
    ]) {
      expect(section).toContain(said);
    }
  });

  test('adds up what is shown, and says how much is not', () => {
    const text = gradeMarkdown(shownTo('student', graded), assignment, telling);
    expect(text).toContain('Score: 5 of 30 points');
    expect(text).toContain('1 more test is not shown here');
    expect(text).not.toContain('bytes come in order');
    const whole = gradeMarkdown(shownTo('grader', graded), assignment, telling);
    expect(whole).toContain('Score: 10 of 35 points');
    expect(whole).toContain('bytes come in order');
  });

  test('says of claims that were tried what became of the implementation', () => {
    const tried = { ...earned('in-out-1', 'a wrong one is refuted'), outcome: 'found' } as const;
    const shown = shownTo('student', gradedOf('ann', [tried]));
    expect(gradeMarkdown(shown, assignment, telling)).toMatch(/^\| ✓ .*\| found, /m);
    expect(gradeMarkdown(shown, assignment, { ...telling, language: 'zh' })).toMatch(/^\| ✓ .*\| 已发现，/m);
  });

  test('of what could not be judged says why', () => {
    const shown = shownTo(
      'student',
      gradedOf('bob', [undecided('a', 'A', 'not judged')], { reason: 'does not load', why: 'pipe.ts:3: unexpected }' }),
    );
    const text = gradeMarkdown(shown, assignment, telling);
    expect(text).toContain('**Nothing could be judged**: its modules cannot be loaded');
    expect(text).toContain('pipe.ts:3: unexpected }');
    expect(text).not.toContain('Nothing is lost');
    expect(text).not.toContain('## Lost points');
  });

  test('says a reason once, whatever it cost', () => {
    const tests = ['a', 'b', 'c'].map((id) =>
      undecided(id, id.toUpperCase(), id === 'c' ? 'another reason' : 'one reason'),
    );
    const text = gradeMarkdown(shownTo('student', gradedOf('bob', tests)), assignment, telling);
    expect(text.match(/^### .*$/gm)).toEqual(['### a, b', '### c: C']);
    expect(text.match(/one reason/g)).toHaveLength(1);
    expect(text).toContain('10 of 10 points lost.');
    expect(text.match(/\*\*Hint\*\*/g)).toHaveLength(2);
  });

  test('of full marks says so', () => {
    const text = gradeMarkdown(shownTo('student', gradedOf('eve', [earned('a', 'A')])), assignment, telling);
    expect(text).toContain('Nothing is lost.');
    expect(text).not.toContain('## Lost points');
  });

  test.each([
    ['of what could not be judged', { reason: 'died', why: '# x' } as const, 1],
    ['of lost points', null, 3],
  ])('is no markup where a submission speaks %s', (_, failed, headings) => {
    const hostile = '# x\n<script>alert(1)</script> | *b* [l](javascript:a) ```\n\u202e';
    const failure = failed && { ...failed, why: hostile };
    const shown = shownTo('grader', gradedOf(hostile, [undecided('a', hostile, hostile)], failure));
    const text = gradeMarkdown(shown, assignment, telling);
    const outside = text.replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, '');
    expect(outside.match(/^#+ /gm)).toHaveLength(headings);
    expect(outside).not.toMatch(/(?<!\\)<script/);
    expect(outside).not.toMatch(/(?<!\\)\[l/);
    expect(text).not.toContain('\u202e');
    expect(text.match(/^\|.*$/gm)?.every((line) => line.match(/(?<!\\)\|/g)?.length === 5)).toBe(true);
  });

  test('cuts a long story in its middle', () => {
    const { found } = lostWakeup;
    const steps = Array.from({ length: 300 }, () => found?.story.steps ?? []).flat();
    const text = storyText({ ...found, story: { ...found?.story, steps } } as NonNullable<typeof found>, english);
    expect(text.split('\n')).toHaveLength(121);
    expect(text).toMatch(/… \d+ lines left out here/);
    expect(text).toContain('✗ lost wakeup');
  });
});
