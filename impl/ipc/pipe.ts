/**
 * The xv6 pipe: a ring of bytes under a spin lock, two free-running counters, and two channels to sleep on.
 *
 * The lock is held through a whole call except while it sleeps, so what a call moves between two sleeps is one piece.
 * Readers sleep on the address of `nread`, writers on that of `nwrite`. Source: xv6-riscv f5b93ef, kernel/pipe.c; the
 * two places where it does better are marked.
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
import { isKilled, sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Descriptor, ThreadId } from '#spec/abi.ts';

/** xv6's one error. */
const failed = -1;

/** What a pipe is made with. `capacitySlots` is a power of two; a slot is one byte. */
export interface PipeParameters {
  readonly capacitySlots: number;
  /** Bytes that have gone through before boot: where the free-running counters stand. */
  readonly carriedBytes: number;
  readonly holdings: Holdings;
}

/** The page that xv6 allocates for a pipe. All of it is guarded by `lock`. */
interface Ring extends Page {
  readonly lock: Address;
  readonly nread: Address;
  readonly nwrite: Address;
  readonly readOpen: Address;
  readonly writeOpen: Address;
  readonly data: Address;
}

export interface Pipe {
  readonly capacity: number;
  /** 1 while the system's one pipe is in use. */
  readonly inUse: Address;
  readonly descriptors: Descriptors;
  readonly ring: Ring;
}

/** Lays a pipe out in memory. It is in use at boot if somebody holds an end. */
export const boot = (memory: Allocator, parameters: PipeParameters): Pipe => {
  const reads = parameters.holdings.some((holding) => holding.read) ? 1 : 0;
  const writes = parameters.holdings.some((holding) => holding.write) ? 1 : 0;
  return {
    capacity: parameters.capacitySlots,
    inUse: memory.word('pipe.inUse', reads | writes),
    descriptors: layoutDescriptors(memory, parameters.holdings),
    ring: memory.page((reads | writes) === 1, (page) => ({
      lock: page.word('pipe.lock'),
      nread: page.word('nread', parameters.carriedBytes),
      nwrite: page.word('nwrite', parameters.carriedBytes),
      readOpen: page.word('readopen', reads),
      writeOpen: page.word('writeopen', writes),
      data: page.words('data', parameters.capacitySlots),
    })),
  };
};

/** Makes a pipe and stores its two descriptors in the user's buffer. 0, or -1: one exists, or the buffer is not mapped. */
export function* pipe(self: Thread, pipe: Pipe): Routine<Word> {
  const { ring } = pipe;
  if ((yield load(pipe.inUse, 'relaxed')) !== 0) return failed;
  if ((yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0) return failed; // before there is one to undo
  if ((yield compareAndSwap(pipe.inUse, 0, 1, 'acquire', 'pipe.claim')) !== 0) return failed; // pairs with close
  yield allocate(ring.address, ring.words, 'pipe.allocate');
  yield store(ring.readOpen, 1, 'plain');
  yield store(ring.writeOpen, 1, 'plain');
  yield* install(self, pipe.descriptors);
  return 0;
}

/** Writes `count` bytes of the user's buffer. Their number, or less if the buffer ends; -1: not allowed, no reader, killed. */
export function* write(self: Thread, pipe: Pipe, descriptor: Descriptor, count: number): Routine<Word> {
  const { ring, capacity } = pipe;
  if (descriptor !== writeEnd || !(yield* holds(self, pipe.descriptors, writeEnd))) return failed;
  yield* acquire(ring.lock);
  let written = 0;
  while (written < count) {
    if ((yield load(ring.readOpen, 'plain')) === 0 || (yield* isKilled(self))) {
      if (written > 0) yield* wakeup(self, ring.nread); // xv6 forgets this one: what went in can be read
      yield* release(ring.lock);
      return failed;
    }
    const nwrite = yield load(ring.nwrite, 'plain');
    const space = (capacity - (nwrite - (yield load(ring.nread, 'plain')))) | 0;
    if (space === 0) {
      yield* wakeup(self, ring.nread);
      yield* sleep(self, ring.nwrite, ring.lock);
      continue;
    }
    const fits = Math.min(space, count - written);
    let stored = 0;
    while (stored < fits) {
      const byte = yield copyIn(written + stored);
      if (byte < 0) break;
      yield store(ring.data + ((nwrite + stored) & (capacity - 1)), byte, 'plain', 'pipe.put');
      stored++;
    }
    yield store(ring.nwrite, (nwrite + stored) | 0, 'plain', 'pipe.nwrite');
    written += stored;
    if (stored < fits) break; // the user's buffer is not mapped that far
  }
  yield* wakeup(self, ring.nread);
  yield* release(ring.lock);
  return written;
}

/** Reads up to `count` bytes into the user's buffer. Their number, 0 at end of file; -1: not allowed, or killed. */
export function* read(self: Thread, pipe: Pipe, descriptor: Descriptor, count: number): Routine<Word> {
  const { ring, capacity } = pipe;
  if (descriptor !== readEnd || !(yield* holds(self, pipe.descriptors, readEnd))) return failed;
  yield* acquire(ring.lock);
  const nread = yield* awaitBytes(self, ring);
  if (nread === undefined) {
    yield* release(ring.lock);
    return failed;
  }
  const available = ((yield load(ring.nwrite, 'plain')) - nread) | 0;
  let got = 0;
  while (got < Math.min(available, count)) {
    const byte = yield load(ring.data + ((nread + got) & (capacity - 1)), 'plain', 'pipe.get');
    if ((yield copyOut(got, byte)) < 0) break; // xv6 has counted this byte by now, and loses it
    got++;
  }
  yield store(ring.nread, (nread + got) | 0, 'plain', 'pipe.nread');
  yield* wakeup(self, ring.nwrite);
  yield* release(ring.lock);
  return got;
}

/** Sleeps until there are bytes or no writer. Gives `nread`, or undefined: killed. The caller holds the lock. */
function* awaitBytes(self: Thread, ring: Ring): Routine<Word | undefined> {
  for (;;) {
    const nread = yield load(ring.nread, 'plain');
    if (nread !== (yield load(ring.nwrite, 'plain'))) return nread;
    if ((yield load(ring.writeOpen, 'plain')) === 0) return nread;
    if (yield* isKilled(self)) return undefined;
    yield* sleep(self, ring.nread, ring.lock);
  }
}

/** Gives a descriptor up. 0, or -1: it is not the caller's. */
export function* close(self: Thread, pipe: Pipe, descriptor: Descriptor): Routine<Word> {
  if (descriptor !== readEnd && descriptor !== writeEnd) return failed;
  if (!(yield* holds(self, pipe.descriptors, descriptor))) return failed;
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

/** Nobody holds this end any more: tells the other side. True: that one is still open. The caller holds the lock. */
function* closeEnd(self: Thread, ring: Ring, end: 0 | 1): Routine<boolean> {
  yield store(end === readEnd ? ring.readOpen : ring.writeOpen, 0, 'plain', 'pipe.closeEnd');
  yield* wakeup(self, end === readEnd ? ring.nwrite : ring.nread);
  return (yield load(end === readEnd ? ring.writeOpen : ring.readOpen, 'plain')) !== 0;
}

/** Gives the child a copy of the caller's descriptors. 0, or -1: the child is not free. */
export function* fork(self: Thread, pipe: Pipe, child: ThreadId): Routine<Word> {
  return (yield* share(self, pipe.descriptors, child)) ? 0 : failed;
}
