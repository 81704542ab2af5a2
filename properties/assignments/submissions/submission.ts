import { readdirSync, readFileSync } from 'node:fs';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';

/** What somebody might hand in: a whole file of `submissions/<assignment>`, or one with a few pieces replaced. */
export interface Submission {
  /** The assignment's name. */
  readonly assignment: string;
  /** Unique within the assignment. */
  readonly name: string;
  /** What is right or wrong with it, in a sentence. */
  readonly what: string;
  /** The file, and the pieces of its text that are replaced. Each `from` occurs in it exactly once. */
  readonly file: string;
  readonly edits: readonly { readonly from: string; readonly to: string }[];
  /** The items of the rubric that it must lose, and no others: ids in the rubric's order. */
  readonly loses: readonly string[];
}

/** The text that is handed in. What it imports of the starter stands beside it then. */
export const textOf = ({ assignment, name, file, edits }: Submission): string =>
  edits
    .reduce(
      (text, { from, to }) => {
        if (text.split(from).length !== 2) {
          throw new InternalError(`an edit of ${assignment}/${name} does not fit exactly once: ${from}`);
        }
        return text.replace(from, () => to);
      },
      readFileSync(new URL(`${assignment}/${file}`, import.meta.url), 'utf8'),
    )
    .replaceAll(`#properties/assignments/${assignment}/starter/`, './');

/** All files that are handed in, by their names: the starter's, and in place of the one that is graded the submission. */
export const filesOf = ({ name, file }: Assignment, submission: Submission): ReadonlyMap<string, string> => {
  const starter = new URL(`../${name}/starter/`, import.meta.url);
  const paths = readdirSync(starter, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const files = new Map(paths.map((path) => [path, readFileSync(new URL(path, starter), 'utf8')]));
  return files.set(file, textOf(submission));
};
