import type { Subject } from '#model/subject.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { Asked } from '#reports/grade/claims/asked.ts';
import { explainObjection } from '#reports/grade/claims/feedback.ts';
import { type NamedClaim, readHandedIn, Unusable } from '#reports/grade/claims/handed-in.ts';
import type { Open, Session } from '#reports/grade/claims/session.ts';
import { Standing } from '#reports/grade/claims/standing.ts';
import { lookOn, type Suspect, suspectOf } from '#reports/grade/claims/suspect.ts';
import type { GradedTest } from '#reports/grade/graded.ts';

/** What an assignment of the kind `properties` is graded by. */
export interface ByClaims {
  readonly assignment: Assignment;
  readonly subject: Subject;
  readonly mutants: readonly Mutant[];
}

/**
 * Grades claims and workloads that were handed in: a test for each line of the rubric, in its order (docs/adr/0034).
 * @throws Unusable if what the submission exports is not what was asked for
 */
export const gradeClaims = async (by: ByClaims, open: Open): Promise<readonly GradedTest[]> => {
  const sessions: Session[] = [];
  try {
    sessions.push(await open());
    sessions.push(await open());
    return await gradeIn(by, sessions as [Session, Session]);
  } finally {
    for (const session of sessions) session.close();
  }
};

const gradeIn = async (
  { assignment, subject, mutants }: ByClaims,
  [forwards, backwards]: readonly [Session, Session],
): Promise<readonly GradedTest[]> => {
  if (JSON.stringify(forwards.exported) !== JSON.stringify(backwards.exported)) {
    throw new Unusable('it exports something else each time it is loaded');
  }
  const { claims, workloads } = readHandedIn(forwards.exported, subject);
  const suspects: Suspect[] = [];
  for (const item of assignment.rubric) {
    suspects.push(await suspectOf(item, assignment, subject, mutants, workloads));
  }
  const asked = new Asked(forwards, backwards);
  const standing = lookUntilDecided(suspects, asked, claims.length);
  return suspects.map((suspect) =>
    suspect.mutant
      ? testOfKill(suspect, suspect.mutant, standing, claims)
      : testOfAcceptance(suspect, suspects, standing, claims, asked),
  );
};

/** How often each workload is looked at before the claims are asked for the first time; then twice as often, and so on. */
const firstLooks = 10;

/** Looks at all that is right, and at each mutant until a claim that counts refutes it or nothing is left to look at. */
const lookUntilDecided = (suspects: readonly Suspect[], asked: Asked, claims: number): Standing => {
  const open = new Set(suspects);
  for (let looks = firstLooks; ; looks *= 2) {
    for (const suspect of open) lookOn(suspect, suspect.mutant ? looks : Number.POSITIVE_INFINITY);
    asked.askAll([...open].flatMap(({ seen }) => [...seen.values()]));
    const standing = new Standing(asked, claims, suspects);
    open.clear();
    for (const suspect of suspects) {
      if (!suspect.isDone && standing.killerOf(suspect) === undefined) open.add(suspect);
    }
    if (open.size === 0) return standing;
  }
};

const testOf = ({ item, executions }: Suspect, title: string, why: string | null, shown?: string): GradedTest => ({
  id: item.id,
  title,
  score: why === null ? item.points : 0,
  maximum: item.points,
  visibility: item.visibility,
  verdict: why === null ? 'holds' : 'refuted',
  why,
  hint: why === null ? null : item.hint,
  hintZh: why === null ? null : item.hintZh,
  executions,
  found: null,
  ...(shown === undefined ? {} : { shown }),
});

/** What is hidden keeps its name to itself. */
const titleOfKill = ({ item, variant }: Suspect, { title }: Mutant): string =>
  item.visibility === 'hidden'
    ? `your claims refute a wrong implementation (${variant})`
    : `your claims refute (${variant}): ${title}`;

const testOfKill = (
  suspect: Suspect,
  mutant: Mutant,
  standing: Standing,
  claims: readonly NamedClaim[],
): GradedTest => {
  const title = titleOfKill(suspect, mutant);
  if (standing.killerOf(suspect) !== undefined) return testOf(suspect, title, null);
  if (suspect.workloads === 0)
    return testOf(suspect, title, `none of your workloads can be run by it (${suspect.variant})`);
  const discredited = standing.discreditedKillerOf(suspect);
  const why =
    discredited === undefined
      ? `your claims hold of all ${suspect.seen.size} different runs that your workloads gave`
      : `your claim '${claims[discredited]?.id}' says no, but it counts only once it accepts all that is right and makes no mistake`;
  return testOf(suspect, title, why);
};

const testOfAcceptance = (
  suspect: Suspect,
  suspects: readonly Suspect[],
  standing: Standing,
  claims: readonly NamedClaim[],
  asked: Asked,
): GradedTest => {
  const title = `your claims accept the right implementation (${suspect.variant})`;
  const [objection] = standing.objectionsTo(suspect);
  if (objection) {
    const { why, shown } = explainObjection(asked, claims, suspect, objection);
    return testOf(suspect, title, why, shown);
  }
  const wrong = suspects.filter(({ mutant, variant }) => mutant && variant === suspect.variant);
  const refuted = wrong.filter((one) => standing.killerOf(one) !== undefined).length;
  if (refuted > 0 && 2 * refuted >= wrong.length) return testOf(suspect, title, null);
  const why = `your claims accept it, but they refute only ${refuted} of its ${wrong.length} wrong versions: this counts from half of them on`;
  return testOf(suspect, title, why);
};
