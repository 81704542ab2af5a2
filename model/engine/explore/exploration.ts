import type { Weakening } from '#impl/machine/weakening.ts';
import type { Tally } from '#model/engine/cores/classes.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';

/**
 * Which strategies an exploration uses. *drawn*: those of *all* that the seed decides, so that another seed makes no
 * execution over again that is the same with every seed.
 */
export type Explore = 'all' | 'drawn' | 'exhaustive' | 'random' | 'pct';

/** What to explore, and how. */
export interface Exploration {
  readonly budget: Budget;
  readonly seed: number;
  readonly explore: Explore;
  readonly memories: readonly MemoryName[];
  /** A place in the code that is made weaker than it says; null: none. */
  readonly weakening: Weakening | null;
}

/**
 * How an exploration of one scenario ended. *all*: every execution was made, one of each class. *schedules*: every
 * schedule of at most so many preemptions was. *executions*, *steps*: these ran out before. *stopped*: somebody stopped
 * it.
 */
export interface Exhausted extends Tally {
  readonly scenario: string;
  readonly preemptions: number;
  readonly end: 'all' | 'schedules' | 'executions' | 'steps' | 'stopped';
}
