import type { ThreadId } from '#spec/abi.ts';

/** No call, no answer. */
export const none = -1;

/** A call and what became of it, by number. */
export interface NumberedOperation {
  /** Who calls, as the spec is told. */
  readonly caller: ThreadId;
  readonly call: number;
  /** None: it is never answered. */
  readonly answer: number;
  /** The places of its two events. None: it is never answered. */
  readonly begins: number;
  readonly ends: number;
  /** Whether a call like this which gives this answer leaves every state as it is; undefined: nobody knows. */
  readonly readsOnly: boolean | undefined;
  /**
   * Its place among the operations of the history: those that are answered stand first, in the order of their answers,
   * then those that never are, in the order in which they begin.
   */
  readonly index: number;
}

/** An operation of which not all is told yet. */
type Told = { -readonly [Field in keyof NumberedOperation]: NumberedOperation[Field] };

/** A history by number, told event by event. */
export class NumberedHistory {
  /** The operation of each event: it begins where it is met first, and is answered where it is met again. */
  readonly events: NumberedOperation[] = [];
  readonly #answered: Told[] = [];
  readonly #begun: Told[] = [];
  #order: Order | undefined;

  begin(caller: ThreadId, call: number, readsOnly?: boolean): NumberedOperation {
    const begins = this.events.length;
    const operation: Told = { caller, call, answer: none, begins, ends: none, readsOnly, index: none };
    this.events.push(operation);
    this.#begun.push(operation);
    return operation;
  }

  /** The answer of an operation that has begun. */
  end(begun: NumberedOperation, answer: number): void {
    const operation: Told = begun; // it is one of ours
    operation.answer = answer;
    operation.ends = this.events.length;
    this.events.push(operation);
    operation.index = this.#answered.push(operation) - 1;
  }

  /** Nothing more is told. */
  get order(): Order {
    this.#order ??= new Order(this.#answered, this.#begun, this.events);
    return this.#order;
  }
}

/** The operations of a history in their order, and who is under way when. */
export class Order {
  readonly operations: readonly NumberedOperation[];
  /** How many are answered. */
  readonly answered: number;
  /** For each answer, the answered operations that are under way just before, by index: first the one it answers. */
  readonly #underWay: (readonly number[])[];
  /** For each answer, how many of those that are never answered have begun before. */
  readonly #unanswered: number[];

  constructor(answered: readonly Told[], begun: readonly Told[], events: readonly NumberedOperation[]) {
    const operations = answered.slice();
    for (const operation of begun) if (operation.ends === none) operation.index = operations.push(operation) - 1;
    this.operations = operations;
    this.answered = answered.length;
    this.#underWay = new Array(answered.length);
    this.#unanswered = new Array(answered.length);
    const underWay: number[] = []; // the last index first
    let unanswered = operations.length - answered.length;
    for (let at = events.length - 1; at >= 0; at--) {
      const { index, ends } = events[at] as NumberedOperation;
      if (at === ends) {
        underWay.push(index);
        this.#underWay[index] = underWay.toReversed();
        this.#unanswered[index] = unanswered;
      } else if (ends === none) unanswered--;
      else remove(underWay, index);
    }
  }

  /** Before the last answer is the end: then only those that are never answered are under way. */
  underWayAt(answer: number): readonly number[] {
    return this.#underWay[answer] ?? nobody;
  }

  unansweredAt(answer: number): number {
    return this.#unanswered[answer] ?? this.operations.length - this.answered;
  }
}

const nobody: readonly number[] = [];

/** Takes a number out of a list. */
const remove = (numbers: number[], gone: number): void => {
  numbers.copyWithin(numbers.indexOf(gone), numbers.indexOf(gone) + 1);
  numbers.pop();
};
