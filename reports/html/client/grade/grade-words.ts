/** The words of the pages of grades, in English. `grade-words.zh.ts` says the same in Chinese. */

import type { Bilingual } from '#reports/html/client/grade/data.ts';
import { gradeChinese } from '#reports/html/client/grade/grade-words.zh.ts';
import type { Words } from '#reports/html/client/words.ts';

const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

const gradeEnglish = {
  score: (score: number, maximum: number): string => `${score} of ${maximum} points`,
  points: (score: number, maximum: number): string => `${score} / ${maximum}`,
  withheld: (tests: number): string =>
    `${counted(tests, 'more test')} ${tests === 1 ? 'is' : 'are'} not shown here, and not counted above.`,
  nothingJudged: 'Nothing could be judged',
  whatWasAsked: 'What was asked',
  lostPoints: (n: number): string => `${counted(n, 'line')} of the rubric with lost points`,
  nothingLost: 'Nothing is lost',
  notDecided: 'not decided',
  whyUndecided: 'Why it is not decided',
  whatWentWrong: 'What went wrong',
  clause: 'What the spec says',
  of: 'of',
  source: 'Source',
  hint: 'Hint',
  seed: (seed: number): string => `seed ${seed}`,
  smallest: 'The smallest counterexample that was found',
  fingerprints: (rubric: string, tool: string, submission: string): string =>
    `Graded by rubric ${rubric}, tool ${tool}, submission ${submission}: the same three give the same grade.`,
  // of a class
  submissions: (n: number): string => counted(n, 'submission'),
  median: (median: number, maximum: number): string => `median ${median} of ${maximum} points`,
  fullMarks: (n: number): string => `${counted(n, 'submission')} with full marks`,
  notJudged: (n: number): string => `${counted(n, 'submission')} could not be judged`,
  distribution: 'Distribution of scores',
  barOf: (count: number, from: number, to: number): string =>
    `${counted(count, 'submission')}: ${from} to ${to} points`,
  pointsAxis: 'points',
  submissionsAxis: 'submissions',
  whichFail: 'What fails most',
  item: 'line of the rubric',
  lost: 'lost',
  undecided: 'not decided',
  mistakes: 'Mistakes, by how many made them',
  mistakesMeaning:
    'Lost points whose counterexamples look alike: the same claim, kind of contradiction, calls, and accesses whose order decides.',
  noMistakes: 'No counterexample was found.',
  example: 'An example',
  allSubmissions: 'All submissions',
  name: 'submission',
  scoreColumn: 'score',
  couldNotBeJudged: 'Could not be judged',
};

/** Everything that the pages of grades say besides `Words`, in one language. */
export type GradeWords = typeof gradeEnglish;

export const gradeWordsOf = ({ language }: Words): GradeWords => (language === 'zh' ? gradeChinese : gradeEnglish);

/** A text in the language of these words. */
export const spoken = (text: Bilingual, { language }: Words): string => (language === 'zh' ? text.zh : text.en);
