import type { Counterexample } from '#model/counterexample.ts';
import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { type ClaimResult, usualPlan } from '#model/engine/plan.ts';
import { reproduce } from '#model/engine/reproduce.ts';
import { InternalError } from '#model/suite-error.ts';
import { canary } from '#properties/canary.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';

/** Lets the canary sing: a false claim must be refuted, and its refutation must replay. Otherwise the tool is broken. */
export const provoke = async (seed: number): Promise<ClaimResult & { readonly counterexample: Counterexample }> => {
  const { suite, claim } = canary;
  const variant = suite.subject.variants[0]?.name as string;
  const implementation = { tag: 'reference' as const };
  const world = await loadImplementation(suite.subject.id, variant, implementation);
  const budget = budgets.quick;
  const check = new Check({
    suite,
    variant,
    world,
    implementation,
    claims: [claim],
    budget,
    seed,
    ...usualPlan,
    memories: ['sc'],
  });
  for (const _ of check.run());
  const result = check.results().claims[0];
  const counterexample = result?.counterexample;
  if (!counterexample) throw new InternalError('the canary claim, which is false, was not refuted');
  if (!reproduce(rigFor(suite.subject, variant, world), claim, counterexample)) {
    throw new InternalError("the canary's refutation does not replay");
  }
  return { ...result, counterexample };
};
