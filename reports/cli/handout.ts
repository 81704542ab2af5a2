import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import type { Output } from '#reports/cli/output.ts';
import { assignmentCalled } from '#reports/grade/assignment-called.ts';
import { handoutOf, requireEmpty, writeHandout } from '#reports/grade/handout/handout.ts';
import { plural } from '#reports/text/story.ts';

/** A path as a shell takes it. */
const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path}'`);

/** Writes the folder in which a student starts. SuiteError: no such assignment, or the folder is not empty. */
export const handout = async (name: string, folder: string, json: boolean, output: Output): Promise<ExitCode> => {
  const assignment = assignmentCalled(name);
  requireEmpty(folder);
  const files = await handoutOf(assignment);
  writeHandout(folder, files);
  if (json) {
    output.out(JSON.stringify({ name, folder, files: [...files.keys()].sort() }));
    return exitCode.holds;
  }
  output.out(`${folder} has the handout of ${name}, ${plural(files.size, 'file')}, and no answer.`);
  output.out(`Try it as a student would: cd ${quoted(folder)} && npm ci && npm test`);
  output.out('Then hand the folder out as it is, without node_modules: README.md in it says the rest.');
  return exitCode.holds;
};
