import type { SpecGraph, Theory } from '#model/engine/refine/spec-graph.ts';
import type { ThreadId } from '#spec/abi.ts';

/** No call, no answer. */
export const none = -1;
/** The call is over in the spec; its answer may come later. */
export const over = -2;

/** A history event by number: a call that begins and the answer it will get, or a call that is answered. */
export interface NumberedEvent {
  /** A place for one pending call. Whoever calls from it has no other call under way. */
  readonly slot: number;
  /** None: what is pending in the slot is answered here. */
  readonly call: number;
  /** The answer that the call will get; none: it is never answered. */
  readonly answer: number;
  /** The place of the event with which the call begins. */
  readonly begins: number;
  /** The place of the event with which it is answered; none: it is never answered. */
  readonly ends: number;
  /** Who calls, as the spec is told. */
  readonly caller: ThreadId;
  /** Whatever the state, a call like this which gives this answer leaves it as it is. */
  readonly readsOnly: boolean;
}

/** What is to be explained, and by what. */
export interface Question {
  readonly graph: SpecGraph<Theory>;
  readonly initial: number;
  readonly slots: number;
  readonly events: readonly NumberedEvent[];
  /** Calls that are never answered are never over. */
  readonly isClosed: boolean;
  /** Whether an explanation may end like this: the state, and each slot's pending call, if it is not negative. */
  endsWell(state: number, pending: Int32Array): boolean;
}

/**
 * One step of the spec in an explanation: after event `after` (-1: at the start), the call that is pending in `slot`,
 * which is one of `thread`, moved to `state`.
 */
export interface SpecStep {
  readonly after: number;
  readonly slot: number;
  readonly thread: ThreadId;
  readonly state: number;
  /** The call is over in the spec (its answer may come later). */
  readonly isOver: boolean;
}
