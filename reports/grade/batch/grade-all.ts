import { type Change, changeOf } from '#reports/grade/batch/changes.ts';
import { type By, gradeSubmission, readNamed } from '#reports/grade/batch/grade-submission.ts';
import { isStillRight, type Kept, keepGrade, readKept } from '#reports/grade/batch/kept.ts';
import type { Named } from '#reports/grade/batch/submissions.ts';
import { type Folders, writeResults } from '#reports/grade/batch/write-results.ts';
import type { Reader } from '#reports/grade/outputs/shown.ts';

/** How a batch is done. */
export interface Batch {
  readonly by: By;
  readonly submissions: readonly Named[];
  /** Where a submission's results go. */
  foldersOf(named: Named): Folders;
  /** Who is to read what is handed back. */
  readonly reader: Reader;
  /** How many are judged at once. */
  readonly workers: number;
  /** Grades those too that were graded before, by the same rubric and tool. */
  readonly isAnew: boolean;
}

/** What became of one submission. */
export interface Done {
  readonly kept: Kept;
  /** It was graded by an earlier batch, and nothing has changed. */
  readonly isOld: boolean;
  /** What is another than an earlier batch has found. */
  readonly change: Change | undefined;
}

/**
 * Grades all submissions, so many at once, and gives what became of them in their order; of one that was not begun before
 * `isStopped`, undefined. What one is worth depends on no other.
 */
export const gradeAll = async (
  batch: Batch,
  isStopped: () => boolean,
  onDone: (done: Done) => void,
): Promise<readonly (Done | undefined)[]> => {
  const all: (Done | undefined)[] = batch.submissions.map(() => undefined);
  const waiting = batch.submissions.entries();
  const work = async (): Promise<void> => {
    for (const [i, named] of waiting) {
      if (isStopped()) return;
      const done = await gradeOne(batch, named);
      all[i] = done;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: batch.workers }, work));
  return all;
};

const gradeOne = async (batch: Batch, named: Named): Promise<Done> => {
  const from = performance.now();
  const { by, reader } = batch;
  const folders = batch.foldersOf(named);
  const read = await readNamed(named);
  const before = readKept(folders.own);
  if (before && !batch.isAnew && isStillRight(before, by, read)) {
    writeResults(folders, before.graded, by.assignment, reader);
    return { kept: before, isOld: true, change: undefined };
  }
  const { graded, spent } = await gradeSubmission(by, read);
  const judged = performance.now();
  writeResults(folders, graded, by.assignment, reader);
  const done = performance.now();
  const kept = {
    graded,
    spent: { ...spent, seconds: (done - from) / 1000, reportSeconds: (done - judged) / 1000 },
  };
  keepGrade(folders.own, kept);
  return { kept, isOld: false, change: before && changeOf(before.graded, graded) };
};
