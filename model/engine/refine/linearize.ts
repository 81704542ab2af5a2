import type { External } from '#model/engine/refine/external.ts';
import {
  hasCompleted,
  type Operation,
  operationsIn,
  type Semantics,
  type ToldEvent,
} from '#model/engine/refine/operations.ts';
import { type NumberedEvent, none } from '#model/engine/refine/question.ts';
import { Search } from '#model/engine/refine/search.ts';
import type { SpecGraph, Theory } from '#model/engine/refine/spec-graph.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A history from elsewhere. */
export interface ToldHistory {
  readonly init?: unknown;
  readonly semantics?: Semantics;
  readonly history: readonly ToldEvent[];
}

/** An operation that says something: its call and its answer by number. */
interface ReadOperation {
  readonly operation: Operation;
  readonly caller: ThreadId;
  readonly call: number;
  /** None: it never came. */
  readonly answer: number;
  readonly readsOnly: boolean;
  readonly part: string;
  /** Given by its part: its slot, those that are never answered counted by themselves, and where its events are. */
  slot: number;
  begins: number;
  ends: number;
}

/** What is said about one part of the state: events by number, and the operation of each. */
export interface Part {
  readonly name: string;
  readonly initial: number;
  readonly events: readonly NumberedEvent[];
  /** The operation of each event. */
  readonly operations: readonly Operation[];
  readonly slots: number;
}

/** Reads a history: operations that say nothing are left out, and each part of the state has its own. */
export const partsOf = (external: External, graph: SpecGraph<Theory>, told: ToldHistory): readonly Part[] => {
  const { history, init, semantics = {} } = told;
  const initial = graph.states.number(external.initial(init));
  const begins = new Array<ReadOperation | undefined>(history.length);
  const ends = new Array<ReadOperation | undefined>(history.length);
  for (const operation of operationsIn(history)) {
    if (operation.end === 'fail' && !hasCompleted(semantics, operation.f)) continue;
    const read = readOperation(external, graph, operation, semantics);
    if (!read) continue;
    begins[operation.invoked] = read;
    if (operation.ended !== undefined) ends[operation.ended] = read;
  }
  const parts = new Map<string, PartBuilder>();
  for (let at = 0; at < history.length; at++) {
    const read = begins[at] ?? ends[at];
    if (!read) continue;
    let part = parts.get(read.part);
    if (!part) {
      part = new PartBuilder(read.part, initial);
      parts.set(read.part, part);
    }
    if (begins[at]) part.begin(read);
    else part.end(read);
  }
  return [...parts.values()].map((part) => part.build());
};

const readOperation = (
  external: External,
  graph: SpecGraph<Theory>,
  operation: Operation,
  semantics: Semantics,
): ReadOperation | undefined => {
  const reading = external.read(operation, semantics);
  if (!reading) return undefined;
  const { call, answer } = reading;
  const readsOnly = external.readsOnly?.(call, answer) === true;
  if (readsOnly && answer === undefined) return undefined; // if it happened, nobody can tell
  return {
    operation,
    caller: external.caller?.(operation) ?? 0,
    call: graph.calls.number(call),
    answer: answer === undefined ? none : graph.answers.number(answer),
    readsOnly,
    part: external.partOf?.(call) ?? '',
    slot: none,
    begins: none,
    ends: none,
  };
};

/** Gives each operation a slot: answered ones make room for others, and stand before those that never are. */
class PartBuilder {
  readonly #name: string;
  readonly #initial: number;
  /** The operation of each event: it begins where it is met first. */
  readonly #reads: ReadOperation[] = [];
  readonly #free: number[] = [];
  #answered = 0;
  #unanswered = 0;

  constructor(name: string, initial: number) {
    this.#name = name;
    this.#initial = initial;
  }

  begin(read: ReadOperation): void {
    read.slot = read.answer === none ? this.#unanswered++ : (this.#free.pop() ?? this.#answered++);
    read.begins = this.#reads.length;
    this.#reads.push(read);
  }

  end(read: ReadOperation): void {
    this.#free.push(read.slot);
    read.ends = this.#reads.length;
    this.#reads.push(read);
  }

  build(): Part {
    const events = this.#reads.map(
      ({ slot, call, answer, begins, ends, caller, readsOnly }, at): NumberedEvent => ({
        slot: slot + (answer === none ? this.#answered : 0),
        call: begins === at ? call : none,
        answer,
        begins,
        ends,
        caller,
        readsOnly,
      }),
    );
    return {
      name: this.#name,
      initial: this.#initial,
      events,
      operations: this.#reads.map(({ operation }) => operation),
      slots: this.#answered + this.#unanswered,
    };
  }
}

/** A verdict, and which part of the state decided it. */
export type Linearization =
  | { readonly verdict: 'linearizable'; readonly steps: number }
  | { readonly verdict: 'not'; readonly steps: number; readonly part: Part; readonly search: Search }
  /** It was not found out within the steps that were allowed. */
  | { readonly verdict: 'unknown'; readonly steps: number };

/** How many steps each part may take at first; some refute at once, others would never end. */
const firstSteps = 256;
const growth = 4;

/** Whether each part of a history has an explanation, within about `stepsMax` steps of the spec. */
export const linearize = (graph: SpecGraph<Theory>, parts: readonly Part[], stepsMax: number): Linearization => {
  let open = parts.map((part) => {
    const search = new Search({ ...part, graph, isClosed: false, endsWell: () => true });
    return { part, search };
  });
  let steps = 0;
  for (let turn = firstSteps; open.length > 0; turn *= growth) {
    const left: typeof open = [];
    for (const one of open) {
      const allowed = Math.min(turn, stepsMax - steps);
      if (allowed <= 0) return { verdict: 'unknown', steps };
      const result = one.search.run(allowed);
      if (result === 'unexplained') return { verdict: 'not', steps, ...one };
      if (result === undefined) {
        steps += allowed;
        left.push(one);
      }
    }
    open = left;
  }
  return { verdict: 'linearizable', steps };
};
