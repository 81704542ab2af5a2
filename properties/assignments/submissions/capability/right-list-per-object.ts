/** Right tables: one lock, and a list for each object. A revocation takes the lock anew for each capability of the list. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights } from '#spec/abi.ts';

const Right = { read: 1, write: 2, copy: 4, grant: 8, revoke: 16 } as const;

const Failure = { EBADF: -9, ENOMEM: -12, EACCES: -13, EINVAL: -22, ENOSPC: -28, ESTALE: -116 } as const;

const wordOf = ({ slot, generation }: CapabilityHandle): Word => (generation << 8) | slot;

interface Parameters {
  readonly slots: number;
  readonly objects: number;
  readonly holdings: readonly (readonly {
    readonly object: number;
    readonly rights: Rights;
    readonly badge: number;
  }[])[];
}

/** A capability's words are found by its number: process * slots + slot. A link is such a number plus 1; 0: none. */
interface Tables {
  readonly perTable: number;
  readonly tables: number;
  readonly most: number;
  readonly lock: Address;
  readonly generation: Address;
  /** The object's number plus 1, or 0: the slot is free. */
  readonly object: Address;
  readonly rights: Address;
  readonly badge: Address;
  readonly next: Address;
  readonly previous: Address;
  /** Of each object. The first is 0 where there is no such object; the serial counts those that were there. */
  readonly first: Address;
  readonly value: Address;
  readonly maker: Address;
  readonly serial: Address;
}

export const boot = (memory: Allocator, { slots, objects, holdings }: Parameters): Tables => {
  const all = holdings.length * slots;
  const each = (count: number, name: string, initial: (index: number) => number): Address => {
    const start = memory.word(`${name}0`, initial(0));
    for (let index = 1; index < count; index++) memory.word(`${name}${index}`, initial(index));
    return start;
  };
  const held = (c: number) => holdings[Math.floor(c / slots)]?.[c % slots];
  const of = (object: number) => Array.from({ length: all }, (_, c) => c).filter((c) => held(c)?.object === object);
  const maker = (object: number): number => {
    const sorted = of(object).sort((a, b) => (a % slots) - (b % slots) || a - b);
    return sorted[0] === undefined ? 0 : Math.floor(sorted[0] / slots);
  };
  const neighbour = (c: number, by: number): number => {
    const mine = held(c);
    if (!mine) return 0;
    const list = of(mine.object);
    const other = list[list.indexOf(c) + by];
    return other === undefined ? 0 : other + 1;
  };
  return {
    perTable: slots,
    tables: holdings.length,
    most: objects,
    lock: layoutLock(memory, 'lock'),
    generation: each(all, 'generation', (c) => (held(c) ? 1 : 0)),
    object: each(all, 'object', (c) => (held(c)?.object ?? -1) + 1),
    rights: each(all, 'rights', (c) => held(c)?.rights ?? 0),
    badge: each(all, 'badge', (c) => held(c)?.badge ?? 0),
    next: each(all, 'next', (c) => neighbour(c, 1)),
    previous: each(all, 'previous', (c) => (held(c) && of(held(c)?.object as number)[0] !== c ? neighbour(c, -1) : 0)),
    first: each(objects, 'first', (o) => (of(o)[0] ?? -1) + 1),
    value: each(objects, 'value', () => 0),
    maker: each(objects, 'maker', maker),
    serial: each(objects, 'serial', () => 0),
  };
};

function* look(self: Thread, t: Tables, { slot, generation }: CapabilityHandle, need: Rights): Routine<Word> {
  if (slot < 0 || slot >= t.perTable) return Failure.EBADF;
  const c = self.id * t.perTable + slot;
  const now: Word = yield load(t.generation + c, 'plain');
  if (generation < 1 || generation > now) return Failure.EBADF;
  if (generation < now || (yield load(t.object + c, 'plain')) === 0) return Failure.ESTALE;
  return ((yield load(t.rights + c, 'plain')) & need) === need ? c : Failure.EACCES;
}

function* freeSlot(t: Tables, process: number): Routine<Word> {
  for (let slot = 0; slot < t.perTable; slot++) {
    if ((yield load(t.object + process * t.perTable + slot, 'plain')) === 0) return process * t.perTable + slot;
  }
  return Failure.ENOSPC;
}

function* fill(t: Tables, c: number, object: number, rights: Rights, badge: number): Routine<Word> {
  const generation: Word = (yield load(t.generation + c, 'plain')) + 1;
  yield store(t.generation + c, generation, 'plain');
  yield store(t.object + c, object + 1, 'plain');
  yield store(t.rights + c, rights, 'plain');
  yield store(t.badge + c, badge, 'plain');
  const old: Word = yield load(t.first + object, 'plain');
  yield store(t.next + c, old, 'plain');
  yield store(t.previous + c, 0, 'plain');
  if (old !== 0) yield store(t.previous + old - 1, c + 1, 'plain');
  yield store(t.first + object, c + 1, 'plain');
  return wordOf({ slot: c % t.perTable, generation });
}

function* drop(t: Tables, c: number): Routine {
  const object: Word = (yield load(t.object + c, 'plain')) - 1;
  const next: Word = yield load(t.next + c, 'plain');
  const previous: Word = yield load(t.previous + c, 'plain');
  yield store(t.object + c, 0, 'plain');
  if (previous === 0) yield store(t.first + object, next, 'plain');
  else yield store(t.next + previous - 1, next, 'plain');
  if (next !== 0) yield store(t.previous + next - 1, previous, 'plain');
}

