/**
 * Capabilities as ChCore has them: the capabilities of an object are a flat list of equals; a lock for each table, and
 * one for each object's list. Every call holds the locks of the tables it looks at, a use too, until it is done.
 *
 * Locks are taken in this order: tables by their numbers, then the list of an object, then the pool. A revocation goes
 * the other way, from the list to the tables: it looks at the list, lets it go, and looks again when it has the table.
 *
 * Source: ChCore (OS-Course-Lab), object/capability.c (table_guard, copies_lock, __cap_free).
 */
import {
  type CapabilityParameters,
  type Change,
  emptyState,
  Failure,
  filledState,
  freeSlot,
  generationOf,
  handleWord,
  holdersOf,
  isLive,
  layoutSlot,
  lookUp,
  makerOf,
  neighboursOf,
  type ObjectPage,
  Right,
  type Slots,
  slotAt,
} from '#impl/kernel/slots.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, allocate, copyOut, free, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights, ThreadId } from '#spec/abi.ts';

/** What is kept of an object. The words stay when it goes: whoever revokes it looks at them. */
interface ObjectWords {
  /** Guards `copies`, `lives`, and the neighbours of every slot on the list. */
  readonly lock: Address;
  /** The first slot of its list, counted from 1; 0: none. */
  readonly copies: Address;
  /** How many objects have come to an end here. */
  readonly lives: Address;
  /** 1 while somebody has it. Guarded by the pool's lock. */
  readonly inUse: Address;
  /** Who made it: written before anybody has a capability to it. */
  readonly maker: Address;
  readonly page: ObjectPage;
}

/** The tables of all processes. A table's lock guards its slots, but for their neighbours. */
export interface Tables extends Slots {
  readonly locks: readonly Address[];
  readonly pool: Address;
  readonly objects: readonly ObjectWords[];
}

/** Lays the tables out, and for each object that somebody holds at boot the list of who does. */
export const boot = (memory: Allocator, parameters: CapabilityParameters): Tables => {
  const { slots, objects, holdings } = parameters;
  return {
    slotsEach: slots,
    locks: holdings.map((_, process) => layoutLock(memory, `P${process}.lock`)),
    slots: holdings.flatMap((held, process) =>
      Array.from({ length: slots }, (_, i) =>
        layoutSlot(memory, `P${process}.${i}`, held[i], neighboursOf(parameters, process * slots + i, held[i])),
      ),
    ),
    pool: layoutLock(memory, 'pool.lock'),
    objects: Array.from({ length: objects }, (_, object) => {
      const [first = 0] = holdersOf(parameters, object);
      return {
        lock: layoutLock(memory, `object${object}.lock`),
        copies: memory.word(`object${object}.copies`, first),
        lives: memory.word(`object${object}.lives`),
        inUse: memory.word(`object${object}.inUse`, Math.min(first, 1)),
        maker: memory.word(`object${object}.maker`, makerOf(parameters, object)),
        page: memory.page(first > 0, (page) => ({ word: page.word(`object${object}.word`) })),
      };
    }),
  };
};

const lockOf = (tables: Tables, process: ThreadId): Address => tables.locks[process] as Address;

/** The object of a slot that holds a capability. The caller holds the table's lock. */
function* objectOf(tables: Tables, number: number): Routine<ObjectWords> {
  return tables.objects[yield load(slotAt(tables, number).object, 'plain')] as ObjectWords;
}

/** Puts the word of the object and the capability's badge into the user's buffer. 0, or why not. */
export function* read(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(lockOf(tables, self.id)); // to the end: the object stays while one capability to it does
  const number = yield* lookUp(self, tables, handle, Right.read, 'plain');
  if (number >= 0) {
    const { page } = yield* objectOf(tables, number);
    yield copyOut(0, yield load(page.word, 'relaxed')); // others have it in their tables, under their locks
    yield copyOut(1, yield load(slotAt(tables, number).badge, 'plain'));
  }
  yield* release(lockOf(tables, self.id));
  return Math.min(number, 0);
}

/** Sets the word of the object. 0, or why not. */
export function* write(self: Thread, tables: Tables, handle: CapabilityHandle, word: Word): Routine<Word> {
  yield* acquire(lockOf(tables, self.id));
  const number = yield* lookUp(self, tables, handle, Right.write, 'plain');
  if (number >= 0) {
    const { page } = yield* objectOf(tables, number);
    yield store(page.word, word, 'relaxed');
  }
  yield* release(lockOf(tables, self.id));
  return Math.min(number, 0);
}

