import { Eager } from '#model/engine/refine/eager.ts';
import { isHopeful, isLikely } from '#model/engine/refine/foresight.ts';
import { type NumberedOperation, none, type Order } from '#model/engine/refine/numbered.ts';
import type { Question, SpecStep } from '#model/engine/refine/question.ts';
import type { Edge } from '#model/engine/refine/spec-graph.ts';
import { over, Steps } from '#model/engine/refine/steps.ts';
import { Visited } from '#model/engine/refine/visited.ts';

/** A place where an answer waits for the spec, and what is left to try from there. */
interface Choice {
  answer: number;
  state: number;
  /** Which of those under way to try, and its next edge. */
  candidate: number;
  edge: number;
  /** How many steps had been taken there. */
  steps: number;
  /** Whether it is among the visited places already. */
  isNoted: boolean;
}

/** Where a search looks first, and whether it looks everywhere. */
export interface Preference {
  /** Those that are answered soonest are needed soonest; but a call that takes long may have done what others have seen. */
  readonly first: 'answered soonest' | 'begun first' | 'answered last';
  /** Only where each call probably ends with its answer. Then what is not found may be there all the same. */
  readonly isHasty: boolean;
}

/**
 * Looks for an explanation of a history: for an order of spec steps and events.
 *
 * Just-in-time linearization: spec steps are taken only when an answer needs them, depth first; a call is over in the spec
 * only with the answer it will get. Source: Lowe, "Testing for linearizability" (2017). What keeps it short:
 * - a place (answer, state, what is under way) is tried once, and not at all after one that can do more;
 * - a call that changes nothing happens as soon as the state gives its answer (`Eager`);
 * - of equal calls that are never answered the first goes first, and none goes that would change nothing;
 * - a call, and what is left of it, must be able to end with its answer, and the answers to come must be possible, as
 *   far as the spec can tell without trying (`mayEnd`, `mayAnswer`).
 *
 * It can be stopped and run on, and is not as deep on JavaScript's stack as the history is long.
 */
export class Search {
  /** The first event that no way tried so far has got past. */
  furthest = 0;
  readonly #question: Question;
  readonly #preference: Preference;
  readonly #order: Order;
  /** For each answer, the operations under way in the order in which they are tried; as they are asked for. */
  readonly #preferred: (readonly number[] | undefined)[] = [];
  readonly #steps: Steps;
  readonly #visited: Visited;
  readonly #eager: Eager;
  /** Per operation that is never answered: the last one before it with the same call of the same caller. */
  readonly #twins: Int32Array;
  /** A stack: of the objects in it, those above `#depth` are there to be used again. */
  readonly #choices: Choice[] = [];
  #depth = 0;
  #isExplained = false;
  #hasBegun = false;

  constructor(question: Question, preference: Preference = { first: 'answered soonest', isHasty: false }) {
    this.#question = question;
    this.#preference = preference;
    this.#order = question.history.order;
    this.#steps = new Steps(this.#order);
    this.#visited = new Visited(this.#order, this.#steps);
    this.#eager = new Eager(question.graph, this.#order);
    this.#twins = twinsIn(this.#order);
  }

  get isExplained(): boolean {
    return this.#isExplained;
  }

  /** The steps of the explanation that was found. */
  get steps(): readonly SpecStep[] {
    return this.#steps.told(this.#question.history.events.length);
  }

