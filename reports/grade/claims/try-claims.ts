import { rigFor } from '#model/engine/explore/execution.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Subject } from '#model/subject.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { decide } from '#reports/grade/claims/decide.ts';
import { smallestRun } from '#reports/grade/claims/feedback.ts';
import { readFromBoth } from '#reports/grade/claims/handed-in.ts';
import { inTwoSessions, type Open, type Session } from '#reports/grade/claims/session.ts';
import { type Suspect, suspectOf } from '#reports/grade/claims/suspect.ts';

/** An implementation to try claims on: a module that is said to be right, or wrong. */
export interface Sample {
  readonly name: string;
  readonly url: string;
  readonly isRight: boolean;
}

/** What of an assignment says how claims are tried. */
type Trying = Pick<Assignment, 'variant' | 'budget' | 'seeds' | 'programs' | 'distinct'>;

/** What became of a sample: who has what against it. */
export interface Tried {
  readonly name: string;
  readonly isRight: boolean;
  /** How many different runs were looked at. */
  readonly runs: number;
  /** The claim that says no to a run of it, or makes a mistake about one; null: there is none. */
  readonly claim: string | null;
  /** What the mistake was; null: it made none. */
  readonly mistake: string | null;
  /** The smallest run found of which it says so, as text; null: there is none. */
  readonly run: string | null;
}

/**
 * Tries claims on samples: those that are right should have nothing said against them, each of the others something.
 * @throws Unusable if what the module exports is not what was asked for
 */
export const tryClaims = (
  subject: Subject,
  assignment: Trying,
  samples: readonly Sample[],
  open: Open,
): Promise<readonly Tried[]> => inTwoSessions(open, (sessions) => tryIn(subject, assignment, samples, sessions));

const tryIn = async (
  subject: Subject,
  assignment: Trying,
  samples: readonly Sample[],
  sessions: readonly [Session, Session],
): Promise<readonly Tried[]> => {
  const { claims, workloads } = readFromBoth(sessions, subject, assignment.distinct);
  const { variant } = assignment;
  const suspects: Suspect[] = [];
  for (const { url, isRight } of samples) {
    const world = await loadWorld({ tag: 'theirs', url }, subject.exports);
    suspects.push(suspectOf(rigFor(subject, variant, world), isRight, workloads, memoryNames, assignment));
  }
  const { asked, standing } = decide(suspects, sessions, claims.length);
  return samples.map(({ name, isRight }, i) => {
    const suspect = suspects[i] as Suspect;
    const objections = standing.objectionsTo(suspect);
    const killer = standing.killerOf(suspect);
    const objection = isRight ? objections[0] : objections.find(({ claim }) => claim === killer);
    return {
      name,
      isRight,
      runs: suspect.seen.size,
      claim: objection ? (claims[objection.claim]?.id ?? null) : null,
      mistake: objection?.mistake ?? null,
      run: objection ? smallestRun(asked, suspect, objection.claim, objection.seen) : null,
    };
  });
};
