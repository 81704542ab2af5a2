import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graded } from '#reports/grade/graded.ts';
import type { Telling } from '#reports/grade/outputs/feedback.ts';
import { type GradescopeResults, gradescopeResults } from '#reports/grade/outputs/gradescope.ts';
import { earned, gradedOf, lostTo, undecided } from '#reports/grade/outputs/sample.ts';
import schema from '../../../docs/schema/gradescope.schema.json' with { type: 'json' };

const validate = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(schema);
const telling: Telling = { language: 'en', replayOf: ({ id }) => `npx rendezvous replay ${id}.json` };

let graded: Graded;
let results: GradescopeResults;

beforeAll(async () => {
  const hidden = {
    ...(await lostTo('ipc/pipe/answers-what-was-asked', 'hidden')),
    id: 'SECRET-id',
    title: 'SECRET title',
  };
  graded = gradedOf('ann', [
    await lostTo('ipc/pipe/empty-by-index'),
    earned('faultless', 'the machine never faults'),
    { ...hidden, why: 'SECRET why', hint: 'SECRET hint' },
    undecided('progress', 'nobody waits for ever', 'the time was up'),
    earned('later', 'shown later', 'after_published'),
  ]);
  results = gradescopeResults(graded, telling, 12.5);
});

describe('results.json', () => {
  test('is as Gradescope documents it', () => {
    validate(JSON.parse(JSON.stringify(results)));
    expect(validate.errors).toBeNull();
  });

  test('has a test for each line of the rubric, with its points and who sees it', () => {
    expect(results.tests?.map((one) => [one.name, one.score, one.max_score, one.status, one.visibility])).toEqual([
      ['refines: one call at a time, it does what the spec says', 0, 10, 'failed', 'visible'],
      ['faultless: the machine never faults', 5, 5, 'passed', 'visible'],
      ['SECRET-id: SECRET title', 0, 10, 'failed', 'hidden'],
      ['progress: nobody waits for ever', 0, 5, 'failed', 'visible'],
      ['later: shown later', 5, 5, 'passed', 'after_published'],
    ]);
    expect(results.execution_time).toBe(12.5);
  });

  test('explains each lost point in its own test, and no other', () => {
    const [lost, kept, , gaveUp] = results.tests ?? [];
    for (const said of ['wrong answer', 'npx rendezvous replay refines.json', '**Hint**', 'What the spec says of']) {
      expect(lost?.output).toContain(said);
    }
    expect(kept?.output).toBeUndefined();
    expect(gaveUp?.output).toContain('the time was up');
  });

  test('says nothing of a hidden test outside of it: no score that it could be told from', () => {
    const others = { ...results, tests: results.tests?.filter(({ visibility }) => visibility !== 'hidden') };
    const { found } = graded.tests[2] as Graded['tests'][number];
    const text = JSON.stringify(others);
    expect(JSON.stringify(results)).toContain('SECRET');
    expect(text).not.toContain('SECRET');
    expect(text).not.toContain(JSON.stringify(found?.counterexample.violation.observed).slice(1, -1));
    expect(others).not.toHaveProperty('score');
    expect(others).not.toHaveProperty('output');
    expect(results.stdout_visibility).toBe('hidden');
  });

  test('of what could not be judged says why, and gives nothing', () => {
    const failure = { reason: 'does not load', why: '``` <script>\u202e' } as const;
    const failed = gradescopeResults(gradedOf('bob', [], failure), telling, null);
    validate(JSON.parse(JSON.stringify(failed)));
    expect(validate.errors).toBeNull();
    expect(failed.score).toBe(0);
    expect(failed.output).toContain('its modules cannot be loaded\n\n````text\n``` <script>‹U+202E›\n````');
    expect(failed).not.toHaveProperty('execution_time');
  });

  test('speaks Chinese', () => {
    const chinese = gradescopeResults(graded, { ...telling, language: 'zh' }, null);
    expect(chinese.tests?.[0]?.name).toContain('（中文）');
    expect(chinese.tests?.[0]?.output).toContain('**提示**：看一看');
  });
});

describe('the schema refuses', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['no score anywhere', { tests: [{ name: 'a' }] }],
    ['neither score nor tests', { output: 'nothing' }],
    ['a score that is text', { score: '5' }],
    ['a visibility that there is not', { tests: [{ score: 1, visibility: 'secret' }] }],
    ['a status that there is not', { tests: [{ score: 1, status: 'error' }] }],
    ['a format that there is not', { score: 1, output_format: 'markdown' }],
    ['tags that are no list', { tests: [{ score: 1, tags: 'a' }] }],
    ['a field that is not documented', { score: 1, max_score: 5 }],
    ['a leaderboard without a value', { score: 1, leaderboard: [{ name: 'Time' }] }],
    ['an order that there is not', { score: 1, leaderboard: [{ name: 'Time', value: 1, order: 'up' }] }],
    ['a negative time', { score: 1, execution_time: -1 }],
  ];

  test.each(wrong)('%s', (_, value) => {
    expect(validate(value)).toBe(false);
  });

  test('and takes the examples of the documentation', () => {
    const test1 = { score: 2.0, max_score: 2.0, status: 'passed', name: 'n', name_format: 'text', number: '1.1' };
    const rest = { output: 'o', output_format: 'text', tags: ['tag1'], visibility: 'visible', extra_data: {} };
    const leaderboard = [
      { name: 'Accuracy', value: 0.926 },
      { name: 'Time', value: 15.1, order: 'asc' },
      { name: 'Stars', value: '*****' },
    ];
    const top = {
      score: 44.0,
      execution_time: 136,
      output: 'Text',
      output_format: 'simple_format',
      test_output_format: 'text',
    };
    const more = {
      test_name_format: 'text',
      visibility: 'after_due_date',
      stdout_visibility: 'visible',
      extra_data: {},
    };
    expect(validate({ ...top, ...more, tests: [{ ...test1, ...rest }], leaderboard })).toBe(true);
    const informational = [
      { name: 'Compilation check', status: 'passed' },
      { name: 'Test 3', score: 5, max_score: 10 },
    ];
    expect(validate({ tests: informational })).toBe(true);
  });
});
