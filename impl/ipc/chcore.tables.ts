/** Capability tables: looked up without a lock, changed under the table's own. */
import {
  type ConnectionWords,
  capabilityWord,
  connectionAt,
  generationNamed,
  generationOf,
  type Kernel,
  Kind,
  kindOf,
  Owner,
  objectOf,
  ownerOf,
  ownerWord,
  processAt,
  threadAt,
} from '#impl/ipc/chcore.layout.ts';
import { type Address, compareAndSwap, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilitySlot, ProcessId } from '#spec/abi/ipc/chcore.ts';

/** Locks the tables of two processes, which may be one, in the order of their numbers. */
export function* lockTables(kernel: Kernel, one: ProcessId, other: ProcessId): Routine {
  yield* acquire(processAt(kernel, Math.min(one, other)).lock);
  if (one !== other) yield* acquire(processAt(kernel, Math.max(one, other)).lock);
}

export function* unlockTables(kernel: Kernel, one: ProcessId, other: ProcessId): Routine {
  if (one !== other) yield* release(processAt(kernel, Math.max(one, other)).lock);
  yield* release(processAt(kernel, Math.min(one, other)).lock);
}

/** The capability in a slot, or 0. What it leads to says by itself whether it is still the same. */
function* capabilityIn(kernel: Kernel, process: ProcessId, slot: CapabilitySlot): Routine<Word> {
  const address = processAt(kernel, process).slots[slot];
  return address === undefined ? Kind.none : yield load(address, 'relaxed');
}

/** The capability in a slot; 0 if there is none of this kind. */
export function* lookUp(kernel: Kernel, process: ProcessId, slot: CapabilitySlot, kind: number): Routine<Word> {
  const capability = yield* capabilityIn(kernel, process, slot);
  return kindOf(capability) === kind ? capability : Kind.none;
}

/** The lowest free slot from `from` on, or -1. The caller holds the table's lock. */
export function* freeSlot(kernel: Kernel, process: ProcessId, from = 0): Routine<number> {
  const { slots } = processAt(kernel, process);
  for (let slot = from; slot < slots.length; slot++) {
    if ((yield load(slots[slot] as Address, 'relaxed')) === Kind.none) return slot;
  }
  return -1;
}

/** Puts a capability into a slot, or (0) empties it. The caller holds the table's lock. */
export function* put(kernel: Kernel, process: ProcessId, slot: CapabilitySlot, capability: Word): Routine {
  yield store(processAt(kernel, process).slots[slot] as Address, capability, 'relaxed');
}

/** What came of trying to take a connection. */
export type Taken =
  | { readonly tag: 'taken'; readonly connection: ConnectionWords; readonly index: number; readonly generation: number }
  | { readonly tag: 'none' | 'building' | 'busy' };

/**
 * Tries once to make the connection that a slot leads to the caller's. The word names the connection's generation: one
 * that has ended since the slot was read, and whose place has been used again, is not taken.
 */
export function* takeConnection(
  self: Thread,
  kernel: Kernel,
  slot: CapabilitySlot,
  kinds: readonly number[] = [Kind.connection],
): Routine<Taken> {
  const capability = yield* capabilityIn(kernel, threadAt(kernel, self.id).process, slot);
  if (!kinds.includes(kindOf(capability))) return { tag: 'none' };
  return yield* take(self, kernel, objectOf(capability), generationNamed(capability));
}

/** Tries once to make this generation of a connection the caller's. */
export function* take(self: Thread, kernel: Kernel, index: number, generation: number): Routine<Taken> {
  const connection = connectionAt(kernel, index);
  const free = ownerWord(generation, Owner.free);
  const mine = ownerWord(generation, Owner.owned + self.id);
  const seen = yield compareAndSwap(connection.owner, free, mine, 'acquire', 'chcore.take'); // pairs with letGo, and valid
  if (seen === free) return { tag: 'taken', connection, index, generation };
  if (generationOf(seen) !== generation || ownerOf(seen) === Owner.none) return { tag: 'none' };
  return { tag: ownerOf(seen) === Owner.building ? 'building' : 'busy' };
}

/** Lets a connection go. */
export function* letGo({ connection, generation }: Taken & { tag: 'taken' }): Routine {
  yield store(connection.owner, ownerWord(generation, Owner.free), 'release', 'chcore.let-go'); // pairs with take
}

/**
 * Ends a connection, built or half-built, that nobody else can have: its generation is over, so no capability leads to it
 * any more; and those that came with it are taken out of both tables.
 */
export function* end(kernel: Kernel, index: number): Routine {
  const connection = connectionAt(kernel, index);
  const [client, server] = [yield load(connection.client, 'plain'), yield load(connection.server, 'plain')];
  yield* lockTables(kernel, client, server);
  yield* acquire(kernel.pool);
  const generation = generationOf(yield load(connection.owner, 'relaxed'));
  const clientSlot = yield load(connection.clientSlot, 'plain');
  const serverSlot = yield load(connection.serverSlot, 'plain');
  const serverMemory = yield load(connection.serverMemory, 'plain');
  yield store(connection.owner, ownerWord(generation + 1, Owner.none), 'relaxed');
  yield* release(kernel.pool);
  yield* put(kernel, client, clientSlot, Kind.none);
  yield* put(kernel, server, serverSlot, Kind.none);
  yield* put(kernel, server, serverMemory, Kind.none);
  yield* unlockTables(kernel, client, server);
}

/** The capability that leads to a connection, from either side. */
export const capabilityTo = (kind: number, connection: number, generation: number): Word =>
  capabilityWord(kind, connection, false, generation);
