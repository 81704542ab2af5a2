/** Starts the page of one submission. */
import type { GradePage } from '#reports/html/client/grade/data.ts';
import { scoreElement, testsElement } from '#reports/html/client/grade/grade-overview.ts';
import { failureElement } from '#reports/html/client/grade/grade-parts.ts';
import { embeddedData, startPage } from '#reports/html/client/shell.ts';

const grade = embeddedData<GradePage>();

startPage({
  title: () => grade.name,
  stories: grade.stories,
  isOneStory: false,
  overview: (words, link) => [
    scoreElement(grade, words),
    ...(grade.failure ? [failureElement(grade.failure, words)] : []),
    ...(grade.tests.length > 0 ? [testsElement(grade.tests, words, link)] : []),
  ],
  exhibitOf: () => undefined,
});
