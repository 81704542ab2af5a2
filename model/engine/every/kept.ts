import type { Standing } from '#model/engine/cores/every.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';

/**
 * What an exhaustive check knows when it is stopped: plain data, from which another goes on as if nothing had happened.
 * It grows with the scenarios and the states of the spec, not with the number of executions.
 */
export interface KeptCheck {
  /** Of the code that was checked (`World`). */
  readonly fingerprint: string;
  readonly sequences: KeptSequences;
  readonly scenarios: readonly KeptScenario[];
  /** The states of the spec that came up, each by its sum. */
  readonly states: readonly string[];
}

/** How many sequences of calls were tried, and how many executions that took. */
export interface KeptSequences {
  readonly done: number;
  readonly executions: number;
}

/** What is known of one scenario. */
export interface KeptScenario {
  readonly name: string;
  readonly standing: Standing;
  /** Executions that claims were judged on, their steps, and how many were cut off at the step limit. */
  readonly executions: number;
  readonly steps: number;
  readonly cutOff: number;
  /** In the order of the plan's claims. */
  readonly claims: readonly KeptClaim[];
}

/** What is known of a claim from one scenario: on how many executions it was judged, and the first that contradicts it. */
export interface KeptClaim {
  readonly executions: number;
  readonly found: boolean;
  readonly failing: Failing | null;
}

/** An execution of a scenario that contradicts a claim: the how manieth it was, and its schedule. */
export interface Failing {
  readonly at: number;
  readonly schedule: Schedule;
}
