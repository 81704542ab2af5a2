import type { Address, Word } from '#impl/machine/ops.ts';
import type { Ending } from '#model/engine/graph/program.ts';

/** What a thread does next, or how it ended. */
export interface Step {
  /** The micro-op; `ended` if there is none. */
  readonly kind: number;
  readonly address: Address;
  readonly operand: Word;
  readonly expected: Word;
  /** See `rank`. */
  readonly order: number;
  readonly thread: number;
  readonly ending: Ending | null;
}

/** The threads whose executions are explored. Each is deterministic: what it has read says what it does. */
export interface Threads<Standing extends Step = Step> {
  /** The first step of each. */
  readonly roots: readonly Standing[];
  /** Stands for the next step of a thread that waits. */
  readonly waits: Standing;
  /** Whether it is time to forget what is not on the way to where the exploration stands. */
  readonly isFull: boolean;
  /** The step after one that gave `word`. */
  after(step: Standing, word: Word): Standing;
  /** Whether a step that reads `word` leaves its thread waiting for another. */
  isInVain(step: Standing, word: Word): boolean;
  /** Forgets all but the ways to these steps, one a thread. */
  prune(standing: readonly Standing[]): void;
}
