/** How much is explored before a claim is said to hold. Only ever counts, never seconds: a seed means the same anywhere. */
export interface Budget {
  readonly name: 'class' | 'quick' | 'grade' | 'night';
  /** Sequences of calls for sequential refinement. */
  readonly sequences: number;
  /** Executions that look everywhere before anything is gone over in order. */
  readonly looks: number;
  /** Preemptions in the exhaustive exploration of a scenario, and executions at most for each. */
  readonly preemptions: number;
  readonly scenarioExecutions: number;
  /** Random programs, and schedules for each. */
  readonly programs: number;
  readonly schedules: number;
}

export const budgets: Readonly<Record<Budget['name'], Budget>> = {
  // For hundreds of submissions: looks first and most, since nearly all that is wrong shows there (docs/adr/0037).
  class: {
    name: 'class',
    sequences: 300,
    looks: 4000,
    preemptions: 2,
    scenarioExecutions: 300,
    programs: 100,
    schedules: 20,
  },
  quick: {
    name: 'quick',
    sequences: 300,
    looks: 1500,
    preemptions: 2,
    scenarioExecutions: 1500,
    programs: 300,
    schedules: 25,
  },
  grade: {
    name: 'grade',
    sequences: 1000,
    looks: 5000,
    preemptions: 2,
    scenarioExecutions: 3000,
    programs: 900,
    schedules: 40,
  },
  night: {
    name: 'night',
    sequences: 20_000,
    looks: 100_000,
    preemptions: 3,
    scenarioExecutions: 400_000,
    programs: 30_000,
    schedules: 100,
  },
};
