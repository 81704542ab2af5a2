/** The queue of a port: threads that wait there, linked through their own words. Its lock is held throughout. */
import { blockOf, type Kernel, type Port, portOf } from '#impl/ipc/l4.layout.ts';
import { load, type Routine, store } from '#impl/machine/ops.ts';
import { type ThreadTable, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Puts a thread at the end. The caller holds the thread's lock too. */
export function* enqueue(kernel: Kernel, table: ThreadTable, number: number, id: ThreadId): Routine {
  const port = portOf(kernel, number);
  const mine = wordsOf(table, id);
  const last = yield load(port.last, 'plain');
  yield store(mine.previous, last, 'plain');
  yield store(mine.next, 0, 'plain');
  yield store(last === 0 ? port.first : wordsOf(table, last - 1).next, id + 1, 'plain');
  yield store(port.last, id + 1, 'plain');
  yield store(blockOf(kernel, id).port, number + 1, 'relaxed');
}

/** Takes a thread out, wherever it stands. The caller holds the thread's lock too. */
export function* unlink(kernel: Kernel, table: ThreadTable, port: Port, id: ThreadId): Routine {
  const mine = wordsOf(table, id);
  const previous = yield load(mine.previous, 'plain');
  const next = yield load(mine.next, 'plain');
  yield store(previous === 0 ? port.first : wordsOf(table, previous - 1).next, next, 'plain');
  yield store(next === 0 ? port.last : wordsOf(table, next - 1).previous, previous, 'plain');
  yield store(blockOf(kernel, id).port, 0, 'relaxed');
}
