import { ordering, suite } from '#model/claim.ts';
import { eager } from '#model/sched/eager.ts';
import { queueClaims } from '#properties/sched/queues.claims.ts';
import { schedulerClaims } from '#properties/sched/scheduler.claims.ts';

export default suite(eager, [
  ...schedulerClaims,
  ...queueClaims({
    variants: ['eager'],
    holds: 'all threads that could run there, the one that does too, and no other',
    mayHold: (state) => (state === 'blocked' ? 'must not' : 'must'),
    changesOfSwitch: { least: 2, most: 2, fromElsewhere: 2 },
    stepsOfDispatch: { each: 30, ofSkipped: 0 },
  }),
  ordering(['scheduler'], { variants: ['eager'] }),
]);
