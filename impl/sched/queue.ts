/**
 * The queue of a core: a doubly linked list for each priority, and a bitmap that says which of them have anybody. The
 * caller holds the core's lock. Source: Linux, kernel/sched/rt.c; seL4, src/kernel/thread.c (tcbSchedEnqueue).
 */
import { load, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import { coreOf, type Kernel, State, threadOf } from '#impl/sched/table.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What a tracepoint tells of a thread on a core, in one word: its number, the core's, and its priority or a length. */
export const place = (id: ThreadId, core: number, more: number): Word => id + 16 * core + 256 * more;

/** Puts a thread, which is in no queue, before or behind all others of its priority. */
export function* insert(kernel: Kernel, core: number, id: ThreadId, isLast = true): Routine {
  const thread = threadOf(kernel, id);
  const queue = coreOf(kernel, core);
  const priority = yield load(thread.priority, 'plain');
  const [end, towards, away] = isLast
    ? [queue.last[priority] as number, 'next' as const, thread.previous]
    : [queue.first[priority] as number, 'previous' as const, thread.next];
  const neighbour = yield load(end, 'plain');
  yield store(thread[towards], 0, 'plain');
  yield store(away, neighbour, 'plain');
  yield store(end, id + 1, 'plain');
  if (neighbour === 0) {
    yield store((isLast ? queue.first[priority] : queue.last[priority]) as number, id + 1, 'plain');
    yield store(queue.occupied, (yield load(queue.occupied, 'plain')) | (1 << priority), 'plain');
  } else {
    yield store(threadOf(kernel, neighbour - 1)[towards], id + 1, 'plain');
  }
  yield store(thread.queued, 1, 'plain');
  const length = (yield load(queue.length, 'relaxed')) + 1;
  yield store(queue.length, length, 'seq_cst', 'scheduler.longer'); // before the look at `asleep`: pairs with findNext
  yield tracepoint('queue insert', place(id, core, length));
}

/** Takes a thread out of the queue in which it stands. */
export function* remove(kernel: Kernel, core: number, id: ThreadId): Routine {
  const thread = threadOf(kernel, id);
  const queue = coreOf(kernel, core);
  const priority = yield load(thread.priority, 'plain');
  const next = yield load(thread.next, 'plain');
  const previous = yield load(thread.previous, 'plain');
  yield store(next === 0 ? (queue.last[priority] as number) : threadOf(kernel, next - 1).previous, previous, 'plain');
  yield store(previous === 0 ? (queue.first[priority] as number) : threadOf(kernel, previous - 1).next, next, 'plain');
  if (next === 0 && previous === 0) {
    yield store(queue.occupied, (yield load(queue.occupied, 'plain')) & ~(1 << priority), 'plain');
  }
  yield store(thread.queued, 0, 'plain');
  const length = (yield load(queue.length, 'relaxed')) - 1;
  yield store(queue.length, length, 'relaxed');
  yield tracepoint('queue remove', place(id, core, length));
}

/** Whether a thread stands in the queue of its core. */
export function* isQueued(kernel: Kernel, id: ThreadId): Routine<boolean> {
  return (yield load(threadOf(kernel, id).queued, 'plain')) === 1;
}

/** Takes a thread out of the queue of its core, if it stands in it. */
export function* leave(kernel: Kernel, core: number, id: ThreadId): Routine {
  if (yield* isQueued(kernel, id)) yield* remove(kernel, core, id);
}

/** The highest priority of which somebody is in the queue; -1: nobody is. */
export function* highestOccupied(kernel: Kernel, core: number): Routine<number> {
  return 31 - Math.clz32(yield load(coreOf(kernel, core).occupied, 'plain'));
}

/** The first in the queue of those of a priority. Somebody of it is there. */
export function* firstOf(kernel: Kernel, core: number, priority: number): Routine<ThreadId> {
  return (yield load(coreOf(kernel, core).first[priority] as number, 'plain')) - 1;
}

/** Whether a thread that could run waits in the queue and is more urgent than `priority`. */
export function* isAnyAbove(kernel: Kernel, core: number, priority: number): Routine<boolean> {
  for (let above = yield* highestOccupied(kernel, core); above > priority; above--) {
    let at = yield load(coreOf(kernel, core).first[above] as number, 'plain');
    while (at !== 0) {
      const { state, next } = threadOf(kernel, at - 1);
      if ((yield load(state, 'plain')) === State.ready) return true;
      at = yield load(next, 'plain');
    }
  }
  return false;
}
