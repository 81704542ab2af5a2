import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import type { World } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { tell } from '#model/engine/trace/tell.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import type { GradedTest } from '#reports/grade/graded.ts';
import { type ClaimItem, testOf, undecided } from '#reports/grade/judge/graded-tests.ts';

/** What any scenario must keep to that counts as done. */
const basic: ReadonlySet<string> = new Set(['faultless', 'linearizes', 'progress']);

/**
 * The tests of a submission that does not do the scenario of that name, which is the least that it must do: nothing is
 * earned, and the first of them tells how the scenario goes wrong.
 */
export const testsOfLeast = (
  assignment: Assignment,
  items: readonly ClaimItem[],
  rig: Rig,
  world: World,
  missed: string,
): readonly GradedTest[] => {
  const suite = suiteOf(assignment);
  const scenario = suite.subject.scenarios(assignment.variant).find(({ name }) => name === missed);
  const check = new Check({
    ...usualPlan,
    suite,
    variant: assignment.variant,
    world,
    implementation: { tag: 'file', path: assignment.file },
    claims: suite.claims.filter(({ tag }) => basic.has(tag)),
    budget: budgets.quick,
    memories: ['sc'],
    seed: 0,
    untilRefuted: true,
    hints: scenario ? [{ program: scenario.program, schedule: [], limits: usualLimits }] : [],
  });
  for (const _ of check.run());
  const why = `nothing counts before the simplest things are done: '${missed}' is not`;
  const result = check.results().claims.find(({ counterexample }) => counterexample);
  return items.map((item, i) => {
    if (i > 0 || !result?.counterexample) return undecided(item, why);
    const test = testOf(item, suite.subject, [{ seed: 0, result, story: tell(rig, result.counterexample) }]);
    return { ...test, why: `${why}: ${test.why}` };
  });
};
