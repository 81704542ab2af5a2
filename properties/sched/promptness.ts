/** Whether what has to be done about a thread that waits is done: by whoever made it wait, and by whoever is told. */
import type { Traced } from '#impl/machine/machine.ts';
import { callAt, follow, has, isAnybodyAbove, placeOf, type Run, type Scene } from '#properties/sched/replay.ts';
import type { ThreadId } from '#spec/abi.ts';

/** When a thread came to wait, or was forbidden its core; and who has to see to it. */
interface Due {
  readonly since: number;
  /** A context. A thread that gives its core up leaves it to the core's dispatcher. */
  readonly by: number;
}

/** About whom something is to be done after an event. */
const concerned = ({ name, word }: Traced, { threads }: Scene): ThreadId[] => {
  const { id, core, more } = placeOf(word);
  const thread = threads[id];
  if (!thread) return [];
  if (name === 'preempted' || name === 'ready') return [id];
  if (!['moved', 'mask', 'priority'].includes(name)) return [];
  if (thread.state === 'ready') return [id];
  if (thread.state !== 'running') return [];
  if (name === 'mask') return [id];
  return threads.flatMap((other, waiting) =>
    other.state === 'ready' && other.core === core && other.priority > more ? [waiting] : [],
  );
};

/** Follows who has to see to what. `isSeenTo` is asked when that one blocks, sleeps or gives its core to somebody. */
const followDuties = (
  run: Run,
  isSeenTo: (id: ThreadId, due: Due, scene: Scene, told: (core: number) => boolean) => boolean,
): boolean => {
  const duties = new Map<ThreadId, Due>();
  const toldAt = Array.from({ length: run.program.cores }, () => -1);
  return follow(run, (event, scene, index) => {
    const { name, word, context, core } = event;
    if (['blocked', 'dispatched', 'goes to sleep'].includes(name)) {
      for (const [id, due] of duties) {
        if (due.by !== context) continue;
        if (!isSeenTo(id, due, scene, (asked) => (toldAt[asked] ?? -1) > due.since)) return false;
        duties.delete(id);
      }
    }
    if (name === 'dispatched') duties.delete(placeOf(word).id);
    if (name === 'told to look') toldAt[word] = index;
    const by = name === 'preempted' ? run.program.threads.length + core : context;
    for (const id of concerned(event, scene)) duties.set(id, { since: index, by });
    return true;
  });
};

/** Whoever is told while it sleeps, or is about to, is awake in the end. */
const wakesWhoIsTold = (run: Run): boolean => {
  const toldAsleep = new Set<number>();
  const isFine = follow(run, ({ name, word }, scene) => {
    if (name === 'told to look' && scene.asleep[word]) toldAsleep.add(word);
    if (name === 'is awake') toldAsleep.delete(word);
    return true;
  });
  return isFine && (run.end !== 'quiescent' || toldAsleep.size === 0);
};

/**
 * When whoever has made a thread wait goes on to something else, no core sleeps that could run it and was not told: unless
 * its own core is told, looks anyway, or runs who has made it wait, and gives way.
 */
export const isWorkConserving = (run: Run): boolean =>
  wakesWhoIsTold(run) &&
  followDuties(run, (id, { by }, scene, told) => {
    const thread = scene.threads[id];
    if (thread?.state !== 'ready' || told(thread.core)) return true;
    const current = scene.current[thread.core] ?? null;
    if (current === null || (current === by && thread.priority > (scene.threads[by]?.priority ?? 0))) return true;
    return scene.asleep.every(
      (isAsleep, core) => !isAsleep || core === thread.core || !has(thread.mask, core) || told(core),
    );
  });

/** By then whoever may not keep its core, or is less urgent than the one that waits, was told, if it is not that one. */
const isTold = (run: Run): boolean =>
  followDuties(run, (id, { by }, scene, told) => {
    const thread = scene.threads[id];
    if (!thread || told(thread.core)) return true;
    if (thread.state === 'running') return has(thread.mask, thread.core) || id === by;
    const current = scene.current[thread.core] ?? null;
    if (thread.state !== 'ready' || current === null || current === by || !has(thread.mask, thread.core)) return true;
    return thread.priority <= (scene.threads[current]?.priority ?? 0);
  });

