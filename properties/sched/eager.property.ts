import { suite } from '#model/claim.ts';
import { eager } from '#model/sched/eager.ts';
import { schedulerClaims } from '#properties/sched/scheduler.claims.ts';

export default suite(eager, [...schedulerClaims]);
