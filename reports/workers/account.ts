import type { Rest } from '#model/engine/graph/trail.ts';
import type { Found } from '#reports/workers/portion.ts';

/** What is known of a program under one of its models. */
export class Account {
  executions = 0;
  blocked = 0;
  /** Final states; null: not asked for. */
  readonly outcomes: Set<string> | null;
  /** What is left to be explored; none: nothing is. Null: it has not begun. */
  rests: Rest[] | null = null;

  constructor(withOutcomes: boolean) {
    this.outcomes = withOutcomes ? new Set() : null;
  }

  /** How many executions were found, complete or blocked. */
  get found(): number {
    return this.executions + this.blocked;
  }

  get isComplete(): boolean {
    return this.rests?.length === 0;
  }

  /** Adds what was found. What is left of that portion is the caller's to see to. */
  add({ executions, blocked, outcomes }: Found): void {
    this.executions += executions;
    this.blocked += blocked;
    for (const outcome of outcomes ?? []) this.outcomes?.add(outcome);
  }
}
