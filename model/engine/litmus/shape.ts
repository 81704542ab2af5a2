import type { MemoryEvent } from '#spec/machine/memory/execution.ts';

/** A set of events of one thread: bit `i` is its event `i`. So a thread has at most 32 events. */
export type EventMask = number;

/** What an event depends on, of the events before it in its thread. Source: EventGraph, of each name. */
export interface Dependencies {
  readonly address: EventMask;
  readonly data: EventMask;
  readonly control: EventMask;
  readonly pickAddress: EventMask;
  readonly pickData: EventMask;
  readonly pickControl: EventMask;
}

/** An event of a thread, but for its value. */
export interface ShapedEvent extends Dependencies {
  readonly event: MemoryEvent;
  /** Of the write of a read-modify-write: its read. */
  readonly pair: { readonly read: number; readonly kind: 'amo' | 'lxsx' } | null;
}

/** All of a run of a thread but values. Runs that differ in values only share one. */
export interface Shape {
  /** Its number within the thread. */
  readonly id: number;
  readonly events: readonly ShapedEvent[];
}
