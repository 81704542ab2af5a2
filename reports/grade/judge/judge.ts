import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { suiteOf } from '#properties/assignments/lost.ts';
import { assignmentCalled } from '#reports/grade/assignment-called.ts';
import type { Failure, GradedTest } from '#reports/grade/graded.ts';
import { judgeImplementation } from '#reports/grade/judge/implementation.ts';
import { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import { submittedWorld } from '#reports/grade/sandbox/world.ts';

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
  const { limits, library, file } = assignment;
  const submission = new SubmissionProcess(limits);
  say({ started: submission.id });
  await setImmediate(); // so that it is said, whatever comes next
  let failure: Failure | null = null;
  try {
    const code = {
      files: new Map(job.files),
      entry: file,
      library: new Map(library.map((path) => [path, textOf(path)] as const)),
    };
    const world = submittedWorld(submission, code, suiteOf(assignment).subject.exports);
    for (const decided of judgeImplementation(assignment, { world, process: submission })) {
      say({ decided });
      await setImmediate();
    }
  } catch (error) {
    if (!(error instanceof SubmissionFailure)) throw error;
    failure = { reason: error.reason, why: error.message };
  } finally {
    submission.end();
  }
  const spent = {
    seconds: (performance.now() - from) / 1000,
    sandboxSeconds: submission.waitedSeconds,
    memoryMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  say({ ended: failure, spent });
};
