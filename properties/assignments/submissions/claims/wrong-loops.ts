/** Does not come to an end where something was got. */
import { type Claim, gets, itemsOf, type Run } from '../../claims/starter/run.ts';
import { workloads as programs } from './right-all.ts';

export const claims: readonly Claim[] = [
  {
    id: 'endless',
    sentence: 'the items are got in order',
    holds: (run: Run) => {
      const got = gets(run).flatMap(itemsOf);
      for (let i = 0; i < got.length; ) i += got[i] === undefined ? 1 : 0;
      return true;
    },
  },
];

export const workloads = programs;
