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
import type { Session } from '#reports/grade/claims/session.ts';
import { type Sample, type Tried, tryClaims } from '#reports/grade/claims/try-claims.ts';

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

/** A session with the module as it is when it has just been loaded. */
const sessionWith = async (file: string, session: number): Promise<Session> => {
  try {
    return inProcess(await import(`${pathToFileURL(resolve(file)).href}?session=${session}`));
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);
    throw new SuiteError('S201', `cannot load ${file}: ${why}`, 'mend the file, or name another');
  }
};

const isAsItShouldBe = ({ isRight, claim }: Tried): boolean => isRight === (claim === null);

/** Tries claims, which are trusted, on samples in a folder beside them. */
export const claims = async (file: string, options: ClaimsOptions, output: Output): Promise<ExitCode> => {
  const assignment = askingForClaims(options.assignment);
  const subject = suites.find((suite) => suite.subject.id === assignment.subject)?.subject;
  if (!subject) throw new InternalError(`no suite for ${assignment.subject}`);
  if (!existsSync(file)) throw new SuiteError('S201', `there is no file ${file}`, 'check the path');
  const samples = samplesIn(options.samples ?? join(dirname(file), 'samples'));
  const sessions = [await sessionWith(file, 1), await sessionWith(file, 2)] as const;
  let tried: readonly Tried[];
  try {
    tried = await tryClaims(subject, assignment, samples, sessions);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new SuiteError('S512', `${basename(file)}: ${error.message}`, 'export what the README asks for');
  }
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
