import { schedulerSubject } from '#model/sched/scheduler.ts';

export const lazy = schedulerSubject(
  'sched/lazy',
  'A scheduler that leaves blocked threads in its queues: the dispatcher skips and removes them.',
  [{ name: 'lazy', module: 'sched/lazy.ts' }],
);
