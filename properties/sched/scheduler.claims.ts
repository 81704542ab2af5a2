/** What is claimed of every scheduler, of its answers and of what its tracepoints tell. */
import {
  always,
  type Claim,
  costs,
  faultless,
  linearizes,
  never,
  observes,
  progress,
  refines,
  sometimes,
} from '#model/claim.ts';
import type { Call, Parameters } from '#model/sched/scheduler.programs.ts';
import { answersInTime, givesWay, isWorkConserving, takesCallsInOrder } from '#properties/sched/promptness.ts';
import { follow, has, isAnybodyAbove, placeOf, type Run } from '#properties/sched/replay.ts';
import { takesTurns } from '#properties/sched/turns.ts';
import type { SchedulerAnswer } from '#spec/abi/sched/scheduler.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Scheduler } from '#spec/sched/scheduler.ts';

export type SchedulerClaim = Claim<Scheduler, Call, SchedulerAnswer, Parameters>;

/** Whoever is given a core is ready, on no other core, and finds nobody there; nobody is moved while it runs. */
const runsOnce = (run: Run): boolean =>
  follow(run, ({ name, word }, scene) => {
    const { id, core } = placeOf(word);
    if (name === 'moved') return scene.threads[id]?.state !== 'running';
    return name !== 'dispatched' || (scene.threads[id]?.state === 'ready' && scene.current[core] === null);
  });

const staysWithinItsMask = (run: Run): boolean =>
  follow(run, ({ name, word }, scene) => {
    const { id, core } = placeOf(word);
    return name !== 'dispatched' || has(scene.threads[id]?.mask ?? 0, core);
  });

const mostUrgentFirst = (run: Run): boolean =>
  follow(run, ({ name, word }, scene) => {
    const { id, core, more } = placeOf(word);
    if (name !== 'dispatched') return true;
    return more === scene.threads[id]?.priority && !isAnybodyAbove(scene, core, more);
  });

/** Each tick is of the slice on which the thread runs that is struck; a slice is lent and returned, never doubled. */
const conservesSlices = (run: Run): boolean => {
  const { threads, parameters } = run.program;
  const left = threads.map(() => parameters.sliceTicks);
  /** On whose slice each thread runs; null: it has lent its own. */
  const runsOn: (ThreadId | null)[] = threads.map((_, id) => id);
  return follow(run, ({ name, word, context }) => {
    const [slice, to] = [word & 15, word >> 4];
    switch (name) {
      case 'tick': {
        const before = left[slice] ?? 0;
        left[slice] = to > 0 ? to : parameters.sliceTicks;
        return runsOn[context] === slice && to === before - 1;
      }
      case 'slice lent': {
        const isOwn = runsOn[context] === slice && runsOn[to] === to;
        runsOn[context] = null;
        runsOn[to] = slice;
        return isOwn;
      }
      case 'slice returned': {
        const isLent = runsOn[context] === slice && context !== slice && runsOn[to] === null;
        runsOn[context] = context;
        runsOn[to] = slice;
        return isLent;
      }
      case 'dispatched':
        return runsOn[placeOf(word).id] !== null;
      default:
        return true;
    }
  });
};

/** How many micro-ops a thread needs at most for a call, or to go on after it was resumed or interrupted. */
const stepsMax = 160;

const isNeverBusyWaiting = ({ program, calls, costs: cost }: Run): boolean =>
  program.threads.every((_, thread) => {
    const own = calls.filter((call) => call.thread === thread);
    const works = own.reduce((sum, { call }) => sum + (call.tag === 'work' ? call.steps : 0), 0);
    const turns = own.length + (cost.resumed[thread] ?? 0) + cost.interrupts + cost.interProcessorInterrupts + 1;
    return (cost.microOps[thread] ?? 0) <= works + stepsMax * turns;
  });

const isWaitedForOnce = ({ threads }: Scheduler): boolean => {
  const waitedFor = threads.flatMap(({ requests, owes, reply }, id) => [
    ...requests.map(({ from }) => from),
    ...(owes === null ? [] : [owes]),
    ...(reply === null ? [] : [id]),
  ]);
  return new Set(waitedFor).size === waitedFor.length;
};

const isSomewhere = ({ threads, cores }: Scheduler): boolean =>
  threads.every(({ mask }) => mask > 0 && mask < 2 ** cores);

export const schedulerClaims: readonly SchedulerClaim[] = [
  refines({ checks: ['C4-008', 'C1-012'] }),
  linearizes({ checks: ['C4-006', 'C1-012'] }),
  progress({ checks: ['C1-012'] }),
  faultless(),
  observes('a thread runs on one core at a time, and only when it is ready', runsOnce, { id: 'runs-once' }),
  observes('a thread runs on no core that it may not run on', staysWithinItsMask, { id: 'mask', checks: ['C4-006'] }),
  observes('of those that wait for a core the most urgent gets it', mostUrgentFirst, {
    id: 'most-urgent',
    checks: ['C4-044'],
  }),
  observes('no core sleeps beside a thread that it could run', isWorkConserving, {
    id: 'work-conserving',
    checks: ['C4-004'],
  }),
  observes('whoever may not keep its core, or is less urgent than another, gives way', givesWay, { id: 'gives-way' }),
  observes('a change of a mask is answered when the thread has moved, and no later', answersInTime, {
    id: 'moved-in-time',
    checks: ['C4-006'],
  }),
  observes('calls are taken in the order in which they came', takesCallsInOrder, { id: 'in-order' }),
  observes('whoever has had its turn goes behind those of its priority, and nobody else does', takesTurns, {
    id: 'takes-turns',
  }),
  observes('a time slice is lent and given back, and neither lost nor doubled', conservesSlices, {
    id: 'slices',
    checks: ['C0-040'],
  }),
  costs('whoever waits takes no steps', isNeverBusyWaiting, { id: 'no-busy-waiting', checks: ['C1-013'] }),
  always('a call is waited for, owed or answered, and one of these', isWaitedForOnce, { id: 'one-reply' }),
  always('every thread has a core that it may run on', isSomewhere, { id: 'some-core' }),
  never('a thread owes itself a reply', ({ threads }: Scheduler) => threads.some(({ owes }, id) => owes === id), {
    id: 'owes-another',
  }),
  sometimes('two wait until one takes their calls', ({ threads }: Scheduler) =>
    threads.some(({ requests }) => requests.length > 1),
  ),
  sometimes('a thread is on its way to another core', ({ threads }: Scheduler) =>
    threads.some(({ leaving, mask }) => leaving.some((left) => (left.mask & ~mask) !== 0)),
  ),
];
