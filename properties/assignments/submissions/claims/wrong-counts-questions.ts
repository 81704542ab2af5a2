/** Keeps count: says yes for a while, then no. It cannot know what it is asked about, and says two things about one run. */
import type { Claim, Workload } from '../../claims/starter/run.ts';
import { workloads as programs } from './right-all.ts';

let questions = 0;

export const claims: readonly Claim[] = [
  {
    id: 'tired',
    sentence: 'what comes late is wrong',
    holds: () => ++questions <= 10,
  },
];

export const workloads: readonly Workload[] = programs;
