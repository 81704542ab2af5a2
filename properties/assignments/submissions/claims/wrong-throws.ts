/** The claim that nothing is got twice throws where nothing is got: it is out, and its runs of right buffers are not accepted. */
import { type Claim, gets, itemsOf, type Run } from '../../claims/starter/run.ts';
import { claims as all, workloads as programs } from './right-all.ts';

const once: Claim = {
  id: 'once',
  sentence: 'no item is got twice',
  holds: (run: Run) => {
    const got = gets(run).flatMap(itemsOf);
    const first = got[0];
    if (first === undefined) throw new RangeError('nothing was got');
    return new Set(got).size === got.length;
  },
};

export const claims: readonly Claim[] = all.map((claim) => (claim.id === once.id ? once : claim));

export const workloads = programs;
