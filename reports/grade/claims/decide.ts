import { Asked } from '#reports/grade/claims/asked.ts';
import type { Session } from '#reports/grade/claims/session.ts';
import { Standing } from '#reports/grade/claims/standing.ts';
import { lookOn, type Suspect } from '#reports/grade/claims/suspect.ts';

/** What the claims said, and where that leaves them. */
export interface Decided {
  readonly asked: Asked;
  readonly standing: Standing;
}

/** How often each workload is looked at before the claims are asked for the first time; then twice as often, and so on. */
const firstLooks = 10;

/** Looks at all that is right, and at each mutant until a claim that counts refutes it or nothing is left to look at. */
export const decide = (
  suspects: readonly Suspect[],
  [forwards, backwards]: readonly [Session, Session],
  claims: number,
): Decided => {
  const asked = new Asked(forwards, backwards);
  const open = new Set(suspects);
  for (let looks = firstLooks; ; looks *= 2) {
    for (const suspect of open) lookOn(suspect, suspect.isRight ? Number.POSITIVE_INFINITY : looks);
    asked.askAll([...open].flatMap(({ seen }) => [...seen.values()]));
    const standing = new Standing(asked, claims, suspects);
    open.clear();
    for (const suspect of suspects) {
      if (!suspect.isDone && standing.killerOf(suspect) === undefined) open.add(suspect);
    }
    if (open.size === 0) return { asked, standing };
  }
};
