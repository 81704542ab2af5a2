import { schedulerSubject } from '#model/sched/scheduler.ts';

export const benno = schedulerSubject(
  'sched/benno',
  'A scheduler whose queues hold what can run and does not: who is unblocked by a call is switched to directly.',
  [{ name: 'benno', module: 'sched/benno.ts' }],
);
