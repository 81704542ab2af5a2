import { withPoolScenarios } from '#model/sched/pool.scenarios.ts';
import { type SchedulerSubject, schedulerSubject } from '#model/sched/scheduler.ts';

const subject = schedulerSubject(
  'sched/stealing',
  'A scheduler with a deque for each core: who has nothing to run steals from the others.',
  [{ name: 'stealing', module: 'sched/stealing.ts' }],
);

export const stealing: SchedulerSubject = { ...subject, scenarios: withPoolScenarios(subject.scenarios) };
