/**
 * A right lazy scheduler: callers are told apart by numbers, a search takes out all that are not ready, and a reply switches
 * straight to one that is more urgent.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { copyOut, load, type Routine, store, switchTo, tracepoint, type Word } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sched/dispatcher.ts';
import * as placement from '#impl/sched/placement.ts';
import { insert, isAnyAbove, isQueued, leave, place, remove } from '#impl/sched/queue.ts';
import * as running from '#impl/sched/running.ts';
import {
  coreOf,
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

const queueing: Queueing = {
  holdsRunning: false,

  *admit(kernel: Kernel, core: number, id: ThreadId): Routine {
    yield* leave(kernel, core, id);
    yield* insert(kernel, core, id);
  },

  *run(_kernel: Kernel, _core: number, _id: ThreadId): Routine {},

  *block(_kernel: Kernel, _core: number, _id: ThreadId): Routine {},

  *interrupt(kernel: Kernel, core: number, id: ThreadId, isLast: boolean): Routine {
    if (yield* isQueued(kernel, id)) {
      if (!isLast) return;
      yield* remove(kernel, core, id);
    }
    yield* insert(kernel, core, id, isLast);
  },

  *choose(kernel: Kernel, core: number): Routine<number> {
    let best = -1;
    const { first } = coreOf(kernel, core);
    for (let priority = first.length - 1; priority >= 0; priority--) {
      let at: Word = yield load(first[priority] as number, 'plain');
      while (at !== 0) {
        const id = at - 1;
        const { next, state } = threadOf(kernel, id);
        const after: Word = yield load(next, 'plain');
        if ((yield load(state, 'plain')) !== State.ready) {
          yield tracepoint('skipped blocked thread', place(id, core, priority));
          yield* remove(kernel, core, id);
        } else if (best < 0) best = id;
        at = after;
      }
    }
    return best;
  },
};

/** The calls to a thread: of each caller the number of its call, 0 if there is none, and what it asks; and the last number. */
interface Arrivals {
  readonly last: number;
  readonly of: readonly number[];
  readonly word: readonly number[];
}

interface Mine extends Kernel {
  readonly arrivals: readonly Arrivals[];
}

const arrivalsAt = (kernel: Kernel, id: ThreadId): Arrivals => (kernel as Mine).arrivals[id] as Arrivals;

export const boot = (memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Mine => ({
  ...layoutKernel(memory, queueing, parameters, machine),
  arrivals: machine.placements.map((_, to) => ({
    last: memory.word(`T${to}.arrivals`),
    of: machine.placements.map((_from, from) => memory.word(`T${to}.arrival${from}`)),
    word: machine.placements.map((_from, from) => memory.word(`T${to}.word${from}`)),
  })),
});

/** Who called first and has not been taken; -1: nobody. */
function* firstCallerOf(kernel: Kernel, id: ThreadId): Routine<number> {
  let best = -1;
  let earliest = 0;
  const { of } = arrivalsAt(kernel, id);
  for (let from = 0; from < of.length; from++) {
    const number: Word = yield load(of[from] as number, 'plain');
    if (number !== 0 && (best < 0 || number < earliest)) [best, earliest] = [from, number];
  }
  return best;
}

export function* wait(self: Thread, kernel: Kernel): Routine<Word> {
  yield* running.waitFor(self, kernel, threadOf(kernel, self.id).woken, State.awaitsWake);
  return 0;
}

export function* wake(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  const mustGiveWay = yield* dispatcher.post(kernel, target, threadOf(kernel, target).woken, 1, State.awaitsWake);
  if (mustGiveWay) yield* running.giveWay(self, kernel);
  return 0;
}

function* enlist(kernel: Kernel, id: ThreadId, target: ThreadId, word: Word): Routine {
  const mine = arrivalsAt(kernel, target);
  const number = (yield load(mine.last, 'plain')) + 1;
  yield store(mine.last, number, 'plain');
  yield store(mine.word[id] as number, word, 'plain');
  yield store(mine.of[id] as number, number, 'plain');
  yield tracepoint('called', id + 16 * target);
}

/** Hands the core to another: both cores are locked, the caller is blocked, and it has no other lock after that. */
function* switchStraight(kernel: Kernel, here: number, there: number, id: ThreadId): Routine {
  if (there !== here) {
    yield* leave(kernel, there, id);
    yield* dispatcher.changeCore(kernel, id, here);
    yield* unlock(kernel, there);
  }
  yield tracepoint('ready', id);
  yield* dispatcher.takeUp(kernel, here, id);
  yield switchTo(id);
}

function* maySwitch(self: Thread, kernel: Kernel, here: number, id: ThreadId): Routine<boolean> {
  const other = threadOf(kernel, id);
  if (!has(yield load(other.mask, 'plain'), here)) return false;
  if ((yield load(threadOf(kernel, self.id).awaitedBy, 'plain')) !== 0) return false;
  const priority = yield load(other.priority, 'plain');
  return !(yield* isAnyAbove(kernel, here, priority));
}

export function* call(self: Thread, kernel: Kernel, target: ThreadId, word: Word): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  if (target === self.id) return Failure.invalid;
  const me = threadOf(kernel, self.id);
  const server = threadOf(kernel, target);
  const { here, there } = yield* lockThisAnd(kernel, target);
  yield* enlist(kernel, self.id, target, word);
  const isWaiting = (yield load(server.state, 'plain')) === State.awaitsRequest;
  if (isWaiting && (yield* maySwitch(self, kernel, here, target))) {
    const slice = yield load(me.slice, 'plain');
    yield store(me.slice, 0, 'plain');
    yield store(server.slice, slice, 'plain');
    yield tracepoint('slice lent', slice - 1 + 16 * target);
    yield* running.becomeBlocked(self, kernel, here, State.awaitsReply);
    yield* switchStraight(kernel, here, there, target);
    return yield* takeReply(self, kernel);
  }
  if (isWaiting) yield* dispatcher.makeReady(kernel, there, target);
  if (there !== here) yield* unlock(kernel, there);
  return (yield* running.waitLocked(self, kernel, here, me.reply, State.awaitsReply)) - 1;
}

