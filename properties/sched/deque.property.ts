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
import { deque, type Parameters } from '#model/sched/deque.ts';
import type { DequeAnswer, DequeCall, Task } from '#spec/abi/sched/deque.ts';

type Run = Observation<DequeCall, DequeAnswer, Parameters>;

/** The tasks that were taken by calls of this kind, in the order in which the calls began. */
const taken = (run: Run, tag: 'pop' | 'steal'): Task[] =>
  run.calls.flatMap(({ call, answer }) => (call.tag === tag && answer?.tag === 'task' ? [answer.task] : []));

/** The tasks of all pushes that had begun by then. */
const pushedBy = (run: Run, step: number): Task[] =>
  run.calls.flatMap(({ call, invokedStep }) => (call.tag === 'push' && invokedStep <= step ? [call.task] : []));

/** Tasks are told apart by their numbers; a program changed by hand may push one number twice. */
const areTasksUnique = (run: Run): boolean => {
  const tasks = pushedBy(run, Number.POSITIVE_INFINITY);
  return new Set(tasks).size === tasks.length;
};

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number));

/** What the kernel does for a thread that has a core from start to end: its own lock, as it retires. */
const readModifyWritesOfRetiring = 2;

export default suite(deque, [
  refines(),
  linearizes({ checks: ['C4-005'] }),
  progress(),
  faultless(),
  ordering([], { variants: ['chase-lev'] }),
  observes(
    'each task is taken once at most, and only after somebody has begun to push it',
    (run: Run) => {
      const all = [...taken(run, 'pop'), ...taken(run, 'steal')];
      const isReal = run.calls.every(
        ({ answer, answeredStep }) =>
          answer?.tag !== 'task' || pushedBy(run, answeredStep as number).includes(answer.task),
      );
      return isReal && (!areTasksUnique(run) || new Set(all).size === all.length);
    },
    { id: 'exactly-once', checks: ['C4-005'] },
  ),
  observes(
    'a thief gets the tasks in the order in which they were pushed',
    (run: Run) =>
      !areTasksUnique(run) ||
      run.program.threads.every((_, thief) => {
        const stolen = taken({ ...run, calls: run.calls.filter(({ thread }) => thread === thief) }, 'steal');
        return isRising(stolen.map((task) => pushedBy(run, Number.POSITIVE_INFINITY).indexOf(task)));
      }),
    { id: 'oldest-first' },
  ),
  costs(
    'the owner takes no lock and swaps nothing but for the last task: who pops from two or more, and who pushes, only loads and stores',
    (run: Run) => {
      const { program, costs: spent } = run;
      const active = program.threads.filter((calls) => calls.length > 0).length;
      const isAlone = active === 1 && (program.threads[0]?.length ?? 0) > 0 && spent.interrupts === 0;
      if (!isAlone) return true;
      let waiting = 0;
      let lasts = 0;
      for (const { call, answer } of run.calls) {
        if (call.tag === 'push' && answer?.tag === 'ok') waiting++;
        if (call.tag === 'pop' && answer?.tag === 'task' && waiting-- === 1) lasts++;
      }
      return spent.readModifyWrites <= lasts + readModifyWritesOfRetiring;
    },
    { id: 'owner-swaps-nothing', variants: ['chase-lev'], isOfReference: true },
  ),
  sometimes('two tasks wait', (state) => state.tasks.length === 2),
  sometimes('it is full', (state) => state.tasks.length === state.limit),
]);
