/** A right pipe, as simple as can be: one lock, and one channel on which everybody sleeps. */
import {
  clear,
  type Descriptors,
  dereference,
  type Holdings,
  holds,
  install,
  layoutDescriptors,
  share,
} from '#impl/ipc/descriptors.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyIn, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { isKilled, sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Descriptor, ThreadId } from '#spec/abi.ts';

interface Layout {
  readonly capacity: number;
  readonly descriptors: Descriptors;
  readonly lock: Address;
  /** How many ends are open: bit 0 the read end, bit 1 the write end. */
  readonly openEnds: Address;
  /** How many bytes wait; the oldest is the first of `bytes`. */
  readonly waiting: Address;
  readonly bytes: Address;
}

export const boot = (
  memory: Allocator,
  { capacitySlots, holdings }: { capacitySlots: number; holdings: Holdings },
): Layout => {
  const isOpen = (end: 'read' | 'write'): boolean => holdings.some((holding) => holding[end]);
  return {
    capacity: capacitySlots,
    descriptors: layoutDescriptors(memory, holdings),
    lock: layoutLock(memory, 'lock'),
    openEnds: memory.word('openEnds', (isOpen('read') ? 1 : 0) + (isOpen('write') ? 2 : 0)),
    waiting: memory.word('waiting'),
    bytes: memory.words('bytes', capacitySlots),
  };
};

export function* pipe(self: Thread, layout: Layout): Routine<Word> {
  yield* acquire(layout.lock);
  let result = -1;
  if ((yield load(layout.openEnds, 'plain')) === 0 && (yield copyOut(0, 0)) === 0 && (yield copyOut(1, 1)) === 0) {
    yield store(layout.openEnds, 3, 'plain');
    yield store(layout.waiting, 0, 'plain');
    yield* install(self, layout.descriptors);
    result = 0;
  }
  yield* release(layout.lock);
  return result;
}

export function* write(self: Thread, layout: Layout, descriptor: Descriptor, count: number): Routine<Word> {
  if (descriptor !== 1 || !(yield* holds(self, layout.descriptors, 1))) return -1;
  yield* acquire(layout.lock);
  let put = 0;
  let hasFailed = false;
  while (put < count && !hasFailed) {
    hasFailed = ((yield load(layout.openEnds, 'plain')) & 1) === 0 || (yield* isKilled(self));
    if (hasFailed) break;
    const waiting = yield load(layout.waiting, 'plain');
    if (waiting === layout.capacity) {
      yield* sleep(self, layout.lock, layout.lock);
      continue;
    }
    const byte = yield copyIn(put);
    if (byte === -1) break;
    yield store(layout.bytes + waiting, byte, 'plain');
    yield store(layout.waiting, waiting + 1, 'plain');
    yield* wakeup(self, layout.lock);
    put++;
  }
  yield* release(layout.lock);
  return hasFailed ? -1 : put;
}

export function* read(self: Thread, layout: Layout, descriptor: Descriptor, count: number): Routine<Word> {
  if (descriptor !== 0 || !(yield* holds(self, layout.descriptors, 0))) return -1;
  yield* acquire(layout.lock);
  let waiting = yield load(layout.waiting, 'plain');
  while (waiting === 0 && ((yield load(layout.openEnds, 'plain')) & 2) !== 0) {
    if (yield* isKilled(self)) {
      yield* release(layout.lock);
      return -1;
    }
    yield* sleep(self, layout.lock, layout.lock);
    waiting = yield load(layout.waiting, 'plain');
  }
  let got = 0;
  while (got < Math.min(count, waiting)) {
    if ((yield copyOut(got, yield load(layout.bytes + got, 'plain'))) === -1) break;
    got++;
  }
  for (let left = got; left < waiting; left++) {
    yield store(layout.bytes + left - got, yield load(layout.bytes + left, 'plain'), 'plain');
  }
  yield store(layout.waiting, waiting - got, 'plain');
  yield* wakeup(self, layout.lock);
  yield* release(layout.lock);
  return got;
}

export function* close(self: Thread, layout: Layout, descriptor: Descriptor): Routine<Word> {
  if ((descriptor !== 0 && descriptor !== 1) || !(yield* holds(self, layout.descriptors, descriptor))) return -1;
  yield* acquire(layout.lock);
  if (yield* dereference(layout.descriptors, descriptor)) {
    const open = yield load(layout.openEnds, 'plain');
    yield store(layout.openEnds, open & ~(1 << descriptor), 'plain');
    yield* wakeup(self, layout.lock);
  }
  yield* clear(self, layout.descriptors, descriptor);
  yield* release(layout.lock);
  return 0;
}

export function* fork(self: Thread, layout: Layout, child: ThreadId): Routine<Word> {
  yield* acquire(layout.lock);
  const isShared = yield* share(self, layout.descriptors, child);
  yield* release(layout.lock);
  return isShared ? 0 : -1;
}
