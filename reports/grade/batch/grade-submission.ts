import { fingerprintOf } from '#model/engine/load/world.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { maximumOf } from '#properties/assignments/assignment.ts';
import type { Named } from '#reports/grade/batch/submissions.ts';
import type { Failure, Graded, GradedTest, Spent } from '#reports/grade/graded.ts';
import { usualLimits } from '#reports/grade/ingest/limits.ts';
import { readSubmission } from '#reports/grade/ingest/read-submission.ts';
import { SubmissionError } from '#reports/grade/ingest/submission-error.ts';
import { judgeApart, ourFault } from '#reports/grade/judge/judge-apart.ts';
import { unjudged } from '#reports/grade/judge/unjudged.ts';

/** What all submissions of a batch are graded by. */
export interface By {
  readonly assignment: Assignment;
  readonly rubricFingerprint: string;
  readonly toolFingerprint: string;
}

/** What was handed in; or why it could not be read. */
export interface Read {
  readonly named: Named;
  readonly files: ReadonlyMap<string, string>;
  readonly fingerprint: string;
  readonly failure: Failure | null;
}

/** Reads a submission: whatever is wrong with it is its failure, and nobody else's. */
export const readNamed = async (named: Named): Promise<Read> => {
  try {
    const { files } = await readSubmission(named.path, usualLimits);
    return { named, files, fingerprint: fingerprintOf(files), failure: null };
  } catch (error) {
    const files = new Map<string, string>();
    const failure: Failure =
      error instanceof SubmissionError ? { reason: 'unreadable', why: error.message } : ourFault(String(error));
    return { named, files, fingerprint: fingerprintOf(files), failure };
  }
};

/** The grade of what was decided. What was not earns nothing, and says why. */
export const gradedBy = (
  { assignment, rubricFingerprint, toolFingerprint }: By,
  { named, fingerprint }: Read,
  decided: readonly GradedTest[],
  failure: Failure | null,
): Graded => {
  const tests = assignment.rubric.map(
    (item) => decided.find(({ id }) => id === item.id) ?? unjudged(assignment, item, failure),
  );
  return {
    ...named,
    assignment: assignment.name,
    rubricFingerprint,
    toolFingerprint,
    submissionFingerprint: fingerprint,
    score: tests.reduce((sum, { score }) => sum + score, 0),
    maximum: maximumOf(assignment),
    tests,
    failure,
  };
};

/** Grades what was read. */
export const gradeSubmission = async (
  by: By,
  read: Read,
): Promise<{ readonly graded: Graded; readonly spent: Omit<Spent, 'reportSeconds'> }> => {
  const { name } = read.named;
  if (read.failure) {
    const nothing = { name, seconds: 0, sandboxSeconds: 0, explorationSeconds: 0, memoryMegabytes: 0 };
    return { graded: gradedBy(by, read, [], read.failure), spent: nothing };
  }
  const job = { assignment: by.assignment.name, files: [...read.files] };
  const { decided, failure, spent } = await judgeApart(job, by.assignment.limits.seconds);
  const explorationSeconds = spent.seconds - spent.sandboxSeconds;
  return { graded: gradedBy(by, read, decided, failure), spent: { name, explorationSeconds, ...spent } };
};
