import { stringify } from 'csv-stringify/sync';
import type { Graded } from '#reports/grade/graded.ts';
import { visibleLine } from '#reports/grade/outputs/safe-text.ts';

/**
 * A class as CSV for whoever grades: a row for each submission, a column for each line of the rubric. What a spreadsheet
 * would take for a formula gets a quote before it, so a submission's name computes nothing. Lines end as RFC 4180 says.
 */
export const classCsv = (grades: readonly Graded[]): string => {
  const ids = [...new Set(grades.flatMap(({ tests }) => tests.map(({ id }) => id)))];
  const header = ['submission', 'score', 'maximum', ...ids, 'failure'];
  const rows = grades.map(({ name, score, maximum, tests, failure }) => [
    visibleLine(name),
    score,
    maximum,
    ...ids.map((id) => tests.find((test) => test.id === id)?.score ?? ''),
    failure ? visibleLine(`${failure.reason}: ${failure.why}`) : '',
  ]);
  return stringify([header, ...rows], { escape_formulas: true, record_delimiter: 'windows' });
};
