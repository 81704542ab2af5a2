/** What becomes of the thread that runs: it blocks, it gives way, it is interrupted; it begins, and it ends. */
import {
  type Address,
  coreNumber,
  load,
  panic,
  type Routine,
  store,
  tracepoint,
  type Word,
} from '#impl/machine/ops.ts';
import { giveUp, offerOthers, tellMoved } from '#impl/sched/dispatcher.ts';
import { isAnyAbove } from '#impl/sched/queue.ts';
import { has, type Kernel, lockThisCore, State, threadOf, unlock } from '#impl/sched/table.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';

/** The caller, which holds its core locked, is blocked from now on; it has not given the core up yet. */
export function* becomeBlocked(self: Thread, kernel: Kernel, core: number, state: number): Routine {
  yield store(threadOf(kernel, self.id).state, state, 'plain');
  yield tracepoint('blocked', self.id);
  yield* kernel.queueing.block(kernel, core, self.id);
}

/** Blocks the caller, which holds its core locked. Gives the core that it is on, and holds, when it goes on. */
export function* block(self: Thread, kernel: Kernel, core: number, state: number): Routine<number> {
  yield* becomeBlocked(self, kernel, core, state);
  return yield* giveUp(self, kernel, core);
}

/** Waits, blocked in `state`, until a word of the caller's is not 0, and takes it. */
export function* waitFor(self: Thread, kernel: Kernel, address: Address, state: number): Routine<Word> {
  return yield* waitLocked(self, kernel, yield* lockThisCore(kernel), address, state);
}

/** The same for a caller that holds its core locked. It is let go of. */
export function* waitLocked(
  self: Thread,
  kernel: Kernel,
  locked: number,
  address: Address,
  state: number,
): Routine<Word> {
  let core = locked;
  let word = yield load(address, 'plain');
  if (word === 0) {
    core = yield* block(self, kernel, core, state);
    word = yield load(address, 'plain'); // nobody makes it ready but who has stored it
  }
  yield store(address, 0, 'plain');
  yield* unlock(kernel, core);
  return word;
}

/** Lets others run, those of its priority too if it goes behind them. The caller holds its core locked. */
function* giveTurn(self: Thread, kernel: Kernel, core: number, isLast: boolean): Routine<number> {
  yield store(threadOf(kernel, self.id).state, State.ready, 'plain');
  yield tracepoint('preempted', self.id);
  yield* kernel.queueing.interrupt(kernel, core, self.id, isLast);
  return yield* giveUp(self, kernel, core);
}

/** Lets others of its priority run first. */
export function* yieldCore(self: Thread, kernel: Kernel): Routine<Word> {
  const core = yield* giveTurn(self, kernel, yield* lockThisCore(kernel), true);
  yield* unlock(kernel, core);
  return 0;
}

/** Gives way if the caller may not stay on its core, or somebody more urgent waits for it. It holds no lock. */
export function* giveWay(self: Thread, kernel: Kernel): Routine {
  const thread = threadOf(kernel, self.id);
  let core = yield* lockThisCore(kernel);
  let awaitedBy = 0;
  if (!has(yield load(thread.mask, 'plain'), core)) {
    core = yield* giveTurn(self, kernel, core, true); // whoever puts it away moves it, and tells who waits for that
  } else {
    awaitedBy = yield load(thread.awaitedBy, 'plain'); // it may stay after all: somebody has changed the mask again
    if (awaitedBy !== 0) yield store(thread.awaitedBy, 0, 'plain');
    const priority = yield load(thread.priority, 'plain');
    if (yield* isAnyAbove(kernel, core, priority)) core = yield* giveTurn(self, kernel, core, false);
    else yield* offerOthers(kernel, core, self.id); // somebody was to have this core, and is not to have it any more
  }
  yield* unlock(kernel, core);
  if (awaitedBy !== 0 && (yield* tellMoved(kernel, awaitedBy))) yield* giveWay(self, kernel); // to one of those
}

/** Another core has interrupted this one in the midst of a context. A dispatcher looks for work anyway. */
export function* interrupted(kernel: Kernel, table: ThreadTable, context: number): Routine {
  if (context < table.threads.length) yield* giveWay({ id: context, table }, kernel);
}

/** The timer struck: a tick of the slice that the thread runs on is gone. With the last one its turn is over. */
export function* timerInterrupt(self: Thread, kernel: Kernel): Routine {
  const thread = threadOf(kernel, self.id);
  let core = yield* lockThisCore(kernel);
  const owner = (yield load(thread.slice, 'plain')) - 1;
  const slice = threadOf(kernel, owner).ticksLeft;
  const left = (yield load(slice, 'plain')) - 1;
  yield tracepoint('tick', owner + 16 * left);
  if (left > 0) {
    yield store(slice, left, 'plain');
  } else {
    yield store(slice, kernel.sliceTicks, 'plain');
    core = yield* giveTurn(self, kernel, core, true);
  }
  yield* unlock(kernel, core);
}

/** The first thing that a thread does which was not on a core at boot: whoever switched to it has left the core locked. */
export function* begin(_self: Thread, kernel: Kernel): Routine {
  yield* unlock(kernel, yield coreNumber());
}

/** The thread has nothing more to run, for ever. */
export function* retire(self: Thread, kernel: Kernel): Routine {
  yield* block(self, kernel, yield* lockThisCore(kernel), State.gone);
  yield panic('a thread that retired was run again');
}
