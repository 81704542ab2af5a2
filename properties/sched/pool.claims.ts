/** What is claimed of schedulers with a pool of ready threads: where what is claimed of every one does not fit, in its place. */
import { observes } from '#model/claim.ts';
import { answersWhenMoved } from '#properties/sched/promptness.ts';
import { callAt, follow, has, placeOf, type Run, type Scene } from '#properties/sched/replay.ts';
import { type SchedulerClaim, schedulerClaims } from '#properties/sched/scheduler.claims.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Whether somebody changes a thread's mask at this step, and has not been told that it has left. */
const isBeingMoved = ({ calls }: Run, id: ThreadId, step: number): boolean =>
  calls.some(
    ({ thread, call, invokedStep, answeredStep }) =>
      call.tag === 'setAffinity' &&
      (call.target ?? thread) === id &&
      invokedStep <= step &&
      (answeredStep === undefined || answeredStep >= step),
  );

/**
 * A core that takes a thread from the pool looks at its mask without a lock, and so may see it as it was before a change
 * that is under way. Whoever makes the change waits until it has left.
 */
const staysWithinItsMask = (run: Run): boolean =>
  follow(run, ({ name, word, step }, scene) => {
    const { id, core } = placeOf(word);
    return name !== 'dispatched' || has(scene.threads[id]?.mask ?? 0, core) || isBeingMoved(run, id, step);
  });

/** Who has put a thread into the pool, or changed its mask there, and the cores that sleep beside it. */
interface Added {
  readonly by: number;
  readonly asleep: readonly number[];
}

/** The threads in the pool at boot: those that wait for a core. */
export const pooledAtBoot = ({ program }: Run): ThreadId[] =>
  program.threads.flatMap((calls, id) => (calls.length > 0 ? [id] : [])).slice(program.cores);

/**
 * No core goes to sleep beside a thread in the pool that it could run. When whoever has put one there goes on to something
 * else, every such core that slept then, or has gone to sleep since, has been told to look, or wakes, or somebody has taken
 * the thread.
 */
const noCoreSleepsBesideThePool = (run: Run): boolean => {
  const pooled = new Set(pooledAtBoot(run));
  const added = new Map<ThreadId, Added>();
  const told = Array.from({ length: run.program.cores }, () => false);
  const mayRun = ({ threads }: Scene, id: ThreadId, core: number): boolean => has(threads[id]?.mask ?? 0, core);
  const isSeenTo = (id: ThreadId, { asleep }: Added, scene: Scene): boolean =>
    asleep.every((core) => told[core] || !scene.asleep[core] || !mayRun(scene, id, core));
  const add = (id: ThreadId, by: number, { asleep }: Scene): void => {
    pooled.add(id);
    added.set(id, { by, asleep: asleep.flatMap((isAsleep, core) => (isAsleep && !told[core] ? [core] : [])) });
  };
  let last: Scene | undefined;
  const isFine = follow(run, ({ name, word, context }, scene) => {
    last = scene;
    const { id } = placeOf(word);
    if (['blocked', 'dispatched', 'goes to sleep'].includes(name)) {
      for (const [waiting, one] of added) {
        if (one.by !== context) continue;
        if (!isSeenTo(waiting, one, scene)) return false;
        added.delete(waiting);
      }
    }
    switch (name) {
      case 'queue insert':
      case 'handed over':
        add(id, context, scene);
        return true;
      case 'mask':
        if (pooled.has(id)) add(id, context, scene);
        return true;
      case 'queue remove':
        pooled.delete(id);
        added.delete(id);
        return true;
      case 'about to sleep':
        told[word] = false;
        return true;
      case 'told to look':
        told[word] = true;
        return true;
      case 'goes to sleep': {
        if (told[word]) return true;
        for (const waiting of pooled) {
          const one = added.get(waiting);
          if (!mayRun(scene, waiting, word)) continue;
          if (!one) return false;
          added.set(waiting, { ...one, asleep: [...one.asleep, word] });
        }
        return true;
      }
      default:
        return true;
    }
  });
  if (!isFine || run.end !== 'quiescent' || last === undefined) return isFine;
  return [...added].every(([id, one]) => isSeenTo(id, one, last as Scene));
};

