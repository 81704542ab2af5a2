/**
 * A mistake of whoever uses the tool: what is wrong, where, and how to mend it. Shown without a stack trace. Each code
 * has an entry in docs/errors.md.
 */
export class SuiteError extends Error {
  readonly code: string;
  readonly remedy: string;
  constructor(code: string, problem: string, remedy: string) {
    super(problem);
    this.name = 'SuiteError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** A defect of the tool itself: what cannot be has happened. */
export class InternalError extends Error {
  constructor(what: string) {
    super(`[rendezvous internal error] ${what}`);
    this.name = 'InternalError';
  }
}
