/**
 * Waking, and calls with a direct switch: the caller gives its core and the rest of its time slice straight to whom it
 * calls, if that one waits for a call, may run here, and nobody more urgent waits for the core. So does a reply of who then
 * waits. Otherwise the other is made ready as by a wake. Source: Liedtke, SOSP 1993; seL4, src/fastpath/fastpath.c.
 */
import { copyOut, coreNumber, load, type Routine, store, switchTo, tracepoint, type Word } from '#impl/machine/ops.ts';
import { changeCore, makeReady, post, takeUp } from '#impl/sched/dispatcher.ts';
import { isAnyAbove, leave } from '#impl/sched/queue.ts';
import { becomeBlocked, block, giveWay, waitFor, waitLocked } from '#impl/sched/running.ts';
import {
  Failure,
  has,
  type Kernel,
  lockThisAnd,
  lockThisCore,
  State,
  threadOf,
  unlock,
  unlockBoth,
} from '#impl/sched/table.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Two cores that are locked: the caller's and that of whom it deals with. */
interface Locked {
  readonly here: number;
  readonly there: number;
}

/** Waits until the caller has been woken. Gives 0. */
export function* wait(self: Thread, kernel: Kernel): Routine<Word> {
  yield* waitFor(self, kernel, threadOf(kernel, self.id).woken, State.awaitsWake);
  return 0;
}

/** Wakes a thread. Gives 0; `noThread`. */
export function* wake(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  const mustGiveWay = yield* post(kernel, target, threadOf(kernel, target).woken, 1, State.awaitsWake);
  if (mustGiveWay) yield* giveWay(self, kernel);
  return 0;
}

/** Hands `word` to another thread and waits for the reply, which it gives; `noThread`, `invalid`: oneself. */
export function* call(self: Thread, kernel: Kernel, target: ThreadId, word: Word): Routine<Word> {
  if (target === self.id) return Failure.invalid;
  if (!kernel.threads[target]) return Failure.noThread;
  const { reply } = threadOf(kernel, self.id);
  const locked = yield* lockThisAnd(kernel, target);
  yield* ask(self, kernel, target, word);
  if ((yield load(threadOf(kernel, target).state, 'plain')) === State.awaitsRequest) {
    if (yield* maySwitch(self, kernel, locked.here, target)) {
      yield* lend(self, kernel, target);
      const core = yield* switchDirectly(self, kernel, locked, target, State.awaitsReply);
      return (yield* waitLocked(self, kernel, core, reply, State.awaitsReply)) - 1;
    }
    yield* makeReady(kernel, locked.there, target); // this core gives way in any case
  }
  yield* unlockBoth(kernel, locked.here, locked.there);
  return (yield* waitFor(self, kernel, reply, State.awaitsReply)) - 1;
}

/** Puts the caller behind those whose calls the target has not taken yet. The target's core is locked. */
function* ask(self: Thread, kernel: Kernel, target: ThreadId, word: Word): Routine {
  const { asked, nextCaller } = threadOf(kernel, self.id);
  const { firstCaller, lastCaller } = threadOf(kernel, target);
  yield store(asked, word, 'plain');
  yield store(nextCaller, 0, 'plain');
  const last = yield load(lastCaller, 'plain');
  yield store(last === 0 ? firstCaller : threadOf(kernel, last - 1).nextCaller, self.id + 1, 'plain');
  yield store(lastCaller, self.id + 1, 'plain');
  yield tracepoint('called', self.id + 16 * target);
}

/** Waits for a call and takes it: gives the caller, and its word by `copyOut`; `busy`: a reply is owed. */
export function* receive(self: Thread, kernel: Kernel): Routine<Word> {
  if ((yield load(threadOf(kernel, self.id).owes, 'plain')) !== 0) return Failure.busy; // only we touch it
  return yield* take(self, kernel, yield* lockThisCore(kernel));
}

/** The same for a caller that holds its core locked, and owes no reply. */
function* take(self: Thread, kernel: Kernel, locked: number): Routine<Word> {
  const { firstCaller, lastCaller, owes } = threadOf(kernel, self.id);
  let core = locked;
  let first = yield load(firstCaller, 'plain');
  if (first === 0) {
    core = yield* block(self, kernel, core, State.awaitsRequest);
    first = yield load(firstCaller, 'plain');
  }
  const { asked, nextCaller } = threadOf(kernel, first - 1);
  const word = yield load(asked, 'plain');
  const next = yield load(nextCaller, 'plain');
  yield store(firstCaller, next, 'plain');
  if (next === 0) yield store(lastCaller, 0, 'plain');
  yield store(owes, first, 'plain');
  yield* unlock(kernel, core);
  yield copyOut(0, word);
  return first - 1;
}

