import type { Assignment } from '#properties/assignments/assignment.ts';
import type { Found, Graded, GradedTest } from '#reports/grade/graded.ts';
import { drawHistogram } from '#reports/grade/outputs/histogram.ts';
import { mistakesOf } from '#reports/grade/outputs/mistake.ts';
import { pageFailure, titlesOf } from '#reports/grade/outputs/page.ts';
import { visibleIn, visibleLine } from '#reports/grade/outputs/safe-text.ts';
import type { ClassPage, PageItem } from '#reports/html/client/grade/data.ts';
import { pack } from '#reports/html/client/packed.ts';
import { renderDocument, storyFiles, storyStyles } from '#reports/html/page.ts';

/** The client files of a class's page, besides those of stories. */
export const classFiles = [
  ...storyFiles,
  'figure',
  'grade/grade-words.zh',
  'grade/grade-words',
  'grade/grade-parts',
  'grade/histogram',
  'grade/class-overview',
  'grade/class-main',
] as const;

/**
 * The page of a class as one HTML file, for whoever grades: the distribution, what fails most, which counterexamples are
 * the same mistake, and who could not be judged. `pageOf` gives the path of a submission's page from this one's folder;
 * null: it has none.
 */
export const classPage = (
  grades: readonly Graded[],
  assignment: Pick<Assignment, 'title' | 'titleZh'>,
  pageOf: (graded: Graded) => string | null,
): string =>
  renderDocument({
    title: visibleLine(assignment.title),
    files: classFiles,
    styles: [...storyStyles, 'figure.css', 'grade.css'],
    data: classPageData(grades, assignment, pageOf),
  });

/** What the page shows. */
export const classPageData = (
  grades: readonly Graded[],
  { title, titleZh }: Pick<Assignment, 'title' | 'titleZh'>,
  pageOf: (graded: Graded) => string | null,
): ClassPage => {
  const mistakes = mistakesOf(grades);
  const maximum = Math.max(0, ...grades.map((graded) => graded.maximum));
  const scores = grades.map(({ score }) => score);
  return visibleIn<ClassPage>({
    assignment: { en: title, zh: titleZh },
    submissions: grades.map((graded) => ({
      name: visibleLine(graded.name),
      score: graded.score,
      maximum: graded.maximum,
      failure: graded.failure && pageFailure(graded.failure),
      page: addressOf(pageOf(graded)),
    })),
    maximum,
    histogram: drawHistogram(scores, maximum) ?? null,
    items: itemsOf(grades),
    mistakes: mistakes.map(({ example, submissions }, i) => {
      const { kind, expected, observed } = (example.found as Found).counterexample.violation;
      return {
        id: example.id,
        title: titlesOf(example),
        kind,
        expected,
        observed,
        story: `mistake-${i + 1}`,
        submissions,
      };
    }),
    stories: mistakes.map(({ example }, i) =>
      pack({ id: `mistake-${i + 1}`, story: (example.found as Found).story, replay: null }),
    ),
  });
};

/** A path as an address that cannot be anything but one of this folder's. */
const addressOf = (path: string | null): string | null =>
  path === null ? null : `./${path.split('/').map(encodeURIComponent).join('/')}`;

/** Each line of the rubric over all submissions that could be judged, those lost most often first. */
const itemsOf = (grades: readonly Graded[]): PageItem[] => {
  const judged = grades.filter(({ failure }) => !failure).flatMap(({ tests }) => tests);
  return [...Map.groupBy(judged, ({ id }) => id)]
    .map(([id, tests]) => {
      const lost = tests.filter(({ score, maximum }) => score < maximum);
      const undecided = lost.filter(({ verdict }) => verdict === 'gave-up').length;
      const [first] = tests as [GradedTest];
      return { id, title: titlesOf(first), asked: tests.length, lost: lost.length - undecided, undecided };
    })
    .toSorted((a, b) => b.lost + b.undecided - (a.lost + a.undecided));
};
