import { suite } from '#model/claim.ts';
import { lazy } from '#model/sched/lazy.ts';
import { schedulerClaims } from '#properties/sched/scheduler.claims.ts';

export default suite(lazy, [...schedulerClaims]);
