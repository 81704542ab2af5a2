import type { Execution } from '#model/engine/explore/execution.ts';
import { outsideOf } from '#model/engine/outside/run.ts';
import { again } from '#model/engine/outside/runs.ts';
import { shrink } from '#model/engine/shrink/shrink.ts';
import type { Asked } from '#reports/grade/claims/asked.ts';
import type { NamedClaim } from '#reports/grade/claims/handed-in.ts';
import { showRun } from '#reports/grade/claims/show-run.ts';
import type { Objection } from '#reports/grade/claims/standing.ts';
import type { Suspect } from '#reports/grade/claims/suspect.ts';

/** What a claim has against something right, and the smallest run that can be found which shows it, as text. */
export const explainObjection = (
  asked: Asked,
  claims: readonly NamedClaim[],
  suspect: Suspect,
  { claim, seen, mistake }: Objection,
): { readonly why: string; readonly shown: string } => {
  const { id, sentence } = claims[claim] as NamedClaim;
  const objects = (execution: Execution): boolean => asked.of(outsideOf(execution))[claim] !== true;
  const execution = again(suspect.rig, seen);
  const smallest = shrink(suspect.rig, execution, seen.limits, objects).execution;
  const why =
    mistake === null
      ? `your claim '${id}' (${sentence}) says no to a run of a right implementation`
      : `your claim '${id}' makes a mistake about a run of a right implementation: ${mistake}`;
  return { why, shown: showRun(suspect.rig.subject, outsideOf(smallest)) };
};
