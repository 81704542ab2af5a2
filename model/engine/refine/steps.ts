import { type NumberedEvent, none, type SpecStep } from '#model/engine/refine/question.ts';

const numbersEach = 4;

/** The steps of the spec that a search has taken, as numbers: most are taken back again. */
export class Steps {
  /** How many there are. A search that turns back sets it lower. */
  count = 0;
  readonly #numbers: number[] = [];

  add(after: number, slot: number, state: number, isOver: boolean): void {
    const at = this.count++ * numbersEach;
    this.#numbers[at] = after;
    this.#numbers[at + 1] = slot;
    this.#numbers[at + 2] = state;
    this.#numbers[at + 3] = isOver ? 1 : 0;
  }

  /** What they were in the history that was searched. */
  told(events: readonly NumberedEvent[]): SpecStep[] {
    const callers: number[] = []; // per slot, who calls from it
    const steps: SpecStep[] = [];
    let at = 0;
    for (let step = 0; step < this.count; step++) {
      const [after, slot, state, isOver] = this.#numbers.slice(step * numbersEach, (step + 1) * numbersEach) as [
        number,
        number,
        number,
        number,
      ];
      for (; at <= after; at++) {
        const event = events[at] as NumberedEvent;
        if (event.call !== none) callers[event.slot] = event.caller;
      }
      steps.push({ after, slot, thread: callers[slot] as number, state, isOver: isOver === 1 });
    }
    return steps;
  }
}
