import type { Visibility } from '#properties/assignments/assignment.ts';
import type { Graded } from '#reports/grade/graded.ts';

/** Who reads a report: a student before grades are published, or after that, or whoever grades. */
export type Reader = 'student' | 'student after publication' | 'grader';

/** A grade as one reader may see it. Score and maximum are those of the tests that are left. */
export interface Shown extends Graded {
  /** How many tests are not shown. */
  readonly withheld: number;
}

const mayBeSeen: Record<Reader, readonly Visibility[]> = {
  student: ['visible'],
  'student after publication': ['visible', 'after_published'],
  grader: ['visible', 'after_published', 'hidden'],
};

/** Leaves out what this reader may not see. Of what is left out, only how many tests it is remains. */
export const shownTo = (reader: Reader, graded: Graded): Shown => {
  const tests = graded.tests.filter(({ visibility }) => mayBeSeen[reader].includes(visibility));
  const sum = (of: 'score' | 'maximum'): number => tests.reduce((total, test) => total + test[of], 0);
  const isWhole = tests.length === graded.tests.length;
  return {
    ...graded,
    tests,
    score: isWhole ? graded.score : sum('score'),
    maximum: isWhole ? graded.maximum : sum('maximum'),
    withheld: graded.tests.length - tests.length,
  };
};