/** Whoever changes the mask of a thread that runs where it may not any more tells that core, before it waits. */
const isToldToLeave = (run: Run): boolean => {
  const changed = new Map<number, ThreadId>(); // by who changed it
  const told = new Map<number, Set<number>>(); // the cores that it has told since
  return follow(run, ({ name, word, context, step }, { threads }) => {
    if (name === 'mask') {
      changed.set(context, placeOf(word).id);
      told.set(context, new Set());
    }
    if (name === 'told to look') told.get(context)?.add(word);
    const id = changed.get(context);
    const thread = id === undefined ? undefined : threads[id];
    if (name !== 'blocked' || id === context || thread === undefined) return true;
    changed.delete(context);
    if (callAt(run, context, step)?.call.tag !== 'setAffinity') return true;
    return thread.state !== 'running' || has(thread.mask, thread.core) || told.get(context)?.has(thread.core) === true;
  });
};

/**
 * A thread whose core was told that it has to leave goes no further than the call that it is in: of those that it makes
 * after that, it answers none that takes a step, unless it leaves before, or may stay again.
 */
const leavesSoon = (run: Run): boolean => {
  const since = new Map<ThreadId, number>(); // which threads have to leave, and from which step on
  const hasGoneOn = (id: ThreadId, until: number): boolean => {
    const from = since.get(id) ?? Number.POSITIVE_INFINITY;
    return run.calls.some(
      ({ thread, invokedStep, answeredStep }) =>
        thread === id && invokedStep > from && (answeredStep ?? until) < until && answeredStep !== invokedStep,
    );
  };
  const isFine = follow(run, ({ name, word, context, step }, { threads }) => {
    const { id } = placeOf(word);
    if (name === 'preempted' || name === 'blocked' || name === 'mask') {
      if (hasGoneOn(id, step)) return false;
      since.delete(id);
    }
    if (name !== 'told to look' || callAt(run, context, step)?.call.tag !== 'setAffinity') return true;
    const told = threads.findIndex(({ state, core, mask }) => state === 'running' && core === word && !has(mask, core));
    if (told >= 0 && !since.has(told)) since.set(told, step);
    return true;
  });
  return isFine && [...since.keys()].every((id) => !hasGoneOn(id, Number.POSITIVE_INFINITY));
};

/**
 * Those of the claims of every scheduler that are made of a pool too. The others are about queues of each core, and about
 * giving way to somebody more urgent: whoever has a core keeps it here until its turn is over.
 */
const common = [
  'refines',
  'linearizes',
  'progress',
  'faultless',
  'runs-once',
  'slices',
  'no-busy-waiting',
  'one-reply',
  'some-core',
  'owes-another',
  'two-wait-until-one-takes-their-calls',
  'a-thread-is-on-its-way-to-another-core',
];

export const poolClaims: readonly SchedulerClaim[] = [
  ...schedulerClaims.filter(({ id }) => common.includes(id)).map((claim) => ({ ...claim, checks: [] })), // others carry them
  observes('a thread is taken up by no core that it may not run on, unless it is being moved', staysWithinItsMask, {
    id: 'mask',
    checks: ['C4-006'],
  }),
  observes('a core is told when its thread may not stay, before anybody waits for that', isToldToLeave, {
    id: 'leaves-when-told',
  }),
  observes('when a change of a mask is answered, the thread runs on no core that it may not run on', answersWhenMoved, {
    id: 'moved',
  }),
  observes('a thread that has to leave its core, which was told so, makes no more calls there', leavesSoon, {
    id: 'leaves-soon',
    checks: ['C4-006'],
  }),
  observes('no core sleeps beside a thread in the pool that it could run', noCoreSleepsBesideThePool, {
    id: 'work-conserving',
    checks: ['C4-004'],
  }),
];
