/** What an implementation that is trusted would lose: the rubric, asked in this process. */
import type { Claim, Suite } from '#model/claim.ts';
import { Check } from '#model/engine/check.ts';
import { type Budget, budgets } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import type { World } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment, Item } from '#properties/assignments/assignment.ts';
import { leastMissed } from '#properties/assignments/least.ts';
import { suites } from '#properties/index.ts';

/**
 * The suite by which an assignment is judged. What the words of a submission mean is not asked: its fields may have the
 * names of ours by accident, and mean something else.
 */
export const suiteOf = ({ subject }: Assignment): Suite => {
  const suite = suites.find((candidate) => candidate.subject.id === subject);
  if (!suite) throw new InternalError(`no suite for ${subject}`);
  const { abstract: _, ...judged } = suite.subject;
  return { ...suite, subject: judged };
};

/** The ids of the items of a rubric that asks for claims which this implementation does not get the points of. */
export const lostBy = (
  assignment: Assignment,
  world: World,
  budget: Budget = budgets[assignment.budget],
): readonly string[] => {
  const { variant, rubric, seeds } = assignment;
  const suite = suiteOf(assignment);
  if (leastMissed(assignment, rigFor(suite.subject, variant, world)) !== undefined) return rubric.map(({ id }) => id);
  const asked = rubric.flatMap(({ id, asks }) => (asks.tag === 'claim' ? [{ id, ...asks }] : []));
  const together = Map.groupBy(asked, ({ memories }) => memories.join());
  const lost = new Set<Item['id']>();
  for (const items of together.values()) {
    const claims = items.map(({ claim }) => suite.claims.find(({ id }) => id === claim) as Claim);
    const memories = items[0]?.memories ?? [];
    for (const seed of seeds) {
      const implementation = { tag: 'reference' } as const; // a name for stories, which nobody reads here
      const check = new Check({ ...usualPlan, suite, variant, world, implementation, claims, budget, seed, memories });
      for (const _ of check.run());
      for (const [i, { verdict }] of check.results().claims.entries()) {
        if (verdict.tag !== 'holds') lost.add(items[i]?.id ?? '');
      }
    }
  }
  return rubric.flatMap(({ id }) => (lost.has(id) ? [id] : []));
};
