import { describe, expect, test } from 'vitest';
import { classCsv } from '#reports/grade/outputs/csv.ts';
import { earned, gradedOf, undecided } from '#reports/grade/outputs/sample.ts';

describe('the CSV of a class', () => {
  test('has a row for each submission and a column for each line of the rubric', () => {
    const failure = { reason: 'hung', why: 'no micro-op in 5 seconds, "ever"' } as const;
    const csv = classCsv([
      gradedOf('ann', [earned('a', 'A'), undecided('b', 'B', 'why')]),
      gradedOf('bob', [], failure),
      gradedOf('chen', [earned('a', 'A'), earned('b', 'B')]),
    ]);
    expect(csv.split('\r\n')).toEqual([
      'submission,score,maximum,a,b,failure',
      'ann,5,10,5,0,',
      'bob,0,0,,,"hung: no micro-op in 5 seconds, ""ever"""',
      'chen,10,10,5,5,',
      '',
    ]);
  });

  test('lets no name be a formula, or end its row', () => {
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', '=cmd|"/c calc"!A1', 'a\r\n=2', '\t=3', '＝4', '"', 'a,b'];
    const rows = classCsv(names.map((name) => gradedOf(name, [earned('a', 'A')])))
      .trimEnd()
      .split('\r\n')
      .slice(1);
    expect(rows).toHaveLength(names.length);
    for (const row of rows) expect(row).not.toMatch(/^"?[=+\-@\t\r＝]/);
    expect(rows[0]).toBe("'=1+1,5,5,5,");
  });
});
