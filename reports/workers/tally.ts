/**
 * How far a number of jobs is, in executions. Of some the size is known from the start; what the others will come to is
 * guessed from those that have begun.
 */
export class Tally {
  readonly #sizes: readonly (number | null)[];
  readonly #done: (number | undefined)[];

  /** `sizes`: about how many executions each job takes; null: nobody knows. */
  constructor(sizes: readonly (number | null)[]) {
    this.#sizes = sizes;
    this.#done = sizes.map(() => undefined);
  }

  /** A job has come to so many executions. */
  report(index: number, executions: number): void {
    this.#done[index] = Math.min(executions, this.#sizes[index] ?? executions);
  }

  /** A job has ended after so many executions. */
  end(index: number, executions: number): void {
    this.#done[index] = this.#sizes[index] ?? executions;
  }

  get done(): number {
    return sum(this.#done.map((executions) => executions ?? 0));
  }

  get total(): number {
    const known = sum(this.#sizes.map((size) => size ?? 0));
    const ofUnknown = this.#done.filter((_, index) => this.#sizes[index] === null);
    const begun = ofUnknown.filter((executions) => executions !== undefined);
    return known + (sum(begun) * ofUnknown.length) / Math.max(begun.length, 1);
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
