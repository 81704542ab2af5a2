import { fetchAdd, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import type { Tiny } from '#properties/engine/tiny.ts';

/** A step of a call: reads, writes or adds 1 to a word of the subject's. */
export type Straight = readonly ['load' | 'store' | 'add', word: number, order: Order];

export interface Run {
  readonly tag: 'run';
  readonly steps: readonly Straight[];
}

export const run = (...steps: Straight[]): Run => ({ tag: 'run', steps });

/** Calls as litmus tests have them. Each answers what it read, as the digits of a number; it writes 1. */
export const straight: Tiny<null, Run> = {
  initial: null,
  outcomes: () => [],
  *perform({ steps }, words): Routine<Word> {
    let answer = 0;
    for (const [what, word, order] of steps) {
      if (what === 'store') yield store(words + word, 1, order);
      else
        answer = 10 * answer + (yield what === 'load' ? load(words + word, order) : fetchAdd(words + word, 1, order));
    }
    return answer;
  },
};
