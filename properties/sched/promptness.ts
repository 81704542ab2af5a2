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

/** Whether a thread is seen to; a number: it is left to the dispatcher of that core. */
type IsSeenTo = (id: ThreadId, due: Due, scene: Scene, told: (core: number) => boolean) => boolean | number;

/** Follows who has to see to what. `isSeenTo` is asked when that one blocks, looks for work, or gives its core to somebody. */
const followDuties = (
  run: Run,
  isSeenTo: IsSeenTo,
  look: (event: Traced, scene: Scene, duties: ReadonlyMap<ThreadId, Due>) => boolean = () => true,
): boolean => {
  const duties = new Map<ThreadId, Due>();
  const toldAt = Array.from({ length: run.program.cores }, () => -1);
  const dispatcherOf = (core: number): number => run.program.threads.length + core;
  return follow(run, (event, scene, index) => {
    const { name, word, context, core } = event;
    if (['blocked', 'dispatched', 'looks for work'].includes(name)) {
      for (const [id, due] of duties) {
        if (due.by !== context || (name === 'dispatched' && placeOf(word).id === id)) continue;
        const seen = isSeenTo(id, due, scene, (asked) => (toldAt[asked] ?? -1) > due.since);
        if (seen === false) return false;
        duties.delete(id);
        if (typeof seen === 'number') duties.set(id, { since: due.since, by: dispatcherOf(seen) });
      }
    }
    if (name === 'dispatched') duties.delete(placeOf(word).id);
    if (name === 'told to look') toldAt[word] = index;
    const by = name === 'preempted' ? dispatcherOf(core) : context;
    for (const id of concerned(event, scene)) duties.set(id, { since: index, by });
    return look(event, scene, duties);
  });
};

/** Whoever is told while it looks for work or sleeps is awake in the end. */
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
 * When whoever has made a thread wait goes on to something else, no core sleeps that could run it and was not told. Where
 * the thread's own core was told, or looks anyway, it is the turn of that one's dispatcher, when it takes another thread.
 */
const isOffered =
  ({ program }: Run): IsSeenTo =>
  (id, { by }, scene, told) => {
    const thread = scene.threads[id];
    if (thread?.state !== 'ready') return true;
    const current = scene.current[thread.core] ?? null;
    const isItsDispatcher = by === program.threads.length + thread.core;
    const isLeftToIt =
      told(thread.core) || current === null || (current === by && thread.priority > (scene.threads[by]?.priority ?? 0));
    if (isLeftToIt && !isItsDispatcher) return thread.core;
    return scene.halted.every(
      (isHalted, core) => !isHalted || core === thread.core || !has(thread.mask, core) || told(core),
    );
  };

/**
 * Whoever waits is offered to those who sleep. And who has waited for another core since before this one began to look, and
 * could run here, is found: it does not halt. Not whom somebody has still to offer, or has moved to another place meanwhile.
 */
const offersAndFinds = (run: Run): boolean => {
  /** Of each core that looks for work: who waited, for which core, when it began. */
  const found = new Map<number, readonly { readonly id: ThreadId; readonly core: number }[]>();
  const lose = (isLost: (one: { readonly id: ThreadId; readonly core: number }) => boolean): void => {
    for (const [core, waiting] of found)
      found.set(
        core,
        waiting.filter((one) => !isLost(one)),
      );
  };
  return followDuties(run, isOffered(run), ({ name, word, core: where }, { threads, current }, duties) => {
    const moved = name === 'told to look' || name === 'is awake' ? undefined : placeOf(word).id;
    if (moved === undefined) found.delete(word);
    else if (['dispatched', 'moved', 'mask', 'priority', 'preempted', 'ready'].includes(name)) {
      lose(({ id }) => id === moved);
    }
    if (name === 'blocked' || name === 'preempted') lose(({ core }) => core === where); // its dispatcher sees to those who wait there
    if (name === 'looks for work') {
      const waiting = threads.flatMap(({ state, core, mask }, id) =>
        state === 'ready' &&
        current[core] !== null &&
        core !== word &&
        has(mask, word) &&
        has(mask, core) &&
        !duties.has(id)
          ? [{ id, core }]
          : [],
      );
      found.set(word, waiting);
    }
    return name !== 'halts' || (found.get(word) ?? []).length === 0;
  });
};

/**
 * Whoever is interrupted and goes on has looked after those who wait for its core: by the time that it answers a call, no
 * core sleeps that could run one of them and was not told. They were left to this core, and are not to have it any more.
 */
