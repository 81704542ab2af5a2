/**
 * What you hand in: claims about every bounded buffer, and programs on which the wrong ones contradict them. README.md says
 * what is asked for, run.ts what a run looks like.
 */
import { type Claim, gets, itemsOf, puts, type Workload } from './run.ts';

/** True of every run of every right buffer, whatever its program; together, false of some run of every wrong one. */
export const claims: readonly Claim[] = [
  {
    id: 'nothing-invented',
    sentence: 'what a get brings, some put was given',
    holds: (run) => {
      const put = puts(run).flatMap(({ call }) => call.items);
      return gets(run).every((get) => itemsOf(get).every((item) => put.includes(item)));
    },
  },
];

/** Small programs find more than large ones: every way in which their threads can take turns is tried. */
export const workloads: readonly Workload[] = [
  {
    name: 'a put meets a get',
    parameters: { capacity: 1, carriedItems: 0 },
    threads: [[{ tag: 'put', items: [1] }], [{ tag: 'get', count: 1 }]],
  },
];
