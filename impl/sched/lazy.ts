/**
 * The lazy scheduler: who blocks stays in the queue, and only its state says so. Most are woken before anybody looks there,
 * and then nothing is to be done; the dispatcher takes out those that it finds blocked. Whoever runs may be in the queue
 * or not. Source: Liedtke, "Improving IPC by kernel design", SOSP 1993, 5.3.4 (lazy scheduling).
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { load, type Routine, tracepoint } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sched/dispatcher.ts';
import * as messages from '#impl/sched/messages.ts';
import * as placement from '#impl/sched/placement.ts';
import { firstOf, highestOccupied, insert, isQueued, place, remove } from '#impl/sched/queue.ts';
import * as running from '#impl/sched/running.ts';
import {
  type Kernel,
  layoutKernel,
  type MachineAtBoot,
  type Parameters,
  type Queueing,
  State,
  threadOf,
} from '#impl/sched/table.ts';
import type { ThreadId } from '#spec/abi.ts';

function* insertUnlessQueued(kernel: Kernel, core: number, id: ThreadId): Routine {
  if (!(yield* isQueued(kernel, id))) yield* insert(kernel, core, id);
}

const queueing: Queueing = {
  holdsRunning: false,
  admit: insertUnlessQueued,
  *run(): Routine {},
  *block(): Routine {},
  *interrupt(kernel: Kernel, core: number, id: ThreadId, isLast: boolean): Routine {
    const wasQueued = yield* isQueued(kernel, id);
    if (wasQueued && !isLast) return; // it keeps its place
    if (wasQueued) yield* remove(kernel, core, id);
    yield* insert(kernel, core, id, isLast);
  },
  *choose(kernel: Kernel, core: number): Routine<number> {
    for (;;) {
      const priority = yield* highestOccupied(kernel, core);
      if (priority < 0) return -1;
      const first = yield* firstOf(kernel, core, priority);
      if ((yield load(threadOf(kernel, first).state, 'plain')) === State.ready) return first;
      yield tracepoint('skipped blocked thread', place(first, core, priority));
      yield* remove(kernel, core, first);
    }
  },
};

export const boot = (memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Kernel =>
  layoutKernel(memory, queueing, parameters, machine);

export const { dispatch } = dispatcher;
export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;
export const { call, receive, reply, replyAndReceive, wait, wake } = messages;
export const { getAffinity, setAffinity, setPriority } = placement;
