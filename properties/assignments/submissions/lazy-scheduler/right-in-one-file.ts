/** A right lazy scheduler, with a direct switch for calls, and none for replies. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { copyOut, coreNumber, load, type Routine, store, switchTo, tracepoint, type Word } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sched/dispatcher.ts';
import * as placement from '#impl/sched/placement.ts';
import { firstOf, highestOccupied, insert, isAnyAbove, isQueued, leave, place, remove } from '#impl/sched/queue.ts';
import * as running from '#impl/sched/running.ts';
import {
  Failure,
  has,
  type Kernel,
  layoutKernel,
  lockThisAnd,
  lockThisCore,
  type MachineAtBoot,
  type Parameters,
  type Queueing,
  State,
  threadOf,
  unlock,
  unlockBoth,
} from '#impl/sched/table.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

const lazily: Queueing = {
  holdsRunning: false,
  *admit(kernel, core, id) {
    const isThere = yield* isQueued(kernel, id);
    if (!isThere) yield* insert(kernel, core, id);
  },
  *run() {},
  *block() {},
  *interrupt(kernel, core, id, isLast) {
    const isThere = yield* isQueued(kernel, id);
    if (isThere && isLast) yield* remove(kernel, core, id);
    if (!isThere || isLast) yield* insert(kernel, core, id, isLast);
  },
  *choose(kernel, core) {
    let priority = yield* highestOccupied(kernel, core);
    while (priority >= 0) {
      const id = yield* firstOf(kernel, core, priority);
      const state = yield load(threadOf(kernel, id).state, 'plain');
      if (state === State.ready) return id;
      yield tracepoint('skipped blocked thread', place(id, core, priority));
      yield* remove(kernel, core, id);
      priority = yield* highestOccupied(kernel, core);
    }
    return -1;
  },
};

export const boot = (memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Kernel =>
  layoutKernel(memory, lazily, parameters, machine);

export function* wait(self: Thread, kernel: Kernel): Routine<Word> {
  const { woken } = threadOf(kernel, self.id);
  yield* running.waitFor(self, kernel, woken, State.awaitsWake);
  return 0;
}

export function* wake(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  const woken = kernel.threads[target]?.woken;
  if (woken === undefined) return Failure.noThread;
  if (yield* dispatcher.post(kernel, target, woken, 1, State.awaitsWake)) yield* running.giveWay(self, kernel);
  return 0;
}

/** Whether a thread that is blocked may have this core at once. */
function* mayHaveCore(self: Thread, kernel: Kernel, core: number, id: ThreadId): Routine<boolean> {
  const other = threadOf(kernel, id);
  const isAllowed = has(yield load(other.mask, 'plain'), core);
  const isCallerAwaited = (yield load(threadOf(kernel, self.id).awaitedBy, 'plain')) !== 0;
  if (!isAllowed || isCallerAwaited) return false;
  const isPassed = yield* isAnyAbove(kernel, core, yield load(other.priority, 'plain'));
  return !isPassed;
}

export function* call(self: Thread, kernel: Kernel, target: ThreadId, word: Word): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  if (target === self.id) return Failure.invalid;
  const [mine, other] = [threadOf(kernel, self.id), threadOf(kernel, target)];
  const { here, there } = yield* lockThisAnd(kernel, target);
  yield store(mine.asked, word, 'plain');
  yield store(mine.nextCaller, 0, 'plain');
  const last = yield load(other.lastCaller, 'plain');
  const behind = last === 0 ? other.firstCaller : threadOf(kernel, last - 1).nextCaller;
  yield store(behind, self.id + 1, 'plain');
  yield store(other.lastCaller, self.id + 1, 'plain');
  yield tracepoint('called', self.id + 16 * target);
  const isAwaited = (yield load(other.state, 'plain')) === State.awaitsRequest;
  const isStraight = isAwaited && (yield* mayHaveCore(self, kernel, here, target));
  if (!isStraight) {
    if (isAwaited) yield* dispatcher.makeReady(kernel, there, target);
    yield* unlockBoth(kernel, here, there);
    return (yield* running.waitFor(self, kernel, mine.reply, State.awaitsReply)) - 1;
  }
  const slice = yield load(mine.slice, 'plain');
  yield store(mine.slice, 0, 'plain');
  yield store(other.slice, slice, 'plain');
  yield tracepoint('slice lent', slice - 1 + 16 * target);
  yield* running.becomeBlocked(self, kernel, here, State.awaitsReply);
  if (here !== there) {
    yield* leave(kernel, there, target);
    yield* dispatcher.changeCore(kernel, target, here);
    yield* unlock(kernel, there);
  }
  yield tracepoint('ready', target);
  yield* dispatcher.takeUp(kernel, here, target);
  yield switchTo(target);
  const core = yield coreNumber();
  return (yield* running.waitLocked(self, kernel, core, mine.reply, State.awaitsReply)) - 1;
}

export function* receive(self: Thread, kernel: Kernel): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  let core = yield* lockThisCore(kernel);
  if ((yield load(mine.owes, 'plain')) !== 0) {
    yield* unlock(kernel, core);
    return Failure.busy;
  }
  let first = yield load(mine.firstCaller, 'plain');
  while (first === 0) {
    core = yield* running.block(self, kernel, core, State.awaitsRequest);
    first = yield load(mine.firstCaller, 'plain');
  }
  const caller = threadOf(kernel, first - 1);
  const next = yield load(caller.nextCaller, 'plain');
  yield store(mine.firstCaller, next, 'plain');
  if (next === 0) yield store(mine.lastCaller, 0, 'plain');
  yield store(mine.owes, first, 'plain');
  yield copyOut(0, yield load(caller.asked, 'plain'));
  yield* unlock(kernel, core);
  return first - 1;
}

export function* reply(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const mine = threadOf(kernel, self.id);
  const to = (yield load(mine.owes, 'plain')) - 1;
  if (to < 0) return Failure.noReply;
  const caller = threadOf(kernel, to);
  const { here, there } = yield* lockThisAnd(kernel, to);
  yield store(mine.owes, 0, 'plain');
  yield store(caller.reply, word + 1, 'plain');
  const hasLent = (yield load(caller.slice, 'plain')) === 0;
  if (hasLent) {
    const slice = yield load(mine.slice, 'plain');
    yield store(caller.slice, slice, 'plain');
    yield store(mine.slice, self.id + 1, 'plain');
    yield tracepoint('slice returned', slice - 1 + 16 * to);
  }
  const isAwaited = (yield load(caller.state, 'plain')) === State.awaitsReply;
  const mustGiveWay = isAwaited && (yield* dispatcher.makeReady(kernel, there, to));
  yield* unlockBoth(kernel, here, there);
  if (mustGiveWay) yield* running.giveWay(self, kernel);
  return 0;
}

export function* replyAndReceive(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const replied = yield* reply(self, kernel, word);
  return replied < 0 ? replied : yield* receive(self, kernel);
}

export const { dispatch } = dispatcher;
export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;
export const { getAffinity, setAffinity, setPriority } = placement;
