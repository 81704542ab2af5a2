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
 * Looks for an explanation whichever way it is soonest found, within `stepsMax` steps each. Depth first, one unlucky
 * choice at the beginning can cost millions of steps, with states that take gigabytes, where another is there at once: so
 * searches that look elsewhere first take turns. What the first of them finds, there is; and if one that looks everywhere
 * has found nothing, there is nothing.
 *
 * Source: Gomes, Selman, Kautz, "Boosting combinatorial search through randomization" (1998), on heavy tails.
 */
export const settle = (question: Question, stepsMax: number): Search => {
  const preferences = [
    ...exhaustive.slice(0, 1),
    ...(question.graph.subject.probablyEnds ? hasty : []),
    ...exhaustive.slice(1),
  ];
  const searches = preferences.map((preference) => ({ preference, search: undefined as Search | undefined }));
  let taken = 0;
  for (let steps = firstSteps; taken < stepsMax; steps *= growth) {
    const turn = Math.min(steps, stepsMax - taken);
    taken += turn;
    for (const one of searches) {
      one.search ??= new Search(question, one.preference);
      const said = one.search.run(turn);
      if (said === 'explained' || (said === 'unexplained' && !one.preference.isHasty)) return one.search;
    }
  }
  return searches[0]?.search ?? new Search(question);
};
