import type { Frame } from '#impl/machine/context.ts';

/** What a strategy knows when it is asked. Mutable and reused: read it, do not keep it. */
export interface Choice {
  /** How many visible steps were done. */
  step: number;
  /** The core that stepped last, and how often in a row. */
  current: number;
  stepsInARow: number;
  /** Bit c is set if core c can step. 0: nobody can before a store buffer is drained. */
  enabled: number;
  /** Bit c is set if stores wait in the store buffer of core c. */
  buffered: number;
  /** What happens if nobody interferes. */
  default: number;
  readonly cores: number;
  /** How many calls have been answered. */
  answered: number;
  /** How many timer interrupts may still be raised. */
  timersLeft: number;
  /** The micro-op that a core does next. */
  readonly next: (core: number) => Frame;
}

/** Whether core `core` is in a set of cores, as the bits of a number. */
export const isIn = (cores: number, core: number): boolean => ((cores >> core) & 1) === 1;

/** What may happen next, as a number: core `core` of `cores` steps, its timer goes off, its store buffer is drained. */
export const timerOf = (core: number, cores: number): number => cores + core;
export const drainOf = (core: number, cores: number): number => 2 * cores + core;

/**
 * Picks the next step of an execution: a core that can step, a timer that goes off now (`timerOf`), or the oldest store
 * of a core that reaches memory now (`drainOf`). Called at least once per visible step, so it allocates nothing.
 */
export interface Strategy {
  choose(choice: Choice): number;
  /**
   * In which of `ways` (at least 2) the access goes that core `core` makes at visible step `step`; 0: the ordinary one.
   * Asked while that step is done.
   */
  way(ways: number, step: number, core: number): number;
}
