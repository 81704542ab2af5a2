import type { Assignment } from '#properties/assignments/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import { mutants } from '#properties/index.ts';
import { gradeClaims } from '#reports/grade/claims/grade-claims.ts';
import { Unusable } from '#reports/grade/claims/handed-in.ts';
import { sandboxed } from '#reports/grade/claims/sandboxed.ts';
import type { GradedTest } from '#reports/grade/graded.ts';
import type { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import type { Code } from '#reports/grade/sandbox/world.ts';

/**
 * Judges claims that were handed in: a test for each line of the rubric. `onStart` is told of each process that the
 * submission runs in. SubmissionFailure: the submission failed, and nothing is decided.
 */
export const judgeClaims = async (
  assignment: Assignment,
  code: Code,
  onStart: (process: SubmissionProcess) => void,
): Promise<readonly GradedTest[]> => {
  const { subject } = suiteOf(assignment);
  try {
    return await gradeClaims({ assignment, subject, mutants }, sandboxed(code, assignment.limits, onStart));
  } catch (error) {
    if (error instanceof Unusable) throw new SubmissionFailure('does not load', `${assignment.file}: ${error.message}`);
    throw error;
  }
};
