/**
 * Capabilities as seL4 has them: a tree of derivation over all tables, under one lock; and uses that take no lock.
 *
 * The tree is a list in which each original is followed by those below it, so that what is below one is a piece of the
 * list. That has at most two levels: below the capability that came with the object is everything; below one that was
 * given a badge is what follows and has the same badge, up to the next to which that badge was given. A use pins its slot by counting itself in the slot's state word, in the step that finds the
 * generation right. Who takes a capability away first makes that impossible, then waits until nobody is counted: after
 * that no use of it is under way on any core, and the object may go.
 *
 * Source: seL4, src/object/cnode.c (the mapping database: cteInsert, isMDBParentOf, emptySlot, cteRevoke); Linux, fs/file.c, __fget_files_rcu, for the pin.
 */
import {
  type CapabilityParameters,
  type Change,
  emptyState,
  Failure,
  filledState,
  freeSlot,
  generationOf,
  type Holding,
  handleWord,
  holdersOf,
  layoutSlot,
  live,
  lookUp,
  makerOf,
  missing,
  neighboursOf,
  type ObjectPage,
  Right,
  type Slots,
  type SlotWords,
  slotAt,
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
import type { CapabilityHandle, Rights } from '#spec/abi.ts';

/** A slot in the tree: `next` and `previous` are its neighbours in the list. */
interface TreeSlot extends SlotWords {
  /** 1: copies of it are below it; 0: beside it. */
  readonly original: Address;
  /** 1: the first in the list of those with its badge that are below the same; nothing before it is above it for its badge. */
  readonly firstBadged: Address;
}

/** What is kept of an object while it lives, and where it is. */
interface ObjectWords {
  /** How many capabilities name it. 0: the object is free. */
  readonly references: Address;
  readonly maker: Address;
  readonly page: ObjectPage;
}

/** The tables of all processes. Everything but the state words is written by who holds `lock`. */
export interface Tables extends Slots<TreeSlot> {
  readonly lock: Address;
  readonly objects: readonly ObjectWords[];
}

/** Lays the tables out. Of those who hold an object at boot the first has what came with it, the others copies of that. */
export const boot = (memory: Allocator, parameters: CapabilityParameters): Tables => {
  const { slots, objects, holdings } = parameters;
  return {
    slotsEach: slots,
    lock: layoutLock(memory, 'tree.lock'),
    slots: holdings.flatMap((held, process) =>
      Array.from({ length: slots }, (_, i) => {
        const name = `P${process}.${i}`;
        const neighbours = neighboursOf(parameters, process * slots + i, held[i]);
        const original = Number(isOriginalAtBoot(parameters, held[i]));
        return {
          ...layoutSlot(memory, name, held[i], neighbours),
          original: memory.word(`${name}.original`, original),
          firstBadged: memory.word(`${name}.firstBadged`, original),
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

/** What came with its object, and what was then given a badge. */
const isOriginalAtBoot = (parameters: CapabilityParameters, holding: Holding | undefined): boolean => {
  if (holding === undefined) return false;
  const [first = 0] = holdersOf(parameters, holding.object);
  const { holdings, slots } = parameters;
  const came = holdings[Math.floor((first - 1) / slots)]?.[(first - 1) % slots];
  return holding === came || holding.badge !== came?.badge;
};

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
  const number = slotNumber(tables, self.id, handle);
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
  const to = yield* freeSlot(tables, self.id, 'relaxed');
  if (to < 0) return Failure.noSlot;
  for (const [index, object] of tables.objects.entries()) {
    if ((yield load(object.references, 'plain')) !== 0) continue;
    yield allocate(object.page.address, object.page.words, 'capability.allocate');
    yield store(object.references, 1, 'plain');
    yield store(object.maker, self.id, 'plain');
    const slot = slotAt(tables, to);
    yield store(slot.next, 0, 'plain');
    yield store(slot.previous, 0, 'plain');
    yield store(slot.original, 1, 'plain');
    yield store(slot.firstBadged, 1, 'plain');
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
  const from = yield* lookUp(self, tables, handle, Right.copy, 'relaxed');
  if (from < 0) return from;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0) return receiver;
  const source = slotAt(tables, from);
  const held = yield load(source.badge, 'plain');
  if (badge !== 0 && held !== 0) return Failure.invalid; // or its users could pass for one another
  const to = yield* freeSlot(tables, receiver, 'relaxed');
  if (to < 0) return Failure.noSlot;
  const object = yield load(source.object, 'plain');
  const granted = (yield load(source.rights, 'plain')) & (rights | ~mask);
  const { references } = tables.objects[object] as ObjectWords;
  yield store(references, (yield load(references, 'plain')) + 1, 'plain');
  yield* linkAfter(tables, from, to, badge === 0 ? 0 : 1);
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
  const from = yield* lookUp(self, tables, handle, over === null ? Right.none : Right.copy, 'relaxed');
  if (from < 0) return from;
  const receiver = yield* receiverOf(self, tables, over);
  if (receiver < 0) return receiver;
  const to = yield* freeSlot(tables, receiver, 'relaxed');
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
  const number = yield* lookUp(self, tables, handle, Right.none, 'relaxed');
  if (number >= 0) yield* removeAt(tables, number);
  yield* release(tables.lock);
  return Math.min(number, 0);
}

/** Deletes all that is below a capability, from the end of its piece of the list on, so that each is a leaf. 0, or why not. */
export function* revoke(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(tables.lock);
  const above = yield* lookUp(self, tables, handle, Right.none, 'relaxed');
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

/** Whose table gets what is granted over `over`; null: the caller's. Or why not. The caller holds the lock. */
function* receiverOf(self: Thread, tables: Tables, over: CapabilityHandle | null): Routine<Word> {
  if (over === null) return self.id;
  const number = yield* lookUp(self, tables, over, Right.grant, 'relaxed');
  if (number < 0) return number;
  const object = tables.objects[yield load(slotAt(tables, number).object, 'plain')] as ObjectWords;
  return yield load(object.maker, 'plain');
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
  const { original, badge: given } = slotAt(tables, above);
  if ((yield load(original, 'plain')) === 0) return above;
  const badge = yield load(given, 'plain');
  for (let last = above; ; ) {
    const next = (yield load(slotAt(tables, last).next, 'plain')) - 1;
    if (next < 0) return last;
    if (badge !== 0) {
      const candidate = slotAt(tables, next);
      if ((yield load(candidate.badge, 'plain')) !== badge || (yield load(candidate.firstBadged, 'plain')) !== 0) {
        return last;
      }
    }
    last = next;
  }
}

/** Enters a slot into the list behind what it is copied from: as an original (1) or not (0). The caller holds the lock. */
function* linkAfter(tables: Tables, from: number, number: number, original: Word): Routine {
  const [source, slot] = [slotAt(tables, from), slotAt(tables, number)];
  const next = yield load(source.next, 'plain');
  yield store(slot.original, original, 'plain');
  yield store(slot.firstBadged, original, 'plain');
  yield store(slot.next, next, 'plain');
  yield store(slot.previous, from + 1, 'plain');
  yield store(source.next, number + 1, 'plain');
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, number + 1, 'plain');
}

/** Takes a slot out of the list. What was below it is below nobody else's badge. The caller holds the lock. */
function* unlink(tables: Tables, number: number): Routine {
  const slot = slotAt(tables, number);
  const [next, previous] = [yield load(slot.next, 'plain'), yield load(slot.previous, 'plain')];
  if (previous !== 0) yield store(slotAt(tables, previous - 1).next, next, 'plain');
  if (next === 0) return;
  const follower = slotAt(tables, next - 1);
  yield store(follower.previous, previous, 'plain');
  if ((yield load(slot.firstBadged, 'plain')) !== 0) yield store(follower.firstBadged, 1, 'plain');
}

/** Gives a slot's place in the list to another. The caller holds the lock. */
function* replace(tables: Tables, from: number, to: number): Routine {
  const [old, slot] = [slotAt(tables, from), slotAt(tables, to)];
  const [next, previous] = [yield load(old.next, 'plain'), yield load(old.previous, 'plain')];
  yield store(slot.next, next, 'plain');
  yield store(slot.previous, previous, 'plain');
  yield store(slot.original, yield load(old.original, 'plain'), 'plain');
  yield store(slot.firstBadged, yield load(old.firstBadged, 'plain'), 'plain');
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, to + 1, 'plain');
  if (previous !== 0) yield store(slotAt(tables, previous - 1).next, to + 1, 'plain');
}
