import type { NumberedHistory } from '#model/engine/refine/numbered.ts';
import type { SpecGraph, Theory } from '#model/engine/refine/spec-graph.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What is to be explained, and by what. */
export interface Question {
  readonly graph: SpecGraph<Theory>;
  readonly initial: number;
  readonly history: NumberedHistory;
  /** Nothing more would happen: calls that are never answered are not over, and have nothing left that they may do. */
  readonly isClosed: boolean;
  /** Whether an explanation may end in this state. */
  mayEndIn(state: number): boolean;
}

/** One step of the spec in an explanation: after event `after` (-1: at the start), a call moved to `state`. */
export interface SpecStep {
  readonly after: number;
  /** The event with which that call begins. */
  readonly begins: number;
  readonly thread: ThreadId;
  readonly state: number;
  /** The call is over in the spec (its answer may come later). */
  readonly isOver: boolean;
  /** What is left of the call, by number; none: it is over. */
  readonly rest: number;
}
