import { join } from 'node:path';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFolder, writeText } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { changeLines, changesText } from '#reports/grade/batch/changes.ts';
import { rubricFingerprint, toolFingerprint } from '#reports/grade/batch/fingerprints.ts';
import { type Done, gradeAll } from '#reports/grade/batch/grade-all.ts';
import { liesInOne, type Named, namesOf, refuseLink } from '#reports/grade/batch/submissions.ts';
import { type Folders, feedbackFolder, writeClass } from '#reports/grade/batch/write-results.ts';
import type { Found, Graded } from '#reports/grade/graded.ts';
import { visible, visibleLine } from '#reports/grade/outputs/safe-text.ts';
import { type Reader, shownTo } from '#reports/grade/outputs/shown.ts';
import { plural } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

export interface GradeOptions {
  readonly assignment: Assignment;
  /** Where results go; undefined: where the one who grades, or the student, will look for them. */
  readonly out: string | undefined;
  readonly reader: Reader;
  readonly workers: number;
  readonly isAnew: boolean;
  readonly json: boolean;
}

/** The command: grades submissions, writes what is to be handed back, and prints what each has earned. */
export const grade = async (paths: readonly string[], options: GradeOptions, output: Output): Promise<ExitCode> => {
  const { assignment, reader, workers, isAnew, json } = options;
  const submissions = namesOf(paths);
  const isClass = submissions.length > 1;
  const out = options.out ?? (isClass ? 'grades' : feedbackFolder);
  const isHandedIn = liesInOne(out, submissions);
  if (isHandedIn) refuseLink(out);
  prepareFolder(out);
  const by = { assignment, rubricFingerprint: rubricFingerprint(assignment), toolFingerprint: toolFingerprint() };
  const foldersOf = ({ name }: Named): Folders => {
    if (!isClass) return { own: out, feedback: out };
    return { own: join(out, name), feedback: join(out, name, feedbackFolder) };
  };
  const interrupt = listenForInterrupt(output);
  process.on('SIGUSR1', notListened);
  const display = progressDisplay(output, submissions.length);
  let count = 0;
  const done = await gradeAll(
    { by, submissions, foldersOf, reader, workers, isAnew: isAnew || isHandedIn },
    () => interrupt.isRequested,
    ({ kept }) => display.update(++count, submissions.length, visibleLine(kept.graded.name)),
  );
  display.stop();
  interrupt.release();
  process.off('SIGUSR1', notListened);
  const finished = done.filter((one) => one !== undefined);
  const grades = finished.map(({ kept }) => kept.graded);
  if (isClass) writeClass(out, grades, assignment);
  // Whoever tries again and again in one folder knows that it changes.
  const changes = isClass ? finished.flatMap(({ change }) => (change ? [change] : [])) : [];
  if (changes.length > 0) writeText(join(out, 'changes.txt'), `${changesText(changes)}\n`);
  if (json) output.out(JSON.stringify(gradeJson(finished, foldersOf)));
  else {
    // Of a class, what is printed is for whoever grades.
    output.out(
      isClass
        ? classText(grades, output)
        : submissionText(
            grades.map((graded) => shownTo(reader, graded)),
            output,
          ),
    );
    if (changes.length > 0) {
      const lines = changeLines(changes).map((line) => `  ${line}`);
      output.out(
        `${styled(output, 'bold', 'changed since they were graded before')}\n${lines.join('\n')}\n  why: ${join(out, 'changes.txt')}\n`,
      );
    }
    output.out(`  ${isClass ? 'all of it' : 'more, with pictures'}: ${join(out, 'index.html')}`);
  }
  if (finished.length < submissions.length) {
    output.note(`${submissions.length - finished.length} were not graded: the same command goes on with them`);
    return exitCode.gaveUp;
  }
  if (grades.some(({ failure }) => failure?.reason === 'our fault')) return exitCode.ourFault;
  return grades.every(({ score, maximum }) => score === maximum) ? exitCode.holds : exitCode.refuted;
};

/** By this signal Node opens its debugger, through which somebody who has broken out could have code run in here. */
const notListened = (): void => {};

/** A line for each submission of a class. */
const classText = (grades: readonly Graded[], output: Output): string => {
  const rows = grades.map(({ name, score, maximum, failure }) => [
    styled(output, score === maximum ? 'green' : 'red', score === maximum ? '✓' : '✗'),
    visibleLine(name),
    `${score} of ${maximum}`,
    failure ? visibleLine(failure.why) : '',
  ]);
  return `${plural(grades.length, 'submission')}\n${plainTable(rows)}\n`;
};

/** All tests of a submission, and of each lost point why, where to look, and how to see it again. */
const submissionText = ([graded]: readonly Graded[], output: Output): string => {
  if (!graded) return '';
  const { tests, score, maximum, failure } = graded;
  const rows = tests.map((test) => {
    const isEarned = test.score === test.maximum;
    return [
      styled(output, isEarned ? 'green' : 'red', isEarned ? '✓' : '✗'),
      `${test.score}/${test.maximum}`,
      visibleLine(test.id),
      visibleLine(test.title),
    ];
  });
  const lost = Map.groupBy(failure ? [] : tests.filter((test) => test.score < test.maximum), ({ why }) => why);
  const replay = (found: Found): string => `npx rendezvous replay ${feedbackFolder}/${found.counterexample.id}.json`;
  return [
    plainTable(rows),
    '',
    ...(failure ? [`${styled(output, 'red', '✗')} ${visible(failure.why)}`, ''] : []),
    ...[...lost].flatMap(([why, together]) => [
      `${styled(output, 'bold', together.map(({ id }) => id).join(', '))}: ${visible(why ?? '')}`,
      ...together.flatMap(({ hint }) => (hint === null ? [] : [`  ${hint}`])),
      ...together.flatMap(({ found }) => (found ? [`  ${styled(output, 'dim', replay(found))}`] : [])),
      '',
    ]),
    styled(output, 'bold', `${score} of ${maximum} points`),
  ].join('\n');
};

/** The fixed JSON shape of the design. */
const gradeJson = (finished: readonly Done[], foldersOf: (graded: Graded) => Folders): unknown => ({
  submissions: finished.map(({ kept: { graded, spent }, isOld, change }) => {
    const { own, feedback } = foldersOf(graded);
    return {
      path: graded.path,
      name: graded.name,
      score: graded.score,
      maximum: graded.maximum,
      failure: graded.failure,
      folder: own,
      isOld,
      ...(change ? { change } : {}),
      tests: graded.tests.map(({ id, score, maximum, verdict, why, visibility, found }) => ({
        id,
        score,
        maximum,
        verdict,
        why,
        visibility,
        ...(found ? { replay: join(feedback, `${found.counterexample.id}.json`) } : {}),
      })),
      spent,
    };
  }),
});
