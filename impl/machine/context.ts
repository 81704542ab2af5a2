import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';

/** A routine in progress and the micro-op it waits to have done: a core's registers, while it is on one. */
export interface Frame {
  readonly routine: Routine<unknown>;
  /** While it lasts, its core is not interrupted, whoever it calls: it handles an interrupt. */
  readonly masks: boolean;
  kind: number;
  address: number;
  operand: Word;
  expected: Word;
  order: Order;
  site: string | undefined;
  text: string;
}

/**
 * A thread's or dispatcher's context: a stack of frames, the innermost last. An interrupt pushes a frame.
 * Empty: not yet started.
 */
export interface Context {
  readonly id: number;
  readonly frames: Frame[];
}

/** Whether a context handles an interrupt: then nothing interrupts it, on whatever core it is. */
export const handlesInterrupt = ({ frames }: Context): boolean => frames.some(({ masks }) => masks);

/** A core: the context it runs, how deep its interrupts are masked, and which are pending. */
export interface Core {
  readonly id: number;
  context: Context;
  /** The address space by which it translates; -1: none. */
  space: number;
  maskDepth: number;
  timerPending: boolean;
  interProcessorPending: boolean;
}

/** What a thread can reach of its own memory: a buffer of which the first `mappedBytes` bytes are mapped. */
export interface UserBuffer {
  bytes: number[];
  mappedBytes: number;
}
