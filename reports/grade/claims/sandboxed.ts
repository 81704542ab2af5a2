import { setImmediate } from 'node:timers/promises';
import type { OutsideRun } from '#model/engine/outside/run.ts';
import type { Open, Said, Session } from '#reports/grade/claims/session.ts';
import type { Value } from '#reports/grade/sandbox/protocol.ts';
import { type ProcessLimits, SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import { type Code, entryOf, modulesOf } from '#reports/grade/sandbox/world.ts';

/**
 * Sessions with a submission that is not trusted, each in a process of its own. `onStart` is told of each process.
 * SubmissionFailure, from opening a session or asking: the submission failed.
 */
export const sandboxed =
  (code: Code, limits: ProcessLimits, onStart: (process: SubmissionProcess) => void): Open =>
  async () => {
    const process = new SubmissionProcess(limits);
    onStart(process);
    await setImmediate(); // so that it is known, whatever comes next
    try {
      return sessionIn(process, code, limits);
    } catch (error) {
      process.end();
      throw error;
    }
  };

const sessionIn = (process: SubmissionProcess, code: Code, limits: ProcessLimits): Session => {
  const request = { ask: 'load', modules: modulesOf(code), entry: entryOf(code) } as const;
  const loaded = unlessHung(
    () => process.ask(request, `loading ${code.entry}`),
    () => `${code.entry} was not loaded in time: look for a loop that does not end`,
  );
  if ('failed' in loaded) throw new SubmissionFailure('does not load', loaded.failed);
  const listed = process.ask({ ask: 'claims' }, 'reading what it exports');
  if ('failed' in listed) throw new SubmissionFailure('does not load', listed.failed);
  const { exported } = listed;
  const { claims } = (exported ?? {}) as { readonly claims?: unknown };
  const expected = Array.isArray(claims) ? claims.length : 0;
  return {
    exported,
    holds: (run) => {
      const said = saidOf(run, process, limits);
      if (said.length === expected) return said;
      throw new SubmissionFailure('broke the protocol', 'its process does not answer for each of its claims');
    },
    close: () => process.end(),
  };
};

/** What is asked; if there is no answer in time, that is told in these words, since claims have no micro-ops. */
const unlessHung = <T>(ask: () => T, words: () => string): T => {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof SubmissionFailure && error.reason === 'hung')) throw error;
    throw new SubmissionFailure('hung', words());
  }
};

const saidOf = (run: OutsideRun, process: SubmissionProcess, { stepSeconds }: ProcessLimits): readonly Said[] => {
  const answer = unlessHung(
    () => process.ask({ ask: 'holds', run: run as unknown as Value }, 'a claim'),
    () =>
      `a claim did not say anything within ${stepSeconds} seconds about a run of ${JSON.stringify(run.program)}: look for a loop that does not end`,
  );
  if ('failed' in answer)
    throw new SubmissionFailure('broke the protocol', 'its process cannot say what its claims say');
  return answer.said.map((one) => (typeof one === 'string' ? { mistake: one } : one));
};
