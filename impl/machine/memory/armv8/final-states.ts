import { Budget, OverBudget } from '#impl/machine/memory/armv8/budget.ts';
import { Footprint } from '#impl/machine/memory/armv8/footprint.ts';
import { Messages } from '#impl/machine/memory/armv8/messages.ts';
import { type Runs, runThread } from '#impl/machine/memory/armv8/thread-run.ts';
import { later } from '#impl/machine/memory/armv8/view.ts';
import type {
  FinalState,
  LitmusProgram,
  LitmusThread,
  LocationId,
  RegisterId,
  Value,
} from '#spec/machine/memory/program.ts';

/** All final states of a program, no two alike; or that to know them takes more steps than it may. */
export type Reached =
  | { readonly tag: 'all'; readonly states: readonly FinalState[] }
  | { readonly tag: 'gaveUp'; readonly stepsMax: number };

/** A memory in which stores are promised: as each thread sees it, and what each location holds last. */
interface Promised {
  readonly seen: readonly Messages[];
  readonly last: readonly Value[];
}

/** One walk through the memories that the threads can promise, as long as the footprint does not grow. */
class Search {
  readonly #program: LitmusProgram;
  readonly #footprint: Footprint;
  readonly #budget: Budget;
  /** Per thread, the registers that are observed. */
  readonly #registers: readonly (readonly RegisterId[])[];
  readonly #runs = new Map<Messages, Runs>();
  readonly #visited = new Set<string>();
  readonly #states = new Map<string, FinalState>();

  constructor(program: LitmusProgram, footprint: Footprint, budget: Budget) {
    this.#program = program;
    this.#footprint = footprint;
    this.#budget = budget;
    this.#registers = program.threads.map((_, thread) =>
      program.observed.flatMap((one) => (one.tag === 'register' && one.thread === thread ? [one.register] : [])),
    );
  }

  /** The final states; null: the footprint has grown, so some may be missing. */
  walk(): readonly FinalState[] | null {
    const { threads, initial } = this.#program;
    const version = this.#footprint.version;
    const pending: Promised[] = [{ seen: threads.map(() => new Messages(initial)), last: initial }];
    for (let promised = pending.pop(); promised; promised = pending.pop()) {
      const key = promised.seen.map((messages) => messages.key).join('|');
      if (this.#visited.has(key)) continue;
      this.#visited.add(key);
      this.#budget.spend();
      if (promised.seen.some(({ list }) => list.length >= later)) throw new OverBudget(); // no timestamps are left
      const runs = promised.seen.map((messages, thread) => this.#runsOf(thread, messages));
      if (this.#footprint.version !== version) return null;
      if (!runs.every(({ isPossible }) => isPossible)) continue;
      this.#combine(runs, promised.last);
      for (const [thread, { promises }] of runs.entries()) {
        for (const { location, value } of promises) pending.push(this.#promise(promised, thread, location, value));
      }
    }
    return [...this.#states.values()];
  }

  #runsOf(thread: number, messages: Messages): Runs {
    const known = this.#runs.get(messages);
    if (known) return known;
    const runs = runThread(
      this.#program.threads[thread] as LitmusThread,
      { thread, messages, footprint: this.#footprint },
      this.#registers[thread] as readonly RegisterId[],
      this.#program.backwardBranchesMax,
      this.#budget,
    );
    this.#runs.set(messages, runs);
    return runs;
  }

  /** Paper, rule PROMISE: the message goes to the end of memory. */
  #promise({ seen, last }: Promised, writer: number, location: LocationId, value: Value): Promised {
    return {
      seen: seen.map((messages, thread) =>
        this.#footprint.accesses(thread, location) ? messages.with(location, value, thread === writer) : messages,
      ),
      last: last.with(location, value),
    };
  }

  /** Notes what threads and memory hold in the end if each thread has stored what it promised, in every combination. */
  #combine(runs: readonly Runs[], last: readonly Value[]): void {
    const chosen: (readonly Value[])[] = [];
    const choose = (thread: number): void => {
      const ofThread = runs[thread];
      if (!ofThread) {
        this.#note(chosen, last);
        return;
      }
      for (const final of ofThread.finals) {
        chosen[thread] = final;
        choose(thread + 1);
      }
    };
    choose(0);
  }

  #note(chosen: readonly (readonly Value[])[], last: readonly Value[]): void {
    this.#budget.spend();
    const values = chosen.map((final) => final.values());
    const state = this.#program.observed.map((one) =>
      one.tag === 'location' ? last[one.location] : values[one.thread]?.next().value,
    ) as Value[];
    this.#states.set(state.join(), state);
  }
}

/**
 * Every final state of an AArch64 program. Promises first: tries every order in which the threads could promise their
 * stores, and runs each thread alone against each memory that this gives; a final state is made of a run of each thread
 * that has stored all it promised. To certify promises as they are made would only leave out what ends nowhere.
 * Executions that access what is no location are left out. Source: paper, sections 6 (theorem 6.2) and 7.
 */
export const finalStates = (program: LitmusProgram, stepsMax: number): Reached => {
  const footprint = new Footprint(program.threads.length);
  const budget = new Budget(stepsMax);
  try {
    for (;;) {
      const states = new Search(program, footprint, budget).walk();
      if (states) return { tag: 'all', states };
    }
  } catch (error) {
    if (error instanceof OverBudget) return { tag: 'gaveUp', stepsMax };
    throw error;
  }
};
