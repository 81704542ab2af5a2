import { type NumberedOperation, none, type Order } from '#model/engine/refine/numbered.ts';
import type { SpecStep } from '#model/engine/refine/question.ts';

/** The call is over in the spec; its answer may come later. */
export const over = -2;

const mix = (operation: number, word: number): number => {
  const product = Math.imul(Math.imul(operation + 1, 0x9e3779b1) + word, 0x85ebca6b);
  return product ^ (product >>> 13);
};

/** The steps of the spec that a search has taken, and what they have left of each call. They are taken back in turn. */
export class Steps {
  /** What is left of each operation's call: it or a rest of it, or that it is over. */
  readonly words: Int32Array;
  /** Equal for words that are equal, and for words of which one covers the other. */
  hash = 0;
  readonly #operations: readonly NumberedOperation[];
  /** Of each step: the operation, its word before, the answer that it was taken for, and the state after. */
  readonly #movers: number[] = [];
  readonly #before: number[] = [];
  readonly #purposes: number[] = [];
  readonly #states: number[] = [];
  #count = 0;

  constructor({ operations }: Order) {
    this.#operations = operations;
    this.words = new Int32Array(operations.length);
    for (let i = 0; i < operations.length; i++) this.words[i] = (operations[i] as NumberedOperation).call;
  }

  get count(): number {
    return this.#count;
  }

  /** A step of `operation` to `state`, because answer `purpose` needs it. */
  take(operation: number, word: number, purpose: number, state: number): void {
    const at = this.#count++;
    this.#movers[at] = operation;
    this.#before[at] = this.words[operation] as number;
    this.#purposes[at] = purpose;
    this.#states[at] = state;
    this.#set(operation, word);
  }

  /** Takes back all but the first `count` steps. */
  undo(count: number): void {
    while (this.#count > count) {
      this.#count--;
      this.#set(this.#movers[this.#count] as number, this.#before[this.#count] as number);
    }
  }

  /**
   * A call that is never answered may happen at any time or never: whoever has it still to make can do all that
   * whoever has made it can.
   */
  isCovered(operation: number, known: number): boolean {
    const word = this.words[operation] as number;
    if (word === known) return true;
    const { answer, call } = this.#operations[operation] as NumberedOperation;
    return answer === none && word === over && known === call;
  }

  /** What they were in a history of so many events. */
  told(events: number): SpecStep[] {
    const steps: SpecStep[] = [];
    const words = new Map<number, number>(); // as they are after each step, seen from the last one
    for (let at = this.#count - 1; at >= 0; at--) {
      const operation = this.#movers[at] as number;
      const word = words.get(operation) ?? (this.words[operation] as number);
      words.set(operation, this.#before[at] as number);
      const { caller: thread, begins } = this.#operations[operation] as NumberedOperation;
      const { ends } = this.#operations[this.#purposes[at] as number] ?? { ends: none };
      const after = (ends === none ? events : ends) - 1;
      const isOver = word === over;
      steps.push({ after, begins, thread, state: this.#states[at] as number, isOver, rest: isOver ? none : word });
    }
    return steps.reverse();
  }

  #set(operation: number, word: number): void {
    this.hash ^= this.#share(operation);
    this.words[operation] = word;
    this.hash ^= this.#share(operation);
  }

  #share(operation: number): number {
    const word = this.words[operation] as number;
    const { answer, call } = this.#operations[operation] as NumberedOperation;
    return word === call || (answer === none && word === over) ? 0 : mix(operation, word);
  }
}
