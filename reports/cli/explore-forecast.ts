import { randomFrom } from '#model/engine/explore/random.ts';
import { Exploration, estimateLeft } from '#model/engine/graph/explore.ts';
import type { Rest } from '#model/engine/graph/trail.ts';
import type { Run } from '#model/engine/graph/written.ts';
import type { Account } from '#reports/workers/account.ts';
import type { Undertaking } from '#reports/workers/agenda.ts';

/** Guesses are the same whenever they are made. */
const seed = 1;
/** Of more explorations than these nobody reads how much is left. */
const guessesMax = 10;

/** How many executions there may be in all, if so much is left; null: nobody knows. */
export const guessOf = ({ program, memory, exploring }: Run, { rests, found }: Account): number | null => {
  const left = rests && estimateLeft(program, memory, exploring, rests, randomFrom(seed));
  return left === null ? null : found + left;
};

/** Whether there are so few explorations that somebody reads how much is left of each. */
export const isGuessed = (accounts: readonly Account[]): boolean => accounts.length <= guessesMax;

/** Guesses how many executions there are in all explorations, for whoever waits: one exploration at a time. */
export class Forecast {
  readonly #open: { readonly run: Run; readonly account: Account }[];
  #total: number | null;

  constructor(undertakings: readonly Undertaking[]) {
    const all = undertakings.flatMap(({ asked, accounts }) =>
      accounts.map((account, i) => ({ run: asked.runs[i] as Run, account })),
    );
    this.#open = all.filter(({ account }) => !account.isComplete);
    this.#total = this.#open.length > guessesMax ? null : 0;
    for (const { account } of all) if (account.isComplete) this.#add(account.found);
  }

  /** Makes the next guess. Gives the sum, once all are made; null: not yet, or never. */
  next(): number | null {
    const [one] = this.#open;
    if (!one || this.#total === null) return this.#total;
    this.#open.shift();
    this.#add(fromTheStart(one.run));
    return this.#open.length === 0 ? this.#total : null;
  }

  #add(executions: number | null): void {
    this.#total = executions === null || this.#total === null ? null : this.#total + executions;
  }
}

/** How many executions there are, about. What is left of an exploration is not known while others are busy with it. */
const fromTheStart = ({ program, memory, exploring }: Run): number | null => {
  const exploration = new Exploration(program, memory, exploring);
  const isMore = exploration.run(1);
  const left = isMore ? estimateLeft(program, memory, exploring, [exploration.rest as Rest], randomFrom(seed)) : 0;
  return left === null ? null : 1 + left;
};
