/** Capabilities with seL4's tree of derivation, in plain tables under one lock. */
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
  layoutPlainTables(memory, parameters, true);

export function* create(self: Thread, tables: PlainTables): Routine<Word> {
  return yield* alone(tables, () => makeObject(self, tables, 1));
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

/** What is copied from an original is below it, what is copied from a copy beside it; with a badge it is an original. */
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
  const to = yield* freeSlot(tables, receiver);
  if (to < 0) return Failure.noSlot;
  return yield* place(tables, to, {
    object: source.object,
    rights: source.rights & (rights | ~mask),
    badge: badge === 0 ? source.badge : badge,
    above: source.original === 1 ? from + 1 : source.above,
    original: badge === 0 ? 0 : 1,
  });
}

export function* revoke(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, () => revokeBelow(self, tables, handle));
}

/** Takes away what is right below, until nothing is: what was below that has moved up. */
function* revokeBelow(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  const above = yield* find(self, tables, handle, Right.none);
  if (above < 0) return above;
  for (;;) {
    const next = yield* firstWith(tables, (held) => held.above === above + 1);
    if (next < 0) return 0;
    yield* takeAway(tables, next, above + 1);
  }
}
