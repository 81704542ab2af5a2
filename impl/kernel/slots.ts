/** What the two kernels' tables have in common: the words of a slot, what its state word says, and what callers are told. */
import type { Allocator, Page } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights, ThreadId } from '#spec/abi.ts';

/** What a capability may allow, and everything. */
export const Right = { none: 0, read: 1, write: 2, copy: 4, grant: 8, revoke: 16, all: 31 } as const;

/** What callers are told, as Linux numbers them. */
export const Failure = { badHandle: -9, noMemory: -12, noRight: -13, invalid: -22, noSlot: -28, stale: -116 } as const;

/** A capability at boot. */
export interface Holding {
  readonly object: number;
  readonly rights: Rights;
  readonly badge: number;
}

export interface CapabilityParameters {
  /** How many slots each table has, and how many objects there may be at a time. */
  readonly slots: number;
  readonly objects: number;
  /** What each process holds at boot, from slot 0 on. */
  readonly holdings: readonly (readonly Holding[])[];
}

/** What a `copy` asks for. The rights under `mask` become those of `rights`; a badge of 0 stays what it is. */
export interface Change {
  readonly mask: Rights;
  readonly rights: Rights;
  readonly badge: number;
}

/** A slot of a table. `next` and `previous` are slots, counted from 1; 0: none. */
export interface SlotWords {
  /** Generation, whether it holds a capability, and how many are using it: see below. */
  readonly state: Address;
  readonly object: Address;
  readonly rights: Address;
  readonly badge: Address;
  readonly next: Address;
  readonly previous: Address;
}

/** The slots of all tables, one table after the other. */
export interface Slots<Slot extends SlotWords = SlotWords> {
  readonly slotsEach: number;
  readonly slots: readonly Slot[];
}

/** The object itself: memory that is free while nobody has a capability to it. */
export interface ObjectPage extends Page {
  readonly word: Address;
}

/** The lowest bits of a state word count who uses the slot right now; the next one says that it holds a capability. */
export const live = 0x80;
const users = live - 1;
const generationShift = 8;

export const generationOf = (state: Word): number => state >>> generationShift;

export const isLive = (state: Word): boolean => (state & live) !== 0;

/** The state word of a slot that holds nothing and that nobody uses. */
export const emptyState = (state: Word): Word => state & ~(live | users);

/** The state word of an empty slot once it has been filled again. */
export const filledState = (state: Word): Word => (state + (1 << generationShift)) | live;

/** Whether the slot holds what a handle of this generation names; if not, why not. 0: it does. */
export const missing = (state: Word, generation: number): Word => {
  if (generation < 1 || generation > generationOf(state)) return Failure.badHandle;
  return isLive(state) && generation === generationOf(state) ? 0 : Failure.stale;
};

/** A handle as the one word that callers are told. */
export const handleWord = (slot: number, generation: number): Word => (generation << generationShift) | slot;

/** The number of the slot that a process's handle names, among the slots of all tables; -1: it has no such slot. */
export const slotNumber = ({ slotsEach }: Slots, process: ThreadId, handle: CapabilityHandle): number =>
  handle.slot < slotsEach ? process * slotsEach + handle.slot : -1;

/** The slot of this number. */
export const slotAt = <Slot extends SlotWords>(tables: Slots<Slot>, number: number): Slot =>
  tables.slots[number] as Slot;

/**
 * The slot that a handle of the caller's names, if its capability has these rights; or why not. The caller holds a lock by
 * which it stays so. `order`: that of state words, which are plain unless somebody reads them without the lock.
 */
export function* lookUp(
  self: Thread,
  tables: Slots,
  handle: CapabilityHandle,
  rights: Rights,
  order: Order,
): Routine<Word> {
  const number = slotNumber(tables, self.id, handle);
  if (number < 0) return Failure.badHandle;
  const slot = slotAt(tables, number);
  const errno = missing(yield load(slot.state, order), handle.generation);
  if (errno < 0) return errno;
  return ((yield load(slot.rights, 'plain')) & rights) === rights ? number : Failure.noRight;
}

/** The first free slot of a process, or -1. The caller holds a lock by which it stays free. */
export function* freeSlot(tables: Slots, process: ThreadId, order: Order): Routine<number> {
  for (let number = process * tables.slotsEach; number < (process + 1) * tables.slotsEach; number++) {
    if (!isLive(yield load(slotAt(tables, number).state, order))) return number;
  }
  return -1;
}

/** Lays a slot out as it is at boot: whoever holds one object stand in one list. */
export const layoutSlot = (
  memory: Allocator,
  name: string,
  holding: Holding | undefined,
  { next, previous }: Neighbours,
): SlotWords => ({
  state: memory.word(`${name}.state`, holding ? filledState(0) : 0),
  object: memory.word(`${name}.object`, holding?.object),
  rights: memory.word(`${name}.rights`, holding?.rights),
  badge: memory.word(`${name}.badge`, holding?.badge),
  next: memory.word(`${name}.next`, next),
  previous: memory.word(`${name}.previous`, previous),
});

/** The slots beside one in its list, counted from 1; 0: none. */
export interface Neighbours {
  readonly next: number;
  readonly previous: number;
}

/** The slots that hold an object at boot, counted from 1. First the one that made it: of the lowest slots the first. */
export const holdersOf = ({ holdings, slots }: CapabilityParameters, object: number): number[] =>
  Array.from({ length: slots }, (_, slot) =>
    holdings.flatMap((held, process) => (held[slot]?.object === object ? [process * slots + slot + 1] : [])),
  ).flat();

/** The neighbours at boot of a slot, counted from 0, that holds `holding`. */
export const neighboursOf = (
  parameters: CapabilityParameters,
  slot: number,
  holding: Holding | undefined,
): Neighbours => {
  const holders = holding ? holdersOf(parameters, holding.object) : [];
  const at = holders.indexOf(slot + 1);
  return { next: holders[at + 1] ?? 0, previous: holders[at - 1] ?? 0 };
};

/** Who made an object that somebody holds at boot. */
export const makerOf = (parameters: CapabilityParameters, object: number): ThreadId =>
  Math.floor(((holdersOf(parameters, object)[0] ?? 1) - 1) / parameters.slots);
