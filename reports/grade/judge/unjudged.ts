import type { Assignment, Item } from '#properties/assignments/assignment.ts';
import type { Failure, GradedTest } from '#reports/grade/graded.ts';
import { titlesOfItem } from '#reports/grade/judge/title.ts';

/** A line of the rubric that was never judged. */
export const unjudged = (assignment: Assignment, item: Item, failure: Failure | null): GradedTest => ({
  id: item.id,
  ...titlesOfItem(assignment, item),
  score: 0,
  maximum: item.points,
  visibility: item.visibility,
  verdict: 'gave-up',
  why: `not judged, and so not earned: ${failure?.why ?? 'the judge said nothing of it'}`,
  hint: null,
  hintZh: null,
  executions: 0,
  found: null,
});
