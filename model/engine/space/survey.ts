import { claimsAbout, type Suite } from '#model/claim.ts';
import { coverageOf, type SpecCoverage } from '#model/engine/space/coverage.ts';
import { exploring, type Space, type StateClaim, toTheEnd } from '#model/engine/space/explore.ts';
import { knownOutcomes } from '#model/engine/space/known-outcomes.ts';
import { type Path, pathTo } from '#model/engine/space/path.ts';
import { systemOfExploration, systemOfProgram } from '#model/engine/space/system.ts';
import { findEndlessWait } from '#model/engine/space/waits.ts';
import type { AnyCall, Exploration } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

/** How far the spec of a subject is explored. */
export interface SurveyOptions {
  readonly threads: number;
  /** At most so many states, of each of its systems. */
  readonly statesMax: number;
  /** Whether states that differ only in which of several like threads is which are one. */
  readonly symmetry: boolean;
}

/** One system of a subject: a scenario’s threads, or those of its exploration. */
export interface Surveyed {
  readonly name: string;
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
  /** Outcomes that random calls meet and these systems do not: by call. */
  readonly neverSeen: readonly { readonly call: string; readonly outcome: string }[];
}

/** Explores the spec of a subject: its scenarios, and the threads of its exploration. */
export const surveySpec = (suite: Suite, variant: string, options: SurveyOptions): Survey =>
  toTheEnd(surveying(suite, variant, options));

/** The same in steps that each take a moment. Each gives how many states are known, and is told whether to stop. */
export function* surveying(
  suite: Suite,
  variant: string,
  { threads, statesMax, symmetry }: SurveyOptions,
): Generator<number, Survey, boolean> {
  const { subject } = suite;
  const claims = claimsAbout(suite, variant).filter((claim) => isStateClaim(claim));
  const exploration = subject.exploration?.(variant, threads);
  const systems: Surveyed[] = [];
  if (exploration) {
    const alike = symmetry ? exploration.symmetry : undefined;
    const system = systemOfExploration(subject, variant, exploration);
    const space = yield* exploring(system, { claims, statesMax, symmetry: alike });
    systems.push({ name: 'threads that call what they like', space });
  }
  const [free] = systems;
  for (const { name, program } of subject.scenarios(variant)) {
    const space = yield* exploring(systemOfProgram(subject, program), { claims, statesMax });
    systems.push({ name, space });
  }
  const coverage = coverageOf(systems.map(({ space }) => space));
  return {
    systems,
    claims: claims.map((claim) => judge(claim, systems)),
    waits: free && exploration && judgeWaits(free.space, free.name, exploration.mayWait),
    coverage,
    neverSeen: [...knownOutcomes(subject, variant)].flatMap(([call, outcomes]) =>
      [...outcomes].filter((outcome) => !coverage.get(call)?.has(outcome)).map((outcome) => ({ call, outcome })),
    ),
  };
}

const isStateClaim = (claim: { readonly tag: string }): claim is StateClaim =>
  claim.tag === 'always' || claim.tag === 'never' || claim.tag === 'sometimes';

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

const judgeWaits = (space: Space, system: string, mayWait: Exploration['mayWait']): JudgedWaits => {
  if (!space.isComplete) return { verdict: 'gave-up', why: whyCut(space) };
  if (space.symmetry) return { verdict: 'gave-up', why: 'under a symmetry nobody can be followed' };
  const endless = findEndlessWait(space, mayWait);
  if (!endless) return { verdict: 'holds' };
  const { state, thread, call } = endless;
  return { verdict: 'refuted', thread, call, witness: { system, path: pathTo(space, state) } };
};
