import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeAnew } from '#reports/cli/files.ts';
import type { By, Read } from '#reports/grade/batch/grade-submission.ts';
import type { Failure, Graded, Spent } from '#reports/grade/graded.ts';

/** A grade that an earlier batch left, with what it took. */
export interface Kept {
  readonly graded: Graded;
  readonly spent: Spent;
}

const fileIn = (folder: string): string => join(folder, 'graded.json');

/** What an earlier batch has left of a submission; undefined: nothing, or nothing that can be read. */
export const readKept = (folder: string): Kept | undefined => {
  const path = fileIn(folder);
  if (!existsSync(path)) return undefined;
  try {
    const { graded, spent } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Kept>;
    return graded && spent && Array.isArray(graded.tests) ? { graded, spent } : undefined;
  } catch {
    return undefined; // a batch was cut off while it wrote: the submission is graded again
  }
};

/** Leaves a grade for later batches: all of it or nothing. */
export const keepGrade = (folder: string, kept: Kept): void => {
  const path = fileIn(folder);
  writeAnew(`${path}.part`, `${JSON.stringify(kept)}\n`);
  renameSync(`${path}.part`, path);
};

/** What may be the doing of a machine that was busy, or short of memory. */
const mayPass: ReadonlySet<unknown> = new Set<Failure['reason']>([
  'hung',
  'died',
  'out of memory',
  'out of time',
  'our fault',
]);

/** Whether nothing has changed since: then the grade would be the same. What may be no fault of its own is tried again. */
export const isStillRight = ({ graded }: Kept, by: By, read: Read): boolean =>
  graded.assignment === by.assignment.name &&
  graded.rubricFingerprint === by.rubricFingerprint &&
  graded.toolFingerprint === by.toolFingerprint &&
  graded.submissionFingerprint === read.fingerprint &&
  graded.path === read.named.path &&
  !mayPass.has(graded.failure?.reason);
