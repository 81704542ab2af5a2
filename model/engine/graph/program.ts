import type { Routine, Word } from '#impl/machine/ops.ts';

/**
 * Threads on a bare machine: no kernel beneath, nothing but words, accesses and fences. Each thread is made anew from
 * its factory as often as need be, so it must do the same whenever it reads the same: no variable may outlive it.
 */
export interface GraphProgram {
  readonly name: string;
  readonly threads: readonly (() => Routine<unknown>)[];
  /** What memory holds at the start. Index: Address. */
  readonly initial: readonly Word[];
}

/** The memory models under which execution graphs are explored. `rc11` has the rules `rc20` of the spec. */
export const graphMemories = ['sc', 'tso', 'rc11'] as const;

export type GraphMemory = (typeof graphMemories)[number];

/** How a thread came to its end: with what it returned, or with a panic, which is also how an exception ends. */
export type Ending =
  | { readonly tag: 'returned'; readonly value: unknown }
  | { readonly tag: 'panicked'; readonly why: string };
