import type { NumberedOperation, Order } from '#model/engine/refine/numbered.ts';
import type { Steps } from '#model/engine/refine/steps.ts';

/** A place in a search: which answer comes next, the state of the spec, and what is left of each call under way. */
export interface Place {
  readonly answer: number;
  readonly state: number;
}

// A place in the array: the next one in its bucket, its hash, the answer, the state, and a word for each call under way.
const hashAt = 1;
const answerAt = 2;
const stateAt = 3;
const wordsAt = 4;
const nowhere = -1;

const mixed = (hash: number, answer: number, state: number): number => {
  const sum = Math.imul(hash ^ Math.imul(state + 1, 0x2c1b3c6d) ^ Math.imul(answer + 1, 0x297a2d39), 0x45d9f3b);
  return sum ^ (sum >>> 15);
};

/** Where a search has been: exactly, and without an object for each place. It grows, and never forgets. */
export class Visited {
  readonly #order: Order;
  readonly #steps: Steps;
  #buckets = new Int32Array(0);
  #places = new Int32Array(0);
  #end = 0;
  #count = 0;
  get count() {
    return this.#count;
  }

  constructor(order: Order, steps: Steps) {
    this.#order = order;
    this.#steps = steps;
  }

  /** Whether the search, which is there, has been there before, or at a place that covers it. */
  has(answer: number, state: number): boolean {
    if (this.#count === 0) return false;
    const hash = mixed(this.#steps.hash, answer, state);
    const places = this.#places;
    let at = this.#buckets[hash & (this.#buckets.length - 1)] as number;
    for (; at !== nowhere; at = places[at] as number) {
      if (places[at + hashAt] !== hash || places[at + answerAt] !== answer || places[at + stateAt] !== state) continue;
      if (this.#isCovered(at + wordsAt, answer)) return true;
    }
    return false;
  }

  /** Notes the place where the search is. */
  add(answer: number, state: number): void {
    const hash = mixed(this.#steps.hash, answer, state);
    const at = this.#end;
    const words = this.#order.underWayAt(answer).length + this.#order.unansweredAt(answer);
    this.#end += wordsAt + words;
    if (this.#end > this.#places.length) this.#grow();
    if (this.#count++ >= this.#buckets.length) this.#spread();
    const places = this.#places;
    places[at + hashAt] = hash;
    places[at + answerAt] = answer;
    places[at + stateAt] = state;
    this.#writeWords(at + wordsAt, answer);
    this.#link(at);
  }

  /** Forgets all. */
  clear(): void {
    this.#buckets = new Int32Array(0);
    this.#end = 0;
    this.#count = 0;
  }

  /** Every place where the operation was under way, with what was left of its call. */
  *placesOf(operation: number): Iterable<{ readonly state: number; readonly word: number }> {
    const { answered } = this.#order;
    for (let at = 0; at < this.#end; ) {
      const answer = this.#places[at + answerAt] as number;
      const underWay = this.#order.underWayAt(answer);
      const unanswered = this.#order.unansweredAt(answer);
      const index = operation < answered ? underWay.indexOf(operation) : underWay.length + operation - answered;
      if (index >= 0 && index < underWay.length + unanswered) {
        yield { state: this.#places[at + stateAt] as number, word: this.#places[at + wordsAt + index] as number };
      }
      at += wordsAt + underWay.length + unanswered;
    }
  }

  /** Each state, with the last event that was waited for in it. */
  lastEvents(): ReadonlyMap<number, number> {
    const { operations, answered } = this.#order;
    const events = new Map<number, number>();
    for (let at = 0; at < this.#end; ) {
      const answer = this.#places[at + answerAt] as number;
      const state = this.#places[at + stateAt] as number;
      const event = answer < answered ? (operations[answer] as NumberedOperation).ends : Number.POSITIVE_INFINITY;
      if (event > (events.get(state) ?? 0)) events.set(state, event);
      at += wordsAt + this.#order.underWayAt(answer).length + this.#order.unansweredAt(answer);
    }
    return events;
  }

  #isCovered(from: number, answer: number): boolean {
    let at = from;
    for (const operation of this.#order.underWayAt(answer)) {
      if (!this.#steps.isCovered(operation, this.#places[at++] as number)) return false;
    }
    const end = this.#order.answered + this.#order.unansweredAt(answer);
    for (let operation = this.#order.answered; operation < end; operation++) {
      if (!this.#steps.isCovered(operation, this.#places[at++] as number)) return false;
    }
    return true;
  }

  #writeWords(from: number, answer: number): void {
    const { words } = this.#steps;
    const places = this.#places;
    let at = from;
    for (const operation of this.#order.underWayAt(answer)) places[at++] = words[operation] as number;
    const end = this.#order.answered + this.#order.unansweredAt(answer);
    for (let operation = this.#order.answered; operation < end; operation++) places[at++] = words[operation] as number;
  }

  #grow(): void {
    const more = new Int32Array(Math.max(this.#places.length * 2, this.#end, 512));
    more.set(this.#places);
    this.#places = more;
  }

  /** Four times the buckets, and the places noted so far put in them anew. */
  #spread(): void {
    this.#buckets = new Int32Array(Math.max(this.#buckets.length * 4, 64)).fill(nowhere);
    for (let at = 0, left = this.#count - 1; left > 0; left--) {
      this.#link(at);
      const answer = this.#places[at + answerAt] as number;
      at += wordsAt + this.#order.underWayAt(answer).length + this.#order.unansweredAt(answer);
    }
  }

  #link(at: number): void {
    const bucket = (this.#places[at + hashAt] as number) & (this.#buckets.length - 1);
    this.#places[at] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = at;
  }
}
