import type { Assignment } from '#properties/assignments/assignment.ts';
import type { GradedTest } from '#reports/grade/graded.ts';
import { feedbackOn, type Telling, titleIn, wordsOf } from '#reports/grade/outputs/feedback.ts';
import type { FeedbackWords } from '#reports/grade/outputs/feedback.words.ts';
import { markdownBlock, markdownLine } from '#reports/grade/outputs/safe-text.ts';
import type { Shown } from '#reports/grade/outputs/shown.ts';

/** A grade as Markdown: the score, a table of what was asked, and each lost point explained. */
export const gradeMarkdown = (
  shown: Shown,
  assignment: Pick<Assignment, 'title' | 'titleZh'>,
  telling: Telling,
): string => {
  const words = wordsOf(telling);
  const lost = shown.failure ? [] : shown.tests.filter(({ score, maximum }) => score < maximum);
  return [
    `# ${markdownLine(titleIn(assignment, telling))}${words.colon}${markdownLine(shown.name)}`,
    `**${words.score(shown.score, shown.maximum)}**`,
    shown.withheld > 0 && words.withheld(shown.withheld),
    shown.failure && failureText(shown.failure, words),
    shown.tests.length > 0 && tableOf(shown.tests, words, telling),
    lost.length === 0 && !shown.failure && words.nothingLost,
    lost.length > 0 && `## ${words.lostPoints}`,
    ...lostTogether(lost).map((tests) => lossText(tests, words, telling)),
    '---',
    words.madeBy(shown.rubricFingerprint, shown.toolFingerprint, shown.submissionFingerprint),
  ]
    .filter((piece) => piece !== false && piece !== null)
    .join('\n\n')
    .concat('\n');
};

/** Lost points, those together that were lost for the same reason and not for what was found in them. */
const lostTogether = (lost: readonly GradedTest[]): readonly (readonly GradedTest[])[] => [
  ...Map.groupBy(lost, ({ id, found, shown, why }) => (found || shown !== undefined ? id : `why ${why}`)).values(),
];

const lossText = (tests: readonly GradedTest[], words: FeedbackWords, telling: Telling): string => {
  const [first] = tests as [GradedTest];
  const sum = (of: 'score' | 'maximum'): number => tests.reduce((total, test) => total + test[of], 0);
  const hints = (of: 'hint' | 'hintZh'): string | null =>
    [...new Set(tests.map((test) => test[of]))].filter(Boolean).join(' ') || null;
  const together = {
    ...first,
    score: sum('score'),
    maximum: sum('maximum'),
    hint: hints('hint'),
    hintZh: hints('hintZh'),
  };
  const ids = tests.map(({ id }) => markdownLine(id)).join(words.comma);
  const title = tests.length === 1 ? `${ids}${words.colon}${markdownLine(titleIn(first, telling))}` : ids;
  return `### ${title}\n\n${feedbackOn(together, telling)}`;
};

const failureText = ({ reason, why }: NonNullable<Shown['failure']>, words: FeedbackWords): string =>
  `**${words.nothingJudged}**${words.colon}${words.failure[reason]}\n\n${markdownBlock(why)}`;

const signs: Record<GradedTest['verdict'], string> = { holds: '✓', refuted: '✗', 'gave-up': '?' };

const tableOf = (tests: readonly GradedTest[], words: FeedbackWords, telling: Telling): string => {
  const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { points, asked, outcome } = words.table;
  return [
    row('', points, asked, outcome),
    row('---', '---:', '---', '---'),
    ...tests.map((test) => {
      const { id, score, maximum, verdict, outcome: told, executions } = test;
      return row(
        signs[verdict],
        `${words.number(score)} / ${words.number(maximum)}`,
        `${markdownLine(id)}${words.colon}${markdownLine(titleIn(test, telling))}`,
        `${told ? words.outcome[told] : words.verdict[verdict]}${words.comma}${words.executions(executions)}`,
      );
    }),
  ].join('\n');
};
