import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from '#model/engine/explore/random.ts';
import { choicesOf, follow, type Rest, type Steered, seek, tryAgain, walk } from '#model/engine/graph/trail.ts';
import { InternalError } from '#model/suite-error.ts';

/** About so many descents are made, and at least one from each choice that is left. */
const descentsWanted = 500;

/** No descent begins after so many choices were taken, of all together. */
const choicesMax = 500_000;

/**
 * Guesses how many graphs are left to be found, complete or blocked; null: it would take too long. Source: Knuth,
 * "Estimating the efficiency of backtrack programs", Mathematics of Computation 29, 1975. A descent takes one of the
 * choices that there are, again and again; were there as many at every place of the same depth, there would be as many
 * graphs as their product. In the mean that is right; but few descents find a branch that is small and holds most of
 * them, so that it is more often too low. `begin` makes an explorer of the program that has not begun.
 */
export const estimateOf = (begin: () => Steered, rests: readonly Rest[], random: RandomGenerator): number | null => {
  const open = rests.flatMap((rest) => openAt(begin, rest));
  const descentsEach = Math.ceil(descentsWanted / open.length);
  let [sum, choices] = [0, 0];
  for (const trail of open) {
    for (let i = 0; i < descentsEach; i++) {
      if (choices > choicesMax) return null;
      const explorer = begin();
      walk(explorer, trail);
      sum += descend(explorer, trail.length, random) / descentsEach;
      choices += explorer.depth;
    }
  }
  return Math.round(sum);
};

/** Of each choice that is left in the frames of a rest, the way to it. */
const openAt = (begin: () => Steered, rest: Rest): number[][] => {
  const explorer = begin();
  follow(explorer, rest);
  const ways: number[][] = [];
  while (explorer.depth > rest.floor) {
    const before = rest.trail.slice(0, explorer.depth - 1);
    for (const choice of choicesOf(explorer)) ways.push([...before, choice]);
  }
  return ways;
};

/** One descent: the product of the numbers of choices, 0 if it leads to no graph that is whole. */
const descend = (explorer: Steered, known: number, random: RandomGenerator): number => {
  let product = 1;
  let depth = known;
  for (;;) {
    // The last choice may have opened the next frame, as an update does for its write.
    const isOfChoice = explorer.depth > depth;
    if (!isOfChoice && !explorer.descend()) return product;
    const choices = choicesOf(explorer);
    if (choices.length === 0) return 0;
    product *= choices.length;
    if (isOfChoice) tryAgain(explorer);
    else explorer.descend();
    depth = explorer.depth;
    if (!seek(explorer, choices[below(random, choices.length)] as number)) throw new InternalError('a choice is gone');
  }
};
