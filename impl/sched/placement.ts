/** Where threads may run, and how urgent they are. Source: Linux, kernel/sched/core.c (__set_cpus_allowed_ptr). */
import { load, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import { announce, disturb, firstIn, settle } from '#impl/sched/dispatcher.ts';
import { insert, isAnyAbove, isQueued, place, remove } from '#impl/sched/queue.ts';
import { giveWay, waitFor } from '#impl/sched/running.ts';
import {
  everyCore,
  Failure,
  has,
  type Kernel,
  lockBoth,
  lockCoreOf,
  priorities,
  State,
  threadOf,
  unlock,
  unlockBoth,
} from '#impl/sched/table.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/**
 * Lets a thread run on the cores of `mask` that there are, and on no other: when the call returns it has left those. Gives
 * 0; `noThread`; `invalid`: there is no such core.
 */
export function* setAffinity(self: Thread, kernel: Kernel, target: ThreadId, mask: Word): Routine<Word> {
  const allowed = mask & everyCore(kernel);
  if (!kernel.threads[target]) return Failure.noThread;
  if (allowed === 0) return Failure.invalid;
  const thread = threadOf(kernel, target);
  const { home, to } = yield* lockForMove(kernel, target, allowed);
  yield store(thread.mask, allowed, 'plain');
  yield tracepoint('mask', target + 16 * allowed);
  const state = yield load(thread.state, 'plain');
  if (home === to) {
    const mustGiveWay = state === State.ready && (yield* announce(kernel, home, target)); // more cores may have it now
    yield* unlock(kernel, home);
    if (mustGiveWay) yield* giveWay(self, kernel);
    return 0;
  }
  if (state !== State.running) {
    const mustGiveWay = yield* settle(kernel, target, home, to);
    yield* unlockBoth(kernel, home, to);
    if (mustGiveWay) yield* giveWay(self, kernel);
    return 0;
  }
  if (target !== self.id) {
    yield store(thread.awaitedBy, (yield load(thread.awaitedBy, 'plain')) | (1 << self.id), 'plain');
    yield* disturb(home);
  }
  yield* unlockBoth(kernel, home, to);
  if (target === self.id) yield* giveWay(self, kernel);
  else yield* waitFor(self, kernel, threadOf(kernel, self.id).moved, State.awaitsMove);
  return 0;
}

/** Locks the core that a thread belongs to, and the one that it has to belong to, which may be the same. */
function* lockForMove(
  kernel: Kernel,
  id: ThreadId,
  allowed: Word,
): Routine<{ readonly home: number; readonly to: number }> {
  const { core } = threadOf(kernel, id);
  for (;;) {
    const home = yield load(core, 'relaxed');
    const to = has(allowed, home) ? home : firstIn(allowed);
    yield* lockBoth(kernel, home, to);
    if ((yield load(core, 'relaxed')) === home) return { home, to };
    yield* unlockBoth(kernel, home, to);
  }
}

/** Gives the cores that a thread may run on; `noThread`. */
export function* getAffinity(_self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  const core = yield* lockCoreOf(kernel, target);
  const mask = yield load(threadOf(kernel, target).mask, 'plain');
  yield* unlock(kernel, core);
  return mask;
}

/** Makes a thread more or less urgent. Gives what it was; `noThread`; `invalid`: there is no such priority. */
export function* setPriority(self: Thread, kernel: Kernel, target: ThreadId, priority: number): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  if (priority < 0 || priority >= priorities) return Failure.invalid;
  const thread = threadOf(kernel, target);
  const core = yield* lockCoreOf(kernel, target);
  const before = yield load(thread.priority, 'plain');
  const wasQueued = yield* isQueued(kernel, target);
  yield tracepoint('priority', place(target, core, priority)); // from here it is ours to see that somebody runs it
  if (wasQueued) yield* remove(kernel, core, target);
  yield store(thread.priority, priority, 'plain');
  if (wasQueued) yield* insert(kernel, core, target);
  const state = yield load(thread.state, 'plain');
  let mustGiveWay = state === State.ready && (yield* announce(kernel, core, target));
  if (state === State.running && (yield* isAnyAbove(kernel, core, priority))) mustGiveWay = yield* disturb(core);
  yield* unlock(kernel, core);
  if (mustGiveWay) yield* giveWay(self, kernel);
  return before;
}
