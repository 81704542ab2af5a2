/** Thrown when a search has taken all the steps that it may. */
export class OverBudget extends Error {}

/** The steps that a search may still take: instructions run, memories tried, ways to combine threads. */
export class Budget {
  #steps: number;

  constructor(steps: number) {
    this.#steps = steps;
  }

  spend(): void {
    if (this.#steps-- === 0) throw new OverBudget();
  }
}
