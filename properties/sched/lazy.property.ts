import { ordering, suite } from '#model/claim.ts';
import { lazy } from '#model/sched/lazy.ts';
import { queueClaims } from '#properties/sched/queues.claims.ts';
import { schedulerClaims } from '#properties/sched/scheduler.claims.ts';

export default suite(lazy, [
  ...schedulerClaims,
  ...queueClaims({
    variants: ['lazy'],
    holds: 'all threads that wait for it, and perhaps some that are blocked or run',
    mayHold: (state) => (state === 'ready' ? 'must' : 'may'),
    changesOfSwitch: { least: 0, most: 0, fromElsewhere: 1 },
    stepsOfDispatch: { each: 30, ofSkipped: 20 },
  }),
  ordering(['scheduler']),
]);
