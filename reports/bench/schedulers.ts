import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { suites } from '#properties/index.ts';
import { measure } from '#properties/sched/measured.ts';
import { plainTable } from '#reports/text/summary.ts';

/**
 * What each scheduler costs on 1 to 4 cores, where four threads give their cores up three times each:
 * `node reports/bench/schedulers.ts`. Counted along random schedules, not timed: for each time that a core is given to a
 * thread. A try is one for a lock that somebody else holds; a migration, that it is another core than the thread's last.
 */

const draws = 200;
const yields = Array.from({ length: 3 }, () => ({ tag: 'yield' }));

const programOn = (cores: number): Program => ({
  variant: '',
  cores,
  threads: Array.from({ length: 4 }, () => yields),
  parameters: { priorities: [1, 1, 1, 1], sliceTicks: 1 },
});

const rows: string[][] = [
  ['', 'cores', 'migrations', 'tries for a queue', 'tries for other locks', 'interrupts to cores'],
];
for (const { subject } of suites) {
  if (subject.spec !== 'sched/scheduler') continue;
  for (const { name, module } of subject.variants) {
    const rig = rigFor(subject, name, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
    for (const cores of [1, 2, 3, 4]) {
      const measured = measure(rig, programOn(cores), draws);
      const given = measured.dispatches.reduce((sum, count) => sum + count, 0);
      const { migrations, queueTries, otherTries, interProcessorInterrupts } = measured;
      const shares = [migrations, queueTries, otherTries, interProcessorInterrupts].map((count) => count / given);
      rows.push([`${subject.id} (${name})`, String(cores), ...shares.map((share) => share.toFixed(2))]);
    }
  }
}
process.stdout.write(`for each time that a core is given to a thread\n${plainTable(rows)}\n`);
