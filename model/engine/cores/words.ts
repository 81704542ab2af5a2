import type { Address } from '#impl/machine/ops.ts';

/**
 * Words beside those of the program, by which a graph has what the machine has beside its memory: interrupts, and what
 * is known outside of it.
 */
export interface Beside {
  /** How many words there are in all. */
  readonly count: number;
  /** Of each core: how many inter-processor interrupts were sent to it. */
  readonly sent: readonly Address[];
  /** Of each thread: how many of its calls were answered. */
  readonly answered: readonly Address[];
  /** Of each core: for each timer interrupt that it may have, whether it is due. */
  readonly timers: readonly (readonly Address[])[];
}

/** Lays them out after `words` words of the program. `timers`: how many a core may have. */
export const layoutBeside = (words: number, threads: number, cores: number, timers: number): Beside => {
  let next = words;
  const row = (count: number): Address[] => Array.from({ length: count }, () => next++);
  const sent = row(cores);
  const answered = row(threads);
  return { sent, answered, timers: sent.map(() => row(timers)), count: next };
};
