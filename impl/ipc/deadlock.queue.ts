/** Queues of waiting threads, the oldest first, linked through the threads' own words. Guarded by a lock of their owner. */

import { type Waits, waiterOf } from '#impl/ipc/deadlock.waits.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store } from '#impl/machine/ops.ts';
import type { ThreadId } from '#spec/abi.ts';

/** The first thread and the last one, each plus 1, or 0. */
export interface Queue {
  readonly first: Address;
  readonly last: Address;
}

export const layoutQueue = (memory: Allocator, name: string): Queue => ({
  first: memory.word(`${name}.first`),
  last: memory.word(`${name}.last`),
});

/** Puts a thread at the end. */
export function* append(waits: Waits, queue: Queue, thread: ThreadId): Routine {
  const last = yield load(queue.last, 'plain');
  yield store(waiterOf(waits, thread).next, 0, 'plain');
  yield store(last === 0 ? queue.first : waiterOf(waits, last - 1).next, thread + 1, 'plain');
  yield store(queue.last, thread + 1, 'plain');
}

/** Takes the first thread off and gives it plus 1; 0: there is none. */
export function* takeFirst(waits: Waits, queue: Queue): Routine<number> {
  const first = yield load(queue.first, 'plain');
  if (first !== 0) yield* remove(waits, queue, first - 1);
  return first;
}

/** Takes a thread off, wherever it stands; nothing happens if it does not stand there. */
export function* remove(waits: Waits, queue: Queue, thread: ThreadId): Routine {
  let before = 0;
  for (
    let at = yield load(queue.first, 'plain');
    at !== thread + 1;
    at = yield load(waiterOf(waits, at - 1).next, 'plain')
  ) {
    if (at === 0) return;
    before = at;
  }
  const next = yield load(waiterOf(waits, thread).next, 'plain');
  yield store(before === 0 ? queue.first : waiterOf(waits, before - 1).next, next, 'plain');
  if (next === 0) yield store(queue.last, before, 'plain');
}
