import { beforeAll, describe, expect, it } from 'vitest';
import { claimsAbout } from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { reproduce } from '#model/engine/reproduce.ts';
import { canary, suites } from '#properties/index.ts';

const implementation = { tag: 'reference' } as const;

const run = (check: Check): CheckResult => {
  for (const _ of check.run());
  return check.results();
};

for (const suite of suites) {
  for (const { name: variant, module } of suite.subject.variants) {
    describe(`the reference ${suite.subject.id} (${variant})`, () => {
      const claims = claimsAbout(suite, variant);
      let result: CheckResult;
      beforeAll(async () => {
        const world = await loadWorld({ tag: 'ours', module, edits: [] }, suite.subject.exports);
        const budget = budgets.quick;
        result = run(
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

describe('the canary', () => {
  it('is a false claim, and is refuted by a story that replays', async () => {
    const { suite, claim } = canary;
    const variant = suite.subject.variants[0];
    if (!variant) throw new Error('the canary has no variant');
    const world = await loadWorld({ tag: 'ours', module: variant.module, edits: [] }, suite.subject.exports);
    const budget = budgets.quick;
    const plan = { suite, variant: variant.name, world, implementation, claims: [claim], budget, seed: 1 };
    const [found] = run(new Check({ ...usualPlan, ...plan })).claims;
    expect(found?.verdict.tag).toBe('refuted');
    const counterexample = found?.counterexample;
    if (!counterexample) throw new Error('no counterexample');
    expect(counterexample.story).toMatchObject({ threads: 1, calls: 1, switches: 0 });
    expect(reproduce(rigFor(suite.subject, variant.name, world), claim, counterexample)).toEqual(
      counterexample.violation,
    );
  });
});
