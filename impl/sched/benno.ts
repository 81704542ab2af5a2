/**
 * Benno scheduling: the queue of a core holds exactly the threads that could run there and do not. Who is chosen is taken
 * out, and put in again only when it has to give way; so a call and its reply do nothing to the queue, and nothing is ever
 * found in it that cannot run. Source: Elphinstone and Heiser, "From L3 to seL4", SOSP 2013, 5.2 (Benno scheduling).
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sched/dispatcher.ts';
import * as messages from '#impl/sched/messages.ts';
import * as placement from '#impl/sched/placement.ts';
import { firstOf, highestOccupied, insert, remove } from '#impl/sched/queue.ts';
import * as running from '#impl/sched/running.ts';
import { type Kernel, layoutKernel, type MachineAtBoot, type Parameters, type Queueing } from '#impl/sched/table.ts';

const queueing: Queueing = {
  holdsRunning: false,
  admit: insert,
  *run(): Routine {},
  *block(): Routine {},
  interrupt: insert,
  *choose(kernel: Kernel, core: number): Routine<number> {
    const priority = yield* highestOccupied(kernel, core);
    if (priority < 0) return -1;
    const first = yield* firstOf(kernel, core, priority);
    yield* remove(kernel, core, first);
    return first;
  },
};

export const boot = (memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Kernel =>
  layoutKernel(memory, queueing, parameters, machine);

export const { dispatch } = dispatcher;
export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;
export const { call, receive, reply, replyAndReceive, wait, wake } = messages;
export const { getAffinity, setAffinity, setPriority } = placement;
