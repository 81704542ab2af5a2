import type { Execution } from '#model/engine/explore/execution.ts';
import { outsideOf } from '#model/engine/outside/run.ts';
import { again, type Seen } from '#model/engine/outside/runs.ts';
import { shrink } from '#model/engine/shrink/shrink.ts';
import type { Asked } from '#reports/grade/claims/asked.ts';
import type { NamedClaim } from '#reports/grade/claims/handed-in.ts';
import { showRun } from '#reports/grade/claims/show-run.ts';
import type { Objection } from '#reports/grade/claims/standing.ts';
import type { Suspect } from '#reports/grade/claims/suspect.ts';

/** The smallest run that can be found of which a claim does not say yes, as text. */
export const smallestRun = (asked: Asked, suspect: Suspect, claim: number, seen: Seen): string => {
  const objects = (execution: Execution): boolean => asked.of(outsideOf(execution))[claim] !== true;
  const { execution } = shrink(suspect.rig, again(suspect.rig, seen), seen.limits, objects);
  return showRun(suspect.rig.subject, outsideOf(execution));
};

/** What the first claim has against something right, in a sentence; and which others have something against it, too. */
export const objectionText = (
  claims: readonly NamedClaim[],
  { claim, mistake }: Objection,
  others: readonly Objection[],
): string => {
  const { id, sentence } = claims[claim] as NamedClaim;
  const said =
    mistake === null
      ? `your claim '${id}' (${sentence}) says no to a run of a right implementation`
      : `your claim '${id}' makes a mistake about a run of a right implementation: ${mistake}`;
  const names = others.map((other) => `'${claims[other.claim]?.id}'`);
  return names.length === 0 ? said : `${said}; it is not accepted by ${names.join(', ')} either`;
};

/** Why something wrong is not refuted where no claim says no: of those that say neither yes nor no, what they do instead. */
export const nobodySaysNo = (runs: number, mistaken: readonly Objection[], claims: readonly NamedClaim[]): string => {
  if (mistaken.length === 0) return `your claims hold of all ${runs} different runs that your workloads gave`;
  const mistakes = mistaken.map(({ claim, mistake }) => `'${claims[claim]?.id}' makes a mistake about one: ${mistake}`);
  return `none of your claims says no to any of the ${runs} different runs that your workloads gave, but ${mistakes.join('; ')}`;
};
