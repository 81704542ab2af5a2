import { withPoolScenarios } from '#model/sched/pool.scenarios.ts';
import { type SchedulerSubject, schedulerSubject } from '#model/sched/scheduler.ts';

const subject = schedulerSubject('sched/global', 'A scheduler with one run queue for all cores, under one lock.', [
  { name: 'global', module: 'sched/global.ts' },
]);

export const global: SchedulerSubject = { ...subject, scenarios: withPoolScenarios(subject.scenarios) };
