import type { Reader } from '#reports/grade/outputs/shown.ts';

/** Whom the feedback is for, as it is named on the command line. */
export const readers = {
  student: 'student',
  published: 'student after publication',
  grader: 'grader',
} as const satisfies Readonly<Record<string, Reader>>;

export const readerNames = ['student', 'published', 'grader'] as const satisfies readonly (keyof typeof readers)[];
