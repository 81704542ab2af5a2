import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below, oneOf } from '#model/engine/explore/random.ts';
import { stepsInARowMax } from '#model/engine/explore/schedule.ts';
import { drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';

/**
 * Probabilistic concurrency testing: the core with the highest priority steps; at `depth - 1` points drawn beforehand
 * among the first `steps` the core that has just stepped gets a priority below all it began with, another one for each
 * point, in no order of time. A bug of that depth, in an execution no longer than `steps`, is found with probability at
 * least 1 / (cores * steps^(depth - 1)). Source: Burckhardt et al., ASPLOS 2010.
 *
 * Where the memory is weak (`isWeak`) each point is, as likely, one at which the memory departs from the ordinary: a
 * load reads an older word, a store waits, or one that waits is let out. So a bug of that depth, m of whose points are the
 * memory's, is found with probability at least 1 / (cores * (2 steps)^(depth - 1) * (2 choices)^m), if at each of them
 * one of so many older words is read, or one of so many stores let out. Elsewhere the memory is ordinary: if each load
 * were drawn, their number would be in the exponent.
 *
 * What the guarantee is not about: priorities belong to cores, not threads, since the kernel under test places threads; a
 * core that spins (`stepsInARowMax` steps without an answer) is demoted too; with timers, one point in four is a timer.
 */
export const pctStrategy = (
  random: RandomGenerator,
  cores: number,
  depth: number,
  steps: number,
  isWeak: boolean,
): Strategy => {
  const priorities = Array.from({ length: cores }, (_, core) => core + 1);
  for (let i = cores - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [priorities[i], priorities[j]] = [priorities[j] as number, priorities[i] as number];
  }
  const changes = new Map<number, number>();
  const ofMemory = new Set<number>();
  for (let i = 1; i < depth; i++) {
    const point = 1 + below(random, steps);
    if (isWeak && below(random, 2) === 0) ofMemory.add(point);
    else changes.set(point, -i);
  }
  let lowest = -depth;
  return {
    way(ways, step) {
      return ofMemory.delete(step + 1) ? 1 + below(random, ways - 1) : 0; // the point just after this step
    },
    choose(choice) {
      const { step, current, buffered, timersLeft } = choice;
      if (buffered !== 0 && ofMemory.has(step) && below(random, 2) === 0) {
        ofMemory.delete(step);
        return drainOf(oneOf(buffered, choice.cores, random) as number, choice.cores);
      }
      const change = changes.get(step);
      changes.delete(step); // this may be asked again before the step is made
      if (change !== undefined && timersLeft > 0 && below(random, 4) === 0) return timerOf(current, choice.cores);
      if (change !== undefined) priorities[current] = change;
      else if (choice.stepsInARow >= stepsInARowMax) priorities[current] = lowest--;
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
