/**
 * Tables of capabilities as their spec says it, and no faster: one lock around every call, and tables that are searched
 * from one end to the other. Who is below whom, and who else has an object, is found by looking at every slot there is.
 *
 * Every routine but `alone` is for who holds the lock. What a process is told is in `slots.ts`.
 */
import {
  type CapabilityParameters,
  Failure,
  type Holding,
  handleWord,
  holdersOf,
  makerOf,
  Right,
} from '#impl/kernel/slots.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights, ThreadId } from '#spec/abi.ts';

/** What a slot holds. `object` and `above` count from 1; 0: no capability, nothing above it. `original` is 1 or 0. */
export interface Held {
  readonly object: number;
  readonly rights: Rights;
  readonly badge: Word;
  readonly above: number;
  readonly original: Word;
}

type PlainSlot = Record<keyof Held | 'generation', Address>;

export interface PlainTables {
  readonly lock: Address;
  readonly slotsEach: number;
  /** The slots of all processes, one table after the other. */
  readonly slots: readonly PlainSlot[];
  readonly objects: readonly { readonly maker: Address; readonly word: Address }[];
}

/** Lays the tables out. `isTree`: what came with an object is above its copies; else nothing is above anything. */
export const layoutPlainTables = (
  memory: Allocator,
  parameters: CapabilityParameters,
  isTree: boolean,
): PlainTables => {
  const { slots, objects, holdings } = parameters;
  const holdingAt = (number: number): Holding | undefined => holdings[Math.floor(number / slots)]?.[number % slots];
  return {
    lock: layoutLock(memory, 'tables.lock'),
    slotsEach: slots,
    slots: Array.from({ length: holdings.length * slots }, (_, number) => {
      const word = (name: string, initial = 0): Address =>
        memory.word(`P${Math.floor(number / slots)}.${number % slots}.${name}`, initial);
      const holding = holdingAt(number);
      const [first = 0] = holding ? holdersOf(parameters, holding.object) : [];
      const isFirst = first === number + 1;
      const isOriginal = isTree && holding && (isFirst || holding.badge !== holdingAt(first - 1)?.badge);
      return {
        generation: word('generation', holding ? 1 : 0),
        object: word('object', holding ? holding.object + 1 : 0),
        rights: word('rights', holding?.rights),
        badge: word('badge', holding?.badge),
        above: word('above', isTree && !isFirst ? first : 0),
        original: word('original', isOriginal ? 1 : 0),
      };
    }),
    objects: Array.from({ length: objects }, (_, object) => ({
      maker: memory.word(`object${object}.maker`, makerOf(parameters, object)),
      word: memory.word(`object${object}.word`),
    })),
  };
};

/** Does something while nobody else does anything. */
export function* alone(tables: PlainTables, body: () => Routine<Word>): Routine<Word> {
  yield* acquire(tables.lock);
  const result = yield* body();
  yield* release(tables.lock);
  return result;
}

const slotAt = (tables: PlainTables, number: number): PlainSlot => tables.slots[number] as PlainSlot;

const objectAt = (tables: PlainTables, object: number) => tables.objects[object - 1] as PlainTables['objects'][number];

/** What a slot holds. */
export function* heldAt(tables: PlainTables, number: number): Routine<Held> {
  const slot = slotAt(tables, number);
  return {
    object: yield load(slot.object, 'plain'),
    rights: yield load(slot.rights, 'plain'),
    badge: yield load(slot.badge, 'plain'),
    above: yield load(slot.above, 'plain'),
    original: yield load(slot.original, 'plain'),
  };
}

/** The slot that a handle of the caller's names, if its capability has these rights; or why not. */
export function* find(self: Thread, tables: PlainTables, handle: CapabilityHandle, rights: Rights): Routine<Word> {
  if (handle.slot >= tables.slotsEach || handle.generation < 1) return Failure.badHandle;
  const number = self.id * tables.slotsEach + handle.slot;
  const latest = yield load(slotAt(tables, number).generation, 'plain');
  if (handle.generation > latest) return Failure.badHandle;
  const held = yield* heldAt(tables, number);
  if (handle.generation < latest || held.object === 0) return Failure.stale;
  return (held.rights & rights) === rights ? number : Failure.noRight;
}

