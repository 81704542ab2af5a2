/**
 * The eager scheduler: the queue of a core holds every thread that could run there, the one that runs too. Who blocks is
 * taken out at once, and who wakes is put in. Source: Linux, kernel/sched/rt.c.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sched/dispatcher.ts';
import * as messages from '#impl/sched/messages.ts';
import * as placement from '#impl/sched/placement.ts';
import { firstOf, highestOccupied, insert, remove } from '#impl/sched/queue.ts';
import * as running from '#impl/sched/running.ts';
import { type Kernel, layoutKernel, type MachineAtBoot, type Parameters, type Queueing } from '#impl/sched/table.ts';
import type { ThreadId } from '#spec/abi.ts';

const queueing: Queueing = {
  holdsRunning: true,
  admit: insert,
  run: insert,
  block: remove,
  *interrupt(kernel: Kernel, core: number, id: ThreadId, isLast: boolean): Routine {
    if (!isLast) return; // it keeps its place
    yield* remove(kernel, core, id);
    yield* insert(kernel, core, id);
  },
  *choose(kernel: Kernel, core: number): Routine<number> {
    const priority = yield* highestOccupied(kernel, core);
    return priority < 0 ? -1 : yield* firstOf(kernel, core, priority);
  },
};

export const boot = (memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Kernel =>
  layoutKernel(memory, queueing, parameters, machine);

export const { dispatch } = dispatcher;
export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;
export const { call, receive, reply, replyAndReceive, wait, wake } = messages;
export const { getAffinity, setAffinity, setPriority } = placement;
