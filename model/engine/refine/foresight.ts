import { type NumberedEvent, none, type Question } from '#model/engine/refine/question.ts';
import type { AnyCall } from '#model/subject.ts';

/** What is pending, to be looked at. */
interface Standing {
  readonly words: Int32Array;
  readonly begun: readonly NumberedEvent[];
}

/** Where more states than this may be come to, looking ahead costs more than it saves. */
const statesMax = 24;

/** How many events the spec is asked about. */
const eventsMax = 16;

/** Looking ahead is given up for good after so many times that there were too many states. */
const failuresMax = 8;

/**
 * Looks ahead from a place in a search: whether each call that is pending can still get its answer. It supposes that
 * whatever is pending, or begins before then, may happen as often as is wanted: if even so the answer cannot come, it
 * never can.
 */
export class Foresight {
  readonly #question: Question;
  readonly #standing: Standing;
  #failures = 0;

  constructor(question: Question, standing: Standing) {
    this.#question = question;
    this.#standing = standing;
  }

  /** Whether the spec itself knows which answers are possible: then looking ahead costs little. */
  get isCheap(): boolean {
    return this.#question.graph.subject.mayAnswer !== undefined;
  }

  /** False: some answer cannot be explained from here. */
  isHopeful(from: number, state: number): boolean {
    return this.isCheap ? this.#isHopefulToSpec(from, state) : this.#isWithinReach(from, state);
  }

  /** Asks the spec about each of the next answers. */
  #isHopefulToSpec(from: number, state: number): boolean {
    const { events, graph } = this.#question;
    const { subject, states, calls, answers } = graph;
    const pending = this.#standing.words.slice();
    const others: AnyCall[] = [];
    for (const call of pending) if (call >= 0) others.push(calls.shared(call));
    const end = Math.min(events.length, from + eventsMax);
    for (let at = from; at < end; at++) {
      const { slot, call, answer } = events[at] as NumberedEvent;
      const waiting = pending[slot] as number;
      pending[slot] = call;
      if (call !== none) others.push(calls.shared(call));
      else if (waiting < 0) continue;
      else if (
        subject.mayAnswer?.(states.shared(state), calls.shared(waiting), answers.shared(answer), others) === false
      )
        return false;
    }
    return true;
  }

  #isWithinReach(from: number, state: number): boolean {
    if (this.#failures === failuresMax) return true;
    const { events } = this.#question;
    const { words, begun } = this.#standing;
    const reach = new Reach(this.#question, state);
    const waiting = new Set<number>();
    for (let slot = 0; slot < words.length; slot++) {
      const call = words[slot] as number;
      if (call < 0) continue;
      const event = begun[slot] as NumberedEvent;
      reach.add(event, call);
      if (event.answer !== none) waiting.add(slot);
    }
    for (let at = from; at < events.length && waiting.size > 0; at++) {
      const event = events[at] as NumberedEvent;
      if (event.call !== none) reach.add(event, event.call);
      else if (waiting.delete(event.slot)) {
        const isPossible = reach.canGive(begun[event.slot] as NumberedEvent);
        if (reach.isTooLarge) {
          this.#failures++;
          return true;
        }
        if (!isPossible) return false;
      }
    }
    return true;
  }
}

/** A call, or what is left of one, that is supposed to happen as often as is wanted. */
interface Possible {
  readonly event: NumberedEvent;
  readonly call: number;
  /** How many of the states it has been tried in. */
  tried: number;
}

/** The states that can be come to if what is possible may happen as often as is wanted. */
class Reach {
  isTooLarge = false;
  readonly #question: Question;
  readonly #states: number[];
  readonly #possible: Possible[] = [];
  readonly #given = new Set<NumberedEvent>();

  constructor(question: Question, state: number) {
    this.#question = question;
    this.#states = [state];
  }

  add(event: NumberedEvent, call: number): void {
    this.#possible.push({ event, call, tried: 0 });
  }

  /** Whether the call that begins with `event` can get its answer in one of the states. */
  canGive(event: NumberedEvent): boolean {
    for (let hasGrown = true; hasGrown && !this.isTooLarge && !this.#given.has(event); ) {
      hasGrown = false;
      for (const possible of this.#possible) {
        for (; possible.tried < this.#states.length && !this.isTooLarge; possible.tried++) {
          this.#try(possible, this.#states[possible.tried] as number);
          hasGrown = true;
        }
      }
    }
    return this.#given.has(event);
  }

  #try({ event, call }: Possible, state: number): void {
    for (const edge of this.#question.graph.edges(state, event.caller, call)) {
      if (edge.rest === none && event.answer !== none && edge.answer !== event.answer) continue;
      if (edge.rest !== none) this.#addOnce(event, edge.rest);
      else this.#given.add(event);
      if (this.#states.includes(edge.state)) continue;
      this.#states.push(edge.state);
      if (this.#states.length > statesMax) this.isTooLarge = true;
    }
  }

  #addOnce(event: NumberedEvent, call: number): void {
    if (!this.#possible.some((known) => known.event === event && known.call === call)) this.add(event, call);
  }
}
