import { schedulerSubject } from '#model/sched/scheduler.ts';

export const eager = schedulerSubject(
  'sched/eager',
  'A scheduler whose queues hold all that can run, and nothing else: who blocks is taken out at once.',
  [
    { name: 'eager', module: 'sched/eager.ts' },
    { name: 'big-lock', module: 'sched/big-lock.ts', baselineOf: 'eager' },
  ],
);
