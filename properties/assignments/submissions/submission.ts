import { readFileSync } from 'node:fs';
import { InternalError } from '#model/suite-error.ts';

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

/** The text that is handed in. */
export const textOf = ({ assignment, name, file, edits }: Submission): string =>
  edits.reduce(
    (text, { from, to }) => {
      if (text.split(from).length !== 2) {
        throw new InternalError(`an edit of ${assignment}/${name} does not fit exactly once: ${from}`);
      }
      return text.replace(from, () => to);
    },
    readFileSync(new URL(`${assignment}/${file}`, import.meta.url), 'utf8'),
  );
