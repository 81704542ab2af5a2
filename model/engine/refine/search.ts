import { isHopeful } from '#model/engine/refine/foresight.ts';
import { type NumberedEvent, none, over, type Question, type SpecStep } from '#model/engine/refine/question.ts';
import { Slots } from '#model/engine/refine/slots.ts';
import type { Edge } from '#model/engine/refine/spec-graph.ts';
import { Steps } from '#model/engine/refine/steps.ts';
import { Visited } from '#model/engine/refine/visited.ts';

/** A place where an event waits for the spec, and what is left to try from there. */
interface Choice {
  event: number;
  state: number;
  /** The slot to try, and its next edge; none: all were tried. `turn` is larger from slot to slot. */
  slot: number;
  turn: number;
  edge: number;
  /** How many changes and steps had been made there. */
  changes: number;
  steps: number;
}

/**
 * Looks for an explanation of a history: for an order of spec steps and events.
 *
 * Just-in-time linearization: spec steps are taken only when an answer needs them, depth first, those of calls that are
 * answered sooner first; a call is over in the spec only with the answer it will get. Source: Lowe, "Testing for
 * linearizability" (2017). What keeps it short:
 * - a place (event, state, what is pending) is come to once, and not at all after one that can do more;
 * - a call that only reads happens as soon as the state gives its answer;
 * - of equal calls that are never answered the first goes first, and none goes that would change nothing;
 * - what is left of a call must still be able to end with its answer, and the answers to come must be possible, as far
 *   as the spec can tell without trying (`mayEnd`, `mayAnswer`).
 *
 * It can be stopped and run on, and is not as deep on JavaScript's stack as the history is long.
 */
export class Search {
  /** The first event that no way tried so far has got past. */
  furthest = 0;
  readonly #question: Question;
  readonly #slots: Slots;
  readonly #visited: Visited;
  /** Per slot whose call is never answered: an earlier slot that ends with the same call of the same caller. */
  readonly #twins: readonly number[];
  /** A stack: of the objects in it, those above `#depth` are there to be used again. */
  readonly #choices: Choice[] = [];
  #depth = 0;
  readonly #steps = new Steps();
  #isExplained = false;
  #hasBegun = false;

  constructor(question: Question) {
    this.#question = question;
    this.#slots = new Slots(question.slots);
    this.#visited = new Visited(question.slots);
    this.#twins = twinsIn(question);
  }

  get isExplained(): boolean {
    return this.#isExplained;
  }

  /** The steps of the explanation that was found. */
  get steps(): readonly SpecStep[] {
    return this.#steps.told(this.#question.events);
  }

