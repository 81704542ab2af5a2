import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Frame } from '#impl/machine/context.ts';
import { Kind, lastAccessKind } from '#impl/machine/ops.ts';
import { randomDrain, randomTimer, randomWay } from '#model/engine/explore/random.ts';
import { isIn, type Strategy } from '#model/engine/explore/strategy.ts';

const isAccess = ({ kind }: Frame): boolean => kind <= lastAccessKind || kind === Kind.awaitWord;
const isRead = ({ kind }: Frame): boolean => kind === Kind.load || kind === Kind.awaitWord;

/** Whether it matters which of two micro-ops comes first: they access one word, and one of them writes it. */
const conflict = (one: Frame, other: Frame): boolean =>
  isAccess(one) && isAccess(other) && one.address === other.address && !(isRead(one) && isRead(other));

/**
 * Samples orders of conflicting accesses, and not interleavings, of which most come to the same. Each core's next
 * micro-op has a priority, and the highest is done. A new one is drawn for who has stepped, and for those whose access
 * conflicts with what was done; all others keep theirs. So a core whose priority is low waits while others go far: for n
 * steps with probability 1 / (n + 1), where it would be 1 / 2^n if a core were drawn at each; but two accesses that
 * conflict come in either order as likely. Source: Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling",
 * CAV 2018. Timers, stale reads and stores that wait are drawn as `randomStrategy` does.
 */
export const partialOrderStrategy = (random: RandomGenerator, cores: number): Strategy => {
  const priorities = Array.from({ length: cores }, () => random.next());
  return {
    way: randomWay(random, 3),
    choose(choice) {
      const struck = randomDrain(choice, random) ?? randomTimer(choice, random);
      if (struck !== undefined) return struck;
      if (choice.enabled === 0) return choice.default;
      let first = 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (let core = 0; core < choice.cores; core++) {
        const priority = priorities[core] as number;
        if (isIn(choice.enabled, core) && priority > highest) {
          highest = priority;
          first = core;
        }
      }
      const done = choice.next(first);
      for (let core = 0; core < choice.cores; core++) {
        if (core === first || conflict(done, choice.next(core))) priorities[core] = random.next();
      }
      return first;
    },
  };
};
