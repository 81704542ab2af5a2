/** A set of cores as a list of its members, in no order, under one lock. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { CpuSetParameters } from '#impl/sched/cpu-set.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Cpu } from '#spec/abi/sched/cpu-set.ts';

export interface CpuSet {
  readonly cpus: number;
  readonly lock: Address;
  readonly length: Address;
  readonly members: Address;
}

const nowhere = -1;

/** Lays an empty set out. */
export const boot = (memory: Allocator, { cpus }: CpuSetParameters): CpuSet => ({
  cpus,
  lock: layoutLock(memory, 'lock'),
  length: memory.word('length'),
  members: memory.words('members', cpus),
});

/** Where in the list a core stands, or -1. The caller holds the lock. */
function* find(set: CpuSet, cpu: Cpu): Routine<number> {
  const length = yield load(set.length, 'plain');
  for (let i = 0; i < length; i++) if ((yield load(set.members + i, 'plain')) === cpu) return i;
  return nowhere;
}

/** Empties the set. 0. */
export function* zero(_self: Thread, set: CpuSet): Routine<Word> {
  yield* acquire(set.lock);
  yield store(set.length, 0, 'plain');
  yield* release(set.lock);
  return 0;
}

/** Makes a core a member. 0. */
export function* add(_self: Thread, set: CpuSet, cpu: Cpu): Routine<Word> {
  if (cpu < 0 || cpu >= set.cpus) return 0;
  yield* acquire(set.lock);
  if ((yield* find(set, cpu)) === nowhere) {
    const length = yield load(set.length, 'plain');
    yield store(set.members + length, cpu, 'plain');
    yield store(set.length, length + 1, 'plain');
  }
  yield* release(set.lock);
  return 0;
}

/** Makes a core no member: the last of the list takes its place. 0. */
export function* remove(_self: Thread, set: CpuSet, cpu: Cpu): Routine<Word> {
  yield* acquire(set.lock);
  const place = yield* find(set, cpu);
  if (place !== nowhere) {
    const last = (yield load(set.length, 'plain')) - 1;
    yield store(set.members + place, yield load(set.members + last, 'plain'), 'plain');
    yield store(set.length, last, 'plain');
  }
  yield* release(set.lock);
  return 0;
}

/** Whether a core is a member: 1 or 0. */
export function* has(_self: Thread, set: CpuSet, cpu: Cpu): Routine<Word> {
  yield* acquire(set.lock);
  const place = yield* find(set, cpu);
  yield* release(set.lock);
  return place === nowhere ? 0 : 1;
}

/** How many members there are. */
export function* count(_self: Thread, set: CpuSet): Routine<Word> {
  yield* acquire(set.lock);
  const length = yield load(set.length, 'plain');
  yield* release(set.lock);
  return length;
}
