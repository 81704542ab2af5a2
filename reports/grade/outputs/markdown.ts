import type { Assignment } from '#properties/assignments/assignment.ts';
import type { GradedTest } from '#reports/grade/graded.ts';
import { feedbackOn, type Telling, wordsOf } from '#reports/grade/outputs/feedback.ts';
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
  const title = telling.language === 'zh' ? assignment.titleZh : assignment.title;
  const lost = shown.tests.filter(({ score, maximum }) => score < maximum);
  return [
    `# ${markdownLine(title)}${words.colon}${markdownLine(shown.name)}`,
    `**${words.score(shown.score, shown.maximum)}**`,
    shown.withheld > 0 && words.withheld(shown.withheld),
    shown.failure && failureText(shown.failure, words),
    shown.tests.length > 0 && tableOf(shown.tests, words),
    lost.length === 0 && !shown.failure && words.nothingLost,
    lost.length > 0 && `## ${words.lostPoints}`,
    ...lost.map(
      (test) => `### ${markdownLine(test.id)}${words.colon}${markdownLine(test.title)}\n\n${feedbackOn(test, telling)}`,
    ),
    '---',
    words.madeBy(shown.rubricFingerprint, shown.toolFingerprint, shown.submissionFingerprint),
  ]
    .filter((piece) => piece !== false && piece !== null)
    .join('\n\n')
    .concat('\n');
};

const failureText = ({ reason, why }: NonNullable<Shown['failure']>, words: FeedbackWords): string =>
  `**${words.nothingJudged}**${words.colon}${words.failure[reason]}\n\n${markdownBlock(why)}`;

const signs: Record<GradedTest['verdict'], string> = { holds: '✓', refuted: '✗', 'gave-up': '?' };

const tableOf = (tests: readonly GradedTest[], words: FeedbackWords): string => {
  const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { points, asked, outcome } = words.table;
  return [
    row('', points, asked, outcome),
    row('---', '---:', '---', '---'),
    ...tests.map(({ id, title, score, maximum, verdict, executions }) =>
      row(
        signs[verdict],
        `${words.number(score)} / ${words.number(maximum)}`,
        `${markdownLine(id)}${words.colon}${markdownLine(title)}`,
        `${words.verdict[verdict]}${words.comma}${words.executions(executions)}`,
      ),
    ),
  ].join('\n');
};
