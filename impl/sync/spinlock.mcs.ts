/**
 * The MCS lock: those who wait stand in a queue, and each spins on a word of its own, which the one before it clears.
 *
 * The queue is linked by the cores' nodes: `tail` names the last one, and who joins tells the one before. Interrupts are
 * off from joining to release, so one node per core and lock is enough. Source: Mellor-Crummey and Scott, "Algorithms
 * for scalable synchronization on shared-memory multiprocessors", TOCS 1991; Linux kernel/locking/mcs_spinlock.h.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitOther,
  awaitWord,
  compareAndSwap,
  coreNumber,
  load,
  maskInterrupts,
  type Routine,
  store,
  swap,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';

/** A core's place in the queue of one lock. */
interface Node {
  /** The core behind this one plus 1, once it has said so; 0 before that. */
  readonly next: Address;
  /** 1 until the one before hands the lock over. Its owner spins here. */
  readonly waiting: Address;
}

export interface McsLock {
  /** The core that is last in the queue plus 1; 0: the lock is free. The first in the queue holds the lock. */
  readonly tail: Address;
  readonly nodes: readonly Node[];
}

/** Lays a lock out that nobody holds, for so many cores. */
export const layoutLock = (memory: Allocator, name: string, cores: number): McsLock => ({
  tail: memory.word(`${name}.tail`),
  nodes: Array.from({ length: cores }, (_, core) => ({
    next: memory.word(`${name}.node${core}.next`),
    waiting: memory.word(`${name}.node${core}.waiting`),
  })),
});

const nodeOf = (lock: McsLock, coreWord: number): Node => lock.nodes[coreWord - 1] as Node;

/** Takes the lock, after all who joined the queue before. A core that holds it already waits for ever. */
export function* acquire(lock: McsLock): Routine {
  yield maskInterrupts(); // before joining: the node is this core's, and who waits behind us waits for us
  const me = (yield coreNumber()) + 1;
  const mine = nodeOf(lock, me);
  yield store(mine.next, 0, 'relaxed', 'spinlock.mcs.clear');
  const before = yield swap(lock.tail, me, 'acq_rel', 'spinlock.mcs.join'); // pairs with close; clear comes before link
  if (before === 0) return;
  yield store(mine.waiting, 1, 'relaxed', 'spinlock.mcs.queue'); // before link: so that hand comes after it
  yield store(nodeOf(lock, before).next, me, 'release', 'spinlock.mcs.link'); // pairs with next
  yield awaitWord(mine.waiting, 0, 'acquire', 'spinlock.mcs.wait'); // pairs with hand
}

/** Hands the lock to the next in the queue, if there is one. The caller holds it. */
export function* release(lock: McsLock): Routine {
  const me = (yield coreNumber()) + 1;
  const mine = nodeOf(lock, me);
  if ((yield load(mine.next, 'relaxed', 'spinlock.mcs.look')) === 0) {
    const last = yield compareAndSwap(lock.tail, me, 0, 'release', 'spinlock.mcs.close'); // pairs with join
    if (last === me) {
      yield unmaskInterrupts();
      return;
    }
    yield awaitOther(mine.next, 0, 'relaxed', 'spinlock.mcs.late'); // somebody has joined, and is about to say so
  }
  const next = yield load(mine.next, 'acquire', 'spinlock.mcs.next'); // pairs with link
  yield store(nodeOf(lock, next).waiting, 0, 'release', 'spinlock.mcs.hand'); // pairs with wait
  yield unmaskInterrupts();
}
