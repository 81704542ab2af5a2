import { beforeAll, describe, expect, it } from 'vitest';
import { claimsAbout } from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { type Budget, budgets } from '#model/engine/explore/budget.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { isNight } from '#properties/by-day.ts';
import { suites } from '#properties/index.ts';

const implementation = { tag: 'reference' } as const;

/**
 * By day a third of the quick budget, within which all but 12 of the museum's 632 mutants were refuted. `npm start` takes
 * the whole of it.
 */
const budget: Budget = isNight
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
        let result: CheckResult;
        beforeAll(async () => {
          const world = await loadWorld({ tag: 'ours', module, edits: [] }, suite.subject.exports);
          result = results(
            new Check({
              suite,
              variant,
              world,
              implementation,
              claims,
              budget,
              seed: 1,
              ...usualPlan,
            }),
          );
        });

        it.each(claims.map((claim) => [claim.sentence, claim] as const))('%s', (_sentence, { id, tag }) => {
          const found = result.claims.find((candidate) => candidate.claim.id === id);
          expect(found?.verdict).toMatchObject({ tag: 'holds' });
          expect(found?.verdict.executions).toBeGreaterThan(tag === 'ordering' ? 1 : 100); // a weaker order breaks soon
        });

        it('has claims whose ids are unique', () => {
          expect(new Set(claims.map((claim) => claim.id)).size).toBe(claims.length);
        });
      });
    }
  }
};