/** Who gets what is granted over `over`; null: the caller. Or why nobody may. */
export function* receiverOf(self: Thread, tables: PlainTables, over: CapabilityHandle | null): Routine<Word> {
  if (over === null) return self.id;
  const number = yield* find(self, tables, over, Right.grant);
  if (number < 0) return number;
  return yield load(objectAt(tables, (yield* heldAt(tables, number)).object).maker, 'plain');
}

/** The first free slot of a process, or -1. */
export function* freeSlot(tables: PlainTables, process: ThreadId): Routine<number> {
  for (let slot = 0; slot < tables.slotsEach; slot++) {
    const number = process * tables.slotsEach + slot;
    if ((yield load(slotAt(tables, number).object, 'plain')) === 0) return number;
  }
  return -1;
}

/** Puts a capability into a free slot. Its handle. */
export function* place(tables: PlainTables, number: number, held: Held): Routine<Word> {
  const slot = slotAt(tables, number);
  const generation = (yield load(slot.generation, 'plain')) + 1;
  yield store(slot.generation, generation, 'plain');
  yield store(slot.object, held.object, 'plain');
  yield store(slot.rights, held.rights, 'plain');
  yield store(slot.badge, held.badge, 'plain');
  yield store(slot.above, held.above, 'plain');
  yield store(slot.original, held.original, 'plain');
  return handleWord(number % tables.slotsEach, generation);
}

/** Empties a slot. What was below it is below `heir` now. */
export function* takeAway(tables: PlainTables, number: number, heir: number): Routine {
  yield store(slotAt(tables, number).object, 0, 'plain');
  for (const { above } of tables.slots) {
    if ((yield load(above, 'plain')) === number + 1) yield store(above, heir, 'plain');
  }
}

/** The first slot that holds a capability for which `holds`, or -1. */
export function* firstWith(tables: PlainTables, holds: (held: Held, number: number) => boolean): Routine<number> {
  for (let number = 0; number < tables.slots.length; number++) {
    const held = yield* heldAt(tables, number);
    if (held.object !== 0 && holds(held, number)) return number;
  }
  return -1;
}

/** Makes an object, of which the caller gets a capability with all rights. Its handle, or why not. */
export function* makeObject(self: Thread, tables: PlainTables, original: Word): Routine<Word> {
  const to = yield* freeSlot(tables, self.id);
  if (to < 0) return Failure.noSlot;
  for (let object = 1; object <= tables.objects.length; object++) {
    if ((yield* firstWith(tables, (held) => held.object === object)) >= 0) continue;
    yield store(objectAt(tables, object).maker, self.id, 'plain');
    yield store(objectAt(tables, object).word, 0, 'plain');
    return yield* place(tables, to, { object, rights: Right.all, badge: 0, above: 0, original });
  }
  return Failure.noMemory;
}

/** Puts the word of the object and the capability's badge into the user's buffer. 0, or why not. */
export function* readObject(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  const number = yield* find(self, tables, handle, Right.read);
  if (number < 0) return number;
  const held = yield* heldAt(tables, number);
  yield copyOut(0, yield load(objectAt(tables, held.object).word, 'plain'));
  yield copyOut(1, held.badge);
  return 0;
}

/** Sets the word of the object. 0, or why not. */
export function* writeObject(self: Thread, tables: PlainTables, handle: CapabilityHandle, word: Word): Routine<Word> {
  const number = yield* find(self, tables, handle, Right.write);
  if (number < 0) return number;
  yield store(objectAt(tables, (yield* heldAt(tables, number)).object).word, word, 'plain');
  return 0;
}

/** Moves a capability, with what is below it. Its new handle, or why not. */
export function* moveCapability(
  self: Thread,
  tables: PlainTables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Routine<Word> {
  const from = yield* find(self, tables, handle, over === null ? Right.none : Right.copy);
  if (from < 0) return from;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0) return receiver;
  const to = yield* freeSlot(tables, receiver);
  if (to < 0) return Failure.noSlot;
  const moved = yield* place(tables, to, yield* heldAt(tables, from));
  yield* takeAway(tables, from, to + 1);
  return moved;
}

/** Deletes a capability, and no other. 0, or why not. */
export function* deleteCapability(self: Thread, tables: PlainTables, handle: CapabilityHandle): Routine<Word> {
  const number = yield* find(self, tables, handle, Right.none);
  if (number < 0) return number;
  yield* takeAway(tables, number, (yield* heldAt(tables, number)).above);
  return 0;
}
