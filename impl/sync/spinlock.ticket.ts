/**
 * A ticket lock: two counters that only grow, as at a counter in a shop. Whoever wants the lock draws the next ticket and
 * waits until it is served, so the lock is taken in the order in which it was asked for.
 *
 * Source: Reed and Kanodia, "Synchronization with eventcounts and sequencers", CACM 1979; Linux until 4.1.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitWord,
  fetchAdd,
  load,
  maskInterrupts,
  type Routine,
  store,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';

export interface TicketLock {
  /** The ticket that is drawn next. */
  readonly next: Address;
  /** The ticket whose turn it is; the lock is free when it has not been drawn. */
  readonly serving: Address;
}

/** Lays a lock out that nobody holds. */
export const layoutLock = (memory: Allocator, name: string): TicketLock => ({
  next: memory.word(`${name}.next`),
  serving: memory.word(`${name}.serving`),
});

/** Takes the lock, after all who asked before. A core that holds it already waits for ever. */
export function* acquire(lock: TicketLock): Routine {
  yield maskInterrupts(); // before the ticket: who is preempted with one keeps all later ones waiting
  const ticket = yield fetchAdd(lock.next, 1, 'relaxed', 'spinlock.ticket.draw');
  yield awaitWord(lock.serving, ticket, 'acquire', 'spinlock.ticket.wait'); // pairs with release
}

/** Gives the lock to the next in turn. The caller holds it. */
export function* release(lock: TicketLock): Routine {
  const mine = yield load(lock.serving, 'relaxed', 'spinlock.ticket.mine'); // only the holder writes it
  yield store(lock.serving, (mine + 1) | 0, 'release', 'spinlock.ticket.serve'); // pairs with acquire
  yield unmaskInterrupts();
}
