import type { Graded, GradedTest } from '#reports/grade/graded.ts';

/** What a regrade has changed of one submission. */
export interface Change {
  readonly name: string;
  readonly scoreBefore: number;
  readonly score: number;
  /** What of it is another than before: that is why. */
  readonly because: readonly ('rubric' | 'tool' | 'submission')[];
  readonly tests: readonly ChangedTest[];
}

/** A line of the rubric that earns other points than before. */
export interface ChangedTest {
  readonly id: string;
  readonly before: string;
  readonly now: string;
}

const told = (test: GradedTest | undefined): string => {
  if (!test) return 'not asked';
  const { score, maximum, verdict, outcome, why } = test;
  return `${score} of ${maximum}, ${outcome ?? verdict}${why === null ? '' : ` (${why})`}`;
};

/** What has changed from one grade of a submission to the next; undefined: nothing. */
export const changeOf = (before: Graded, now: Graded): Change | undefined => {
  const ids = [...new Set([...now.tests, ...before.tests].map(({ id }) => id))];
  const tests = ids.flatMap((id): ChangedTest[] => {
    const [old, fresh] = [before, now].map(({ tests: all }) => all.find((test) => test.id === id));
    if (old && fresh && old.score === fresh.score && old.maximum === fresh.maximum) return [];
    return [{ id, before: told(old), now: told(fresh) }];
  });
  if (tests.length === 0) return undefined;
  const because = [
    ...(before.rubricFingerprint === now.rubricFingerprint ? [] : (['rubric'] as const)),
    ...(before.toolFingerprint === now.toolFingerprint ? [] : (['tool'] as const)),
    ...(before.submissionFingerprint === now.submissionFingerprint ? [] : (['submission'] as const)),
  ];
  return { name: now.name, scoreBefore: before.score, score: now.score, because, tests };
};

const headline = ({ name, scoreBefore, score, because }: Change): string =>
  `${name}: ${scoreBefore} -> ${score}, since ${because.length > 0 ? `${because.join(' and ')} changed` : 'a limit of time or memory was met'}`;

/** The changes, a line for each submission. */
export const changeLines = (changes: readonly Change[]): readonly string[] => changes.map(headline);

/** The changes as lines of text, with all that changed. Lines of a rubric to which the same happened go together. */
export const changesText = (changes: readonly Change[]): string =>
  changes
    .flatMap((change) => [
      headline(change),
      ...[...Map.groupBy(change.tests, ({ before, now }) => `${before}\0${now}`).values()].flatMap((tests) => [
        `  ${tests.map(({ id }) => id).join(', ')}`,
        `    before: ${tests[0]?.before}`,
        `    now:    ${tests[0]?.now}`,
      ]),
    ])
    .join('\n');
