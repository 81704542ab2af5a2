import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { type Rig, rigFor } from '#model/engine/explore/execution.ts';
import type { World } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { leastMissed } from '#properties/assignments/least.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import type { GradedTest } from '#reports/grade/graded.ts';
import { type ClaimItem, type Judged, testOf } from '#reports/grade/judge/graded-tests.ts';
import { testsOfLeast } from '#reports/grade/judge/least.ts';
import { titlesOfItem } from '#reports/grade/judge/title.ts';
import type { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

/** The rubric's lines, each with the claim that it asks for. */
export const claimItems = (assignment: Assignment): readonly ClaimItem[] => {
  const suite = suiteOf(assignment);
  return assignment.rubric.map((item) => {
    const { asks } = item;
    const claim = asks.tag === 'claim' && suite.claims.find(({ id }) => id === asks.claim);
    if (!claim) throw new InternalError(`${assignment.name}: ${item.id} asks for no claim of ${suite.subject.id}`);
    return { item, ...titlesOfItem(assignment, item), asks, claim };
  });
};

/** What is judged, and whose process must be alive for it to mean anything. */
interface Handed {
  readonly world: World;
  readonly process: Pick<SubmissionProcess, 'failure'>;
}

/**
 * Judges an implementation by a rubric: gives each test as soon as it is decided. Lines that ask about the same memories are
 * judged together. SubmissionFailure: the submission failed; what was decided until then stands.
 */
export function* judgeImplementation(assignment: Assignment, handed: Handed): Generator<GradedTest, void> {
  const items = claimItems(assignment);
  const suite = suiteOf(assignment);
  const rig = rigFor(suite.subject, assignment.variant, handed.world);
  const missed = leastMissed(assignment, rig);
  stopIfFailed(handed);
  if (missed !== undefined) {
    const tests = testsOfLeast(assignment, items, rig, handed.world, missed);
    stopIfFailed(handed);
    yield* tests;
    return;
  }
  for (const together of Map.groupBy(items, ({ asks }) => asks.memories.join()).values()) {
    const judged = assignment.seeds.map((seed) => judgeTogether(assignment, together, rig, handed, seed));
    yield* together.map((item, i) =>
      testOf(
        item,
        suite.subject,
        judged.map((ofSeed) => ofSeed[i] as Judged),
      ),
    );
  }
}

/** What one seed finds out about claims on the same memories. */
const judgeTogether = (
  assignment: Assignment,
  together: readonly ClaimItem[],
  rig: Rig,
  handed: Handed,
  seed: number,
): readonly Judged[] => {
  const check = new Check({
    ...usualPlan,
    suite: suiteOf(assignment),
    variant: assignment.variant,
    world: handed.world,
    implementation: { tag: 'file', path: assignment.file },
    claims: together.map(({ claim }) => claim),
    budget: budgets[assignment.budget],
    memories: together[0]?.asks.memories ?? [],
    seed,
  });
  for (const _ of check.run()) stopIfFailed(handed);
  stopIfFailed(handed);
  const judged = check.results().claims.map((result): Judged => {
    const { counterexample } = result;
    return { seed, result, story: counterexample ? tell(rig, counterexample) : null };
  });
  stopIfFailed(handed);
  return judged;
};

/** The machine takes what is thrown within a routine for a fault: so nothing counts that was found since it failed. */
const stopIfFailed = ({ process }: Handed): void => {
  if (process.failure) throw new SubmissionFailure(process.failure.reason, process.failure.message);
};
