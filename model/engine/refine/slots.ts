import { type NumberedEvent, none, over } from '#model/engine/refine/question.ts';
import type { Pending } from '#model/engine/refine/visited.ts';

const nowhere: NumberedEvent = {
  slot: none,
  call: none,
  answer: none,
  begins: none,
  ends: none,
  caller: none,
  readsOnly: false,
};

const mix = (slot: number, word: number): number => {
  const product = Math.imul(Math.imul(slot + 1, 0x9e3779b1) + word, 0x85ebca6b);
  return product ^ (product >>> 13);
};

/** Each slot's pending call: what of it is left, or that it is over. Changes are undone in the order of a stack. */
export class Slots implements Pending {
  readonly words: Int32Array;
  hash = 0;
  /** The call that each slot's word is a rest of. */
  readonly begun: NumberedEvent[];
  readonly #undoSlots: number[] = [];
  readonly #undoWords: number[] = [];
  readonly #undoBegun: NumberedEvent[] = [];

  constructor(slots: number) {
    this.words = new Int32Array(slots).fill(none);
    this.begun = new Array<NumberedEvent>(slots).fill(nowhere);
  }

  get changes(): number {
    return this.#undoSlots.length;
  }

  set(slot: number, word: number, begun: NumberedEvent): void {
    this.#undoSlots.push(slot);
    this.#undoWords.push(this.words[slot] as number);
    this.#undoBegun.push(this.begun[slot] as NumberedEvent);
    this.#put(slot, word, begun);
  }

  /** Undoes all but the first `changes` changes. */
  undo(changes: number): void {
    while (this.#undoSlots.length > changes) {
      this.#put(
        this.#undoSlots.pop() as number,
        this.#undoWords.pop() as number,
        this.#undoBegun.pop() as NumberedEvent,
      );
    }
  }

  /**
   * A call that is never answered may happen at any time or never: whoever has it still to make can do all that
   * whoever has made it can.
   */
  covers(slot: number, known: number): boolean {
    const { answer, call } = this.begun[slot] as NumberedEvent;
    return answer === none && this.words[slot] === over && known === call;
  }

  #put(slot: number, word: number, begun: NumberedEvent): void {
    this.hash ^= this.#share(slot);
    this.words[slot] = word;
    this.begun[slot] = begun;
    this.hash ^= this.#share(slot);
  }

  #share(slot: number): number {
    const word = this.words[slot] as number;
    const { answer, call } = this.begun[slot] as NumberedEvent;
    return answer === none && (word === over || word === call) ? 0 : mix(slot, word);
  }
}
