import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { SuiteError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import { assignmentCalled } from '#reports/grade/assignment-called.ts';
import { judgeClaims } from '#reports/grade/claims/judge-claims.ts';
import type { Failure, GradedTest } from '#reports/grade/graded.ts';
import { judgeImplementation } from '#reports/grade/judge/implementation.ts';
import { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import { type Code, submittedWorld } from '#reports/grade/sandbox/world.ts';

/** A submission to be judged: plain data, since it is judged in a process of its own. */
export interface Job {
  readonly assignment: string;
  readonly files: readonly (readonly [path: string, text: string])[];
}

/** What judging took: seconds in all, and of these, seconds in which the submission was waited for; memory at its highest. */
export interface JudgeSpent {
  readonly seconds: number;
  readonly sandboxSeconds: number;
  readonly memoryMegabytes: number;
}

/** What a judge says: whose process it has started, each test when it is decided, and at its end how it went. */
export type Said =
  | { readonly started: number }
  | { readonly decided: GradedTest }
  | { readonly ended: Failure | null; readonly spent: JudgeSpent };

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Judges a submission; says each test as it is decided, and last how it ended. */
export const judge = async (job: Job, say: (said: Said) => void): Promise<void> => {
  const from = performance.now();
  const assignment = assignmentCalled(job.assignment);
  const code = {
    files: new Map(job.files),
    entry: assignment.file,
    library: new Map(assignment.library.map((path) => [path, textOf(path)] as const)),
  };
  const started: SubmissionProcess[] = [];
  const onStart = (submission: SubmissionProcess): void => {
    started.push(submission);
    say({ started: submission.id });
  };
  let failure: Failure | null = null;
  try {
    for await (const decided of testsOf(assignment, code, onStart)) {
      say({ decided });
      await setImmediate(); // so that it is said, whatever comes next
    }
  } catch (error) {
    failure = failureOf(error);
  } finally {
    for (const submission of started) submission.end();
  }
  const spent = {
    seconds: (performance.now() - from) / 1000,
    sandboxSeconds: started.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0),
    memoryMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  say({ ended: failure, spent });
};

/** What went wrong with a submission. What else is thrown is our mistake, and thrown again. */
const failureOf = (error: unknown): Failure => {
  if (error instanceof SubmissionFailure) return { reason: error.reason, why: error.message };
  if (error instanceof SuiteError && error.code === 'S205') {
    return { reason: 'forgets a yield', why: `${error.message}: ${error.remedy}` };
  }
  throw error;
};

/** The tests of what was handed in. `onStart` is told of each process that is started for it. */
async function* testsOf(
  assignment: Assignment,
  code: Code,
  onStart: (submission: SubmissionProcess) => void,
): AsyncGenerator<GradedTest, void> {
  if (assignment.kind === 'properties') {
    yield* await judgeClaims(assignment, code, onStart);
    return;
  }
  const submission = new SubmissionProcess(assignment.limits);
  onStart(submission);
  await setImmediate();
  const world = submittedWorld(submission, code, suiteOf(assignment).subject.exports);
  yield* judgeImplementation(assignment, { world, process: submission });
}
