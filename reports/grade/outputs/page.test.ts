import { readdirSync } from 'node:fs';
import { Script } from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Found, Graded, GradedTest } from '#reports/grade/graded.ts';
import { classFiles, classPage, classPageData } from '#reports/grade/outputs/class-page.ts';
import { classCsv } from '#reports/grade/outputs/csv.ts';
import { gradescopeResults } from '#reports/grade/outputs/gradescope.ts';
import { drawHistogram } from '#reports/grade/outputs/histogram.ts';
import { junitXml } from '#reports/grade/outputs/junit.ts';
import { gradeMarkdown } from '#reports/grade/outputs/markdown.ts';
import { gradeFiles, gradePage, gradePageData } from '#reports/grade/outputs/page.ts';
import { earned, gradedOf, lostTo, undecided } from '#reports/grade/outputs/sample.ts';
import { shownTo } from '#reports/grade/outputs/shown.ts';
import { unpack } from '#reports/html/client/packed.ts';
import { clientCode, storyFiles } from '#reports/html/page.ts';

const assignment = { title: 'A pipe', titleZh: '管道' };
const replayOf = ({ id, found }: GradedTest): string | null => (found ? `npx rendezvous replay ${id}.json` : null);
const hostile = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> " \' & \u2028\u202e\u200f\u0000';

/** What was found, with names of words and places in the code that are hostile. */
const hostileIn = (found: Found): Found => {
  const steps = found.story.steps.map((step) => ({ ...step, text: hostile, site: hostile }));
  const story = { ...found.story, steps, words: found.story.words.map(() => hostile) };
  const violation = { ...found.counterexample.violation, expected: hostile, observed: hostile };
  return { ...found, story, counterexample: { ...found.counterexample, violation } };
};

let lost: GradedTest;
let graded: Graded;
let grades: readonly Graded[];
beforeAll(async () => {
  lost = await lostTo('ipc/pipe/answers-what-was-asked');
  const failure = { reason: 'does not load', why: hostile } as const;
  graded = gradedOf('ann', [
    lost,
    earned('faultless', 'the machine never faults'),
    undecided('stream', 'the stream is whole', 'the time was up'),
    earned('SECRET', 'SECRET', 'hidden'),
  ]);
  grades = [
    graded,
    gradedOf(
      hostile,
      [{ ...lost, title: hostile, titleZh: hostile, why: hostile, found: lost.found && hostileIn(lost.found) }],
      failure,
    ),
    gradedOf('bob', [lost, earned('faultless', 'the machine never faults'), earned('stream', 'the stream is whole')]),
    gradedOf('eve', [
      { ...lost, score: lost.maximum, verdict: 'holds', found: null },
      earned('faultless', 'the machine never faults'),
      earned('stream', 'the stream is whole'),
    ]),
  ];
});

describe('the page of a submission', () => {
  test('has each test that may be shown, and for each lost point all that the Markdown has', () => {
    const page = gradePageData(shownTo('student', graded), assignment, replayOf);
    expect(page.tests.map(({ id, score, verdict }) => [id, score, verdict])).toEqual([
      ['refines', 0, 'refuted'],
      ['faultless', 5, 'holds'],
      ['stream', 0, 'gave-up'],
    ]);
    expect(page).toMatchObject({ score: 5, maximum: 20, withheld: 1 });
    expect(page.tests[0]?.found).toMatchObject({
      kind: 'wrong answer',
      clause: { file: 'spec/ipc/pipe.ts' },
      replay: 'npx rendezvous replay refines.json',
    });
    expect(page.tests[0]?.title).toEqual({ en: lost.title, zh: lost.titleZh });
    expect(page.tests[0]?.hint).toEqual({ en: lost.hint, zh: lost.hintZh });
    expect(page.tests[2]).toMatchObject({ why: 'the time was up', found: null });
    expect(page.stories.map(unpack)).toEqual([
      { id: 'refines', story: { ...lost.found?.story }, replay: 'npx rendezvous replay refines.json' },
    ]);
  });

  test('says of claims that were tried what became of the implementation, in both languages', () => {
    const tried = { ...earned('in-out-1', 'a wrong one is refuted'), outcome: 'found' } as const;
    const shown = shownTo('student', gradedOf('ann', [tried, earned('faultless', 'the machine never faults')]));
    const { tests } = gradePageData(shown, assignment, replayOf);
    expect(tests.map((one) => one.outcome)).toEqual([{ en: 'found', zh: '已发现' }, undefined]);
  });

  test('says nothing of what is hidden', () => {
    expect(gradePage(shownTo('student', graded), assignment, replayOf)).not.toContain('SECRET');
    expect(gradePage(shownTo('grader', graded), assignment, replayOf)).toContain('SECRET');
  });
});

