import type { Failure } from '#reports/grade/graded.ts';

/** Nothing more can be judged of a submission, and that is its own doing. Not an error of the user's or of ours. */
export class SubmissionFailure extends Error {
  readonly reason: Failure['reason'];
  constructor(reason: Failure['reason'], why: string) {
    super(why);
    this.name = 'SubmissionFailure';
    this.reason = reason;
  }
}
