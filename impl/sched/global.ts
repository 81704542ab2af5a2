/**
 * One run queue for all cores, under one lock: the ready threads in the order in which they came. Whoever has a core to
 * give looks through all of them for the most urgent one that may have it. Source: Linux 2.4, kernel/sched.c.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, tracepoint } from '#impl/machine/ops.ts';
import * as calls from '#impl/sched/pool.calls.ts';
import * as scheduler from '#impl/sched/pool.ts';
import { has, type Kernel, layoutKernel, type Pool, type ThreadWords } from '#impl/sched/pool.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { ThreadId } from '#spec/abi.ts';

interface Queue {
  readonly lock: Address;
  readonly length: Address;
  /** The threads, the first to come first. */
  readonly slots: Address;
  readonly threads: readonly ThreadWords[];
}

/** The place in the queue of the most urgent thread that may run on `core`, the first of them; -1: none. Locked. */
function* mostUrgent(queue: Queue, core: number, length: number): Routine<number> {
  let found = -1;
  let highest = -1;
  for (let at = 0; at < length; at++) {
    const { mask, priority } = queue.threads[yield load(queue.slots + at, 'plain')] as ThreadWords;
    if (!has(yield load(mask, 'relaxed'), core)) continue;
    const urgency = yield load(priority, 'relaxed');
    if (urgency > highest) [found, highest] = [at, urgency];
  }
  return found;
}

const poolOf = (queue: Queue): Pool => ({
  *add(core: number, id: ThreadId): Routine {
    yield* acquire(queue.lock);
    const length = yield load(queue.length, 'plain');
    yield store(queue.slots + length, id, 'plain');
    yield store(queue.length, length + 1, 'plain');
    yield tracepoint('queue insert', id + 16 * core);
    yield* release(queue.lock);
  },
  *take(core: number): Routine<number> {
    yield* acquire(queue.lock);
    const length = yield load(queue.length, 'plain');
    const at = yield* mostUrgent(queue, core, length);
    let id = -1;
    if (at >= 0) {
      id = yield load(queue.slots + at, 'plain');
      for (let next = at + 1; next < length; next++) {
        yield store(queue.slots + next - 1, yield load(queue.slots + next, 'plain'), 'plain');
      }
      yield store(queue.length, length - 1, 'plain');
      yield tracepoint('queue remove', id + 16 * core);
    }
    yield* release(queue.lock);
    return id;
  },
});

export const boot = (memory: Allocator, parameters: scheduler.Parameters, machine: scheduler.MachineAtBoot): Kernel =>
  layoutKernel(memory, parameters, machine, (threads, ready) => {
    const slots = threads.map((_, at) => memory.word(`queue[${at}]`, ready[at] ?? 0));
    const lock = layoutLock(memory, 'queue.lock');
    return poolOf({ lock, length: memory.word('queue.length', ready.length), slots: slots[0] ?? 0, threads });
  });

export const { begin, dispatch, interrupted, retire, timerInterrupt } = scheduler;
export const { call, getAffinity, receive, reply, replyAndReceive, setAffinity, setPriority, wait, wake, yieldCore } =
  calls;
