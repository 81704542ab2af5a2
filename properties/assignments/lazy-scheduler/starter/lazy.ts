/**
 * Your lazy scheduler: which threads stand in the queue of a core, and when they get there. Waking and messages are in
 * messages.ts, which is yours too. Everything else is given, in `#impl/sched/`. What each routine has to do is said above
 * it, and in README.md.
 *
 * A routine looks like this. It makes a thread one step more urgent, and gives what it was:
 *
 *   function* raise(kernel: Kernel, id: ThreadId): Routine<Word> {
 *     const { priority } = threadOf(kernel, id);
 *     const old = yield load(priority, 'plain'); // `yield` each micro-op: another core may step in here
 *     yield store(priority, old + 1, 'plain');
 *     return old;
 *   }
 *
 * It is called by `const old = yield* raise(kernel, id)`. Threads share nothing but words: a variable at the top of this
 * file would be another one for each thread.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { panic, type Routine } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sched/dispatcher.ts';
import * as placement from '#impl/sched/placement.ts';
import * as running from '#impl/sched/running.ts';
import { type Kernel, layoutKernel, type MachineAtBoot, type Parameters, type Queueing } from '#impl/sched/table.ts';
import type { ThreadId } from '#spec/abi.ts';
import * as messages from './messages.ts';

/** The kernel calls these five, always with the lock of `core` held, which stays held. */
const queueing: Queueing = {
  /** Whether the thread that runs stands in the queue too. Whoever waits for a core at boot is in its queue already. */
  holdsRunning: false,

  /** The thread is ready and does not run. From now on it has to be in the queue of `core`: once, wherever it was. */
  *admit(_kernel: Kernel, _core: number, _id: ThreadId): Routine {
    yield panic('admit is not written yet');
  },

  /** The thread, which is in no queue, runs now: the dispatcher has taken it from another core. */
  *run(_kernel: Kernel, _core: number, _id: ThreadId): Routine {
    yield panic('run is not written yet');
  },

  /** The thread that ran is blocked now. */
  *block(_kernel: Kernel, _core: number, _id: ThreadId): Routine {
    yield panic('block is not written yet');
  },

  /** The thread that ran is ready still, and has to wait: behind all of its priority if `isLast`, else before them. */
  *interrupt(_kernel: Kernel, _core: number, _id: ThreadId, _isLast: boolean): Routine {
    yield panic('interrupt is not written yet');
  },

  /**
   * Gives the thread to run next, the first of the most urgent that are ready; -1: there is none. Whoever is found not
   * to be ready is told of, by `tracepoint('skipped blocked thread', place(id, core, priority))`, and taken out at once.
   */
  *choose(_kernel: Kernel, _core: number): Routine<number> {
    yield panic('choose is not written yet');
    return -1;
  },
};

/** Lays the words out. It is no routine, and is given. */
export const boot = (memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Kernel =>
  layoutKernel(memory, queueing, parameters, machine);

export const { call, receive, reply, replyAndReceive, wait, wake } = messages;

export const { dispatch } = dispatcher;
export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;
export const { getAffinity, setAffinity, setPriority } = placement;
