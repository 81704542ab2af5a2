import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Choice, drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';

/** A stream of random numbers, the same for the same seed everywhere. */
export const randomFrom = (seed: number): RandomGenerator => xoroshiro128plus(seed);

/** A whole number from 0 to `limit - 1`. */
export const below = (random: RandomGenerator, limit: number): number => uniformInt(random, 0, limit - 1);

/** One of the cores that can step, each as likely. */
const anyEnabled = (choice: Choice, random: RandomGenerator): number =>
  oneOf(choice.enabled, choice.cores, random) ?? choice.default;

/** One of a set of cores, each as likely; undefined: there is none. */
export const oneOf = (set: number, cores: number, random: RandomGenerator): number | undefined => {
  let count = 0;
  for (let core = 0; core < cores; core++) count += (set >> core) & 1;
  if (count === 0) return undefined;
  let left = below(random, count);
  for (let core = 0; core < cores; core++) {
    if (isIn(set, core) && left-- === 0) return core;
  }
  return undefined;
};

/**
 * Now and then lets a store out of its buffer; undefined: not now. A store that waits is drained after some ten steps,
 * which is as long as most protocols are open to it.
 */
export const randomDrain = (choice: Choice, random: RandomGenerator): number | undefined => {
  if (choice.buffered === 0 || below(random, 10) > 0) return undefined;
  return drainOf(oneOf(choice.buffered, choice.cores, random) as number, choice.cores);
};

/** Goes another way than the ordinary one with probability 1 in `every`: which, is drawn. */
export const randomWay =
  (random: RandomGenerator, every: number): Strategy['way'] =>
  (ways) =>
    below(random, every) === 0 ? 1 + below(random, ways - 1) : 0;

/** While timers are left, one goes off with probability 1 in 40; undefined: not now. */
export const randomTimer = (choice: Choice, random: RandomGenerator): number | undefined => {
  if (choice.timersLeft === 0 || below(random, 40) > 0) return undefined;
  return timerOf(below(random, choice.cores), choice.cores);
};

/** Changes the core at each step with probability 1 in `every`; 1 draws anew at each step. */
export const randomStrategy = (random: RandomGenerator, every: number): Strategy => ({
  way: randomWay(random, 3),
  choose(choice) {
    const struck = randomDrain(choice, random) ?? randomTimer(choice, random);
    if (struck !== undefined) return struck;
    return every === 1 || below(random, every) === 0 ? anyEnabled(choice, random) : choice.default;
  },
});

/** Changes the core at a few steps chosen beforehand among the first `steps`: a random list of preemptions. */
export const preemptionStrategy = (random: RandomGenerator, preemptions: number, steps: number): Strategy => {
  const points = new Set(Array.from({ length: preemptions }, () => below(random, steps)));
  return {
    way: randomWay(random, 6),
    choose(choice) {
      if (!points.has(choice.step)) return randomDrain(choice, random) ?? choice.default;
      if (choice.timersLeft > 0 && below(random, 4) === 0) return timerOf(below(random, choice.cores), choice.cores);
      return anyEnabled(choice, random);
    },
  };
};
