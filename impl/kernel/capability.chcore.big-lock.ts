/** Capabilities with ChCore's flat lists, in plain tables under one lock: without the lists. */
import {
  alone,
  deleteCapability,
  find,
  firstWith,
  freeSlot,
  heldAt,
  layoutPlainTables,
  makeObject,
  moveCapability,
  type PlainTables,
  place,
  readObject,
  receiverOf,
  takeAway,
  writeObject,
} from '#impl/kernel/plain-tables.ts';
import { type CapabilityParameters, type Change, Failure, Right } from '#impl/kernel/slots.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle } from '#spec/abi.ts';

export const boot = (memory: Allocator, parameters: CapabilityParameters): PlainTables =>
  layoutPlainTables(memory, parameters, false);

export function* create(self: Thread, tables: PlainTables): Routine<Word> {
  return yield* alone(tables, () => makeObject(self, tables, 0));
}

export function* read(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, () => readObject(self, tables, handle));
}

export function* write(self: Thread, tables: PlainTables, handle: CapabilityHandle, word: Word): Routine<Word> {
  return yield* alone(tables, () => writeObject(self, tables, handle, word));
}

export function* move(
  self: Thread,
  tables: PlainTables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Routine<Word> {
  return yield* alone(tables, () => moveCapability(self, tables, handle, over));
}

export function* remove(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, () => deleteCapability(self, tables, handle));
}

export function* copy(
  self: Thread,
  tables: PlainTables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  change: Change,
): Routine<Word> {
  return yield* alone(tables, () => copyCapability(self, tables, handle, over, change));
}

/** A copy is its source's equal. More rights than the source has are not given less, but refused. */
function* copyCapability(
  self: Thread,
  tables: PlainTables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  { mask, rights, badge }: Change,
): Routine<Word> {
  const from = yield* find(self, tables, handle, Right.copy);
  if (from < 0) return from;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0) return receiver;
  const source = yield* heldAt(tables, from);
  if (badge !== 0 && source.badge !== 0) return Failure.invalid;
  if ((rights & mask & ~source.rights) !== 0) return Failure.invalid;
  const to = yield* freeSlot(tables, receiver);
  if (to < 0) return Failure.noSlot;
  const granted = (source.rights & ~mask) | (rights & mask);
  return yield* place(tables, to, { ...source, rights: granted, badge: badge === 0 ? source.badge : badge });
}

export function* revoke(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, () => revokeAll(self, tables, handle));
}

/** Takes away every capability to the object, the caller's too. */
function* revokeAll(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  const number = yield* find(self, tables, handle, Right.revoke);
  if (number < 0) return number;
  const { object } = yield* heldAt(tables, number);
  for (;;) {
    const next = yield* firstWith(tables, (held) => held.object === object);
    if (next < 0) return 0;
    yield* takeAway(tables, next, 0);
  }
}
