import { rigFor } from '#model/engine/explore/execution.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Subject } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment, Item, Workload } from '#properties/assignments/assignment.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { type Decided, decide } from '#reports/grade/claims/decide.ts';
import { nobodySaysNo, objectionText, smallestRun } from '#reports/grade/claims/feedback.ts';
import { type HandedIn, readFromBoth } from '#reports/grade/claims/handed-in.ts';
import { inTwoSessions, type Open, type Session } from '#reports/grade/claims/session.ts';
import { type Suspect, suspectOf } from '#reports/grade/claims/suspect.ts';
import type { GradedTest, Outcome, Titles } from '#reports/grade/graded.ts';

/** What an assignment of the kind `properties` is graded by. */
export interface ByClaims {
  readonly assignment: Assignment;
  readonly subject: Subject;
  readonly mutants: readonly Mutant[];
}

/** A line of the rubric, and the implementation that it is about, a version of the variant. */
interface Case {
  readonly item: Item;
  readonly variant: string;
  readonly suspect: Suspect;
}

/**
 * Grades claims and workloads that were handed in: a test for each line of the rubric, in its order (docs/adr/0034).
 * @throws Unusable if what the submission exports is not what was asked for
 */
export const gradeClaims = (by: ByClaims, open: Open): Promise<readonly GradedTest[]> =>
  inTwoSessions(open, (sessions) => gradeIn(by, sessions));

const gradeIn = async (by: ByClaims, sessions: readonly [Session, Session]): Promise<readonly GradedTest[]> => {
  const handedIn = readFromBoth(sessions, by.subject, by.assignment.distinct);
  const cases: Case[] = [];
  for (const item of by.assignment.rubric) cases.push(await caseOf(item, by, handedIn.workloads));
  const decided = decide(
    cases.map(({ suspect }) => suspect),
    sessions,
    handedIn.claims.length,
  );
  return cases.map((one) =>
    one.suspect.isRight
      ? testOfAcceptance(one, cases, decided, handedIn)
      : testOf(one, whyItSurvives(one, decided, handedIn)),
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
  return { item, variant, suspect };
};

const mutantOf = (mutants: readonly Mutant[], id: string): Mutant => {
  const mutant = mutants.find((one) => one.id === id);
  if (!mutant) throw new InternalError(`there is no mutant ${id}`);
  return mutant;
};

/** As the handout's table has it: it does not tell what is wrong with it. */
const titlesOf = ({ item: { asks }, variant }: Case): Titles => {
  if (asks.tag !== 'kills') return { title: `the right ${variant} is accepted`, titleZh: `接受正确的 ${variant}` };
  const isElsewhereRight = !asks.memories.some((memory) => memory === 'sc');
  return {
    title: `a wrong ${variant} is refuted${isElsewhereRight ? `, on ${asks.memories.join(', ')}` : ''}`,
    titleZh: `反驳一个错误的 ${variant}${isElsewhereRight ? `，在 ${asks.memories.join('、')} 上` : ''}`,
  };
};

const outcomeOf = ({ isRight }: Suspect, isEarned: boolean): Outcome => {
  if (isRight) return isEarned ? 'accepted' : 'not accepted';
  return isEarned ? 'found' : 'survived';
};

const testOf = (one: Case, why: string | null, shown?: string): GradedTest => ({
  id: one.item.id,
  ...titlesOf(one),
  score: why === null ? one.item.points : 0,
  maximum: one.item.points,
  visibility: one.item.visibility,
  verdict: why === null ? 'holds' : 'refuted',
  outcome: outcomeOf(one.suspect, why === null),
  why,
  ...(shown === undefined ? {} : { shown }),
  hint: why === null ? null : one.item.hint,
  hintZh: why === null ? null : one.item.hintZh,
  executions: one.suspect.executions,
  found: null,
});

/** Why a wrong implementation is not refuted; null: it is. */
const whyItSurvives = (
  { suspect, variant }: Case,
  { standing }: Decided,
  { claims, workloads }: HandedIn,
): string | null => {
  if (standing.killerOf(suspect) !== undefined) return null;
  if (claims.length === 0) return 'you hand in no claims';
  if (workloads.length === 0) return 'you hand in no workloads';
  if (suspect.workloads === 0) return `none of your workloads can be run by it (${variant})`;
  const discredited = standing.discreditedKillerOf(suspect);
  if (!discredited) return nobodySaysNo(suspect.seen.size, standing.objectionsTo(suspect), claims);
  const { claim, mistake } = discredited;
  const but = mistake === null ? 'it says no to something right, too' : `it makes a mistake about some run: ${mistake}`;
  return `your claim '${claims[claim]?.id}' says no, but does not count: ${but}`;
};

const testOfAcceptance = (
  one: Case,
  cases: readonly Case[],
  { asked, standing }: Decided,
  { claims }: HandedIn,
): GradedTest => {
  const { suspect, variant } = one;
  const [objection, ...others] = standing.objectionsTo(suspect);
  if (objection) {
    const shown = smallestRun(asked, suspect, objection.claim, objection.seen);
    return testOf(one, objectionText(claims, objection, others), shown);
  }
  // What is shown later must not be told by what is shown now.
  const wrong = cases.filter((other) => !other.suspect.isRight && other.variant === variant && isShownWith(one, other));
  const refuted = wrong.filter((other) => standing.killerOf(other.suspect) !== undefined).length;
  if (refuted > 0 && 2 * refuted >= wrong.length) return testOf(one, null);
  const why = `your claims accept it, but they refute only ${refuted} of its ${wrong.length} wrong versions that are shown at once: this counts from half of them on`;
  return testOf(one, why);
};

const isShownWith = ({ item }: Case, other: Case): boolean => item.visibility === other.item.visibility;
