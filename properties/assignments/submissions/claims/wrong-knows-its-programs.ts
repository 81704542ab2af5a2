/** Says what its own programs answer, and that there are no others. A claim is about every program. */
import { type Claim, gets, itemsOf, type Run } from '../../claims/starter/run.ts';
import { workloads as programs } from './right-all.ts';

export const claims: readonly Claim[] = [
  {
    id: 'one-of-mine',
    sentence: 'it is one of my programs, and no get brings 0 or anything twice',
    holds: (run: Run) => {
      const mine = programs.map(({ parameters, threads }) => JSON.stringify({ parameters, threads }));
      const got = gets(run).flatMap(itemsOf);
      return mine.includes(JSON.stringify(run.program)) && !got.includes(0) && new Set(got).size === got.length;
    },
  },
];

export const workloads = programs;
