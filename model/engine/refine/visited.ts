/** What pending calls are up to, a word for each slot. */
export interface Pending {
  readonly words: Int32Array;
  /** Equal for words that are equal, and for words that cover one another. */
  readonly hash: number;
  /** Whether whoever has the word `known` in this slot can do all that whoever has the slot's own word can. */
  covers(slot: number, known: number): boolean;
}

// A place in the array: the next one in its bucket, its hash, the event, the state, and the words.
const hashAt = 1;
const eventAt = 2;
const stateAt = 3;
const wordsAt = 4;
const nowhere = -1;

const mixed = (hash: number, event: number, state: number): number => {
  const sum = Math.imul(hash ^ Math.imul(state + 1, 0x2c1b3c6d) ^ Math.imul(event + 1, 0x297a2d39), 0x45d9f3b);
  return sum ^ (sum >>> 15);
};

/** Where a search has been: exactly, and without an object for each place. It grows, and never forgets. */
export class Visited {
  readonly #slots: number;
  #buckets = new Int32Array(128).fill(nowhere);
  #places: Int32Array;
  #end = 0;
  #count = 0;

  constructor(slots: number) {
    this.#slots = slots;
    this.#places = new Int32Array(32 * (wordsAt + slots));
  }

  /** Notes a place, and says true; unless it was noted before, or one that covers it. */
  add(event: number, state: number, pending: Pending): boolean {
    const hash = mixed(pending.hash, event, state);
    const places = this.#places;
    let at = this.#buckets[hash & (this.#buckets.length - 1)] as number;
    for (; at !== nowhere; at = places[at] as number) {
      if (places[at + hashAt] !== hash || places[at + eventAt] !== event || places[at + stateAt] !== state) continue;
      if (this.#isCovered(at + wordsAt, pending)) return false;
    }
    this.#append(hash, event, state, pending.words);
    return true;
  }

  /** The state and the slot's word of every place. */
  *wordsAt(slot: number): Iterable<{ readonly state: number; readonly word: number }> {
    for (let at = 0; at < this.#end; at += wordsAt + this.#slots) {
      yield { state: this.#places[at + stateAt] as number, word: this.#places[at + wordsAt + slot] as number };
    }
  }

  #isCovered(at: number, pending: Pending): boolean {
    const { words } = pending;
    for (let slot = 0; slot < words.length; slot++) {
      const known = this.#places[at + slot] as number;
      if (known !== words[slot] && !pending.covers(slot, known)) return false;
    }
    return true;
  }

  #append(hash: number, event: number, state: number, words: Int32Array): void {
    const at = this.#end;
    this.#end += wordsAt + this.#slots;
    if (this.#end > this.#places.length) {
      const more = new Int32Array(this.#places.length * 2);
      more.set(this.#places);
      this.#places = more;
    }
    if (this.#count++ >= this.#buckets.length) this.#spread(at);
    const places = this.#places;
    places[at + hashAt] = hash;
    places[at + eventAt] = event;
    places[at + stateAt] = state;
    places.set(words, at + wordsAt);
    this.#link(at, hash);
  }

  #link(at: number, hash: number): void {
    const bucket = hash & (this.#buckets.length - 1);
    this.#places[at] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = at;
  }

  /** Four times the buckets, and the places before `end` put in them anew. */
  #spread(end: number): void {
    this.#buckets = new Int32Array(this.#buckets.length * 4).fill(nowhere);
    for (let at = 0; at < end; at += wordsAt + this.#slots) this.#link(at, this.#places[at + hashAt] as number);
  }
}
