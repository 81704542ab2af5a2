import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { SubmissionError, shown } from '#reports/grade/ingest/submission-error.ts';

/**
 * The folders and the file of a name, without `.` and doubled slashes. SubmissionError: it leads out of the submission or
 * could be taken for something else. Nothing is ever written under such a name; an archive that has one was made to deceive.
 */
export const segmentsOf = (name: string, limits: IngestLimits): readonly string[] => {
  if (Buffer.byteLength(name) > limits.nameBytes) throw new SubmissionError(`A name is too long: ${shown(name)}`);
  if (/[\0\\]/.test(name)) throw new SubmissionError(`A name has a character that no name may have: ${shown(name)}`);
  if (/^(\/|[a-z]:)/i.test(name)) throw new SubmissionError(`A name begins at the root of a disk: ${shown(name)}`);
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw new SubmissionError(`A name leads out of the submission: ${shown(name)}`);
  return segments;
};

/** What no student wrote: packages, and what systems and tools hide. */
export const isIgnored = (segments: readonly string[]): boolean =>
  segments.some((segment) => segment.startsWith('.') || segment === 'node_modules' || segment === '__MACOSX');

/** Whether it counts: a TypeScript source. */
export const isSource = (segments: readonly string[]): boolean => segments.at(-1)?.endsWith('.ts') === true;

const allowed = /^[\p{L}\p{M}\p{N}_(][\p{L}\p{M}\p{N} _.()-]*$/u;

/** The path of a source within the submission, composed (NFC). SubmissionError: a name that could be mistaken for another. */
export const sourcePath = (segments: readonly string[]): string => {
  const path = segments.join('/').normalize('NFC');
  if (!path.split('/').every((segment) => allowed.test(segment))) {
    throw new SubmissionError(
      `The name ${shown(path)} has other characters than letters, digits, space, and _ . - ( ). Give it a plain name.`,
    );
  }
  return path;
};

/** Equal for two paths that one disk or another takes for the same. */
export const folded = (path: string): string => path.normalize('NFKC').toUpperCase().toLowerCase();
