/** Whose turn it is among equals: of those of one priority that wait for one core. */
import type { Traced } from '#impl/machine/machine.ts';
import { callAt, follow, has, isOfThread, placeOf, type Run, type Scene } from '#properties/sched/replay.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Whether a thread gives its core up because its turn is over: it yields, or its slice is used up. Null: perhaps. */
const isTurnOver = (run: Run, { context, step }: Traced, index: number): boolean | null => {
  const before = run.traced.slice(0, index).findLast((event) => event.context === context);
  if (before?.name === 'tick' && before.word >> 4 === 0) return true;
  const during = callAt(run, context, step);
  if (during?.call.tag !== 'yield') return false;
  const isInterrupted = before?.name === 'interrupted' && before.step >= during.invokedStep;
  return isInterrupted ? null : true; // it may give way before it comes to yield
};

/** Who waits for the core of a thread, may have it, and is as urgent. */
const equalsOf = ({ threads }: Scene, id: ThreadId): ThreadId[] => {
  const thread = threads[id];
  return threads.flatMap((other, at) => {
    const isEqual = other.state === 'ready' && other.core === thread?.core && other.priority === thread.priority;
    return at !== id && isEqual && has(other.mask, other.core) ? [at] : [];
  });
};

/**
 * When a thread's turn is over, those of its priority that waited for its core go before it; when it is not, and the thread
 * gives way to somebody more urgent, it goes before them. Unless something changes. Who stands where among equals is known
 * of a thread that the dispatcher has found: a direct switch asks nobody. Source: POSIX, sched(7), SCHED_RR.
 */
const keepsTheOrder = (run: Run): boolean => {
  /** Who goes before a thread. */
  const before = new Map<ThreadId, Set<ThreadId>>();
  /** Threads that run, or ran last, because it was their turn: at boot, or as the dispatcher found. */
  const found = new Set(run.program.threads.keys());
  /** Threads that came to where they wait by a change of a mask or a priority: they may stand anywhere. */
  const changed = new Set<ThreadId>();
  const goes = (first: ThreadId, second: ThreadId): void => {
    before.set(second, (before.get(second) ?? new Set()).add(first));
  };
  const forget = (id: ThreadId): void => {
    before.delete(id);
    for (const others of before.values()) others.delete(id);
  };
  return follow(run, (event, scene, index) => {
    const { name, word } = event;
    const { id, core } = placeOf(word);
    const thread = scene.threads[id];
    if (name === 'dispatched') {
      if (isOfThread(run, event)) found.delete(id);
      else found.add(id);
      const equals = thread?.core === core ? equalsOf(scene, id) : [];
      const isOvertaking = equals.some((other) => before.get(id)?.has(other) === true);
      forget(id);
      return !isOvertaking;
    }
    if (name === 'ready' || name === 'preempted') changed.delete(id);
    if (name === 'priority' || name === 'mask') {
      found.delete(id);
      changed.add(id);
    }
    if (['priority', 'mask', 'moved', 'blocked'].includes(name)) forget(id);
    if (name !== 'preempted' || !thread) return true;
    const isOver = isTurnOver(run, event, index);
    if (isOver) for (const equal of equalsOf(scene, id)) goes(equal, id);
    if (isOver === false && has(thread.mask, thread.core) && found.has(id)) {
      for (const equal of equalsOf(scene, id)) if (!changed.has(equal)) goes(id, equal);
    }
    return true;
  });
};

/** Whoever yields while one as urgent waits for its core, until it is answered, has given the core up. */
const yieldsToEquals = (run: Run): boolean => {
  /** Of each thread in a call: whom it should let run. */
  const waiting = new Map<ThreadId, { readonly until: number; readonly equals: Set<ThreadId> }>();
  const isFine = (step: number): boolean =>
    [...waiting.values()].every(({ until, equals }) => until > step || equals.size === 0);
  const yieldsOf = run.calls.filter(({ call, answeredStep }) => call.tag === 'yield' && answeredStep !== undefined);
  const begun = new Set<(typeof yieldsOf)[number]>();
  return (
    follow(run, ({ name, word, context, step }, scene) => {
      for (const call of yieldsOf) {
        if (begun.has(call) || call.invokedStep > step) continue;
        begun.add(call);
        waiting.set(call.thread, { until: call.answeredStep ?? 0, equals: new Set(equalsOf(scene, call.thread)) });
      }
      if (!isFine(step)) return false;
      if (name === 'preempted' || name === 'blocked') waiting.delete(context);
      const { id } = placeOf(word);
      if (['dispatched', 'moved', 'mask', 'priority', 'blocked'].includes(name)) {
        waiting.delete(id);
        for (const { equals } of waiting.values()) equals.delete(id);
      }
      return true;
    }) && isFine(Number.POSITIVE_INFINITY)
  );
};

/** Each strike of the timer that does not end the sleep of a core takes a tick of a turn. On one core, where it is known. */
const feelsTheTimer = ({ program, traced, costs, end }: Run): boolean => {
  const of = (told: string): number => traced.filter(({ name }) => name === told).length;
  return program.cores > 1 || end !== 'quiescent' || of('is awake') > 0 || of('tick') === costs.interrupts;
};

/** Whoever has had its turn, which the timer measures, goes behind those of its priority, and nobody else does. */
export const takesTurns = (run: Run): boolean => feelsTheTimer(run) && keepsTheOrder(run) && yieldsToEquals(run);
