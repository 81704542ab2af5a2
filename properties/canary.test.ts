import { describe, expect, it } from 'vitest';
import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { reproduce } from '#model/engine/reproduce.ts';
import { canary } from '#properties/canary.ts';
import { results } from '#properties/check-references.ts';

describe('the canary', () => {
  it('is a false claim, and is refuted by a story that replays', async () => {
    const { suite, claim } = canary;
    const variant = suite.subject.variants[0];
    if (!variant) throw new Error('the canary has no variant');
    const world = await loadWorld({ tag: 'ours', module: variant.module, edits: [] }, suite.subject.exports);
    const budget = budgets.quick;
    const plan = { suite, variant: variant.name, world, claims: [claim], budget, seed: 1 };
    const [found] = results(new Check({ ...usualPlan, ...plan, implementation: { tag: 'reference' } })).claims;
    expect(found?.verdict.tag).toBe('refuted');
    const counterexample = found?.counterexample;
    if (!counterexample) throw new Error('no counterexample');
    expect(counterexample.story).toMatchObject({ threads: 1, calls: 1, switches: 0 });
    expect(reproduce(rigFor(suite.subject, variant.name, world), claim, counterexample)).toEqual(
      counterexample.violation,
    );
  });
});
