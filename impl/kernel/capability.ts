/**
 * Capabilities as seL4 has them: a tree of derivation over all tables, under one lock; and uses that take no lock.
 *
 * The tree is a list in which each capability is followed by those below it, one level deeper, so that what is below one
 * is a piece of the list. A use pins its slot by counting itself in the slot's state word, in the step that finds the
 * generation right. Who takes a capability away first makes that impossible, then waits until nobody is counted: after
 * that no use of it is under way on any core, and the object may go.
 *
 * Source: seL4, src/object/cnode.c (the mapping database, cteRevoke); Linux, fs/file.c, __fget_files_rcu, for the pin.
 */
import {
  type CapabilityParameters,
  type Change,
  emptyState,
  Failure,
  filledState,
  generationOf,
  handleWord,
  holdersOf,
  isLive,
  layoutSlot,
  live,
  makerOf,
  missing,
  neighboursOf,
  type ObjectPage,
  Right,
  type SlotWords,
  slotNumber,
} from '#impl/kernel/slots.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  allocate,
  awaitWord,
  compareAndSwap,
  copyOut,
  fetchAdd,
  free,
  load,
  maskInterrupts,
  type Routine,
  store,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights, ThreadId } from '#spec/abi.ts';

/** A slot in the tree: `next` and `previous` are its neighbours in the list. */
interface TreeSlot extends SlotWords {
  /** How far it is below the root. */
  readonly depth: Address;
}

/** What is kept of an object while it lives, and where it is. */
interface ObjectWords {
  /** How many capabilities name it. 0: the object is free. */
  readonly references: Address;
  readonly maker: Address;
  readonly page: ObjectPage;
}

/** The tables of all processes. Everything but the state words is written by who holds `lock`. */
export interface Tables {
  readonly slotsEach: number;
  readonly lock: Address;
  readonly slots: readonly TreeSlot[];
  readonly objects: readonly ObjectWords[];
}

/** Lays the tables out. Of those who hold an object at boot the first is the root, and the others are below it. */
export const boot = (memory: Allocator, parameters: CapabilityParameters): Tables => {
  const { slots, objects, holdings } = parameters;
  return {
    slotsEach: slots,
    lock: layoutLock(memory, 'tree.lock'),
    slots: holdings.flatMap((held, process) =>
      Array.from({ length: slots }, (_, i) => {
        const name = `P${process}.${i}`;
        const neighbours = neighboursOf(parameters, process * slots + i, held[i]);
        return {
          ...layoutSlot(memory, name, held[i], neighbours),
          depth: memory.word(`${name}.depth`, Math.min(neighbours.previous, 1)),
        };
      }),
    ),
    objects: Array.from({ length: objects }, (_, object) => {
      const holders = holdersOf(parameters, object).length;
      return {
        references: memory.word(`object${object}.references`, holders),
        maker: memory.word(`object${object}.maker`, makerOf(parameters, object)),
        page: memory.page(holders > 0, (page) => ({ word: page.word(`object${object}.word`) })),
      };
    }),
  };
};

const slotAt = (tables: Tables, number: number): TreeSlot => tables.slots[number] as TreeSlot;

/** Puts the word of the object and the capability's badge into the user's buffer. 0, or why not. */
export function* read(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  const number = yield* pin(self, tables, handle, Right.read);
  if (number < 0) return number;
  const slot = slotAt(tables, number);
  const object = tables.objects[yield load(slot.object, 'plain')] as ObjectWords;
  yield copyOut(0, yield load(object.page.word, 'relaxed'));
  yield copyOut(1, yield load(slot.badge, 'plain'));
  yield* unpin(slot);
  return 0;
}

/** Sets the word of the object. 0, or why not. */
export function* write(self: Thread, tables: Tables, handle: CapabilityHandle, word: Word): Routine<Word> {
  const number = yield* pin(self, tables, handle, Right.write);
  if (number < 0) return number;
  const slot = slotAt(tables, number);
  const object = tables.objects[yield load(slot.object, 'plain')] as ObjectWords;
  yield store(object.page.word, word, 'relaxed');
  yield* unpin(slot);
  return 0;
}

/** Keeps a capability where it is until `unpin`, if it has these rights. Its slot's number, or why not. */
function* pin(self: Thread, tables: Tables, handle: CapabilityHandle, rights: Rights): Routine<Word> {
  const number = slotNumber(tables.slotsEach, self.id, handle);
  if (number < 0) return Failure.badHandle;
  const slot = slotAt(tables, number);
  yield maskInterrupts(); // who waits for us may be on this core next, and it lets nobody else on
  let seen = yield load(slot.state, 'relaxed');
  for (;;) {
    const errno = missing(seen, handle.generation);
    if (errno < 0) {
      yield unmaskInterrupts();
      return errno;
    }
    const found = yield compareAndSwap(slot.state, seen, seen + 1, 'acquire', 'capability.pin'); // pairs with fill
    if (found === seen) break;
    seen = found;
  }
  if (((yield load(slot.rights, 'plain')) & rights) === rights) return number;
  yield* unpin(slot);
  return Failure.noRight;
}

