import type { Question } from '#model/engine/refine/question.ts';
import { type Preference, Search } from '#model/engine/refine/search.ts';

/** How many steps of the spec each search takes in the first round, and how many times more in each after it. */
const firstSteps = 4096;
const growth = 4;

const exhaustive: readonly Preference[] = [
  { first: 'answered soonest', isHasty: false },
  { first: 'begun first', isHasty: false },
  { first: 'answered last', isHasty: false },
];

const hasty: readonly Preference[] = exhaustive.map(({ first }) => ({ first, isHasty: true }));

/**
 * Looks for an explanation whichever way it is soonest found, within about `stepsMax` steps each. Depth first, one unlucky
 * choice at the beginning can cost millions of steps, with states that take gigabytes, where another is there at once: so
 * searches that look elsewhere first take turns. What the first of them finds, there is; and if one that looks everywhere
 * has found nothing, there is nothing.
 *
 * Source: Gomes, Selman, Kautz, "Boosting combinatorial search through randomization" (1998), on heavy tails.
 */
export const settle = (question: Question, stepsMax: number): Search => {
  const usual = new Search(question);
  if (usual.run(Math.min(firstSteps, stepsMax)) !== undefined) return usual; // nearly always
  const others = [...(question.graph.subject.probablyEnds ? hasty : []), ...exhaustive.slice(1)];
  const searches = [usual, ...others.map((preference) => new Search(question, preference))];
  let left = stepsMax - firstSteps;
  for (let turn = firstSteps; left > 0; turn *= growth) {
    const steps = Math.min(turn, left);
    left -= steps;
    for (const search of searches) if (search.run(steps) !== undefined) return search;
  }
  return usual;
};
