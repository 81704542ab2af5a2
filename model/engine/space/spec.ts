import { type Claim, claimsAbout, type Suite } from '#model/claim.ts';
import type { StateClaim } from '#model/engine/space/explore.ts';
import { knownOutcomes } from '#model/engine/space/known-outcomes.ts';
import { type System, systemOfExploration, systemOfProgram } from '#model/engine/space/system.ts';
import type { AnyCall, Exploration, Subject, SymmetryOf } from '#model/subject.ts';

/** How states, calls and answers are shown to people. */
export type Showing<State = unknown, Call extends AnyCall = AnyCall, Answer = unknown> = Pick<
  Subject<State, Call, Answer>,
  'showState' | 'showCall' | 'showAnswer'
>;

/** A system that is explored. */
export interface SystemToExplore<State = unknown, Call extends AnyCall = AnyCall, Answer = unknown> {
  readonly name: string;
  readonly system: System<State, Call, Answer>;
  readonly symmetry?: SymmetryOf<Call> | undefined;
  /** Which calls may wait for ever. Waits are judged only where this is said. */
  readonly mayWait?: Exploration<State, Call>['mayWait'];
}

/** A spec as it is explored: a variant of a subject’s, or one that stands alone. */
export interface SpecToExplore extends Showing {
  readonly id: string;
  readonly variant: string;
  readonly claims: readonly StateClaim[];
  readonly systems: readonly SystemToExplore[];
  /** The outcomes that random calls meet, where that is known: by call. */
  readonly known?: ReadonlyMap<string, ReadonlySet<string>>;
}

const isStateClaim = (claim: Claim): claim is StateClaim =>
  claim.tag === 'always' || claim.tag === 'never' || claim.tag === 'sometimes';

/** The spec of a subject: the threads of its exploration, about so many, and then its scenarios. */
export const specOfSubject = (suite: Suite, variant: string, threads: number): SpecToExplore => {
  const { subject } = suite;
  const exploration = subject.exploration?.(variant, threads);
  const free: SystemToExplore[] = exploration
    ? [
        {
          name: 'threads that call what they like',
          system: systemOfExploration(subject, variant, exploration),
          symmetry: exploration.symmetry,
          mayWait: exploration.mayWait,
        },
      ]
    : [];
  return {
    id: subject.id,
    variant,
    claims: claimsAbout(suite, variant).filter(isStateClaim),
    systems: [
      ...free,
      ...subject.scenarios(variant).map(({ name, program }) => ({ name, system: systemOfProgram(subject, program) })),
    ],
    known: knownOutcomes(subject, variant),
    showState: subject.showState,
    showCall: subject.showCall,
    showAnswer: subject.showAnswer,
  };
};

/** A spec that stands alone, without any implementation: what a file exports as its `default`. */
export interface LoneSpec<State = unknown, Call extends AnyCall = AnyCall, Answer = unknown>
  extends Showing<State, Call, Answer> {
  /** Its variants, each one system, with the name of the variant. */
  readonly systems: readonly SystemToExplore<State, Call, Answer>[];
  readonly claims: readonly Claim<State>[];
}

/** A variant of a spec that stands alone. */
export const specOfFile = (file: string, lone: LoneSpec, system: SystemToExplore): SpecToExplore => ({
  id: file,
  variant: system.name,
  claims: lone.claims.filter(isStateClaim),
  systems: [system],
  showState: lone.showState,
  showCall: lone.showCall,
  showAnswer: lone.showAnswer,
});
