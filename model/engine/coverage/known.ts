import type { Suite } from '#model/claim.ts';
import { coverageOf, type SpecCoverage } from '#model/engine/space/coverage.ts';
import { explore } from '#model/engine/space/explore.ts';
import { specOfSubject } from '#model/engine/space/subject-spec.ts';

/** The transitions that a spec has, as far as anybody knows without an implementation. */
export interface Known {
  /** By call, by outcome: in how many states of the spec it is open to a thread. */
  readonly open: SpecCoverage;
  /** The outcomes that random sequences of calls meet, by call. */
  readonly drawn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly systems: number;
  readonly states: number;
  /** Whether these are all states of these systems. */
  readonly isComplete: boolean;
}

/** About how many threads call what they like, and how many states of a system are kept at most. */
const threads = 3;
const statesMax = 100_000;

/**
 * Which transitions there are: what threads that call what they like, and those of the scenarios, may do in all states
 * that they come to, and what random sequences of calls meet, whose arguments are many more.
 */
export const knownTransitions = (suite: Suite, variant: string): Known => {
  const { systems, known } = specOfSubject(suite, variant, threads);
  const spaces = systems.map(({ system, symmetry }) => explore(system, { claims: [], statesMax, symmetry }));
  return {
    open: coverageOf(spaces),
    drawn: known ?? new Map(),
    systems: systems.length,
    states: spaces.reduce((sum, { arena }) => sum + arena.count, 0),
    isComplete: spaces.every((space) => space.isComplete),
  };
};