  /** The states that it came to while a call was pending in the slot, with what was left of that call. */
  *placesOf(slot: number): Iterable<{ readonly state: number; readonly call: number }> {
    for (const { state, word } of this.#visited.wordsAt(slot)) if (word >= 0) yield { state, call: word };
  }

  /** Goes on for at most `stepsMax` steps of the spec. Undefined: it has not come to an end. */
  run(stepsMax: number): 'explained' | 'unexplained' | undefined {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#isExplained = this.#goTo(0, this.#question.initial);
    }
    for (let steps = 0; !this.#isExplained; steps++) {
      if (this.#depth === 0) return 'unexplained';
      if (steps === stepsMax) return undefined;
      const choice = this.#choices[this.#depth - 1] as Choice;
      this.#slots.undo(choice.changes);
      this.#steps.count = choice.steps;
      if (!this.#step(choice)) this.#depth--;
    }
    return 'explained';
  }

  /** Takes the next step that may be taken there; false: there is none. */
  #step(choice: Choice): boolean {
    const { graph } = this.#question;
    const { words, begun } = this.#slots;
    for (; choice.slot !== none; this.#turn(choice)) {
      const { slot } = choice;
      const event = begun[slot] as NumberedEvent;
      if (event.answer === none && this.#hasTwin(slot)) continue;
      const edges = graph.edges(choice.state, event.caller, words[slot] as number);
      while (choice.edge < edges.length) {
        const edge = edges[choice.edge++] as Edge;
        if (!this.#isAllowed(choice.state, edge, event.answer)) continue;
        this.#take(choice.event, slot, edge);
        this.#isExplained = this.#goTo(choice.event, edge.state);
        return true;
      }
    }
    return false;
  }

  /** Goes on to the slot whose call is answered next after that of this one; calls that never are come last. */
  #turn(choice: Choice): void {
    const { words, begun } = this.#slots;
    const { length } = this.#question.events;
    let next = Number.POSITIVE_INFINITY;
    choice.slot = none;
    choice.edge = 0;
    for (let slot = 0; slot < words.length; slot++) {
      if ((words[slot] as number) < 0) continue;
      const { answer, ends } = begun[slot] as NumberedEvent;
      const turn = answer === none ? length + slot : ends;
      if (turn <= choice.turn || turn >= next) continue;
      next = turn;
      choice.slot = slot;
    }
    choice.turn = next;
  }

  /** Whether the edge may be taken by a call that will get this answer. */
  #isAllowed(state: number, edge: Edge, answer: number): boolean {
    if (edge.rest !== none) return answer === none || this.#question.graph.mayEnd(edge.rest, answer);
    if (answer !== none) return edge.answer === answer;
    return !this.#question.isClosed && edge.state !== state;
  }

  /** Whether the slot's call, which is never answered, is still to be made from an earlier slot too. */
  #hasTwin(slot: number): boolean {
    const twin = this.#twins[slot] as number;
    if (twin === none) return false;
    const { call, answer } = this.#slots.begun[twin] as NumberedEvent;
    return answer === none && this.#slots.words[twin] === call;
  }

  #take(event: number, slot: number, edge: Edge): void {
    const isOver = edge.rest === none;
    const begun = this.#slots.begun[slot] as NumberedEvent;
    this.#slots.set(slot, isOver ? over : edge.rest, begun);
    this.#steps.add(event - 1, slot, edge.state, isOver);
  }

  /** Lets events happen until one needs a step of the spec, and chooses there; true: all has happened. */
  #goTo(from: number, state: number): boolean {
    const { events, endsWell } = this.#question;
    const slots = this.#slots;
    let at = from;
    for (; at < events.length; at++) {
      const event = events[at] as NumberedEvent;
      if (event.call !== none) slots.set(event.slot, event.call, event);
      else if (slots.words[event.slot] !== over) {
        this.#read(at, state);
        if (slots.words[event.slot] !== over) break;
      }
    }
    if (at > this.furthest) this.furthest = at;
    if (at === events.length && endsWell(state, slots.words)) return true;
    if (!this.#visited.add(at, state, slots)) return false;
    if (!isHopeful(this.#question, at, state, slots.words)) return false;
    this.#choose(at, state);
    return false;
  }

  #choose(event: number, state: number): void {
    this.#choices[this.#depth] ??= { event, state, slot: none, turn: none, edge: 0, changes: 0, steps: 0 };
    const choice = this.#choices[this.#depth++] as Choice;
    choice.event = event;
    choice.state = state;
    choice.turn = none;
    this.#turn(choice);
    choice.changes = this.#slots.changes;
    choice.steps = this.#steps.count;
  }

  /** Makes every pending call that only reads and gets its answer in this state. */
  #read(at: number, state: number): void {
    const { graph } = this.#question;
    const { words, begun } = this.#slots;
    for (let slot = 0; slot < words.length; slot++) {
      const call = words[slot] as number;
      const event = begun[slot] as NumberedEvent;
      if (call < 0 || !event.readsOnly) continue;
      const edge = graph.edges(state, event.caller, call).find(({ answer }) => answer === event.answer);
      if (edge) this.#take(at, slot, edge);
    }
  }
}

const twinsIn = ({ events, slots }: Question): readonly number[] => {
  const twins = new Array<number>(slots).fill(none);
  const last = new Map<string, number>();
  for (const { slot, call, answer, caller } of events) {
    if (call === none || answer !== none) continue;
    const key = `${call} ${caller}`;
    twins[slot] = last.get(key) ?? none;
    last.set(key, slot);
  }
  return twins;
};
