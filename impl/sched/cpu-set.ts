/**
 * A set of cores as a row of words with a bit for each. Who changes a bit does it in one step, so that neighbours in the
 * same word are not lost; who finds it as it should be writes nothing.
 *
 * Emptying and counting are several steps, and others see them half done. So whoever has seen one word changed finds all
 * words as they are by then, and all threads see changes in one order: each access is in the order of all that are
 * `seq_cst`. On ARM these cost no more than release and acquire.
 *
 * Source: glibc posix/bits/cpu-set.h; Linux include/linux/cpumask.h, where set_bit orders nothing.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, compareAndSwap, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Cpu } from '#spec/abi/sched/cpu-set.ts';

export interface CpuSetParameters {
  /** How many cores there may be. */
  readonly cpus: number;
}

export interface CpuSet {
  readonly cpus: number;
  /** The first of the words, and how many. */
  readonly bits: Address;
  readonly words: number;
}

const wordBits = 32;

/** Lays an empty set out. */
export const boot = (memory: Allocator, { cpus }: CpuSetParameters): CpuSet => {
  const words = Math.ceil(cpus / wordBits);
  return { cpus, bits: memory.words('bits', words), words };
};

const isCpu = ({ cpus }: CpuSet, cpu: Cpu): boolean => cpu >= 0 && cpu < cpus;

const wordOf = ({ bits }: CpuSet, cpu: Cpu): Address => bits + (cpu >>> 5);

const bitOf = (cpu: Cpu): Word => 1 << (cpu & (wordBits - 1));

/** How many bits of a word are set. The sign bit is one of them. */
const bitsIn = (word: Word): number => {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count++; // takes the lowest bit away
  return count;
};

/** Empties the set, word by word. 0. */
export function* zero(_self: Thread, set: CpuSet): Routine<Word> {
  for (let i = 0; i < set.words; i++) yield store(set.bits + i, 0, 'seq_cst', 'cpu-set.zero'); // pairs with look, update, has, count: words before are empty
  return 0;
}

/** Changes the bits of a word to `change(bits)`, unless they are so. */
function* update(address: Address, change: (bits: Word) => Word): Routine {
  for (;;) {
    const before = yield load(address, 'seq_cst', 'cpu-set.look'); // pairs with update and zero: if it stays as it is
    const after = change(before);
    if (after === before) return;
    if ((yield compareAndSwap(address, before, after, 'seq_cst', 'cpu-set.update')) === before) return; // pairs with all others
  }
}

/** Makes a core a member. 0. */
export function* add(_self: Thread, set: CpuSet, cpu: Cpu): Routine<Word> {
  if (isCpu(set, cpu)) yield* update(wordOf(set, cpu), (bits) => bits | bitOf(cpu));
  return 0;
}

/** Makes a core no member. 0. */
export function* remove(_self: Thread, set: CpuSet, cpu: Cpu): Routine<Word> {
  if (isCpu(set, cpu)) yield* update(wordOf(set, cpu), (bits) => bits & ~bitOf(cpu));
  return 0;
}

/** Whether a core is a member: 1 or 0. */
export function* has(_self: Thread, set: CpuSet, cpu: Cpu): Routine<Word> {
  if (!isCpu(set, cpu)) return 0;
  const bits = yield load(wordOf(set, cpu), 'seq_cst', 'cpu-set.has'); // pairs with update and zero
  return (bits & bitOf(cpu)) === 0 ? 0 : 1;
}

/** How many members there are, word by word. */
export function* count(_self: Thread, set: CpuSet): Routine<Word> {
  let total = 0;
  for (let i = 0; i < set.words; i++) {
    total += bitsIn(yield load(set.bits + i, 'seq_cst', 'cpu-set.count')); // pairs with update and zero: what came before shows in the next word
  }
  return total;
}
