import { rigFor } from '#model/engine/explore/execution.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Subject } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment, Item } from '#properties/assignments/assignment.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { type Decided, decide } from '#reports/grade/claims/decide.ts';
import { objectionText, smallestRun } from '#reports/grade/claims/feedback.ts';
import { type NamedClaim, readFromBoth, type Workload } from '#reports/grade/claims/handed-in.ts';
import { inTwoSessions, type Open, type Session } from '#reports/grade/claims/session.ts';
import { type Suspect, suspectOf } from '#reports/grade/claims/suspect.ts';
import type { GradedTest } from '#reports/grade/graded.ts';

/** What an assignment of the kind `properties` is graded by. */
export interface ByClaims {
  readonly assignment: Assignment;
  readonly subject: Subject;
  readonly mutants: readonly Mutant[];
}

/** A line of the rubric, and the implementation that it is about; `mutant` is null where that is right. */
interface Case {
  readonly item: Item;
  readonly variant: string;
  readonly mutant: Mutant | null;
  readonly suspect: Suspect;
}

/**
 * Grades claims and workloads that were handed in: a test for each line of the rubric, in its order (docs/adr/0034).
 * @throws Unusable if what the submission exports is not what was asked for
 */
export const gradeClaims = (by: ByClaims, open: Open): Promise<readonly GradedTest[]> =>
  inTwoSessions(open, (sessions) => gradeIn(by, sessions));

const gradeIn = async (by: ByClaims, sessions: readonly [Session, Session]): Promise<readonly GradedTest[]> => {
  const { claims, workloads } = readFromBoth(sessions, by.subject);
  const cases: Case[] = [];
  for (const item of by.assignment.rubric) cases.push(await caseOf(item, by, workloads));
  const decided = decide(
    cases.map(({ suspect }) => suspect),
    sessions,
    claims.length,
  );
  return cases.map((one) =>
    one.mutant ? testOfKill(one, one.mutant, decided, claims) : testOfAcceptance(one, cases, decided, claims),
  );
};

const caseOf = async (item: Item, by: ByClaims, workloads: readonly Workload[]): Promise<Case> => {
  const { asks } = item;
  const { assignment, subject, mutants } = by;
  if (asks.tag === 'claim') throw new InternalError(`${item.id} asks for a claim of ours`);
  const mutant = asks.tag === 'kills' ? mutantOf(mutants, asks.mutant) : null;
  const variant = asks.tag === 'kills' ? mutantOf(mutants, asks.mutant).variant : asks.variant;
  const module = subject.variants.find(({ name }) => name === variant)?.module;
  if (module === undefined) throw new InternalError(`there is no variant ${variant} of ${subject.id}`);
  const world = await loadWorld({ tag: 'ours', module, edits: mutant?.edits ?? [] }, subject.exports);
  const memories = asks.tag === 'kills' ? asks.memories : memoryNames;
  const suspect = suspectOf(rigFor(subject, variant, world), mutant === null, workloads, memories, assignment);
  return { item, variant, mutant, suspect };
};

const mutantOf = (mutants: readonly Mutant[], id: string): Mutant => {
  const mutant = mutants.find((one) => one.id === id);
  if (!mutant) throw new InternalError(`there is no mutant ${id}`);
  return mutant;
};

const testOf = ({ item, suspect }: Case, title: string, why: string | null, shown?: string): GradedTest => ({
  id: item.id,
  title,
  score: why === null ? item.points : 0,
  maximum: item.points,
  visibility: item.visibility,
  verdict: why === null ? 'holds' : 'refuted',
  why,
  ...(shown === undefined ? {} : { shown }),
  hint: why === null ? null : item.hint,
  hintZh: why === null ? null : item.hintZh,
  executions: suspect.executions,
  found: null,
});

/** What is hidden keeps its name to itself. */
const titleOfKill = ({ item, variant }: Case, { title }: Mutant): string =>
  item.visibility === 'hidden' ? `a bug is found (${variant})` : `a bug is found (${variant}): ${title}`;

const testOfKill = (one: Case, mutant: Mutant, { standing }: Decided, claims: readonly NamedClaim[]): GradedTest => {
  const { suspect, variant } = one;
  const title = titleOfKill(one, mutant);
  if (standing.killerOf(suspect) !== undefined) return testOf(one, title, null);
  if (suspect.workloads === 0) return testOf(one, title, `none of your workloads can be run by it (${variant})`);
  const discredited = standing.discreditedKillerOf(suspect);
  if (!discredited) {
    return testOf(one, title, `your claims hold of all ${suspect.seen.size} different runs that your workloads gave`);
  }
  const { claim, mistake } = discredited;
  const but = mistake === null ? 'it says no to something right, too' : `it makes a mistake about some run: ${mistake}`;
  return testOf(one, title, `your claim '${claims[claim]?.id}' says no, but does not count: ${but}`);
};

const testOfAcceptance = (
  one: Case,
  cases: readonly Case[],
  { asked, standing }: Decided,
  claims: readonly NamedClaim[],
): GradedTest => {
  const { suspect, variant } = one;
  const title = `right code is accepted (${variant})`;
  const [objection, ...others] = standing.objectionsTo(suspect);
  if (objection) {
    const shown = smallestRun(asked, suspect, objection.claim, objection.seen);
    return testOf(one, title, objectionText(claims, objection, others), shown);
  }
  // What is shown later must not be told by what is shown now.
  const wrong = cases.filter((other) => other.mutant && other.variant === variant && isShownWith(one, other));
  const refuted = wrong.filter((other) => standing.killerOf(other.suspect) !== undefined).length;
  if (refuted > 0 && 2 * refuted >= wrong.length) return testOf(one, title, null);
  const why = `your claims accept it, but they refute only ${refuted} of its ${wrong.length} wrong versions that are listed: this counts from half of them on`;
  return testOf(one, title, why);
};

const isShownWith = ({ item }: Case, other: Case): boolean => item.visibility === other.item.visibility;
