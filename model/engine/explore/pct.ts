import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below, randomDrain, randomWay } from '#model/engine/explore/random.ts';
import { stepsInARowMax } from '#model/engine/explore/schedule.ts';
import { isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';

/**
 * Probabilistic concurrency testing: the core with the highest priority steps; at `depth - 1` points drawn beforehand
 * among the first `steps` the core that steps drops below all others. A bug of that depth is found with probability at
 * least 1 / (cores * steps^(depth - 1)). Source: Burckhardt et al., ASPLOS 2010.
 *
 * Departures: priorities belong to cores, not threads, since the kernel under test places threads; a core that spins
 * (`stepsInARowMax` steps without an answer) is demoted too; a timer may go off at a change point; and what the memory
 * does is drawn at each step, without priorities.
 */
export const pctStrategy = (random: RandomGenerator, cores: number, depth: number, steps: number): Strategy => {
  const priorities = Array.from({ length: cores }, (_, core) => core + 1);
  for (let i = cores - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [priorities[i], priorities[j]] = [priorities[j] as number, priorities[i] as number];
  }
  const changes = new Set(Array.from({ length: depth - 1 }, () => below(random, steps)));
  let lowest = 0;
  return {
    way: randomWay(random, 4),
    choose(choice) {
      const drain = randomDrain(choice, random);
      if (drain !== undefined) return drain;
      if (changes.has(choice.step) && choice.timersLeft > 0 && below(random, 4) === 0)
        return timerOf(choice.current, choice.cores);
      if (changes.has(choice.step) || choice.stepsInARow >= stepsInARowMax) priorities[choice.current] = lowest--;
      let best = choice.default;
      let highest = Number.NEGATIVE_INFINITY;
      for (let core = 0; core < choice.cores; core++) {
        const priority = priorities[core] as number;
        if (isIn(choice.enabled, core) && priority > highest) {
          highest = priority;
          best = core;
        }
      }
      return best;
    },
  };
};
