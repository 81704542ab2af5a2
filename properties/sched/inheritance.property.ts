import {
  always,
  costs,
  faultless,
  linearizes,
  type Observation,
  type ObservedCall,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import type { Parameters } from '#model/sched/inheritance.programs.ts';
import { inheritance } from '#model/sched/inheritance.ts';
import type { InheritanceAnswer, MutexId } from '#spec/abi/sched/inheritance.ts';
import type { ThreadId } from '#spec/abi.ts';
import { awaited, effective, type Inheritance, type PendingCall } from '#spec/sched/inheritance.ts';

type Run = Observation<PendingCall, InheritanceAnswer, Parameters>;
type Done = ObservedCall<PendingCall, InheritanceAnswer>;
type Of<Tag extends PendingCall['tag']> = Done & { readonly call: Extract<PendingCall, { tag: Tag }> };

const ever = Number.POSITIVE_INFINITY;
const end = ({ answeredStep = ever }: Done): number => answeredStep;
const isOk = ({ answer }: Done): boolean => answer?.tag === 'ok';

const calls = <Tag extends PendingCall['tag']>(run: Run, tag: Tag): Of<Tag>[] =>
  run.calls.filter((done): done is Of<Tag> => done.call.tag === tag);

/** From when to when somebody surely held a mutex: from the answer to its lock until it asks to unlock. */
const tenures = (run: Run, mutex: MutexId): { thread: ThreadId; from: number; to: number }[] =>
  calls(run, 'lock')
    .filter((done) => done.call.mutex === mutex && isOk(done))
    .map((done) => {
      const unlocked = calls(run, 'unlock').find(
        ({ thread, call, invokedStep }) => thread === done.thread && call.mutex === mutex && invokedStep >= end(done),
      );
      return { thread: done.thread, from: end(done), to: unlocked?.invokedStep ?? ever };
    });

/** Whether a thread only computes. */
const onlyWorks = (threads: Run['program']['threads'], thread: ThreadId): boolean =>
  (threads[thread] ?? []).every(({ tag }) => tag === 'work');

const ownPriority = ({ program }: Run, thread: ThreadId): number => program.parameters.priorities[thread] ?? 0;

const neverSets = ({ program }: Run): boolean => program.threads.flat().every(({ tag }) => tag !== 'setPriority');

/** From when to when threads wait, as the kernel's tracepoints tell. */
const waitsOf = (run: Run): { readonly thread: ThreadId; readonly from: number; readonly to: number }[] =>
  run.traced.flatMap((traced, index) => {
    if (traced.name !== 'waits') return [];
    const on = run.traced.slice(index).find(({ word, name }) => word === traced.context && name === 'wakes');
    return [{ thread: traced.context, from: traced.step, to: on?.step ?? ever }];
  });

/** For whom a thread that waits at this step waits, as far as calls and answers tell. */
const awaitedAt = (run: Run, thread: ThreadId, step: number): ThreadId | undefined => {
  const now = run.calls.find((done) => done.thread === thread && done.invokedStep <= step && end(done) > step);
  if (now?.call.tag === 'call') return now.call.server;
  const { call } = now ?? {};
  if (call?.tag !== 'lock') return undefined;
  return tenures(run, call.mutex).find(({ from, to }) => from <= step && step < to)?.thread;
};

/** Whether a thread has answers to all its calls by then, or is in a wait. */
const cannotRun = (run: Run, thread: ThreadId, step: number): boolean =>
  waitsOf(run).some((wait) => wait.thread === thread && wait.from <= step && step < wait.to) ||
  run.calls.filter((done) => done.thread === thread && end(done) <= step).length ===
    run.program.threads[thread]?.length;

/** Who waits less urgently than it should: a thread that only computes is dispatched though whom it waits for could be. */
const isInverted = (run: Run, medium: ThreadId, step: number): boolean =>
  waitsOf(run).some(({ thread: high, from, to }) => {
    if (step < from || step >= to || ownPriority(run, medium) >= ownPriority(run, high)) return false;
    let low = awaitedAt(run, high, step);
    for (let i = 0; low !== undefined && cannotRun(run, low, step) && i < run.program.threads.length; i++) {
      low = awaitedAt(run, low, step);
    }
    return low !== undefined && low !== medium && !cannotRun(run, low, step);
  });

/** Whether a thread takes mutexes and gives each back, in the reverse order, and does nothing else that waits. */
const isWellNested = (made: readonly PendingCall[]): boolean => {
  const held: MutexId[] = [];
  for (const call of made) {
    if (call.tag === 'lock') held.push(call.mutex);
    else if (call.tag === 'unlock' && held.pop() !== call.mutex) return false;
    else if (call.tag === 'call' || call.tag === 'receive') return false;
  }
  return held.length === 0;
};

const depends = (state: Inheritance, thread: ThreadId, other: ThreadId, depth: number): boolean => {
  const next = awaited(state, thread);
  return next !== null && depth > 0 && (next === other || depends(state, next, other, depth - 1));
};

/** What the kernel does for a thread that has a core from start to end: as it retires. */
const readModifyWritesOfRetiring = 2;

export default suite(inheritance, [
  refines(),
  linearizes({ checks: ['C2-021', 'C2-022'] }),
  progress(),
  faultless(),
  ordering(['inheritance'], { variants: ['inheritance'] }),

  observes(
    'a mutex is held by one thread at a time',
    (run: Run) =>
      run.program.parameters.ceilings.every((_, mutex) => {
        const held = tenures(run, mutex);
        return held.every((one) =>
          held.every((other) => one === other || other.from >= one.to || one.from >= other.to),
        );
      }),
    { id: 'one-holder' },
  ),
  observes(
    'on one core nobody who only computes is dispatched while a more urgent thread waits for one who could run',
    (run: Run) =>
      run.program.cores > 1 ||
      !neverSets(run) ||
      run.traced.every(
        ({ name, word, step }) =>
          name !== 'dispatched' || !onlyWorks(run.program.threads, word) || !isInverted(run, word, step),
      ),
    { id: 'no-inversion', checks: ['C2-020', 'C2-021'] },
  ),
  observes(
    'what is lent is given back: who holds no mutex and serves nobody has its own priority',
    (run: Run) =>
      !neverSets(run) ||
      calls(run, 'priorityOf').every(({ thread, call, answer, invokedStep }) => {
        const isHolding = run.program.parameters.ceilings.some((_, mutex) =>
          tenures(run, mutex).some((one) => one.thread === thread && one.to > invokedStep && one.from <= invokedStep),
        );
        const isWaitedFor = calls(run, 'call').some((done) => done.call.server === thread && end(done) > invokedStep);
        if (call.thread !== thread || answer?.tag !== 'priority' || isHolding || isWaitedFor) return true;
        return answer.priority === ownPriority(run, thread);
      }),
    { id: 'given-back', checks: ['C2-022'] },
  ),
  observes(
    'nobody has a priority below its own',
    (run: Run) =>
      !neverSets(run) ||
      calls(run, 'priorityOf').every(
        ({ call, answer }) => answer?.tag !== 'priority' || answer.priority >= ownPriority(run, call.thread),
      ),
    { id: 'not-below-its-own' },
  ),
  observes(
    'on one core, with ceilings above everybody, nobody ever waits for a mutex, and no ring is closed',
    (run: Run) => {
      const { threads, cores, parameters } = run.program;
      const highest = Math.max(...parameters.priorities);
      const isAbove = parameters.ceilings.every((ceiling) => ceiling > highest);
      if (cores > 1 || !isAbove || !neverSets(run) || !threads.every(isWellNested)) return true;
      return waitsOf(run).length === 0;
    },
    { id: 'ceiling-nobody-waits', variants: ['ceiling'] },
  ),

  always('nobody depends on itself', (state: Inheritance) =>
    state.own.every((_, thread) => !depends(state, thread, thread, state.own.length)),
  ),
  always(
    'nobody waits for a thread of a lower priority',
    (state: Inheritance) =>
      state.own.every((_, thread) => {
        const other = awaited(state, thread);
        return other === null || effective(state, other) >= effective(state, thread);
      }),
    { variants: ['inheritance', 'big-lock'] },
  ),
  sometimes(
    'a priority is lent along a chain of two',
    (state: Inheritance) =>
      state.own.some((own, thread) => {
        const second = awaited(state, thread);
        const third = second === null ? null : awaited(state, second);
        return (
          third !== null && effective(state, third) === own && (state.own[third] ?? 0) < (state.own[second ?? 0] ?? 0)
        );
      }),
    { variants: ['inheritance', 'big-lock'] },
  ),
  sometimes('a thread is lent two priorities', (state: Inheritance) =>
    state.own.some((_, thread) => state.own.filter((_own, lender) => awaited(state, lender) === thread).length === 2),
  ),
  sometimes('a server serves a more urgent caller', (state: Inheritance) =>
    state.services.some(
      (service, thread) => service?.caller != null && effective(state, thread) > (state.own[thread] ?? 0),
    ),
  ),
  sometimes('somebody serves a caller who waits no more', (state: Inheritance) =>
    state.services.some((service) => service !== null && service.caller === null),
  ),

  costs(
    'a mutex that nobody else wants is taken and given up by one compare-and-swap each',
    ({ program, costs: spent }: Run) => {
      const active = program.threads.filter((made) => made.length > 0);
      const isAlone = active.length === 1 && spent.interrupts === 0;
      const isPaired = (active[0] ?? []).every(({ tag }, i) => tag === (i % 2 === 0 ? 'lock' : 'unlock'));
      if (!isAlone || !isPaired || !isWellNested(active[0] ?? [])) return true;
      return spent.readModifyWrites <= active.flat().length + readModifyWritesOfRetiring;
    },
    { id: 'one-compare-and-swap', variants: ['inheritance'], isOfReference: true },
  ),
]);