/** Whether the thread on a core has to give way, to somebody more urgent or because the core is forbidden. */
const mustGiveWay = (scene: Scene, core: number): boolean => {
  const current = scene.threads[scene.current[core] ?? -1];
  if (!current) return false;
  return !has(current.mask, core) || isAnybodyAbove(scene, core, current.priority);
};

/** Whether a thread knows by an event that it has to give way: it is interrupted, or has brought it about itself. */
const knows = ({ name, word, context, core }: Traced, scene: Scene): boolean => {
  const current = scene.threads[context];
  if (!current || scene.current[core] !== context) return false;
  if (name === 'interrupted') return mustGiveWay(scene, core);
  const { id, core: where, more } = placeOf(word);
  const thread = scene.threads[id];
  if (name === 'ready') return thread?.core === core && has(thread.mask, core) && thread.priority > current.priority;
  if (name === 'mask') return id === context && !has(word >> 4, core);
  if (name !== 'priority' || where !== core) return false;
  return id === context ? isAnybodyAbove(scene, core, more) : thread?.state === 'ready' && more > current.priority;
};

/** A thread that is interrupted, or makes another ready, while it has to give way, does not go on before it has. */
const obeys = (run: Run): boolean => {
  /** Since which step each thread has to give way; absent: it need not. */
  const since = new Map<ThreadId, number>();
  const isOverdue = (until: number): boolean =>
    [...since].some(([id, step]) =>
      run.calls.some(({ thread, answeredStep = 0 }) => thread === id && answeredStep > step && answeredStep < until),
    );
  const isFine = follow(run, (event, scene) => {
    const { name, step, context } = event;
    for (const [id] of since) if (!mustGiveWay(scene, scene.threads[id]?.core ?? 0)) since.delete(id);
    if (isOverdue(step)) return false;
    if (name === 'blocked' || name === 'preempted') since.delete(context);
    if (knows(event, scene)) since.set(context, step);
    return true;
  });
  return isFine && (run.end !== 'quiescent' || !isOverdue(Number.POSITIVE_INFINITY));
};

/** Whoever may not keep its core, or is less urgent than another there, is told and gives way. */
export const givesWay = (run: Run): boolean => isTold(run) && obeys(run);

/** Whether a thread gives its core up because its turn is over: it yields, or its slice is used up. */
const isTurnOver = (run: Run, { context, step }: Traced, index: number): boolean => {
  const before = run.traced.slice(0, index).findLast((event) => event.context === context);
  if (before?.name === 'tick' && before.word >> 4 === 0) return true;
  return before?.name !== 'interrupted' && callAt(run, context, step)?.call.tag === 'yield';
};

/** Those of its priority that waited for its core when a thread's turn was over go before it, unless something changes. */
export const takesTurns = (run: Run): boolean => {
  const before = new Map<ThreadId, Set<ThreadId>>();
  return follow(run, (event, scene, index) => {
    const { name, word } = event;
    const { id, core } = placeOf(word);
    const thread = scene.threads[id];
    if (name === 'dispatched') {
      const overtaken = [...(before.get(id) ?? [])].some((other) => {
        const one = scene.threads[other];
        return thread?.core === core && one?.state === 'ready' && one.core === core && one.priority === thread.priority;
      });
      before.delete(id);
      for (const others of before.values()) others.delete(id);
      return !overtaken;
    }
    if (['priority', 'mask', 'moved', 'blocked'].includes(name)) {
      before.delete(id);
      for (const others of before.values()) others.delete(id);
    }
    if (name === 'preempted' && thread && isTurnOver(run, event, index)) {
      const equals = scene.threads.flatMap((other, at) => {
        const isEqual = other.state === 'ready' && other.core === thread.core && other.priority === thread.priority;
        return isEqual && has(other.mask, thread.core) ? [at] : [];
      });
      before.set(id, new Set(equals));
    }
    return true;
  });
};
