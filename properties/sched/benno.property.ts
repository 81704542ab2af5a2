import { ordering, suite } from '#model/claim.ts';
import { benno } from '#model/sched/benno.ts';
import { queueClaims } from '#properties/sched/queues.claims.ts';
import { schedulerClaims } from '#properties/sched/scheduler.claims.ts';

export default suite(benno, [
  ...schedulerClaims,
  ...queueClaims({
    variants: ['benno'],
    holds: 'exactly the threads that could run there and do not',
    mayHold: (state) => (state === 'ready' ? 'must' : 'must not'),
    changesOfSwitch: { least: 0, most: 0, fromElsewhere: 0 },
    stepsOfDispatch: { each: 30, ofSkipped: 0 },
  }),
  ordering(['scheduler']),
]);
