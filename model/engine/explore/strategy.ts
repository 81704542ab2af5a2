/** What a strategy knows when it is asked. Mutable and reused: read it, do not keep it. */
export interface Choice {
  /** How many visible steps were done. */
  step: number;
  /** The core that stepped last, and how often in a row. */
  current: number;
  stepsInARow: number;
  /** Bit c is set if core c can step. Never 0. */
  enabled: number;
  /** Who steps if nobody interferes. */
  default: number;
  readonly cores: number;
  /** How many calls have been answered. */
  answered: number;
  /** How many timer interrupts may still be raised. */
  timersLeft: number;
}

/**
 * Picks the next step of an execution. The answer is a core that can step, or the number of cores plus a core whose
 * timer goes off now. Called once per visible step, so it allocates nothing.
 */
export interface Strategy {
  choose(choice: Choice): number;
}
