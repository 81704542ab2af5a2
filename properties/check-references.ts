import { beforeAll, describe, expect, it } from 'vitest';
import { type Claim, claimsAbout } from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { type Budget, budgets } from '#model/engine/explore/budget.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type ClaimResult, usualPlan } from '#model/engine/plan.ts';
import { isNight } from '#properties/by-day.ts';
import { suites } from '#properties/index.ts';

const implementation = { tag: 'reference' } as const;

/**
 * By day a third of the quick budget. `npm start`, and the night, take the whole of it.
 */
const inBrief: Budget = isNight
  ? budgets.quick
  : { ...budgets.quick, sequences: 120, looks: 500, scenarioExecutions: 500, programs: 100 };

/** A check, run to its end. */
export const results = (check: Check): CheckResult => {
  for (const _ of check.run());
  return check.results();
};

/** Checks the references of the subjects under `tree` on all that is claimed about them. */
export const checkReferences = (tree: string): void => {
  for (const suite of suites.filter(({ subject }) => subject.id.startsWith(`${tree}/`))) {
    for (const { name: variant, module } of suite.subject.variants) {
      describe(`the reference ${suite.subject.id} (${variant})`, () => {
        const claims = claimsAbout(suite, variant);
        let found: readonly ClaimResult[];
        beforeAll(async () => {
          const world = await loadWorld({ tag: 'ours', module, edits: [] }, suite.subject.exports);
          const resultsOf = (budget: Budget, some: readonly Claim[]): readonly ClaimResult[] =>
            results(new Check({ suite, variant, world, implementation, claims: some, budget, seed: 1, ...usualPlan }))
              .claims;
          // What breaks without an order may be rare: that takes the whole budget, and mostly little of it.
          const ofOrders = claims.filter(({ tag }) => tag === 'ordering');
          const others = claims.filter(({ tag }) => tag !== 'ordering');
          found = [...resultsOf(inBrief, others), ...resultsOf(budgets.quick, ofOrders)];
        });

        it.each(claims.map((claim) => [claim.sentence, claim] as const))('%s', (_sentence, { id, tag }) => {
          const verdict = found.find(({ claim }) => claim.id === id)?.verdict;
          expect(verdict).toMatchObject({ tag: 'holds' });
          expect(verdict?.executions).toBeGreaterThan(tag === 'ordering' ? 1 : 100); // a weaker order breaks soon
        });

        it('has claims whose ids are unique', () => {
          expect(new Set(claims.map((claim) => claim.id)).size).toBe(claims.length);
        });
      });
    }
  }
};
