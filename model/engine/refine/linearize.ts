import type { External } from '#model/engine/refine/external.ts';
import { NumberedHistory, type NumberedOperation, none } from '#model/engine/refine/numbered.ts';
import {
  hasCompleted,
  type Operation,
  operationsIn,
  type Semantics,
  type ToldEvent,
} from '#model/engine/refine/operations.ts';
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
  readonly readsOnly: boolean | undefined;
  readonly part: string;
  numbered: NumberedOperation | undefined;
}

/** What is said about one part of the state. */
export interface Part {
  readonly name: string;
  readonly initial: number;
  readonly history: NumberedHistory;
  /** What was told of the operation of each event. */
  readonly told: Operation[];
}

/** Reads a history: operations that say nothing are left out, and each part of the state has its own. */
export const partsOf = (external: External, graph: SpecGraph<Theory>, told: ToldHistory): readonly Part[] => {
  const { history, init, semantics = {} } = told;
  const initial = graph.states.number(external.initial(init));
  const events = new Array<ReadOperation | undefined>(history.length);
  for (const operation of operationsIn(history)) {
    if (operation.end === 'fail' && !hasCompleted(semantics, operation.f)) continue;
    const read = readOperation(external, graph, operation, semantics);
    if (!read) continue;
    events[operation.invoked] = read;
    if (operation.ended !== undefined) events[operation.ended] = read;
  }
  const parts = new Map<string, Part>();
  for (const read of events) {
    if (!read) continue;
    let part = parts.get(read.part);
    if (!part) {
      part = { name: read.part, initial, history: new NumberedHistory(), told: [] };
      parts.set(read.part, part);
    }
    part.told.push(read.operation);
    if (read.numbered) part.history.end(read.numbered, read.answer);
    else read.numbered = part.history.begin(read.caller, read.call, read.readsOnly);
  }
  return [...parts.values()];
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
  const readsOnly = external.readsOnly?.(call, answer);
  if (readsOnly && answer === undefined) return undefined; // if it happened, nobody can tell
  return {
    operation,
    caller: external.caller?.(operation) ?? 0,
    call: graph.calls.numberOf(call),
    answer: answer === undefined ? none : graph.answers.numberOf(answer),
    readsOnly,
    part: external.partOf?.(call) ?? '',
    numbered: undefined,
  };
};

/** A verdict, and which part of the state decided it. */
export type Linearization =
  | { readonly verdict: 'linearizable'; readonly steps: number }
  | { readonly verdict: 'not'; readonly steps: number; readonly part: Part; readonly search: Search }
  /** It was not found out within the steps that were allowed. */
  | { readonly verdict: 'unknown'; readonly steps: number };

/** How many steps each part may take at first; some refute at once, others would never end. */
const firstSteps = 64;
const growth = 4;

/** Whether each part of a history has an explanation, within about `stepsMax` steps of the spec. */
export const linearize = (graph: SpecGraph<Theory>, parts: readonly Part[], stepsMax: number): Linearization => {
  let open = parts.map((part) => {
    const search = new Search({ ...part, graph, isClosed: false, mayEndIn: () => true });
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
