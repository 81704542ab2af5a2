import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Choice, Strategy } from '#model/engine/explore/strategy.ts';

/** A stream of random numbers, the same for the same seed everywhere. */
export const randomFrom = (seed: number): RandomGenerator => xoroshiro128plus(seed);

/** A whole number from 0 to `limit - 1`. */
export const below = (random: RandomGenerator, limit: number): number => uniformInt(random, 0, limit - 1);

/** One of the cores that can step, each as likely. */
const anyEnabled = (choice: Choice, random: RandomGenerator): number => {
  let count = 0;
  for (let core = 0; core < choice.cores; core++) count += (choice.enabled >> core) & 1;
  let left = below(random, count);
  for (let core = 0; core < choice.cores; core++) {
    if (((choice.enabled >> core) & 1) === 1 && left-- === 0) return core;
  }
  return choice.default;
};

/**
 * Changes the core at each step with probability 1 in `every`; 1 draws anew at each step. A timer goes off with
 * probability 1 in 40 while any are left.
 */
export const randomStrategy = (random: RandomGenerator, every: number): Strategy => ({
  choose(choice) {
    if (choice.timersLeft > 0 && below(random, 40) === 0) return choice.cores + below(random, choice.cores);
    return every === 1 || below(random, every) === 0 ? anyEnabled(choice, random) : choice.default;
  },
});

/** Changes the core at a few steps chosen beforehand among the first `steps`: a random list of preemptions. */
export const preemptionStrategy = (random: RandomGenerator, preemptions: number, steps: number): Strategy => {
  const points = new Set(Array.from({ length: preemptions }, () => below(random, steps)));
  return {
    choose(choice) {
      if (!points.has(choice.step)) return choice.default;
      if (choice.timersLeft > 0 && below(random, 4) === 0) return choice.cores + below(random, choice.cores);
      return anyEnabled(choice, random);
    },
  };
};