/** Answers the call that was taken last. Gives 0; `noReply`. */
export function* reply(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const owes = yield load(threadOf(kernel, self.id).owes, 'plain');
  if (owes === 0) return Failure.noReply;
  const locked = yield* lockThisAnd(kernel, owes - 1);
  const isAwaited = yield* answer(self, kernel, owes - 1, word);
  const mustGiveWay = isAwaited && (yield* makeReady(kernel, locked.there, owes - 1));
  yield* unlockBoth(kernel, locked.here, locked.there);
  if (mustGiveWay) yield* giveWay(self, kernel);
  return 0;
}

/** Answers the call that was taken last, and takes the next one, as `receive`; `noReply`. */
export function* replyAndReceive(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const { owes, firstCaller } = threadOf(kernel, self.id);
  const to = (yield load(owes, 'plain')) - 1;
  if (to < 0) return Failure.noReply;
  const locked = yield* lockThisAnd(kernel, to);
  if (yield* answer(self, kernel, to, word)) {
    const isNextHere = (yield load(firstCaller, 'plain')) !== 0;
    if (!isNextHere && (yield* maySwitch(self, kernel, locked.here, to))) {
      return yield* take(self, kernel, yield* switchDirectly(self, kernel, locked, to, State.awaitsRequest));
    }
    if (yield* makeReady(kernel, locked.there, to)) {
      yield* unlockBoth(kernel, locked.here, locked.there);
      yield* giveWay(self, kernel);
      return yield* receive(self, kernel);
    }
  }
  if (locked.there !== locked.here) yield* unlock(kernel, locked.there);
  return yield* take(self, kernel, locked.here);
}

/** Gives a caller its reply, and its time slice back if it was lent. Both cores are locked. Gives whether it is blocked. */
function* answer(self: Thread, kernel: Kernel, to: ThreadId, word: Word): Routine<boolean> {
  const mine = threadOf(kernel, self.id);
  const caller = threadOf(kernel, to);
  yield store(mine.owes, 0, 'plain');
  yield store(caller.reply, word + 1, 'plain');
  if ((yield load(caller.slice, 'plain')) === 0) {
    const slice = yield load(mine.slice, 'plain');
    yield store(caller.slice, slice, 'plain');
    yield store(mine.slice, self.id + 1, 'plain');
    yield tracepoint('slice returned', slice - 1 + 16 * to);
  }
  return (yield load(caller.state, 'plain')) === State.awaitsReply;
}

/** Lends the caller's time slice, what is left of it, to another thread. Both cores are locked. */
function* lend(self: Thread, kernel: Kernel, to: ThreadId): Routine {
  const mine = threadOf(kernel, self.id);
  const slice = yield load(mine.slice, 'plain');
  yield store(threadOf(kernel, to).slice, slice, 'plain');
  yield store(mine.slice, 0, 'plain');
  yield tracepoint('slice lent', slice - 1 + 16 * to);
}

/** Whether the caller may give its core straight to a blocked thread: it may run here, and nobody more urgent waits. */
function* maySwitch(self: Thread, kernel: Kernel, here: number, to: ThreadId): Routine<boolean> {
  const thread = threadOf(kernel, to);
  if (!has(yield load(thread.mask, 'plain'), here)) return false;
  if ((yield load(threadOf(kernel, self.id).awaitedBy, 'plain')) !== 0) return false; // somebody waits until we are put away
  return !(yield* isAnyAbove(kernel, here, yield load(thread.priority, 'plain')));
}

/**
 * Blocks the caller in `state` and gives its core straight to `to`, which is blocked: no search, and nobody in between.
 * Both cores are locked; gives the core that the caller is on, and holds locked, when it goes on.
 */
function* switchDirectly(
  self: Thread,
  kernel: Kernel,
  { here, there }: Locked,
  to: ThreadId,
  state: number,
): Routine<number> {
  yield* becomeBlocked(self, kernel, here, state);
  if (there !== here) {
    yield* leave(kernel, there, to); // it may have been left there
    yield* changeCore(kernel, to, here);
    yield* unlock(kernel, there);
  }
  yield tracepoint('ready', to);
  yield* kernel.queueing.run(kernel, here, to);
  yield* takeUp(kernel, here, to);
  yield switchTo(to);
  return yield coreNumber();
}