export function* create(self: Thread, t: Tables): Routine<Word> {
  yield* acquire(t.lock);
  let answer: Word = yield* freeSlot(t, self.id);
  if (answer >= 0) {
    const c = answer;
    answer = Failure.ENOMEM;
    for (let object = 0; object < t.most; object++) {
      if ((yield load(t.first + object, 'plain')) !== 0) continue;
      const serial: Word = yield load(t.serial + object, 'plain');
      yield store(t.serial + object, (serial + 1) | 0, 'plain');
      yield store(t.value + object, 0, 'plain');
      yield store(t.maker + object, self.id, 'plain');
      answer = yield* fill(t, c, object, 31, 0);
      break;
    }
  }
  yield* release(t.lock);
  return answer;
}

export function* read(self: Thread, t: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(t.lock);
  let answer: Word = yield* look(self, t, handle, Right.read);
  if (answer >= 0) {
    const object: Word = (yield load(t.object + answer, 'plain')) - 1;
    const word: Word = yield load(t.value + object, 'plain');
    const badge: Word = yield load(t.badge + answer, 'plain');
    yield copyOut(0, word);
    yield copyOut(1, badge);
    answer = 0;
  }
  yield* release(t.lock);
  return answer;
}

export function* write(self: Thread, t: Tables, handle: CapabilityHandle, word: Word): Routine<Word> {
  yield* acquire(t.lock);
  let answer: Word = yield* look(self, t, handle, Right.write);
  if (answer >= 0) {
    const object: Word = (yield load(t.object + answer, 'plain')) - 1;
    yield store(t.value + object, word, 'plain');
    answer = 0;
  }
  yield* release(t.lock);
  return answer;
}

/** Where what is placed over `over` goes: a process; or why not. */
function* receiver(self: Thread, t: Tables, over: CapabilityHandle | null): Routine<Word> {
  if (over === null) return self.id;
  const endpoint: Word = yield* look(self, t, over, Right.grant);
  if (endpoint < 0) return endpoint;
  const object: Word = (yield load(t.object + endpoint, 'plain')) - 1;
  return yield load(t.maker + object, 'plain');
}

export function* copy(
  self: Thread,
  t: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  change: { readonly mask: Rights; readonly rights: Rights; readonly badge: number },
): Routine<Word> {
  yield* acquire(t.lock);
  const answer = yield* copyLocked(self, t, handle, over, change);
  yield* release(t.lock);
  return answer;
}

function* copyLocked(
  self: Thread,
  t: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  change: { readonly mask: Rights; readonly rights: Rights; readonly badge: number },
): Routine<Word> {
  const from: Word = yield* look(self, t, handle, Right.copy);
  if (from < 0) return from;
  const process: Word = yield* receiver(self, t, over);
  if (process < 0) return process;
  const object: Word = (yield load(t.object + from, 'plain')) - 1;
  const rights: Word = yield load(t.rights + from, 'plain');
  const badge: Word = yield load(t.badge + from, 'plain');
  if (change.badge !== 0 && badge !== 0) return Failure.EINVAL;
  if ((change.rights & change.mask & ~rights) !== 0) return Failure.EINVAL;
  const to: Word = yield* freeSlot(t, process);
  if (to < 0) return to;
  return yield* fill(t, to, object, (rights & ~change.mask) | (change.rights & change.mask), change.badge || badge);
}

export function* move(self: Thread, t: Tables, handle: CapabilityHandle, over: CapabilityHandle | null): Routine<Word> {
  yield* acquire(t.lock);
  const answer = yield* moveLocked(self, t, handle, over);
  yield* release(t.lock);
  return answer;
}

function* moveLocked(self: Thread, t: Tables, handle: CapabilityHandle, over: CapabilityHandle | null): Routine<Word> {
  const from: Word = yield* look(self, t, handle, over === null ? 0 : Right.copy);
  if (from < 0) return from;
  const process: Word = yield* receiver(self, t, over);
  if (process < 0) return process;
  const to: Word = yield* freeSlot(t, process);
  if (to < 0) return to;
  const object: Word = (yield load(t.object + from, 'plain')) - 1;
  const rights: Word = yield load(t.rights + from, 'plain');
  const badge: Word = yield load(t.badge + from, 'plain');
  const answer = yield* fill(t, to, object, rights, badge);
  yield* drop(t, from);
  return answer;
}

export function* remove(self: Thread, t: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(t.lock);
  let answer: Word = yield* look(self, t, handle, 0);
  if (answer >= 0) {
    yield* drop(t, answer);
    answer = 0;
  }
  yield* release(t.lock);
  return answer;
}

export function* revoke(self: Thread, t: Tables, handle: CapabilityHandle): Routine<Word> {
  yield* acquire(t.lock);
  const mine: Word = yield* look(self, t, handle, Right.revoke);
  if (mine < 0) {
    yield* release(t.lock);
    return mine;
  }
  const object: Word = (yield load(t.object + mine, 'plain')) - 1;
  const serial: Word = yield load(t.serial + object, 'plain');
  for (;;) {
    const first: Word = yield load(t.first + object, 'plain');
    if (first === 0 || (yield load(t.serial + object, 'plain')) !== serial) break;
    yield* drop(t, first - 1);
    yield* release(t.lock);
    yield* acquire(t.lock);
  }
  yield* release(t.lock);
  return 0;
}