  /** The states that it came to while the operation was under way, with what was left of its call. */
  *placesOf(operation: number): Iterable<{ readonly state: number; readonly call: number }> {
    for (const { state, word } of this.#visited.placesOf(operation)) if (word >= 0) yield { state, call: word };
  }

  /** Goes on for at most `stepsMax` steps of the spec. Undefined: it has not come to an end, or was hasty and in vain. */
  run(stepsMax: number): 'explained' | 'unexplained' | undefined {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      if (this.#mayAllEnd()) this.#begin();
    }
    for (let steps = 0; !this.#isExplained; steps++) {
      if (this.#depth === 0) {
        if (!this.#eager.isRefuted(this.#visited)) return this.#preference.isHasty ? undefined : 'unexplained';
        this.#steps.undo(0);
        this.#visited.clear();
        this.#begin();
        continue;
      }
      if (steps === stepsMax) return undefined;
      const choice = this.#choices[this.#depth - 1] as Choice;
      this.#steps.undo(choice.steps);
      if (this.#step(choice)) continue;
      if (!choice.isNoted) this.#visited.add(choice.answer, choice.state);
      this.#depth--;
    }
    return 'explained';
  }

  #begin(): void {
    this.#isExplained = this.#goTo(0, this.#question.initial, false);
  }

  /** Whether each call that is answered may end so. */
  #mayAllEnd(): boolean {
    const { graph } = this.#question;
    return this.#order.operations.every(({ call, answer }) => answer === none || graph.mayEnd(call, answer));
  }

  /** Takes the next step that may be taken there; false: there is none. */
  #step(choice: Choice): boolean {
    const { answer, state } = choice;
    const underWay = this.#preferredAt(answer);
    const end = underWay.length + this.#order.unansweredAt(answer);
    for (; choice.candidate < end; choice.candidate++) {
      const at = choice.candidate - underWay.length;
      const operation = at < 0 ? (underWay[choice.candidate] as number) : this.#order.answered + at;
      const word = this.#steps.words[operation] as number;
      if (word < 0 || this.#hasTwin(operation, word)) continue;
      const { caller, answer: wanted } = this.#order.operations[operation] as NumberedOperation;
      const edges = this.#question.graph.edges(state, caller, word);
      while (choice.edge < edges.length) {
        const edge = edges[choice.edge++] as Edge;
        if (!this.#isAllowed(state, edge, wanted)) continue;
        if (edge.isLast && !edge.changes) this.#eager.learn(operation);
        this.#steps.take(operation, edge.isLast ? over : edge.rest, answer, edge.state);
        this.#isExplained = this.#goTo(answer, edge.state, !edge.isLast);
        return true;
      }
      choice.edge = 0;
    }
    return false;
  }

  #preferredAt(answer: number): readonly number[] {
    const soonest = this.#order.underWayAt(answer);
    const { first } = this.#preference;
    if (first === 'answered soonest') return soonest;
    const begins = (operation: number): number => (this.#order.operations[operation] as NumberedOperation).begins;
    this.#preferred[answer] ??=
      first === 'answered last' ? soonest.toReversed() : soonest.toSorted((one, other) => begins(one) - begins(other));
    return this.#preferred[answer];
  }

  /** Whether the edge may be taken by a call that will get this answer. */
  #isAllowed(state: number, edge: Edge, answer: number): boolean {
    if (answer !== none) return edge.leadsTo(answer);
    return !edge.isLast || (!this.#question.isClosed && edge.state !== state);
  }

  /** Whether as much is left of an equal call that is never answered either, and goes first. */
  #hasTwin(operation: number, word: number): boolean {
    const twin = this.#twins[operation] as number;
    return twin !== none && this.#steps.words[twin] === word;
  }

  /** Lets events happen until one needs a step of the spec, and chooses there; true: all has happened. */
  #goTo(from: number, state: number, isInPart: boolean): boolean {
    const { answered, operations } = this.#order;
    const { words } = this.#steps;
    let answer = from;
    for (; answer < answered; answer++) {
      if (words[answer] !== over) {
        this.#letHappen(answer, state);
        if (words[answer] !== over) break;
      }
    }
    const event =
      answer < answered ? (operations[answer] as NumberedOperation).ends : this.#question.history.events.length;
    if (event > this.furthest) this.furthest = event;
    if (answer === answered && this.#mayEnd(state)) return true;
    if (this.#visited.has(answer, state)) return false;
    const goesOn = this.#preference.isHasty ? isLikely : isHopeful;
    if (goesOn(this.#question, answer, state, words)) this.#choose(answer, state, isInPart);
    else this.#visited.add(answer, state);
    return false;
  }

  /** Makes every call under way that changes nothing and gets its answer in this state. */
  #letHappen(answer: number, state: number): void {
    const { words } = this.#steps;
    const underWay = this.#order.underWayAt(answer);
    for (let at = 0; at < underWay.length; at++) {
      const operation = underWay[at] as number;
      const word = words[operation] as number;
      if (word >= 0 && this.#eager.happens(operation, word, state, operation === answer)) {
        this.#steps.take(operation, over, answer, state);
      }
    }
  }

  #choose(answer: number, state: number, isInPart: boolean): void {
    this.#choices[this.#depth] ??= { answer, state, candidate: 0, edge: 0, steps: 0, isNoted: false };
    const choice = this.#choices[this.#depth++] as Choice;
    choice.answer = answer;
    choice.state = state;
    choice.candidate = 0;
    choice.edge = 0;
    choice.steps = this.#steps.count;
    choice.isNoted = isInPart; // parts of calls, and nothing else, can lead back to where they started
    if (isInPart) this.#visited.add(answer, state);
  }

  /** Whether an explanation may end here: in this state, with what is left of the calls that are never answered. */
  #mayEnd(state: number): boolean {
    const { graph, isClosed, mayEndIn } = this.#question;
    const { operations, answered } = this.#order;
    for (let at = answered; isClosed && at < operations.length; at++) {
      const { caller } = operations[at] as NumberedOperation;
      if (graph.edges(state, caller, this.#steps.words[at] as number).length > 0) return false;
    }
    return mayEndIn(state);
  }
}

/** So that a call and its caller make one number. */
const callersMax = 1024;

const twinsIn = ({ operations, answered }: Order): Int32Array => {
  const twins = new Int32Array(operations.length).fill(none);
  const last = new Map<number, number>();
  for (let at = answered; at < operations.length; at++) {
    const { call, caller } = operations[at] as NumberedOperation;
    const key = call * callersMax + caller;
    twins[at] = last.get(key) ?? none;
    last.set(key, at);
  }
  return twins;
};
