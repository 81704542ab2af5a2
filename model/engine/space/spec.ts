import { type Claim, isAboutStates, type StateClaim } from '#model/claim.ts';
import type { System } from '#model/engine/space/system.ts';
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
  claims: lone.claims.filter(isAboutStates),
  systems: [system],
  showState: lone.showState,
  showCall: lone.showCall,
  showAnswer: lone.showAnswer,
});
