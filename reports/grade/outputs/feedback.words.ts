/** The fixed words of what a student is told, in English. `feedback.words.zh.ts` says the same in Chinese. */

import type { StorySize } from '#model/counterexample.ts';
import type { Failure, Outcome } from '#reports/grade/graded.ts';
import { wordsOf } from '#reports/html/client/words.ts';
import { plural, sizeText } from '#reports/text/story.ts';

const number = (n: number): string => n.toLocaleString('en');

export const english = {
  language: 'en',
  number,
  colon: ': ',
  comma: ', ',
  score: (score: number, maximum: number): string => `Score: ${number(score)} of ${number(maximum)} points`,
  withheld: (tests: number): string =>
    `${plural(tests, 'more test')} ${tests === 1 ? 'is' : 'are'} not shown here, and not counted above.`,
  table: { points: 'points', asked: 'what was asked', outcome: 'outcome' },
  verdict: { holds: 'holds', refuted: 'refuted', 'gave-up': 'not decided' },
  outcome: {
    found: 'found',
    survived: 'survived',
    accepted: 'accepted',
    'not accepted': 'not accepted',
  } satisfies Record<Outcome, string>,
  executions: (n: number): string => `${number(n)} ${n === 1 ? 'execution' : 'executions'}`,
  nothingJudged: 'Nothing could be judged',
  failure: {
    unreadable: 'the submission cannot be read',
    'does not load': 'its modules cannot be loaded',
    'forgets a yield': 'it forgets a yield',
    hung: 'it hung',
    'out of memory': 'it used up its memory',
    died: 'its process ended',
    'broke the protocol': 'it sent what it was not asked for',
    'not a function of memory': 'it is not a function of what it reads',
    'out of time': 'its time was up',
    'our fault': 'the grader itself failed',
  } satisfies Record<Failure['reason'], string>,
  lostPoints: 'Lost points',
  nothingLost: 'Nothing is lost.',
  lost: (lost: number, maximum: number): string => `${number(lost)} of ${number(maximum)} points lost.`,
  whatWentWrong: 'What went wrong',
  theSpec: 'the spec ',
  theImplementation: 'the implementation ',
  kind: wordsOf('en').kind,
  notDecided: 'Why it is not decided',
  clauseOf: 'What the spec says of',
  clauseOfAll: 'What the spec says',
  source: 'Source',
  counterexample: 'The smallest counterexample that was found',
  size: (size: StorySize): string => sizeText(size),
  under: (memory: string): string => `memory ${memory}`,
  seed: (seed: number): string => `seed ${seed}`,
  lines: (n: number): string => `${plural(n, 'line')} left out here: the replay shows them`,
  replay: 'See it happen in your own folder',
  hint: 'Hint',
  madeBy: (rubric: string, tool: string, submission: string): string =>
    `Graded by rubric ${rubric}, tool ${tool}, submission ${submission}: the same three give the same grade.`,
};

/** The fixed words in one language. */
export type FeedbackWords = typeof english;
