import {
  always,
  costs,
  faultless,
  linearizes,
  never,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import { sleepWakeup } from '#model/sync/sleep-wakeup.ts';

/** Visible micro-ops that a thread may take for one call each time it is given a core. */
const microOpsPerRun = 60;

export default suite(sleepWakeup, [
  refines(),
  linearizes({ checks: ['C3-020'] }),
  progress({ checks: ['C3-019', 'C3-020'] }),
  faultless(),
  ordering(['dispatcher']),
  costs(
    'a thread that waits takes no steps: they grow with the times it is woken, not with how long it waits',
    ({ program, costs: spent }) =>
      program.threads.every((calls, thread) => {
        const runs = calls.length + 1 + (spent.resumed[thread] ?? 0);
        return (spent.microOps[thread] ?? 0) <= runs * microOpsPerRun;
      }),
    { id: 'no-busy-waiting', checks: ['C0-010'] },
  ),
  never(
    'the dead are children of the dead',
    (state) =>
      state.processes.some(({ life, parent }) => life === 'zombie' && state.processes[parent ?? 0]?.life === 'reaped'),
    { id: 'orphans-are-adopted' },
  ),
  always('init lives', (state) => state.processes[0]?.life === 'alive'),
  sometimes('a condition holds', (state) => state.holds.includes(true)),
  sometimes('a process is dead and not yet waited for', (state) =>
    state.processes.some(({ life }) => life === 'zombie'),
  ),
  sometimes('a process is killed', (state) => state.processes.some(({ killed }) => killed)),
]);
