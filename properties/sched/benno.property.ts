import { suite } from '#model/claim.ts';
import { benno } from '#model/sched/benno.ts';
import { schedulerClaims } from '#properties/sched/scheduler.claims.ts';

export default suite(benno, [...schedulerClaims]);
