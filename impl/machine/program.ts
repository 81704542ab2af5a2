import type { Memory, Oracle } from '#impl/machine/memory/memory.ts';
import type { Address, Routine } from '#impl/machine/ops.ts';
import type { Weakening } from '#impl/machine/weakening.ts';

/** What the machine runs. Contexts are numbered: first the threads, then one dispatcher per core. */
export interface Program {
  readonly cores: number;
  readonly threads: number;
  readonly memory: Memory;
  /** Asked where an access may go in more than one way. */
  readonly oracle: Oracle;
  /** The words at boot. */
  readonly image: Int32Array;
  /** Per word: 1 usable, 2 free (to be allocated first). */
  readonly usable: Uint8Array;
  /** The word that says which core runs a context: 0 none, else its number plus 1. One per context. */
  readonly contextWord: readonly Address[];
  /** The word that stands for a context's saved registers: whoever resumes it must come after who saved it. */
  readonly registersWord: readonly Address[];
  /** The context that runs on each core at boot. */
  readonly running: readonly number[];
  /** A place in the code that is made weaker than it says; null: none. */
  readonly weakening: Weakening | null;
  /** Whether timers may go off. Then masking interrupts is a visible step: one may strike just before it. */
  readonly hasTimers: boolean;
  start(context: number): Routine<unknown>;
  timerInterrupt(context: number): Routine<unknown>;
  /** What a core does when another interrupts it in this context; null: it only wakes if it is idle. */
  readonly interrupted: ((context: number) => Routine<unknown>) | null;
}