/** Makes an object. Its handle, or why not. */
export function* create(self: Thread, tables: Tables): Routine<Word> {
  yield* acquire(lockOf(tables, self.id));
  const to = yield* freeSlot(tables, self.id, 'plain');
  const index = to < 0 ? -1 : yield* claimObject(tables);
  let handle: Word = to < 0 ? Failure.noSlot : Failure.noMemory;
  if (index >= 0) {
    const object = tables.objects[index] as ObjectWords;
    yield allocate(object.page.address, object.page.words, 'capability.allocate');
    yield store(object.maker, self.id, 'plain');
    handle = yield* fill(tables, to, index, Right.all, 0);
  }
  yield* release(lockOf(tables, self.id));
  return handle;
}

/** Takes a free object out of the pool. Its number, or -1. */
function* claimObject(tables: Tables): Routine<number> {
  yield* acquire(tables.pool);
  let free = -1;
  for (let index = 0; free < 0 && index < tables.objects.length; index++) {
    const { inUse } = tables.objects[index] as ObjectWords;
    if ((yield load(inUse, 'plain')) !== 0) continue;
    yield store(inUse, 1, 'plain');
    free = index;
  }
  yield* release(tables.pool);
  return free;
}

/** Copies a capability, to whoever made `over` if there is one. The copy's handle, or why not. */
export function* copy(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  change: Change,
): Routine<Word> {
  const receiver = yield* lockTables(self, tables, over);
  const copied = yield* copyLocked(self, tables, handle, receiver, change);
  yield* unlockTables(self, tables, receiver);
  return copied;
}

function* copyLocked(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  receiver: Word,
  { mask, rights, badge }: Change,
): Routine<Word> {
  const from = yield* lookUp(self, tables, handle, Right.copy, 'plain');
  if (from < 0) return from;
  if (receiver < 0) return receiver;
  const source = slotAt(tables, from);
  const [object, held] = [yield load(source.object, 'plain'), yield load(source.rights, 'plain')];
  const oldBadge = yield load(source.badge, 'plain');
  if (badge !== 0 && oldBadge !== 0) return Failure.invalid; // or its users could pass for one another
  if ((rights & mask & ~held) !== 0) return Failure.invalid;
  const to = yield* freeSlot(tables, receiver, 'plain');
  if (to < 0) return Failure.noSlot;
  return yield* fill(tables, to, object, (held & ~mask) | (rights & mask), badge === 0 ? oldBadge : badge);
}

/** Moves a capability to another slot, of whoever made `over` if there is one. Its new handle, or why not. */
export function* move(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Routine<Word> {
  const receiver = yield* lockTables(self, tables, over);
  const moved = yield* moveLocked(self, tables, handle, receiver, over === null ? Right.none : Right.copy);
  yield* unlockTables(self, tables, receiver);
  return moved;
}

function* moveLocked(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  receiver: Word,
  needed: Rights,
): Routine<Word> {
  const from = yield* lookUp(self, tables, handle, needed, 'plain');
  if (from < 0) return from;
  if (receiver < 0) return receiver;
  const to = yield* freeSlot(tables, receiver, 'plain');
  if (to < 0) return Failure.noSlot;
  const source = slotAt(tables, from);
  const [object, rights] = [yield load(source.object, 'plain'), yield load(source.rights, 'plain')];
  const moved = yield* fill(tables, to, object, rights, yield load(source.badge, 'plain'));
  yield* removeAt(tables, from); // after: the object never has none
  return moved;
}

/** Deletes a capability. 0, or why not. */
export function* remove(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(lockOf(tables, self.id));
  const number = yield* lookUp(self, tables, handle, Right.none, 'plain');
  if (number >= 0) yield* removeAt(tables, number);
  yield* release(lockOf(tables, self.id));
  return Math.min(number, 0);
}

/** Deletes every capability to the object, this one too. 0, or why not. */
export function* revoke(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(lockOf(tables, self.id));
  const number = yield* lookUp(self, tables, handle, Right.revoke, 'plain');
  const object = number < 0 ? undefined : yield* objectOf(tables, number);
  const life = object === undefined ? 0 : yield* lifeOf(object);
  yield* release(lockOf(tables, self.id));
  if (object === undefined) return number;
  for (;;) {
    yield* acquire(object.lock);
    const isOver = (yield load(object.lives, 'plain')) !== life;
    const first = isOver ? -1 : (yield load(object.copies, 'plain')) - 1;
    yield* release(object.lock); // whoever copies has the table's lock and waits for this one
    if (first < 0) return 0;
    const process = Math.floor(first / tables.slotsEach);
    yield* acquire(lockOf(tables, process));
    if (yield* holds(tables, first, object, life)) yield* removeAt(tables, first);
    yield* release(lockOf(tables, process));
  }
}

function* lifeOf(object: ObjectWords): Routine<Word> {
  yield* acquire(object.lock);
  const life = yield load(object.lives, 'plain');
  yield* release(object.lock);
  return life;
}

/** Whether a slot still holds a capability to this object, and not to a later one. The caller holds the table's lock. */
function* holds(tables: Tables, number: number, object: ObjectWords, life: Word): Routine<boolean> {
  if (!isLive(yield load(slotAt(tables, number).state, 'plain'))) return false;
  return (yield* objectOf(tables, number)) === object && (yield* lifeOf(object)) === life;
}

/**
 * Takes the lock of the caller's table, and of the table that gets what is granted over `over`: whose that is, or why
 * nobody's. An endpoint that has gone by the time both are locked is one that nobody had.
 */
function* lockTables(self: Thread, tables: Tables, over: CapabilityHandle | null): Routine<Word> {
  yield* acquire(lockOf(tables, self.id));
  if (over === null) return self.id;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0 || receiver === self.id) return receiver;
  if (receiver > self.id) {
    yield* acquire(lockOf(tables, receiver));
    return receiver;
  }
  yield* release(lockOf(tables, self.id));
  yield* acquire(lockOf(tables, receiver));
  yield* acquire(lockOf(tables, self.id));
  const again = yield* receiverOf(self, tables, over);
  if (again < 0) yield* release(lockOf(tables, receiver));
  return again;
}

