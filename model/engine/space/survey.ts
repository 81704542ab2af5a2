import type { StateClaim } from '#model/claim.ts';
import { coverageOf, type SpecCoverage } from '#model/engine/space/coverage.ts';
import { exploring, type Space } from '#model/engine/space/explore.ts';
import { type Path, pathTo } from '#model/engine/space/path.ts';
import type { SpecToExplore, SystemToExplore } from '#model/engine/space/spec.ts';
import { findEndlessWait } from '#model/engine/space/waits.ts';
import type { AnyCall } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

/** How far a spec is explored. */
export interface SurveyOptions {
  /** At most so many states, of each of its systems. */
  readonly statesMax: number;
  /** Whether states that differ only in which of several like threads is which are one. */
  readonly symmetry: boolean;
}

/** One system, and its space. */
export interface Surveyed extends SystemToExplore {
  readonly space: Space;
}

/** Where it shows: in which system, and on the shortest way there. */
export interface Witness {
  readonly system: string;
  readonly path: Path;
}

/** A claim about states, and what became of it; with a witness where one state decides. */
export interface JudgedClaim {
  readonly claim: StateClaim;
  readonly verdict: 'holds' | 'refuted' | 'gave-up';
  /** Why it was given up, or refuted without a witness. */
  readonly why?: string;
  readonly witness?: Witness;
}

/** Whether calls that wait can still be served. Absent where nothing says which calls may wait for ever. */
export type JudgedWaits =
  | { readonly verdict: 'holds' }
  | { readonly verdict: 'gave-up'; readonly why: string }
  | { readonly verdict: 'refuted'; readonly thread: ThreadId; readonly call: AnyCall; readonly witness: Witness };

export interface Survey {
  readonly systems: readonly Surveyed[];
  readonly claims: readonly JudgedClaim[];
  readonly waits: JudgedWaits | undefined;
  readonly coverage: SpecCoverage;
  /** Outcomes that random calls meet and these systems do not, by call. Absent where it is not known what they meet. */
  readonly neverSeen: readonly { readonly call: string; readonly outcome: string }[] | undefined;
}

/** Explores a spec in steps that each take a moment. Each gives how many states are known, and is told whether to stop. */
export function* surveying(
  { claims, systems, known }: SpecToExplore,
  { statesMax, symmetry }: SurveyOptions,
): Generator<number, Survey, boolean> {
  const surveyed: Surveyed[] = [];
  for (const one of systems) {
    const alike = symmetry ? one.symmetry : undefined;
    surveyed.push({ ...one, space: yield* exploring(one.system, { claims, statesMax, symmetry: alike }) });
  }
  const coverage = coverageOf(surveyed.map(({ space }) => space));
  return {
    systems: surveyed,
    claims: claims.map((claim) => judge(claim, surveyed)),
    waits: surveyed.map(judgeWaits).find((judged) => judged !== undefined),
    coverage,
    neverSeen:
      known &&
      [...known].flatMap(([call, outcomes]) =>
        [...outcomes].filter((outcome) => !coverage.get(call)?.has(outcome)).map((outcome) => ({ call, outcome })),
      ),
  };
}

const whyCut = ({ isStopped }: Space): string =>
  isStopped ? 'stopped early' : 'the states that may be kept did not suffice';

/** The witness is the shortest of all systems’. */
const judge = (claim: StateClaim, systems: readonly Surveyed[]): JudgedClaim => {
  const isFound = claim.tag === 'sometimes';
  const [witness] = systems
    .flatMap(({ name, space }): Witness[] => {
      const state = space.decided.get(claim);
      return state === undefined ? [] : [{ system: name, path: pathTo(space, state) }];
    })
    .toSorted((a, b) => a.path.steps.length - b.path.steps.length);
  if (witness) return { claim, verdict: isFound ? 'holds' : 'refuted', witness };
  const cut = systems.find(({ space }) => !space.isComplete);
  if (cut) return { claim, verdict: 'gave-up', why: whyCut(cut.space) };
  return isFound ? { claim, verdict: 'refuted', why: 'no state is like that' } : { claim, verdict: 'holds' };
};

const judgeWaits = ({ name, space, mayWait }: Surveyed): JudgedWaits | undefined => {
  if (!mayWait) return undefined;
  if (!space.isComplete) return { verdict: 'gave-up', why: whyCut(space) };
  if (space.symmetry) return { verdict: 'gave-up', why: 'under a symmetry nobody can be followed' };
  const endless = findEndlessWait(space, mayWait);
  if (!endless) return { verdict: 'holds' };
  const { state, thread, call } = endless;
  return { verdict: 'refuted', thread, call, witness: { system: name, path: pathTo(space, state) } };
};
