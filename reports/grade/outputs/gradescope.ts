import type { Visibility } from '#properties/assignments/assignment.ts';
import type { Graded, GradedTest } from '#reports/grade/graded.ts';
import { feedbackOn, type Telling, titleIn, wordsOf } from '#reports/grade/outputs/feedback.ts';
import { markdownBlock, visibleLine } from '#reports/grade/outputs/safe-text.ts';

/** `results.json` as Gradescope reads it: https://gradescope-autograders.readthedocs.io/en/latest/specs/. */
export interface GradescopeResults {
  /** Given only where there are no tests to add up: else it would tell how the hidden ones went. */
  readonly score?: number;
  readonly execution_time?: number;
  readonly output?: string;
  readonly output_format: 'md';
  readonly test_output_format: 'md';
  readonly test_name_format: 'text';
  readonly stdout_visibility: 'hidden';
  readonly extra_data: Readonly<Record<string, string>>;
  readonly tests?: readonly GradescopeTest[];
}

export interface GradescopeTest {
  readonly name: string;
  readonly score: number;
  readonly max_score: number;
  readonly status: 'passed' | 'failed';
  readonly output?: string;
  readonly visibility: Visibility;
  readonly tags: readonly string[];
  readonly extra_data: Readonly<Record<string, string | number>>;
}

/**
 * A grade for Gradescope. What is told of a test is told in that test alone, so what is hidden there is hidden.
 * `executionSeconds`: how long it took; null: it is not told, and the file depends on nothing but the grade.
 */
export const gradescopeResults = (
  graded: Graded,
  telling: Telling,
  executionSeconds: number | null,
): GradescopeResults => {
  const { tests, failure, rubricFingerprint, toolFingerprint, submissionFingerprint } = graded;
  const words = wordsOf(telling);
  return {
    ...(tests.length === 0 ? { score: graded.score } : {}),
    ...(executionSeconds === null ? {} : { execution_time: executionSeconds }),
    ...(failure
      ? {
          output: `**${words.nothingJudged}**${words.colon}${words.failure[failure.reason]}\n\n${markdownBlock(failure.why)}`,
        }
      : {}),
    output_format: 'md',
    test_output_format: 'md',
    test_name_format: 'text',
    stdout_visibility: 'hidden',
    extra_data: { rubricFingerprint, toolFingerprint, submissionFingerprint },
    ...(tests.length === 0 ? {} : { tests: tests.map((test) => testOf(test, telling)) }),
  };
};

const testOf = (test: GradedTest, telling: Telling): GradescopeTest => {
  const { id, score, maximum, visibility, verdict, outcome, executions, found } = test;
  const isLost = score < maximum;
  const kind = found?.counterexample.violation.kind;
  return {
    name: visibleLine(`${id}: ${titleIn(test, telling)}`),
    score,
    max_score: maximum,
    status: isLost ? 'failed' : 'passed',
    ...(isLost ? { output: feedbackOn(test, telling) } : {}),
    visibility,
    tags: [outcome ?? verdict, ...(kind === undefined ? [] : [kind])],
    extra_data: { id, executions, ...(found ? { seed: found.seed } : {}) },
  };
};
