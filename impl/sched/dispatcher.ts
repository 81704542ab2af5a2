/**
 * Who runs on a core, and how a core passes from one to the next. Queues are in the hands of `kernel.queueing`.
 *
 * Whoever gives a core up holds its lock, and whoever goes on there lets it go: so nobody can take a thread up elsewhere
 * before it has been put away. A core without work looks at the queues of the others, and then sleeps.
 */
import {
  coreNumber,
  idle,
  load,
  maskDepth,
  maskInterrupts,
  panic,
  type Routine,
  sendInterrupt,
  store,
  switchTo,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { isAnyAbove, isQueued, leave, place } from '#impl/sched/queue.ts';
import { coreOf, has, type Kernel, lockBoth, lockCoreOf, State, threadOf, unlock } from '#impl/sched/table.ts';
import { acquire } from '#impl/sync/spinlock.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/**
 * Runs threads on `core` for ever. It is first resumed by the thread that was on the core at boot, with the core's lock
 * held, or started without one; and then as if from `switchTo` below.
 */
export function* dispatch(kernel: Kernel, _table: ThreadTable, core: number): Routine {
  const mine = coreOf(kernel, core);
  if ((yield load(mine.current, 'plain')) === 0) yield* acquire(mine.lock);
  for (;;) {
    const left = (yield load(mine.current, 'plain')) - 1;
    if (left >= 0) {
      yield store(mine.current, 0, 'plain');
      yield* putAway(kernel, core, left);
    }
    const next = yield* findNext(kernel, core);
    yield* offerOthers(kernel, core, next);
    yield* takeUp(kernel, core, next);
    yield switchTo(next);
  }
}

/** Offers all who wait for a core but `next`, which has it or is to have it, to those cores that have nothing to do. */
export function* offerOthers(kernel: Kernel, core: number, next: ThreadId): Routine {
  const length = yield load(coreOf(kernel, core).length, 'relaxed');
  if (length === ((yield* isQueued(kernel, next)) ? 1 : 0)) return; // nobody else is there
  let isAnyAsleep = false;
  for (let other = 0; other < kernel.cores.length; other++) {
    if (other !== core && (yield* isAsleep(kernel, other))) isAnyAsleep = true;
  }
  if (!isAnyAsleep) return;
  for (const list of coreOf(kernel, core).first) {
    for (let at = yield load(list, 'plain'); at !== 0; at = yield load(threadOf(kernel, at - 1).next, 'plain')) {
      if (at - 1 !== next) yield* offer(kernel, core, at - 1);
    }
  }
}

/** Whether a core looks for work, or sleeps because there is none. */
function* isAsleep(kernel: Kernel, core: number): Routine<boolean> {
  return (yield load(coreOf(kernel, core).asleep, 'seq_cst', 'scheduler.isAsleep')) === 1; // pairs with findNext
}

/** The thread has the core from now on. The caller switches to it. */
export function* takeUp(kernel: Kernel, core: number, id: ThreadId): Routine {
  const thread = threadOf(kernel, id);
  yield store(coreOf(kernel, core).current, id + 1, 'plain');
  yield store(thread.state, State.running, 'plain');
  yield tracepoint('dispatched', place(id, core, yield load(thread.priority, 'plain')));
}

/** Finds a thread to run: in the core's own queue, else in those of others. Sleeps while there is none. */
function* findNext(kernel: Kernel, core: number): Routine<ThreadId> {
  const mine = coreOf(kernel, core);
  for (;;) {
    const own = yield* kernel.queueing.choose(kernel, core);
    if (own >= 0) return own;
    yield maskInterrupts(); // an interrupt between the search and `idle` must end `idle`, not come before it
    yield store(mine.asleep, 1, 'seq_cst', 'scheduler.asleep'); // before the search: pairs with offer, which looks the other way round
    yield tracepoint('looks for work', core);
    const pulled = yield* pull(kernel, core);
    if (pulled < 0) {
      yield* unlock(kernel, core);
      yield tracepoint('halts', core);
      yield idle(); // at once over, if somebody came to its own queue meanwhile: then it was told
    }
    yield store(mine.asleep, 0, 'relaxed');
    yield tracepoint('is awake', core);
    yield unmaskInterrupts(); // if it slept, it holds no lock: here what ended `idle` strikes
    if (pulled >= 0) return pulled;
    yield* acquire(mine.lock);
  }
}

/**
 * Takes a thread that waits for another core and may run here; -1: there is none, or one has come to the own queue. The
 * caller holds the lock of its core, before and after.
 */
function* pull(kernel: Kernel, core: number): Routine<number> {
  for (let i = 1; i < kernel.cores.length; i++) {
    const other = (core + i) % kernel.cores.length;
    if ((yield load(coreOf(kernel, other).length, 'seq_cst', 'scheduler.length')) === 0) continue; // pairs with insert
    yield* unlock(kernel, core);
    yield* lockBoth(kernel, core, other);
    if (yield* isAnyAbove(kernel, core, -1)) {
      yield* unlock(kernel, other);
      return -1;
    }
    const found = yield* findFor(kernel, other, core);
    if (found >= 0) {
      yield* changeCore(kernel, found, core);
      yield* leave(kernel, other, found);
      yield* kernel.queueing.run(kernel, core, found);
    }
    yield* unlock(kernel, other);
    if (found >= 0) return found;
  }
  return -1;
}

/** The most urgent thread that waits in the queue of `core` and may run there and on `where`; -1: there is none. */
function* findFor(kernel: Kernel, core: number, where: number): Routine<number> {
  const { first } = coreOf(kernel, core);
  for (let priority = first.length - 1; priority >= 0; priority--) {
    let at = yield load(first[priority] as number, 'plain');
    while (at !== 0) {
      const { state, mask, next } = threadOf(kernel, at - 1);
      if ((yield load(state, 'plain')) === State.ready) {
        const allowed = yield load(mask, 'plain');
        if (has(allowed, where) && has(allowed, core)) return at - 1; // one that may not stay is being moved already
      }
      at = yield load(next, 'plain');
    }
  }
  return -1;
}

/** The thread has left the core. If it may not come back, it goes where it may; whoever waits for that goes on. */
function* putAway(kernel: Kernel, core: number, id: ThreadId): Routine {
  const thread = threadOf(kernel, id);
  const awaitedBy = yield load(thread.awaitedBy, 'plain');
  if (awaitedBy !== 0) yield store(thread.awaitedBy, 0, 'plain');
  if (!has(yield load(thread.mask, 'plain'), core)) yield* moveAway(kernel, core, id);
  if (awaitedBy === 0) return;
  yield* unlock(kernel, core);
  yield* tellMoved(kernel, awaitedBy);
  yield* acquire(coreOf(kernel, core).lock);
}

/** Moves a thread that is on no core to the first that it may run on. The lock of `core` is held before and after. */
function* moveAway(kernel: Kernel, core: number, id: ThreadId): Routine {
  const thread = threadOf(kernel, id);
  for (;;) {
    const to = firstIn(yield load(thread.mask, 'plain'));
    yield* unlock(kernel, core);
    yield* lockBoth(kernel, core, to);
    if ((yield load(thread.core, 'relaxed')) !== core) {
      if (to !== core) yield* unlock(kernel, to);
      return; // somebody else has moved it
    }
    const mask = yield load(thread.mask, 'plain');
    if (has(mask, to)) {
      yield* settle(kernel, id, core, to);
      if (to !== core) yield* unlock(kernel, to);
      return;
    }
    if (to !== core) yield* unlock(kernel, to);
  }
}

/** The first core of a set that is not empty. */
export const firstIn = (mask: Word): number => 31 - Math.clz32(mask & -mask);

/**
 * Gives a thread that is on no core, and belongs to core `from`, to core `to`. Both are locked. What follows for those who
 * run is done too, but that this core may have to give way, which is given.
 */
export function* settle(kernel: Kernel, id: ThreadId, from: number, to: number): Routine<boolean> {
  const thread = threadOf(kernel, id);
  yield* changeCore(kernel, id, to);
  yield* leave(kernel, from, id);
  if ((yield load(thread.state, 'plain')) !== State.ready) return false;
  yield* kernel.queueing.admit(kernel, to, id);
  return yield* announce(kernel, to, id);
}

/** The thread belongs to core `to` from now on. Both cores are locked. */
export function* changeCore(kernel: Kernel, id: ThreadId, to: number): Routine {
  const thread = threadOf(kernel, id);
  yield store(thread.core, to, 'relaxed');
  yield tracepoint('moved', place(id, to, yield load(thread.priority, 'plain')));
}

/**
 * Tells those in a set of threads that somebody has left a core that it had to leave, or need not. The caller holds no lock.
 * Gives whether this core should give way.
 */
export function* tellMoved(kernel: Kernel, awaitedBy: Word): Routine<boolean> {
  let mustGiveWay = false;
  for (let id = 0; id < kernel.threads.length; id++) {
    if (!has(awaitedBy, id)) continue;
    if (yield* post(kernel, id, threadOf(kernel, id).moved, 1, State.awaitsMove)) mustGiveWay = true;
  }
  return mustGiveWay;
}

/**
 * A thread was put into the queue of `core`, which is locked: lets it run, if somebody less urgent does there, or another
 * core has nothing to do. Gives whether it is this core that should give way.
 */
export function* announce(kernel: Kernel, core: number, id: ThreadId): Routine<boolean> {
  const current = (yield load(coreOf(kernel, core).current, 'plain')) - 1;
  const priority = yield load(threadOf(kernel, id).priority, 'plain');
  if (current < 0 || priority > (yield load(threadOf(kernel, current).priority, 'plain'))) {
    return yield* disturb(core);
  }
  yield* offer(kernel, core, id);
  return false;
}

/** Makes a core look for something more urgent. Gives whether it is this one: then the caller sees to it. */
export function* disturb(core: number): Routine<boolean> {
  if ((yield coreNumber()) === core) return true;
  yield sendInterrupt(core, 'scheduler.disturb');
  yield tracepoint('told to look', core);
  return false;
}

/** Wakes every core that has nothing to do and could run this thread, if it is ready and in the queue of `core`. */
function* offer(kernel: Kernel, core: number, id: ThreadId): Routine {
  const thread = threadOf(kernel, id);
  if ((yield load(thread.state, 'plain')) !== State.ready) return;
  const mask = yield load(thread.mask, 'plain');
  for (let other = 0; other < kernel.cores.length; other++) {
    if (other === core || !has(mask, other)) continue;
    if (!(yield* isAsleep(kernel, other))) continue;
    yield sendInterrupt(other, 'scheduler.offer');
    yield tracepoint('told to look', other);
  }
}

/**
 * Stores what a thread waits for, and makes it ready if it waits in that `state`. The caller holds no lock. Gives whether
 * this core should give way.
 */
export function* post(kernel: Kernel, id: ThreadId, address: number, word: Word, state: number): Routine<boolean> {
  const core = yield* lockCoreOf(kernel, id);
  yield store(address, word, 'plain');
  const isAwaited = (yield load(threadOf(kernel, id).state, 'plain')) === state;
  const mustGiveWay = isAwaited && (yield* makeReady(kernel, core, id));
  yield* unlock(kernel, core);
  return mustGiveWay;
}

/** A blocked thread may run again. The core that it belongs to is locked. Gives whether this core should give way. */
export function* makeReady(kernel: Kernel, core: number, id: ThreadId): Routine<boolean> {
  yield store(threadOf(kernel, id).state, State.ready, 'plain');
  yield tracepoint('ready', id);
  yield* kernel.queueing.admit(kernel, core, id);
  return yield* announce(kernel, core, id);
}

/** Gives the core up, which the caller holds locked, with nothing else. Gives the core that it is on when it goes on. */
export function* giveUp(self: Thread, kernel: Kernel, core: number): Routine<number> {
  if ((yield maskDepth()) !== 1) yield panic('giveUp: whoever gives a core up holds its lock, and no other');
  if ((yield load(threadOf(kernel, self.id).state, 'plain')) === State.running) yield panic('giveUp: it runs');
  yield switchTo(self.table.threads.length + core);
  return yield coreNumber();
}
