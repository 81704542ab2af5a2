/** Right tables: one lock, and rows of five words, one row for each slot of each process. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights } from '#spec/abi.ts';

interface Parameters {
  readonly slots: number;
  readonly objects: number;
  readonly holdings: readonly (readonly {
    readonly object: number;
    readonly rights: Rights;
    readonly badge: number;
  }[])[];
}

interface Tables {
  readonly perProcess: number;
  readonly processes: number;
  readonly objectsMax: number;
  readonly lock: Address;
  /** Of each slot five words in a row: how often it was filled, is it full, object, rights, badge. */
  readonly rows: Address;
  /** Of each object: how many capabilities it has, who made it, its word. */
  readonly counts: Address;
  readonly makers: Address;
  readonly contents: Address;
}

const [times, full, object, rightsOf, badgeOf] = [0, 1, 2, 3, 4] as const;

export const boot = (memory: Allocator, { slots, objects, holdings }: Parameters): Tables => {
  const rows: Address[] = [];
  for (let process = 0; process < holdings.length; process++) {
    for (let slot = 0; slot < slots; slot++) {
      const held = holdings[process]?.[slot];
      rows.push(memory.word(`P${process} slot ${slot} times`, held ? 1 : 0));
      memory.word(`P${process} slot ${slot} full`, held ? 1 : 0);
      memory.word(`P${process} slot ${slot} object`, held?.object ?? 0);
      memory.word(`P${process} slot ${slot} rights`, held?.rights ?? 0);
      memory.word(`P${process} slot ${slot} badge`, held?.badge ?? 0);
    }
  }
  const makerOf = (wanted: number): number => {
    for (let slot = 0; slot < slots; slot++) {
      const maker = holdings.findIndex((held) => held[slot]?.object === wanted);
      if (maker >= 0) return maker;
    }
    return 0;
  };
  const all = Array.from({ length: objects }, (_, index) => index);
  const several = (name: string, initial: (index: number) => number): Address =>
    all.map((index) => memory.word(`${name} of object ${index}`, initial(index)))[0] ?? 0;
  return {
    perProcess: slots,
    processes: holdings.length,
    objectsMax: objects,
    lock: memory.word('the lock'),
    rows: rows[0] ?? 0,
    counts: several('count', (index) => holdings.flat().filter((held) => held.object === index).length),
    makers: several('maker', makerOf),
    contents: several('word', () => 0),
  };
};

const rowOf = (tables: Tables, process: number, slot: number): Address =>
  tables.rows + 5 * (process * tables.perProcess + slot);

/** Does a call under the lock. */
function* alone(tables: Tables, call: () => Routine<Word>): Routine<Word> {
  yield* acquire(tables.lock);
  const result = yield* call();
  yield* release(tables.lock);
  return result;
}

/** The row that a handle names, or why the caller may not use it so. */
function* find(self: Thread, tables: Tables, handle: CapabilityHandle, needed: Rights): Routine<Word> {
  if (handle.slot < 0 || handle.slot >= tables.perProcess) return -9;
  const row = rowOf(tables, self.id, handle.slot);
  const latest = yield load(row + times, 'plain');
  if (handle.generation < 1 || handle.generation > latest) return -9;
  if (handle.generation < latest || (yield load(row + full, 'plain')) === 0) return -116;
  return ((yield load(row + rightsOf, 'plain')) & needed) === needed ? row : -13;
}

/** The first free slot of a process, or -28. */
function* findFree(tables: Tables, process: number): Routine<Word> {
  for (let slot = 0; slot < tables.perProcess; slot++) {
    if ((yield load(rowOf(tables, process, slot) + full, 'plain')) === 0) return slot;
  }
  return -28;
}

/** Who receives what is granted over `over`, or why not. */
function* receiver(self: Thread, tables: Tables, over: CapabilityHandle | null): Routine<Word> {
  if (!over) return self.id;
  const row = yield* find(self, tables, over, 8);
  return row < 0 ? row : yield load(tables.makers + (yield load(row + object, 'plain')), 'plain');
}