const offersWhomItPasses = (run: Run): boolean => {
  const waitsSince = new Map<ThreadId, number>();
  const toldAt = Array.from({ length: run.program.cores }, () => -1);
  /** Who was interrupted, where and when, and has not given its core up since. */
  const passing = new Map<ThreadId, { readonly core: number; readonly step: number; readonly index: number }>();
  const isOverlooked = (id: ThreadId, where: number, index: number, { threads, halted }: Scene): boolean => {
    const { state, core, mask } = threads[id] as Scene['threads'][number];
    const since = waitsSince.get(id) ?? -1;
    if (state !== 'ready' || core !== where || since > index || !has(mask, where)) return false;
    return halted.some(
      (isHalted, other) => isHalted && other !== where && has(mask, other) && (toldAt[other] ?? -1) < since,
    );
  };
  return follow(run, ({ name, word, context, core, step }, scene, index) => {
    for (const [by, { core: where, step: from, index: since }] of passing) {
      const goesOn = run.calls.some(
        ({ thread, answeredStep = 0 }) => thread === by && answeredStep > from && answeredStep < step,
      );
      if (!goesOn) continue;
      passing.delete(by);
      if (scene.threads.some((_, id) => isOverlooked(id, where, since, scene))) return false;
    }
    if (name === 'told to look') toldAt[word] = index;
    if (['preempted', 'ready', 'moved', 'mask', 'priority'].includes(name)) waitsSince.set(placeOf(word).id, index);
    if (name === 'blocked' || name === 'preempted') passing.delete(context);
    if (name === 'interrupted' && context < scene.threads.length) passing.set(context, { core, step, index });
    return true;
  });
};

/** No core halts, or sleeps on, beside a thread that it could run. */
export const isWorkConserving = (run: Run): boolean =>
  wakesWhoIsTold(run) && offersAndFinds(run) && offersWhomItPasses(run);

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
  if (name === 'moved') {
    return where === core && thread?.state === 'ready' && has(thread.mask, core) && more > current.priority;
  }
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

/** The threads that wait for `moved` to leave its core, in calls that have changed its mask since it was dispatched. */
const moversOf = (run: Run, moved: ThreadId, scene: Scene, until: number): ThreadId[] => {
  const before = run.traced.slice(0, until);
  const dispatched = before.findLastIndex(({ name, word }) => name === 'dispatched' && placeOf(word).id === moved);
  return before.slice(dispatched + 1).flatMap(({ name, word, context, step }) => {
    const isMask = name === 'mask' && placeOf(word).id === moved && context !== moved;
    const isInIt = callAt(run, context, step) === callAt(run, context, before.at(-1)?.step ?? step);
    return isMask && isInIt && scene.threads[context]?.state === 'blocked' ? [context] : [];
  });
};

/** Whoever waits for a thread to move that may stay after all is told by that one, when it is interrupted. */
const tellsMovers = (run: Run): boolean => {
  const owed: { readonly by: ThreadId; readonly mover: ThreadId; readonly step: number }[] = [];
  return follow(run, ({ name, word, context, core, step }, scene, index) => {
    if (name === 'ready') owed.splice(0, owed.length, ...owed.filter(({ mover }) => mover !== word));
    const isLate = owed.some(({ by, step: since }) =>
      run.calls.some(({ thread, answeredStep = 0 }) => thread === by && answeredStep > since && answeredStep < step),
    );
    if (isLate) return false;
    const thread = scene.threads[context];
    if (name === 'interrupted' && thread && has(thread.mask, core)) {
      for (const mover of moversOf(run, context, scene, index)) owed.push({ by: context, mover, step });
    }
    return true;
  });
};

/** When a change of a mask is answered that no other overlaps, the thread runs on no core that it may not run on. */
export const answersWhenMoved = (run: Run): boolean => {
  const changes = run.calls.flatMap((call) =>
    call.call.tag === 'setAffinity' && call.answer?.tag === 'ok'
      ? [{ ...call, moved: call.call.target ?? call.thread }]
      : [],
  );
  return changes.every(({ moved, invokedStep, answeredStep = 0 }) => {
    const others = run.calls.filter(
      ({ call, thread, invokedStep: from, answeredStep: to = Number.POSITIVE_INFINITY }) =>
        call.tag === 'setAffinity' && (call.target ?? thread) === moved && from <= answeredStep && to >= invokedStep,
    );
    const traced = run.traced.filter(({ step }) => step <= answeredStep);
    if (others.length > 1) return true;
    let isThere = true;
    follow(
      { ...run, traced: [...traced, { step: answeredStep, core: 0, context: 0, name: 'end', word: 0 }] },
      ({ name }, scene) => {
        const thread = scene.threads[moved];
        if (name === 'end' && thread?.state === 'running') isThere = has(thread.mask, thread.core);
        return true;
      },
    );
    return isThere;
  });
};

/** A change of a mask is answered when the thread has moved, and no later. */
export const answersInTime = (run: Run): boolean => answersWhenMoved(run) && tellsMovers(run);

/** Calls to a thread are taken in the order in which they came to it, of which each caller tells itself. */
export const takesCallsInOrder = (run: Run): boolean =>
  run.traced.every(({ name, word, context }) => name !== 'called' || (word & 15) === context) &&
  run.program.threads.every((_, server) => {
    const came = run.traced.flatMap(({ name, word }) => (name === 'called' && word >> 4 === server ? [word & 15] : []));
    const taken = run.calls.flatMap(({ thread, answer }) =>
      thread === server && answer?.tag === 'request' ? [answer.from] : [],
    );
    return taken.every((from, index) => from === came[index]);
  });
