import { divided } from '#model/engine/graph/trail.ts';
import type { ToExplore, WrittenProgram } from '#model/engine/graph/written.ts';
import type { Account } from '#reports/workers/account.ts';
import type { Found, Portion } from '#reports/workers/portion.ts';

/** A program, and what is known of it under each of its models, in their order. */
export interface Undertaking {
  readonly written: WrittenProgram;
  readonly asked: ToExplore;
  readonly accounts: readonly Account[];
}

/** A portion that somebody is busy with. */
export interface Item {
  readonly undertaking: Undertaking;
  readonly portion: Portion;
  /** Its place: programs in their order, and the models of each in theirs. */
  readonly place: number;
}

/** One program under one model. */
interface Entry {
  readonly undertaking: Undertaking;
  readonly model: number;
  readonly account: Account;
  /** How many are busy with it. */
  busy: number;
}

/**
 * What is left to be explored, and who is busy with what: hands out portions, and writes down what is found. Where the
 * number of executions is bounded, the portions of a program under a model are handed out one after the other: so it is
 * the same executions that are found, however many look for them.
 */
export class Agenda {
  readonly #entries: readonly Entry[];
  readonly #executionsMax: number;
  /** All entries before this one are done with. */
  #from = 0;
  /** No entry from this one on is handed out. */
  #to: number;

  /** `executionsMax`: of a program under a model, with those that were found before. */
  constructor(undertakings: readonly Undertaking[], executionsMax: number) {
    this.#entries = undertakings.flatMap((undertaking) =>
      undertaking.accounts.map((account, model) => ({ undertaking, model, account, busy: 0 })),
    );
    this.#to = this.#entries.length;
    this.#executionsMax = executionsMax;
  }

  /** How many portions could be handed out now; no more than `enough` are counted. */
  waiting(enough: number): number {
    let waiting = 0;
    for (let i = this.#from; i < this.#to && waiting < enough; i++) {
      const entry = this.#entries[i] as Entry;
      if (this.#isOpen(entry)) waiting += this.#isBounded ? 1 : (entry.account.rests?.length ?? 1);
    }
    return waiting;
  }

  /** Hands a portion out, of at most so many executions; undefined: there is none now. */
  next(executionsMax: number): Item | undefined {
    while (this.#from < this.#to && this.#isDone(this.#entries[this.#from] as Entry)) this.#from++;
    for (let place = this.#from; place < this.#to; place++) {
      const entry = this.#entries[place] as Entry;
      if (!this.#isOpen(entry)) continue;
      const { undertaking, model, account } = entry;
      const rest = account.rests?.pop() ?? null;
      account.rests ??= [];
      entry.busy++;
      const left = Math.min(executionsMax, this.#executionsMax - account.found);
      const withOutcomes = account.outcomes !== null;
      return { undertaking, place, portion: { model, rest, executionsMax: left, withOutcomes } };
    }
    return undefined;
  }

  /** Hands several out: about one of so many parts of all that could be, and no more than `portionsMax`. */
  some(parts: number, portionsMax: number): Item[] {
    const wanted = Math.ceil(this.waiting(parts * portionsMax) / parts);
    const items: Item[] = [];
    while (items.length < wanted) {
      const item = this.next(Number.POSITIVE_INFINITY);
      if (!item) break;
      items.push(item);
    }
    return items;
  }

  /**
   * Writes down what was found in a portion; undefined: nobody has begun with it. `isToDivide`: others have nothing to
   * do, so what is left comes in pieces.
   */
  take({ place, portion }: Item, found: Found | undefined, isToDivide: boolean): void {
    const entry = this.#entries[place] as Entry;
    const { account } = entry;
    entry.busy--;
    if (found) account.add(found);
    const rest = found ? found.rest : portion.rest;
    if (rest) account.rests?.push(...(isToDivide && !this.#isBounded ? divided(rest) : [rest]));
    else if (!found) account.rests = null;
  }

  /** Somebody has made a mistake: nothing is handed out any more. */
  fail(): void {
    this.#to = 0;
  }

  /** Puts all that could be handed out into pieces. */
  divide(): void {
    if (this.#isBounded) return;
    for (const { account } of this.#entries) if (account.rests) account.rests = account.rests.flatMap(divided);
  }

  get #isBounded(): boolean {
    return this.#executionsMax !== Number.POSITIVE_INFINITY;
  }

  #isDone({ account, busy }: Entry): boolean {
    return busy === 0 && (account.isComplete || account.found >= this.#executionsMax);
  }

  #isOpen({ account, busy }: Entry): boolean {
    if (account.found >= this.#executionsMax || (this.#isBounded && busy > 0)) return false;
    return account.rests === null || account.rests.length > 0;
  }
}
