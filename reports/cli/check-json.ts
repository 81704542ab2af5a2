import { showClaim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';

/** The claims as the fixed JSON shape of the design. */
export const claimsJson = (
  results: readonly CheckResult[],
  replays: ReadonlyMap<Counterexample, string>,
): readonly unknown[] =>
  results
    .flatMap((result) => result.claims)
    .map(({ subject, variant, claim, verdict, counterexample }) => ({
      subject,
      variant,
      claim: showClaim(claim),
      id: claim.id,
      verdict: verdict.tag,
      executions: verdict.executions,
      ...(verdict.tag === 'gave-up' ? { why: verdict.why } : {}),
      ...(counterexample ? { replay: replays.get(counterexample), story: counterexample.story } : {}),
    }));

/** How much was explored of each implementation, and what became of each of its scenarios. */
export const implementationsJson = (results: readonly CheckResult[]): readonly unknown[] =>
  results.map(({ plan, executions, steps, exhausted }) => ({
    subject: plan.suite.subject.id,
    variant: plan.variant,
    executions,
    steps,
    scenarios: exhausted.map(({ scenario, ...rest }) => ({ name: scenario, ...rest })),
  }));
