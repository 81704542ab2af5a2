/**
 * A ring for any number of producers and consumers that poll, without a lock: each slot has a number that says whose
 * turn it is. The n-th item ever put goes into slot n modulo the size. The slot's number is 2n while it waits for that
 * item and 2n + 1 while it holds it; then it waits for the item that comes one round later.
 *
 * Who moves `tail` or `head` past n has item n to itself: it was that slot's turn, and nobody else can get the same n.
 * Source: Vyukov, "Bounded MPMC queue" (1024cores.net); his numbers are n and n + 1, which needs at least two slots.
 */
import type { BufferParameters } from '#impl/ipc/bounded-buffer.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, awaitOther, compareAndSwap, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Item } from '#spec/abi.ts';

export interface Ring {
  /** A power of two, so that counting may wrap. */
  readonly size: number;
  /** How many items were ever put, and taken. */
  readonly tail: Address;
  readonly head: Address;
  readonly turns: readonly Address[];
  readonly slots: Address;
}

/** Lays an empty ring out. */
export const boot = (memory: Allocator, { capacity: size, carriedItems }: BufferParameters): Ring => ({
  size,
  tail: memory.word('tail', carriedItems),
  head: memory.word('head', carriedItems),
  turns: Array.from({ length: size }, (_, slot) => {
    const rounds = (slot - carriedItems) & (size - 1); // how long until this slot's turn
    return memory.word(`turn[${slot}]`, (2 * (carriedItems + rounds)) | 0);
  }),
  slots: memory.words('slots', size),
});

/** Puts an item, spinning while the ring is full. 0. */
export function* put(_self: Thread, ring: Ring, item: Item): Routine<Word> {
  for (;;) {
    const tail = yield load(ring.tail, 'relaxed', 'bounded-buffer.lock-free.tail');
    const slot = tail & (ring.size - 1);
    const turn = ring.turns[slot] as Address;
    const now = yield load(turn, 'acquire', 'bounded-buffer.lock-free.free'); // pairs with get: the slot has been read
    const lead = (now - 2 * tail) | 0;
    if (lead < 0) {
      yield awaitOther(turn, now, 'relaxed', 'bounded-buffer.lock-free.spin-full');
    } else if (lead === 0) {
      const next = (tail + 1) | 0;
      const seen = yield compareAndSwap(ring.tail, tail, next, 'relaxed', 'bounded-buffer.lock-free.claim-put');
      if (seen !== tail) continue;
      yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.lock-free.write');
      yield store(turn, (2 * tail + 1) | 0, 'release', 'bounded-buffer.lock-free.publish'); // pairs with get: shows the item
      return 0;
    } // else another producer was faster: `tail` has moved on
  }
}

/** Takes the oldest item, spinning while the ring is empty. */
export function* get(_self: Thread, ring: Ring): Routine<Word> {
  for (;;) {
    const head = yield load(ring.head, 'relaxed', 'bounded-buffer.lock-free.head');
    const slot = head & (ring.size - 1);
    const turn = ring.turns[slot] as Address;
    const now = yield load(turn, 'acquire', 'bounded-buffer.lock-free.item'); // pairs with put: the item is written
    const lead = (now - (2 * head + 1)) | 0;
    if (lead < 0) {
      yield awaitOther(turn, now, 'relaxed', 'bounded-buffer.lock-free.spin-empty');
    } else if (lead === 0) {
      const next = (head + 1) | 0;
      const seen = yield compareAndSwap(ring.head, head, next, 'relaxed', 'bounded-buffer.lock-free.claim-get');
      if (seen !== head) continue;
      const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.lock-free.read');
      yield store(turn, (2 * (head + ring.size)) | 0, 'release', 'bounded-buffer.lock-free.recycle'); // pairs with put
      return item;
    } // else another consumer was faster: `head` has moved on
  }
}
