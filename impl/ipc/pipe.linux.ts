/**
 * The Linux pipe: a ring of pages with head and tail in one word, and waiters woken one at a time.
 *
 * Waiting happens outside the lock, on a snapshot of head and tail that one load takes. A waiter is woken alone, and
 * passes the wakeup on when it leaves something for the next (`wakeNext`). Source: Linux v6.14, fs/pipe.c
 * (anon_pipe_read, anon_pipe_write, pipe_release). Its mutex is a spin lock here: copying never sleeps on this machine.
 */
import {
  clear,
  type Descriptors,
  dereference,
  type Holdings,
  holds,
  install,
  layoutDescriptors,
  readEnd,
  share,
  writeEnd,
} from '#impl/ipc/descriptors.ts';
import type { Allocator, Page } from '#impl/machine/allocator.ts';
import {
  type Address,
  allocate,
  compareAndSwap,
  copyIn,
  copyOut,
  free,
  load,
  type Routine,
  store,
  type Word,
} from '#impl/machine/ops.ts';
import { isKilled } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import { layoutWaitQueue, type WaitQueue, waitUntil, wakeAll, wakeOne } from '#impl/sync/wait-queue.ts';
import type { Descriptor, ThreadId } from '#spec/abi.ts';

/** Linux's error numbers, as a call gives them: negative. */
const EINTR = -4;
const EBADF = -9;
const EAGAIN = -11;
const EFAULT = -14;
const ENFILE = -23;
const EPIPE = -32;

/** What a pipe is made with. `capacitySlots` is a power of two, at most 32768; a slot is a page of `slotBytes` bytes. */
export interface PipeParameters {
  readonly capacitySlots: number;
  readonly slotBytes: number;
  /** Pages that have gone through before boot: where head and tail stand. */
  readonly carriedBytes: number;
  readonly holdings: Holdings;
}

/** What the kernel allocates for a pipe. All but the snapshot of `headTail` is guarded by `lock`. */
interface Ring extends Page {
  readonly lock: Address;
  /** Pages put in (upper half) and taken out (lower half), modulo 65536: one word, so that a snapshot fits together. */
  readonly headTail: Address;
  readonly readOpen: Address;
  readonly writeOpen: Address;
  readonly readers: WaitQueue;
  readonly writers: WaitQueue;
  /** Per slot: where its unread bytes start, how many there are, and the page. */
  readonly offset: Address;
  readonly length: Address;
  readonly data: Address;
}

export interface Pipe {
  readonly slots: number;
  readonly slotBytes: number;
  /** 1 while the system's one pipe is in use. */
  readonly inUse: Address;
  readonly descriptors: Descriptors;
  readonly ring: Ring;
}

const headOf = (headTail: Word): number => (headTail >>> 16) & 0xffff;
const tailOf = (headTail: Word): number => headTail & 0xffff;
const pack = (head: number, tail: number): Word => ((head & 0xffff) << 16) | (tail & 0xffff);
const usedSlots = (headTail: Word): number => (headOf(headTail) - tailOf(headTail)) & 0xffff;

/** Lays a pipe out in memory. It is in use at boot if somebody holds an end. */
export const boot = (memory: Allocator, parameters: PipeParameters): Pipe => {
  const { capacitySlots, slotBytes, carriedBytes, holdings } = parameters;
  const reads = holdings.some((holding) => holding.read) ? 1 : 0;
  const writes = holdings.some((holding) => holding.write) ? 1 : 0;
  return {
    slots: capacitySlots,
    slotBytes,
    inUse: memory.word('pipe.inUse', reads | writes),
    descriptors: layoutDescriptors(memory, holdings),
    ring: memory.page((reads | writes) === 1, (page) => ({
      lock: page.word('pipe.lock'),
      headTail: page.word('headTail', pack(carriedBytes, carriedBytes)),
      readOpen: page.word('readopen', reads),
      writeOpen: page.word('writeopen', writes),
      readers: layoutWaitQueue(page, 'rd_wait'),
      writers: layoutWaitQueue(page, 'wr_wait'),
      offset: page.words('offset', capacitySlots),
      length: page.words('length', capacitySlots),
      data: page.words('data', capacitySlots * slotBytes),
    })),
  };
};