function* unlockTables(self: Thread, tables: Tables, receiver: Word): Routine {
  if (receiver >= 0 && receiver !== self.id) yield* release(lockOf(tables, receiver));
  yield* release(lockOf(tables, self.id));
}

/** Who made the endpoint `over`, or why it may not be used. The caller's table is locked. */
function* receiverOf(self: Thread, tables: Tables, over: CapabilityHandle): Routine<Word> {
  const number = yield* lookUp(self, tables, over, Right.grant, 'plain');
  if (number < 0) return number;
  const { maker } = yield* objectOf(tables, number);
  return yield load(maker, 'plain');
}

/** Puts a capability into a free slot and on its object's list. Its handle. The table is locked. */
function* fill(tables: Tables, number: number, object: number, rights: Rights, badge: Word): Routine<Word> {
  const slot = slotAt(tables, number);
  const state = filledState(yield load(slot.state, 'plain'));
  yield store(slot.object, object, 'plain');
  yield store(slot.rights, rights, 'plain');
  yield store(slot.badge, badge, 'plain');
  yield store(slot.state, state, 'plain');
  yield* link(tables, number, tables.objects[object] as ObjectWords);
  return handleWord(number % tables.slotsEach, generationOf(state));
}

/** Deletes the capability in a slot, and its object if it is the last one. The table is locked. */
function* removeAt(tables: Tables, number: number): Routine {
  const { state } = slotAt(tables, number);
  const object = yield* objectOf(tables, number);
  yield store(state, emptyState(yield load(state, 'plain')), 'plain');
  yield* acquire(object.lock);
  const isLast = yield* unlink(tables, number, object);
  if (isLast) yield* end(tables, object); // before the lock goes: who revokes it too may be told that it is gone
  yield* release(object.lock);
}

/** Nobody has a capability to the object any more: it goes back to the pool. Its list is locked. */
function* end(tables: Tables, object: ObjectWords): Routine {
  yield store(object.lives, ((yield load(object.lives, 'plain')) + 1) | 0, 'plain');
  yield free(object.page.address, object.page.words, 'capability.free');
  yield* acquire(tables.pool);
  yield store(object.inUse, 0, 'plain');
  yield* release(tables.pool);
}

/** Puts a slot on its object's list. Its table is locked. */
function* link(tables: Tables, number: number, object: ObjectWords): Routine {
  const slot = slotAt(tables, number);
  yield* acquire(object.lock);
  const first = yield load(object.copies, 'plain');
  yield store(slot.next, first, 'plain');
  yield store(slot.previous, 0, 'plain');
  if (first !== 0) yield store(slotAt(tables, first - 1).previous, number + 1, 'plain');
  yield store(object.copies, number + 1, 'plain');
  yield* release(object.lock);
}

/** Takes a slot off its object's list. True: it was the last one. Its table and the list are locked. */
function* unlink(tables: Tables, number: number, object: ObjectWords): Routine<boolean> {
  const slot = slotAt(tables, number);
  const [next, previous] = [yield load(slot.next, 'plain'), yield load(slot.previous, 'plain')];
  yield store(previous === 0 ? object.copies : slotAt(tables, previous - 1).next, next, 'plain');
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, previous, 'plain');
  return next === 0 && previous === 0;
}
