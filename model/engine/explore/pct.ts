import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from '#model/engine/explore/random.ts';
import { stepsInARowMax } from '#model/engine/explore/schedule.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';

/**
 * Probabilistic concurrency testing: the core with the highest priority steps; at `depth - 1` points drawn beforehand
 * among the first `steps` the core that steps drops below all others. A bug of that depth is found with probability at
 * least 1 / (cores * steps^(depth - 1)). Source: Burckhardt et al., ASPLOS 2010.
 *
 * Departures: priorities belong to cores, not threads, since the kernel under test places threads; a core that spins
 * (`stepsInARowMax` steps without an answer) is demoted too; and a timer may go off at a change point.
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
    choose(choice) {
      if (changes.has(choice.step) && choice.timersLeft > 0 && below(random, 4) === 0)
        return choice.cores + choice.current;
      if (changes.has(choice.step) || choice.stepsInARow >= stepsInARowMax) priorities[choice.current] = lowest--;
      let best = choice.default;
      let highest = Number.NEGATIVE_INFINITY;
      for (let core = 0; core < choice.cores; core++) {
        const priority = priorities[core] as number;
        if (((choice.enabled >> core) & 1) === 1 && priority > highest) {
          highest = priority;
          best = core;
        }
      }
      return best;
    },
  };
};