/** Makes a pipe and stores its two descriptors in the user's buffer. 0, or ENFILE: one exists; EFAULT: not mapped. */
export function* pipe(self: Thread, pipe: Pipe): Routine<Word> {
  const { ring } = pipe;
  if ((yield load(pipe.inUse, 'relaxed')) !== 0) return ENFILE;
  if ((yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0) return EFAULT;
  if ((yield compareAndSwap(pipe.inUse, 0, 1, 'acquire', 'pipe.claim')) !== 0) return ENFILE; // pairs with close
  yield allocate(ring.address, ring.words, 'pipe.allocate');
  yield store(ring.readOpen, 1, 'relaxed');
  yield store(ring.writeOpen, 1, 'relaxed');
  yield* install(self, pipe.descriptors);
  return 0;
}

/** Reads up to `count` bytes. Their number, 0 at end of file; EBADF, EFAULT, EINTR, and EAGAIN if not `blocking`. */
export function* read(
  self: Thread,
  pipe: Pipe,
  descriptor: Descriptor,
  count: number,
  blocking: boolean,
): Routine<Word> {
  if (descriptor !== readEnd || !(yield* holds(self, pipe.descriptors, readEnd))) return EBADF;
  if (count === 0) return 0;
  const { ring, slots } = pipe;
  let wasFull = false;
  let wakeNext = false;
  let result = 0;
  yield* acquire(ring.lock);
  for (;;) {
    const headTail = yield load(ring.headTail, 'relaxed');
    if (usedSlots(headTail) > 0) {
      const taken = yield* takeShare(pipe, headTail, result, count);
      if (taken.share < 0) {
        if (result === 0) result = EFAULT;
        break;
      }
      result += taken.share;
      if (taken.isEmptied) wasFull ||= usedSlots(headTail) === slots;
      if (result === count) break;
      if (taken.isEmptied && usedSlots(headTail) > 1) continue;
    }
    if (result > 0 || (yield load(ring.writeOpen, 'relaxed')) === 0) break;
    if (!blocking) {
      result = EAGAIN;
      break;
    }
    yield* release(ring.lock);
    if (!(yield* waitUntil(self, ring.readers, () => isReadable(ring)))) return EINTR;
    yield* acquire(ring.lock);
    wakeNext = true;
  }
  if (usedSlots(yield load(ring.headTail, 'relaxed')) === 0) wakeNext = false;
  yield* release(ring.lock);
  if (wasFull) yield* wakeOne(self.table, ring.writers);
  if (wakeNext) yield* wakeOne(self.table, ring.readers);
  return result;
}

/** Copies the oldest slot's share of a read to the user, from `done` on. `share` -1: the buffer is not mapped so far. */
function* takeShare(
  pipe: Pipe,
  headTail: Word,
  done: number,
  count: number,
): Routine<{ readonly share: number; readonly isEmptied: boolean }> {
  const { ring, slots, slotBytes } = pipe;
  const slot = tailOf(headTail) & (slots - 1);
  const length = yield load(ring.length + slot, 'plain');
  const offset = yield load(ring.offset + slot, 'plain');
  const share = Math.min(length, count - done);
  for (let i = 0; i < share; i++) {
    const byte = yield load(ring.data + slot * slotBytes + offset + i, 'plain', 'pipe.get');
    if ((yield copyOut(done + i, byte)) < 0) return { share: -1, isEmptied: false };
  }
  yield store(ring.length + slot, length - share, 'plain');
  yield store(ring.offset + slot, offset + share, 'plain');
  const isEmptied = share === length;
  if (isEmptied) {
    yield store(ring.headTail, pack(headOf(headTail), tailOf(headTail) + 1), 'relaxed', 'pipe.tail');
  }
  return { share, isEmptied };
}

/** Writes `count` bytes. Their number, or fewer if stopped on the way; EBADF, EPIPE, EFAULT, EINTR, EAGAIN if none. */
export function* write(
  self: Thread,
  pipe: Pipe,
  descriptor: Descriptor,
  count: number,
  blocking: boolean,
): Routine<Word> {
  if (descriptor !== writeEnd || !(yield* holds(self, pipe.descriptors, writeEnd))) return EBADF;
  if (count === 0) return 0;
  const { ring, slots } = pipe;
  let wakeNext = false;
  yield* acquire(ring.lock);
  let wasEmpty = usedSlots(yield load(ring.headTail, 'relaxed')) === 0;
  let result = yield* merge(pipe, count);
  while (result >= 0 && result < count) {
    if ((yield load(ring.readOpen, 'relaxed')) === 0) {
      if (result === 0) result = EPIPE;
      break;
    }
    const headTail = yield load(ring.headTail, 'relaxed');
    if (usedSlots(headTail) < slots) {
      const stored = yield* putPage(pipe, headTail, result, count);
      if (stored > 0) {
        result += stored;
        continue;
      }
      if (result === 0) result = EFAULT;
      break;
    }
    if (!blocking || (yield* isKilled(self))) {
      if (result === 0) result = blocking ? EINTR : EAGAIN;
      break;
    }
    yield* release(ring.lock);
    if (wasEmpty) yield* wakeOne(self.table, ring.readers);
    yield* waitUntil(self, ring.writers, () => isWritable(ring, slots)); // killed or not: the loop tests it again
    yield* acquire(ring.lock);
    wasEmpty = usedSlots(yield load(ring.headTail, 'relaxed')) === 0;
    wakeNext = true;
  }
  if (usedSlots(yield load(ring.headTail, 'relaxed')) === slots) wakeNext = false;
  yield* release(ring.lock);
  if (wasEmpty) yield* wakeOne(self.table, ring.readers);
  if (wakeNext) yield* wakeOne(self.table, ring.writers);
  return result;
}

/** Puts what does not fill a page behind the newest bytes, if it fits there whole. How many bytes; EPIPE, EFAULT. */
function* merge(pipe: Pipe, count: number): Routine<Word> {
  const { ring, slots, slotBytes } = pipe;
  if ((yield load(ring.readOpen, 'relaxed')) === 0) return EPIPE;
  const odd = count & (slotBytes - 1);
  const headTail = yield load(ring.headTail, 'relaxed');
  if (odd === 0 || usedSlots(headTail) === 0) return 0;
  const slot = (headOf(headTail) - 1) & (slots - 1);
  const length = yield load(ring.length + slot, 'plain');
  const end = (yield load(ring.offset + slot, 'plain')) + length;
  if (end + odd > slotBytes) return 0;
  if (!(yield* copyToPage(ring.data + slot * slotBytes + end, 0, odd))) return EFAULT;
  yield store(ring.length + slot, length + odd, 'plain', 'pipe.merge');
  return odd;
}

/** Fills a free slot from the user's buffer, from `done` on. How many bytes; 0: the buffer is not mapped so far. */
function* putPage(pipe: Pipe, headTail: Word, done: number, count: number): Routine<number> {
  const { ring, slots, slotBytes } = pipe;
  const slot = headOf(headTail) & (slots - 1);
  const length = Math.min(slotBytes, count - done);
  if (!(yield* copyToPage(ring.data + slot * slotBytes, done, length))) return 0;
  yield store(ring.offset + slot, 0, 'plain');
  yield store(ring.length + slot, length, 'plain');
  yield store(ring.headTail, pack(headOf(headTail) + 1, tailOf(headTail)), 'relaxed', 'pipe.head');
  return length;
}

/** Copies `count` bytes of the user's buffer from `done` on to `address`. False: they are not all mapped. */
function* copyToPage(address: Address, done: number, count: number): Routine<boolean> {
  for (let i = 0; i < count; i++) {
    const byte = yield copyIn(done + i);
    if (byte < 0) return false;
    yield store(address + i, byte, 'plain', 'pipe.put');
  }
  return true;
}

/** Outside the lock: whether a reader need not wait. */
function* isReadable(ring: Ring): Routine<boolean> {
  return usedSlots(yield load(ring.headTail, 'relaxed')) > 0 || (yield load(ring.writeOpen, 'relaxed')) === 0;
}

/** Outside the lock: whether a writer need not wait. */
function* isWritable(ring: Ring, slots: number): Routine<boolean> {
  return usedSlots(yield load(ring.headTail, 'relaxed')) < slots || (yield load(ring.readOpen, 'relaxed')) === 0;
}

/** Gives a descriptor up. 0, or EBADF: it is not the caller's. */
export function* close(self: Thread, pipe: Pipe, descriptor: Descriptor): Routine<Word> {
  if (descriptor !== readEnd && descriptor !== writeEnd) return EBADF;
  if (!(yield* holds(self, pipe.descriptors, descriptor))) return EBADF;
  const { ring } = pipe;
  yield* acquire(ring.lock); // until the descriptor is gone too: who sees the end closed may fork into us
  const isLast = yield* dereference(pipe.descriptors, descriptor);
  const isOpen = !isLast || (yield* closeEnd(self, ring, descriptor));
  yield* clear(self, pipe.descriptors, descriptor); // after the end is closed: until then nobody can fork into us
  yield* release(ring.lock);
  if (isOpen) return 0;
  yield free(ring.address, ring.words, 'pipe.free');
  yield store(pipe.inUse, 0, 'release', 'pipe.unclaim'); // pairs with pipe
  return 0;
}

/** Nobody holds this end any more: tells everybody. True: the other is still open. The caller holds the lock. */
function* closeEnd(self: Thread, ring: Ring, end: 0 | 1): Routine<boolean> {
  yield store(end === readEnd ? ring.readOpen : ring.writeOpen, 0, 'relaxed', 'pipe.closeEnd');
  const isOpen = (yield load(end === readEnd ? ring.writeOpen : ring.readOpen, 'relaxed')) !== 0;
  if (isOpen) yield* wakeAll(self.table, end === readEnd ? ring.writers : ring.readers);
  return isOpen;
}

/** Gives the child a copy of the caller's descriptors. 0, or EAGAIN: the child is not free. */
export function* fork(self: Thread, pipe: Pipe, child: ThreadId): Routine<Word> {
  return (yield* share(self, pipe.descriptors, child)) ? 0 : EAGAIN;
}
