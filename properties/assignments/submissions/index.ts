/** What somebody might hand in, right and wrong: data for the tests of the assignments and of grading. */
import { capabilitySubmissions } from '#properties/assignments/submissions/capability.ts';
import { claimsSubmissions } from '#properties/assignments/submissions/claims.ts';
import { lazySchedulerSubmissions } from '#properties/assignments/submissions/lazy-scheduler.ts';
import { lrpcSubmissions } from '#properties/assignments/submissions/lrpc.ts';
import { pipeSubmissions } from '#properties/assignments/submissions/pipe.ts';
import { ringSubmissions } from '#properties/assignments/submissions/ring.ts';
import type { Submission } from '#properties/assignments/submissions/submission.ts';

const of = (assignment: string, submissions: readonly Omit<Submission, 'assignment'>[]): Submission[] =>
  submissions.map((submission) => ({ ...submission, assignment }));

export const submissions: readonly Submission[] = [
  ...of('pipe', pipeSubmissions),
  ...of('ring', ringSubmissions),
  ...of('capability', capabilitySubmissions),
  ...of('lazy-scheduler', lazySchedulerSubmissions),
  ...of('lrpc', lrpcSubmissions),
  ...of('claims', claimsSubmissions),
];