/** Fills a free slot. Gives the handle. */
function* fill(tables: Tables, process: number, slot: number, what: readonly [Word, Word, Word]): Routine<Word> {
  const row = rowOf(tables, process, slot);
  const generation = (yield load(row + times, 'plain')) + 1;
  yield store(row + times, generation, 'plain');
  yield store(row + full, 1, 'plain');
  yield store(row + object, what[0], 'plain');
  yield store(row + rightsOf, what[1], 'plain');
  yield store(row + badgeOf, what[2], 'plain');
  const count = tables.counts + what[0];
  yield store(count, (yield load(count, 'plain')) + 1, 'plain');
  return (generation << 8) | slot;
}

function* empty(tables: Tables, row: Address): Routine {
  yield store(row + full, 0, 'plain');
  const count = tables.counts + (yield load(row + object, 'plain'));
  yield store(count, (yield load(count, 'plain')) - 1, 'plain');
}

export function* create(self: Thread, tables: Tables): Routine<Word> {
  return yield* alone(tables, function* () {
    const slot = yield* findFree(tables, self.id);
    if (slot < 0) return slot;
    for (let made = 0; made < tables.objectsMax; made++) {
      if ((yield load(tables.counts + made, 'plain')) !== 0) continue;
      yield store(tables.makers + made, self.id, 'plain');
      yield store(tables.contents + made, 0, 'plain');
      return yield* fill(tables, self.id, slot, [made, 31, 0]);
    }
    return -12;
  });
}

export function* read(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, function* () {
    const row = yield* find(self, tables, handle, 1);
    if (row < 0) return row;
    yield copyOut(0, yield load(tables.contents + (yield load(row + object, 'plain')), 'plain'));
    yield copyOut(1, yield load(row + badgeOf, 'plain'));
    return 0;
  });
}

export function* write(self: Thread, tables: Tables, handle: CapabilityHandle, word: Word): Routine<Word> {
  return yield* alone(tables, function* () {
    const row = yield* find(self, tables, handle, 2);
    if (row < 0) return row;
    yield store(tables.contents + (yield load(row + object, 'plain')), word, 'plain');
    return 0;
  });
}

export function* copy(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
  change: { readonly mask: Rights; readonly rights: Rights; readonly badge: number },
): Routine<Word> {
  return yield* alone(tables, function* () {
    const row = yield* find(self, tables, handle, 4);
    if (row < 0) return row;
    const to = yield* receiver(self, tables, over);
    if (to < 0) return to;
    const own = yield load(row + rightsOf, 'plain');
    const badge = yield load(row + badgeOf, 'plain');
    if (badge !== 0 && change.badge !== 0) return -22;
    const wanted = change.rights & change.mask;
    if ((wanted & own) !== wanted) return -22;
    const slot = yield* findFree(tables, to);
    if (slot < 0) return slot;
    const held = yield load(row + object, 'plain');
    return yield* fill(tables, to, slot, [held, (own & ~change.mask) | wanted, badge || change.badge]);
  });
}

export function* move(
  self: Thread,
  tables: Tables,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Routine<Word> {
  return yield* alone(tables, function* () {
    const row = yield* find(self, tables, handle, over ? 4 : 0);
    if (row < 0) return row;
    const to = yield* receiver(self, tables, over);
    if (to < 0) return to;
    const slot = yield* findFree(tables, to);
    if (slot < 0) return slot;
    const held = yield load(row + object, 'plain');
    const rights = yield load(row + rightsOf, 'plain');
    const moved = yield* fill(tables, to, slot, [held, rights, yield load(row + badgeOf, 'plain')]);
    yield* empty(tables, row);
    return moved;
  });
}

export function* remove(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, function* () {
    const row = yield* find(self, tables, handle, 0);
    if (row < 0) return row;
    yield* empty(tables, row);
    return 0;
  });
}

export function* revoke(self: Thread, tables: Tables, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(tables, function* () {
    const row = yield* find(self, tables, handle, 16);
    if (row < 0) return row;
    const revoked = yield load(row + object, 'plain');
    for (let process = 0; process < tables.processes; process++) {
      for (let slot = 0; slot < tables.perProcess; slot++) {
        const other = rowOf(tables, process, slot);
        if ((yield load(other + full, 'plain')) === 0) continue;
        if ((yield load(other + object, 'plain')) === revoked) yield* empty(tables, other);
      }
    }
    return 0;
  });
}