/** The use is over. */
function* unpin(slot: TreeSlot): Routine {
  yield fetchAdd(slot.state, -1, 'release', 'capability.unpin'); // pairs with drain: the use is before all that follows
  yield unmaskInterrupts();
}

/** Makes an object. Its handle, or why not. */
export function* create(self: Thread, tables: Tables): Routine<Word> {
  yield* acquire(tables.lock);
  const handle = yield* createLocked(self, tables);
  yield* release(tables.lock);
  return handle;
}

function* createLocked(self: Thread, tables: Tables): Routine<Word> {
  const to = yield* freeSlot(tables, self.id);
  if (to < 0) return Failure.noSlot;
  for (const [index, object] of tables.objects.entries()) {
    if ((yield load(object.references, 'plain')) !== 0) continue;
    yield allocate(object.page.address, object.page.words, 'capability.allocate');
    yield store(object.references, 1, 'plain');
    yield store(object.maker, self.id, 'plain');
    const slot = slotAt(tables, to);
    yield store(slot.next, 0, 'plain');
    yield store(slot.previous, 0, 'plain');
    yield store(slot.depth, 0, 'plain');
    return yield* fill(tables, to, index, Right.all, 0);
  }
  return Failure.noMemory;
}

/** Copies a capability, to whoever made `over` if there is one. The copy's handle, or why not. */
export function* copy(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  change: Change,
): Routine<Word> {
  yield* acquire(tables.lock);
  const copied = yield* copyLocked(self, tables, handle, over, change);
  yield* release(tables.lock);
  return copied;
}

function* copyLocked(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  { mask, rights, badge }: Change,
): Routine<Word> {
  const from = yield* lookUp(self, tables, handle, Right.copy);
  if (from < 0) return from;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0) return receiver;
  const source = slotAt(tables, from);
  const held = yield load(source.badge, 'plain');
  if (badge !== 0 && held !== 0) return Failure.invalid; // or its users could pass for one another
  const to = yield* freeSlot(tables, receiver);
  if (to < 0) return Failure.noSlot;
  const object = yield load(source.object, 'plain');
  const granted = (yield load(source.rights, 'plain')) & (rights | ~mask);
  const { references } = tables.objects[object] as ObjectWords;
  yield store(references, (yield load(references, 'plain')) + 1, 'plain');
  yield* linkBelow(tables, from, to);
  return yield* fill(tables, to, object, granted, badge === 0 ? held : badge);
}

