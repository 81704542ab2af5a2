import {
  costs,
  faultless,
  linearizes,
  type Observation,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import { type Parameters, spinlock } from '#model/sync/spinlock.ts';
import type { SpinlockAnswer, SpinlockCall } from '#spec/abi.ts';

type Run = Observation<SpinlockCall, SpinlockAnswer, Parameters>;

/** How many locks are taken in a run whose calls are all answered. */
const locksTaken = ({ program }: Run): number =>
  program.threads.flat().reduce((sum, call) => sum + (call.tag === 'add' ? 1 : program.parameters.counters), 0);

/** Read-modify-writes that the kernel makes for a thread that has a core from start to end: its own lock, as it retires. */
const ofRetiring = 2;

export default suite(spinlock, [
  refines(),
  linearizes(),
  progress(),
  faultless(),
  ordering(),
  observes(
    'one at a time: no two adds find the same value in a counter',
    ({ calls, program }: Run) =>
      Array.from({ length: program.parameters.counters }, (_, counter) =>
        calls.flatMap(({ call, answer }) =>
          call.tag === 'add' && call.counter === counter && call.amount > 0 && answer !== undefined ? [answer] : [],
        ),
      ).every((found) => new Set(found).size === found.length),
    { id: 'exclusion' },
  ),
  costs(
    'waiting costs no second try: one read-modify-write for each lock taken, and one to close an empty queue',
    (run: Run) => {
      const active = run.program.threads.filter((calls) => calls.length > 0).length;
      const isQuiet = run.end === 'quiescent' && run.costs.interrupts === 0 && active <= run.program.cores;
      const perLock = run.program.variant === 'mcs' ? 2 : 1;
      return !isQuiet || run.costs.readModifyWrites <= perLock * locksTaken(run) + ofRetiring * active;
    },
    { id: 'asks-once', variants: ['ticket', 'mcs'], isOfReference: true },
  ),
  costs(
    'loads and stores are enough for two: no read-modify-write at all',
    (run: Run) => {
      const active = run.program.threads.filter((calls) => calls.length > 0).length;
      const isQuiet = run.costs.interrupts === 0 && active <= run.program.cores;
      return !isQuiet || run.costs.readModifyWrites <= ofRetiring * active;
    },
    { id: 'loads-and-stores', variants: ['dekker'], isOfReference: true },
  ),
  sometimes('a counter was added to more than once', (state) => state.counts.some((count) => count > 9)),
  sometimes('two counters are in use', (state) => state.counts.filter((count) => count > 0).length > 1),
]);
