import { join } from 'node:path';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { saveCounterexample } from '#reports/cli/counterexamples.ts';
import { writeText } from '#reports/cli/files.ts';
import type { Graded, GradedTest } from '#reports/grade/graded.ts';
import { classPage } from '#reports/grade/outputs/class-page.ts';
import { classCsv } from '#reports/grade/outputs/csv.ts';
import { gradescopeResults } from '#reports/grade/outputs/gradescope.ts';
import { junitXml } from '#reports/grade/outputs/junit.ts';
import { gradeMarkdown } from '#reports/grade/outputs/markdown.ts';
import { gradePage } from '#reports/grade/outputs/page.ts';
import { type Reader, shownTo } from '#reports/grade/outputs/shown.ts';

/** The folder in which a student finds what was found: the one that `npm test` writes, or the one that is handed back. */
export const feedbackFolder = 'feedback';

/** The command that replays what was found, in the student's own folder. */
const replayOf = ({ found }: GradedTest): string | null =>
  found && `npx rendezvous replay ${feedbackFolder}/${found.counterexample.id}.json`;

/** The files of one submission. Those that are handed back show what `reader` may see; `results.json` has all of it. */
export const writeResults = (folder: string, graded: Graded, assignment: Assignment, reader: Reader): void => {
  const shown = shownTo(reader, graded);
  const to = (file: string, text: string): void => writeText(join(folder, file), text);
  const english = { language: 'en', replayOf } as const;
  to('results.json', `${JSON.stringify(gradescopeResults(graded, english, null), null, 1)}\n`);
  to('junit.xml', junitXml(shown));
  to('feedback.md', gradeMarkdown(shown, assignment, english));
  to('feedback.zh.md', gradeMarkdown(shown, assignment, { language: 'zh', replayOf }));
  to('index.html', gradePage(shown, assignment, replayOf));
  for (const { found } of shown.tests) if (found) saveCounterexample(folder, found.counterexample);
};

/** The files of a class, for whoever grades. */
export const writeClass = (folder: string, grades: readonly Graded[], assignment: Assignment): void => {
  writeText(join(folder, 'grades.csv'), classCsv(grades));
  writeText(
    join(folder, 'index.html'),
    classPage(grades, assignment, ({ name }) => `${name}/index.html`),
  );
};
