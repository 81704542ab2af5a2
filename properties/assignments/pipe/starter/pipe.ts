/**
 * Your pipe. Fill in the routines below; what each has to do is said above it, and in README.md.
 *
 * A routine looks like this. It adds one to a counter, and gives what was there:
 *
 *   function* increment(counter: Address): Routine<Word> {
 *     const old = yield load(counter, 'plain'); // `yield` each micro-op: another core may step in here
 *     yield store(counter, old + 1, 'plain');
 *     return old;
 *   }
 *
 * It is called by `const old = yield* increment(counter)`. Threads share nothing but words: a variable at the top of this
 * file would be another one for each thread.
 */
import { type Descriptors, type Holdings, layoutDescriptors } from '#impl/ipc/descriptors.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { panic, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Descriptor, ThreadId } from '#spec/abi.ts';

/** What the system's one pipe is made with. */
export interface PipeParameters {
  /** How many bytes fit in: a power of two. */
  readonly capacitySlots: number;
  /** Which ends each process holds at boot: `holdings[process]` is `{ read, write }`. */
  readonly holdings: Holdings;
  /** Where counters that only grow would stand at boot, which may be below 0. Ignore it if you have none. */
  readonly carriedBytes: number;
}

/** Where your words are: addresses, and numbers that never change. It is frozen once `boot` has given it. */
export interface Pipe {
  readonly capacity: number;
  /** Who holds which end: see `#impl/ipc/descriptors.ts`, which is given. */
  readonly descriptors: Descriptors;
  // More fields of yours: a lock, what is in the pipe, which ends are open, ...
}

/**
 * Lays the words out, by `memory.word(name, initial)` and `memory.words(name, count, initial)`, which give addresses. It
 * is no routine, runs before everything else, and depends on its arguments only. If some process holds an end at boot,
 * the pipe exists at boot, and is empty.
 */
export const boot = (memory: Allocator, parameters: PipeParameters): Pipe => ({
  capacity: parameters.capacitySlots,
  descriptors: layoutDescriptors(memory, parameters.holdings),
});

/**
 * Makes the pipe, of which the caller then holds both ends; tells it their descriptors by `copyOut(0, 0)` and
 * `copyOut(1, 1)`. Gives 0. Gives -1: there is a pipe, even one that is being closed; or one of the two `copyOut` gave -1,
 * and then there is no pipe.
 */
export function* pipe(_self: Thread, _pipe: Pipe): Routine<Word> {
  yield panic('pipe is not written yet');
  return -1;
}

/**
 * Takes `count` bytes of the user's buffer, by `copyIn(0)`, `copyIn(1)`, ..., and puts them into the pipe; sleeps as long
 * as there is no room. Gives how many it has put: `count`, or fewer if a `copyIn` gave -1. Gives -1: `descriptor` is not 1,
 * or the caller does not hold it; nobody holds the read end any more; or the caller was killed.
 */
export function* write(_self: Thread, _pipe: Pipe, _descriptor: Descriptor, _count: number): Routine<Word> {
  yield panic('write is not written yet');
  return -1;
}

/**
 * Takes what is in the pipe, at most `count` bytes, and puts it into the user's buffer, by `copyOut(0, byte)`,
 * `copyOut(1, byte)`, ...; sleeps as long as there is nothing and somebody could write something. Gives how many bytes; 0:
 * nobody holds the write end any more. A byte for which `copyOut` gave -1 stays in the pipe, and so do those behind it.
 * Gives -1: `descriptor` is not 0, or the caller does not hold it; or it was killed and would have to sleep.
 */
export function* read(_self: Thread, _pipe: Pipe, _descriptor: Descriptor, _count: number): Routine<Word> {
  yield panic('read is not written yet');
  return -1;
}

/**
 * Gives the caller's `descriptor` up. Who sleeps because of an end that nobody holds any more has to learn it; when nobody
 * holds either, there is no pipe any more, and what was in it is gone. Gives 0; -1: it is not the caller's.
 */
export function* close(_self: Thread, _pipe: Pipe, _descriptor: Descriptor): Routine<Word> {
  yield panic('close is not written yet');
  return -1;
}

/** Gives process `child` what the caller holds. Gives 0; -1: the child is the caller, or holds an end already. */
export function* fork(_self: Thread, _pipe: Pipe, _child: ThreadId): Routine<Word> {
  yield panic('fork is not written yet');
  return -1;
}