/** The caller was resumed with the lock of its core. */
function* takeReply(self: Thread, kernel: Kernel): Routine<Word> {
  const { reply } = threadOf(kernel, self.id);
  const core = yield load(threadOf(kernel, self.id).core, 'relaxed');
  const word = yield load(reply, 'plain');
  yield store(reply, 0, 'plain');
  yield* unlock(kernel, core);
  return word - 1;
}

export function* receive(self: Thread, kernel: Kernel): Routine<Word> {
  const core = yield* lockThisCore(kernel);
  if ((yield load(threadOf(kernel, self.id).owes, 'plain')) !== 0) {
    yield* unlock(kernel, core);
    return Failure.busy;
  }
  return yield* receiveLocked(self, kernel, core);
}

function* receiveLocked(self: Thread, kernel: Kernel, locked: number): Routine<Word> {
  let core = locked;
  if ((yield* firstCallerOf(kernel, self.id)) < 0) {
    core = yield* running.block(self, kernel, core, State.awaitsRequest);
  }
  return yield* takeCall(self, kernel, core);
}

function* takeCall(self: Thread, kernel: Kernel, core: number): Routine<Word> {
  const me = threadOf(kernel, self.id);
  const first = yield* firstCallerOf(kernel, self.id);
  const mine = arrivalsAt(kernel, self.id);
  yield store(mine.of[first] as number, 0, 'plain');
  const word = yield load(mine.word[first] as number, 'plain');
  yield store(me.owes, first + 1, 'plain');
  yield* unlock(kernel, core);
  yield copyOut(0, word);
  return first;
}

/** Stores the reply, and gives the slice back. Both cores are locked. */
function* answer(self: Thread, kernel: Kernel, to: ThreadId, word: Word): Routine {
  const me = threadOf(kernel, self.id);
  const client = threadOf(kernel, to);
  yield store(me.owes, 0, 'plain');
  yield store(client.reply, word + 1, 'plain');
  if ((yield load(client.slice, 'plain')) !== 0) return;
  const slice = yield load(me.slice, 'plain');
  yield store(client.slice, slice, 'plain');
  yield store(me.slice, self.id + 1, 'plain');
  yield tracepoint('slice returned', slice - 1 + 16 * to);
}

export function* reply(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const owes = yield load(threadOf(kernel, self.id).owes, 'plain');
  if (owes === 0) return Failure.noReply;
  const { here, there } = yield* lockThisAnd(kernel, owes - 1);
  yield* answer(self, kernel, owes - 1, word);
  const me = threadOf(kernel, self.id);
  const isMoreUrgent = (yield load(threadOf(kernel, owes - 1).priority, 'plain')) > (yield load(me.priority, 'plain'));
  const mayStay = has(yield load(me.mask, 'plain'), here);
  if (isMoreUrgent && mayStay && (yield* maySwitch(self, kernel, here, owes - 1))) {
    yield store(me.state, State.ready, 'plain');
    yield tracepoint('preempted', self.id);
    yield* queueing.interrupt(kernel, here, self.id, false);
    if (there !== here) {
      yield* leave(kernel, there, owes - 1);
      yield* dispatcher.changeCore(kernel, owes - 1, here);
      yield* unlock(kernel, there);
    }
    yield tracepoint('ready', owes - 1);
    yield* dispatcher.offerOthers(kernel, here, owes - 1);
    yield* dispatcher.takeUp(kernel, here, owes - 1);
    yield switchTo(owes - 1);
    yield* unlock(kernel, yield load(me.core, 'relaxed'));
    return 0;
  }
  const mustGiveWay = yield* dispatcher.makeReady(kernel, there, owes - 1);
  yield* unlockBoth(kernel, here, there);
  if (mustGiveWay) yield* running.giveWay(self, kernel);
  return 0;
}

export function* replyAndReceive(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const me = threadOf(kernel, self.id);
  const owes = yield load(me.owes, 'plain');
  if (owes === 0) return Failure.noReply;
  const { here, there } = yield* lockThisAnd(kernel, owes - 1);
  yield* answer(self, kernel, owes - 1, word);
  const isIdle = (yield* firstCallerOf(kernel, self.id)) < 0;
  if (isIdle && (yield* maySwitch(self, kernel, here, owes - 1))) {
    yield* running.becomeBlocked(self, kernel, here, State.awaitsRequest);
    yield* switchStraight(kernel, here, there, owes - 1);
    return yield* takeCall(self, kernel, yield load(me.core, 'relaxed'));
  }
  const mustGiveWay = yield* dispatcher.makeReady(kernel, there, owes - 1);
  if (isIdle) {
    if (there !== here) yield* unlock(kernel, there);
    return yield* receiveLocked(self, kernel, here);
  }
  yield* unlockBoth(kernel, here, there);
  if (mustGiveWay) yield* running.giveWay(self, kernel);
  return yield* receiveLocked(self, kernel, yield* lockThisCore(kernel));
}

export const { dispatch } = dispatcher;
export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;
export const { getAffinity, setAffinity, setPriority } = placement;
