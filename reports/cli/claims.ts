import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InternalError, SuiteError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { suites } from '#properties/index.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { fileUrl } from '#reports/cli/select.ts';
import { assignmentCalled } from '#reports/grade/assignment-called.ts';
import { Unusable } from '#reports/grade/claims/handed-in.ts';
import { inProcess } from '#reports/grade/claims/in-process.ts';
import { sandboxed } from '#reports/grade/claims/sandboxed.ts';
import type { Open, Session } from '#reports/grade/claims/session.ts';
import { type Sample, type Tried, tryClaims } from '#reports/grade/claims/try-claims.ts';
import { usualLimits } from '#reports/grade/ingest/limits.ts';
import { readSubmission } from '#reports/grade/ingest/read-submission.ts';
import { SubmissionError } from '#reports/grade/ingest/submission-error.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

export interface ClaimsOptions {
  readonly assignment: string;
  /** Where the samples are; undefined: in `samples` beside the claims. */
  readonly samples: string | undefined;
  readonly json: boolean;
}

/** The assignment, which must be one that asks for claims. */
const askingForClaims = (name: string): Assignment => {
  const assignment = assignmentCalled(name);
  if (assignment.kind === 'properties') return assignment;
  throw new SuiteError(
    'S510',
    `the assignment ${name} asks for an implementation, not for claims`,
    `check it: \`npx rendezvous check ${assignment.subject} --implementation ${assignment.file}\``,
  );
};

/** The modules of a folder whose names begin with `right-` or `wrong-`. */
const samplesIn = (folder: string): readonly Sample[] => {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^(right|wrong)-.*\.ts$/.test(name)) : [];
  if (names.length === 0) {
    throw new SuiteError(
      'S511',
      `${folder} has no samples to try claims on`,
      'name a folder with implementations in files called right-... or wrong-...: --samples FOLDER',
    );
  }
  return names.sort().map((name) => ({ name, url: fileUrl(join(folder, name)), isRight: name.startsWith('right-') }));
};

const cannotLoad = (file: string, why: string): SuiteError =>
  new SuiteError('S201', `cannot load ${file}: ${why}`, 'mend the file, or name another');

/**
 * Sessions as the grader has them: in a process of their own, without the names that are not there when it is graded. On
 * Windows there are no named pipes, over which that process is asked.
 */
const openingOf = async (file: string, { limits }: Assignment, output: Output): Promise<Open> => {
  if (process.platform === 'win32') {
    output.note(
      'On Windows the claims run in this process: here they find names that are not there when they are graded.',
    );
    return () => trusted(file);
  }
  try {
    const { files } = await readSubmission(dirname(resolve(file)), usualLimits);
    return sandboxed({ files, entry: basename(file), library: new Map() }, limits, () => undefined);
  } catch (error) {
    throw error instanceof SubmissionError ? cannotLoad(file, error.message) : error;
  }
};

let sessions = 0;

/** A session in this process, with the module as it is when it has just been loaded. */
const trusted = async (file: string): Promise<Session> => {
  try {
    return inProcess(await import(`${pathToFileURL(resolve(file)).href}?session=${sessions++}`));
  } catch (error) {
    throw cannotLoad(file, error instanceof Error ? (error.message.split('\n')[0] as string) : String(error));
  }
};

/** What is wrong with what was handed in, as an error of whoever tries it; all other errors as they are. */
const told = (error: unknown, file: string): unknown => {
  if (error instanceof SubmissionFailure && error.reason === 'does not load') return cannotLoad(file, error.message);
  if (error instanceof SubmissionFailure)
    return new SuiteError('S512', `${basename(file)}: ${error.message}`, 'mend it');
  if (!(error instanceof Unusable)) return error;
  return new SuiteError('S512', `${basename(file)}: ${error.message}`, 'export what the README asks for');
};

const isAsItShouldBe = ({ isRight, claim }: Tried): boolean => isRight === (claim === null);

/** Tries claims on samples in a folder beside them. */
export const claims = async (file: string, options: ClaimsOptions, output: Output): Promise<ExitCode> => {
  const assignment = askingForClaims(options.assignment);
  const subject = suites.find((suite) => suite.subject.id === assignment.subject)?.subject;
  if (!subject) throw new InternalError(`no suite for ${assignment.subject}`);
  if (!existsSync(file)) throw new SuiteError('S201', `there is no file ${file}`, 'check the path');
  const samples = samplesIn(options.samples ?? join(dirname(file), 'samples'));
  const open = await openingOf(file, assignment, output);
  const tried = await tryClaims(subject, assignment, samples, open).catch((error: unknown) => {
    throw told(error, file);
  });
  if (options.json) output.out(JSON.stringify({ samples: tried }));
  else for (const one of tried) output.out(textOf(one, output));
  return tried.every(isAsItShouldBe) ? exitCode.holds : exitCode.refuted;
};

/** What became of a sample, and the run that shows it. */
const textOf = (tried: Tried, output: Output): string => {
  const { name, runs, run } = tried;
  const sign = isAsItShouldBe(tried) ? styled(output, 'green', '✓') : styled(output, 'red', '✗');
  const shown = run === null ? '' : `\n\n${run.replaceAll(/^/gm, '     ')}\n`;
  return ` ${sign}  ${name}: ${sentenceOf(tried)} (${runs} different runs)${shown}`;
};

const sentenceOf = ({ isRight, claim, mistake }: Tried): string => {
  if (mistake !== null) return `'${claim}' makes a mistake: ${mistake}`;
  if (claim === null) return isRight ? 'accepted' : 'your claims hold of it, though it is wrong';
  return isRight ? `'${claim}' says no, though it is right` : `refuted by '${claim}'`;
};