/** Moves a capability to another slot, of whoever made `over` if there is one. Its new handle, or why not. */
export function* move(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Routine<Word> {
  yield* acquire(tables.lock);
  const moved = yield* moveLocked(self, tables, handle, over);
  yield* release(tables.lock);
  return moved;
}

function* moveLocked(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Routine<Word> {
  const from = yield* lookUp(self, tables, handle, over === null ? Right.none : Right.copy);
  if (from < 0) return from;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0) return receiver;
  const to = yield* freeSlot(tables, receiver);
  if (to < 0) return Failure.noSlot;
  const source = slotAt(tables, from);
  yield* takeAway(source);
  yield* replace(tables, from, to);
  const object = yield load(source.object, 'plain');
  return yield* fill(tables, to, object, yield load(source.rights, 'plain'), yield load(source.badge, 'plain'));
}

/** Deletes a capability. 0, or why not. */
export function* remove(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(tables.lock);
  const number = yield* lookUp(self, tables, handle, Right.none);
  if (number >= 0) yield* removeAt(tables, number);
  yield* release(tables.lock);
  return Math.min(number, 0);
}

/** Deletes all that is below a capability, from the end of its piece of the list on, so that each is a leaf. 0, or why not. */
export function* revoke(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(tables.lock);
  const above = yield* lookUp(self, tables, handle, Right.none);
  if (above >= 0) {
    let last = yield* lastBelow(tables, above);
    while (last !== above) {
      const before = (yield load(slotAt(tables, last).previous, 'plain')) - 1;
      yield* removeAt(tables, last);
      last = before;
    }
  }
  yield* release(tables.lock);
  return Math.min(above, 0);
}

/** The slot that a handle of the caller's names, if its capability has these rights; or why not. The caller holds the lock. */
function* lookUp(self: Thread, tables: Tables, handle: CapabilityHandle, rights: Rights): Routine<Word> {
  const number = slotNumber(tables.slotsEach, self.id, handle);
  if (number < 0) return Failure.badHandle;
  const slot = slotAt(tables, number);
  const errno = missing(yield load(slot.state, 'relaxed'), handle.generation);
  if (errno < 0) return errno;
  return ((yield load(slot.rights, 'plain')) & rights) === rights ? number : Failure.noRight;
}

/** Whose table gets what is granted over `over`; null: the caller's. Or why not. The caller holds the lock. */
function* receiverOf(self: Thread, tables: Tables, over: CapabilityHandle | null): Routine<Word> {
  if (over === null) return self.id;
  const number = yield* lookUp(self, tables, over, Right.grant);
  if (number < 0) return number;
  const object = tables.objects[yield load(slotAt(tables, number).object, 'plain')] as ObjectWords;
  return yield load(object.maker, 'plain');
}

/** The first free slot of a process, or -1. The caller holds the lock. */
function* freeSlot(tables: Tables, process: ThreadId): Routine<number> {
  for (let number = process * tables.slotsEach; number < (process + 1) * tables.slotsEach; number++) {
    if (!isLive(yield load(slotAt(tables, number).state, 'relaxed'))) return number;
  }
  return -1;
}

/** Puts a capability into a free slot that is linked already. Its handle. The caller holds the lock. */
function* fill(tables: Tables, number: number, object: number, rights: Rights, badge: Word): Routine<Word> {
  const slot = slotAt(tables, number);
  yield store(slot.object, object, 'plain');
  yield store(slot.rights, rights, 'plain');
  yield store(slot.badge, badge, 'plain');
  const state = filledState(yield load(slot.state, 'relaxed'));
  yield store(slot.state, state, 'release', 'capability.fill'); // pairs with pin: shows all of the above
  return handleWord(number % tables.slotsEach, generationOf(state));
}

/** Empties a slot and waits for who uses it. The caller holds the lock: so it must not be one of them. */
function* takeAway(slot: TreeSlot): Routine {
  const state = yield fetchAdd(slot.state, -live, 'relaxed', 'capability.kill'); // from here on nobody pins it
  yield awaitWord(slot.state, emptyState(state), 'acquire', 'capability.drain'); // pairs with unpin
}

/** Deletes the capability in a slot, and its object if it is the last one. The caller holds the lock. */
function* removeAt(tables: Tables, number: number): Routine {
  const slot = slotAt(tables, number);
  yield* takeAway(slot);
  yield* unlink(tables, number);
  const { references, page } = tables.objects[yield load(slot.object, 'plain')] as ObjectWords;
  const left = (yield load(references, 'plain')) - 1;
  yield store(references, left, 'plain');
  if (left === 0) yield free(page.address, page.words, 'capability.free');
}

/** The last slot in the list that is below `above`; `above` itself if none is. The caller holds the lock. */
function* lastBelow(tables: Tables, above: number): Routine<number> {
  const depth = yield load(slotAt(tables, above).depth, 'plain');
  for (let last = above; ; ) {
    const next = (yield load(slotAt(tables, last).next, 'plain')) - 1;
    if (next < 0 || (yield load(slotAt(tables, next).depth, 'plain')) <= depth) return last;
    last = next;
  }
}

/** Enters a slot into the list as the first one below `above`. The caller holds the lock. */
function* linkBelow(tables: Tables, above: number, number: number): Routine {
  const [parent, slot] = [slotAt(tables, above), slotAt(tables, number)];
  const next = yield load(parent.next, 'plain');
  yield store(slot.depth, (yield load(parent.depth, 'plain')) + 1, 'plain');
  yield store(slot.next, next, 'plain');
  yield store(slot.previous, above + 1, 'plain');
  yield store(parent.next, number + 1, 'plain');
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, number + 1, 'plain');
}

/** Takes a slot out of the list: what was below it rises by one level. The caller holds the lock. */
function* unlink(tables: Tables, number: number): Routine {
  const slot = slotAt(tables, number);
  const last = yield* lastBelow(tables, number);
  for (let risen = number; risen !== last; ) {
    risen = (yield load(slotAt(tables, risen).next, 'plain')) - 1;
    const { depth } = slotAt(tables, risen);
    yield store(depth, (yield load(depth, 'plain')) - 1, 'plain');
  }
  const [next, previous] = [yield load(slot.next, 'plain'), yield load(slot.previous, 'plain')];
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, previous, 'plain');
  if (previous !== 0) yield store(slotAt(tables, previous - 1).next, next, 'plain');
}

/** Gives a slot's place in the list to another. The caller holds the lock. */
function* replace(tables: Tables, from: number, to: number): Routine {
  const [old, slot] = [slotAt(tables, from), slotAt(tables, to)];
  const [next, previous] = [yield load(old.next, 'plain'), yield load(old.previous, 'plain')];
  yield store(slot.next, next, 'plain');
  yield store(slot.previous, previous, 'plain');
  yield store(slot.depth, yield load(old.depth, 'plain'), 'plain');
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, to + 1, 'plain');
  if (previous !== 0) yield store(slotAt(tables, previous - 1).next, to + 1, 'plain');
}