describe('the page of a class', () => {
  test('counts what was lost by those that could be judged, the most first', () => {
    const { items } = classPageData(grades, assignment, () => null);
    expect(items.map(({ id, asked, lost: n, undecided: u }) => [id, asked, n, u])).toEqual([
      ['refines', 3, 2, 0],
      ['stream', 3, 0, 1],
      ['faultless', 3, 0, 0],
      ['SECRET', 1, 0, 0],
    ]);
  });

  test('puts the same mistakes together, with a story and whose they are', () => {
    const { mistakes, stories } = classPageData(grades, assignment, () => null);
    expect(mistakes.map(({ story, submissions }) => [story, submissions])).toEqual([
      ['mistake-1', [0, 2]],
      ['mistake-2', [1]],
    ]);
    expect(stories.map(({ id }) => id)).toEqual(['mistake-1', 'mistake-2']);
  });

  test('leads to the page of each submission, and nowhere else', () => {
    const names = ['ann', 'javascript:alert(1)', '../../x', '//evil.example/a b', 'a"b'];
    const { submissions } = classPageData(
      names.map((name) => gradedOf(name, [])),
      assignment,
      ({ name }) => `${name}/index.html`,
    );
    expect(submissions.map(({ page }) => page)).toEqual([
      './ann/index.html',
      './javascript%3Aalert(1)/index.html',
      './../../x/index.html',
      './//evil.example/a%20b/index.html',
      './a%22b/index.html',
    ]);
    for (const { page } of submissions)
      expect(new URL(page as string, 'file:///grades/class.html').protocol).toBe('file:');
  });

  test('says who could not be judged, and why', () => {
    const { submissions } = classPageData(grades, assignment, () => null);
    expect(submissions.map(({ failure }) => failure?.reason.en ?? null)).toEqual([
      null,
      'its modules cannot be loaded',
      null,
      null,
    ]);
  });

  test('of nobody can be drawn', () => {
    expect(classPageData([], assignment, () => null)).toMatchObject({ histogram: null, items: [], mistakes: [] });
    expect(classPage([], assignment, () => null)).toContain('<title>A pipe</title>');
  });
});

describe('the distribution', () => {
  test('has every submission in one bar, full marks in the last', () => {
    const drawn = drawHistogram([0, 5, 5, 9.5, 10, 10], 10);
    expect(drawn?.bars.map(({ from, count }) => [from, count]).filter(([, count]) => count)).toEqual([
      [0, 1],
      [5, 2],
      [9, 3],
    ]);
    expect(drawn?.bars.at(-1)?.to).toBe(10);
    expect(drawn?.bars.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });

  test('stays within its frame, its heights in proportion', () => {
    const { bars, plot } = drawHistogram([1, 1, 1, 1, 8, 8, 33], 33) ?? {
      bars: [],
      plot: { left: 0, right: 0, top: 0, bottom: 0 },
    };
    for (const bar of bars) {
      expect(bar.x).toBeGreaterThanOrEqual(plot.left);
      expect(bar.x + bar.width).toBeLessThanOrEqual(plot.right);
      expect(bar.y).toBeGreaterThanOrEqual(plot.top);
      expect(bar.y + bar.height).toBeCloseTo(plot.bottom);
    }
    const [four, two] = [4, 2].map((n) => bars.find(({ count }) => count === n)?.height as number) as [number, number];
    expect(four / two).toBeCloseTo(2);
  });

  test('of no points is none', () => {
    expect(drawHistogram([0, 0], 0)).toBeUndefined();
    expect(drawHistogram([], 10)).toBeUndefined();
  });
});

describe('a grade that was kept and read again', () => {
  test('gives the same bytes', () => {
    const again = JSON.parse(JSON.stringify(grades)) as readonly Graded[];
    const telling = { language: 'en', replayOf } as const;
    const reportsOn = (all: readonly Graded[]): readonly string[] => [
      classPage(all, assignment, ({ name }) => name),
      classCsv(all),
      ...all.flatMap((one) => [
        gradePage(shownTo('student', one), assignment, replayOf),
        gradeMarkdown(shownTo('student', one), assignment, telling),
        junitXml(shownTo('grader', one)),
        JSON.stringify(gradescopeResults(one, telling, null)),
      ]),
    ];
    expect(reportsOn(again)).toEqual(reportsOn(grades));
  });
});

describe('both pages', () => {
  const pages = (): readonly string[] => [
    ...grades.map((one) => gradePage(shownTo('grader', one), { title: hostile, titleZh: hostile }, () => hostile)),
    classPage(grades, { title: hostile, titleZh: hostile }, () => hostile),
  ];

  test('show as text what others wrote', () => {
    for (const html of pages()) {
      expect(html.match(/<script/g)).toHaveLength(2);
      expect(html.match(/<\/script/g)).toHaveLength(2);
      expect(html).not.toContain('<!--');
      expect(html).not.toContain('<img');
      expect(html).not.toMatch(/[\u202e\u200f]/);
      expect(/<title>(.*?)<\/title>/s.exec(html)?.[1]).not.toMatch(/[<>"]/);
    }
  });

  test('are made of files that a browser can read as one script, and that make no markup', () => {
    for (const files of [gradeFiles, classFiles]) {
      const code = clientCode(files);
      expect(() => new Script(code)).not.toThrow();
      expect(code).not.toMatch(/^(?:import|export)\s/m);
      expect(code).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/);
    }
  });

  test('use every file of their folder', () => {
    const folder = new URL('../../html/client/grade', import.meta.url);
    const files = readdirSync(folder).filter((name) => name !== 'data.ts');
    const used = new Set(
      [...gradeFiles, ...classFiles].filter(
        (name) => !(storyFiles as readonly string[]).includes(name) && name !== 'figure',
      ),
    );
    expect(files.map((name) => `grade/${name.replace(/\.ts$/, '')}`).sort()).toEqual([...used].sort());
  });
});
