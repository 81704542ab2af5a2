import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { saveCounterexample } from '#reports/cli/counterexamples.ts';
import { writeAnew, writeText } from '#reports/cli/files.ts';
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

/** Where the results of a submission go. */
export interface Folders {
  /** What is for whoever grades, with all that is hidden. */
  readonly own: string;
  /** What is handed back. */
  readonly feedback: string;
}

/**
 * The files of one submission. In what is handed back is what `reader` may see, and nothing of an earlier grade. The
 * folders may be part of what was handed in: no link in them is followed.
 */
export const writeResults = (folders: Folders, graded: Graded, assignment: Assignment, reader: Reader): void => {
  const shown = shownTo(reader, graded);
  const english = { language: 'en', replayOf } as const;
  const results = gradescopeResults(graded, english, null);
  writeAnew(join(folders.own, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeAnew(join(folders.own, 'junit.xml'), junitXml(shownTo('grader', graded)));
  const handBack = (file: string, text: string): void => writeAnew(join(folders.feedback, file), text);
  handBack('feedback.md', gradeMarkdown(shown, assignment, english));
  handBack('feedback.zh.md', gradeMarkdown(shown, assignment, { language: 'zh', replayOf }));
  handBack('index.html', gradePage(shown, assignment, replayOf));
  for (const { id } of assignment.rubric) rmSync(join(folders.feedback, `${id}.json`), { force: true });
  for (const { found } of shown.tests) if (found) saveCounterexample(folders.feedback, found.counterexample);
};

/** The files of a class, for whoever grades. */
export const writeClass = (folder: string, grades: readonly Graded[], assignment: Assignment): void => {
  writeText(join(folder, 'grades.csv'), classCsv(grades));
  writeText(
    join(folder, 'index.html'),
    classPage(grades, assignment, ({ name }) => `${name}/${feedbackFolder}/index.html`),
  );
};
