import type { Assignment } from '#properties/assignments/assignment.ts';
import type { Failure, Found, GradedTest, Titles } from '#reports/grade/graded.ts';
import { english } from '#reports/grade/outputs/feedback.words.ts';
import { chinese } from '#reports/grade/outputs/feedback.words.zh.ts';
import { visibleIn, visibleLine } from '#reports/grade/outputs/safe-text.ts';
import type { Shown } from '#reports/grade/outputs/shown.ts';
import type { Bilingual, GradePage, PageFailure, PageFound, PageTest } from '#reports/html/client/grade/data.ts';
import { pack } from '#reports/html/client/packed.ts';
import { renderDocument, storyFiles, storyStyles } from '#reports/html/page.ts';

/** The client files of a submission's page, besides those of stories. */
export const gradeFiles = [
  ...storyFiles,
  'grade/grade-words.zh',
  'grade/grade-words',
  'grade/grade-parts',
  'grade/grade-overview',
  'grade/grade-main',
] as const;

/**
 * The page of one submission as one HTML file, in both languages: the score, and of each lost point what the Markdown says
 * too, with the story as a picture. `replayOf` gives the command for the student's own folder.
 */
export const gradePage = (
  shown: Shown,
  assignment: Pick<Assignment, 'title' | 'titleZh'>,
  replayOf: (test: GradedTest) => string | null,
): string =>
  renderDocument({
    title: visibleLine(`${shown.name} · ${assignment.title}`),
    files: gradeFiles,
    styles: [...storyStyles, 'grade.css'],
    data: gradePageData(shown, assignment, replayOf),
  });

/** What the page shows. */
export const gradePageData = (
  shown: Shown,
  { title, titleZh }: Pick<Assignment, 'title' | 'titleZh'>,
  replayOf: (test: GradedTest) => string | null,
): GradePage =>
  visibleIn({
    name: visibleLine(shown.name),
    assignment: { en: title, zh: titleZh },
    score: shown.score,
    maximum: shown.maximum,
    withheld: shown.withheld,
    failure: shown.failure && pageFailure(shown.failure),
    tests: shown.tests.map((test) => pageTest(test, replayOf(test))),
    fingerprints: [shown.rubricFingerprint, shown.toolFingerprint, shown.submissionFingerprint],
    stories: shown.tests.flatMap((test) =>
      test.found ? [pack({ id: test.id, story: test.found.story, replay: replayOf(test) })] : [],
    ),
  });

/** Why a submission could not be judged, for a page. */
export const pageFailure = ({ reason, why }: Failure): PageFailure => ({
  reason: { en: english.failure[reason], zh: chinese.failure[reason] },
  why,
});

const pageTest = (test: GradedTest, replay: string | null): PageTest => {
  const { id, score, maximum, verdict, outcome, executions, why, shown, found } = test;
  const isLost = score < maximum;
  return {
    id,
    title: titlesOf(test),
    score,
    maximum,
    verdict,
    ...(outcome ? { outcome: { en: english.outcome[outcome], zh: chinese.outcome[outcome] } } : {}),
    executions,
    why: isLost && !found ? why : null,
    shown: isLost ? (shown ?? null) : null,
    hint: isLost ? hintOf(test) : null,
    found: found && pageFound(found, replay),
  };
};

/** What was asked, for a page. */
export const titlesOf = ({ title, titleZh }: Titles): Bilingual => ({
  en: visibleLine(title),
  zh: visibleLine(titleZh),
});

const hintOf = ({ hint, hintZh }: GradedTest): Bilingual | null =>
  hint === null ? null : { en: hint, zh: hintZh ?? hint };

const pageFound = ({ seed, counterexample, story, clause }: Found, replay: string | null): PageFound => {
  const { kind, expected, observed } = counterexample.violation;
  return {
    kind,
    expected,
    observed,
    size: story.size,
    memory: story.memory,
    seed,
    clause,
    replay,
  };
};
