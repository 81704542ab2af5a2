/**
 * Which process holds which end of the pipe, and how many hold each.
 *
 * A process's two descriptors are the two bits of one word, so that fork installs both at once. Only the process itself
 * clears a bit; others write its word only while it is 0. Source: xv6-riscv f5b93ef, kernel/file.c (reference counts).
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, compareAndSwap, fetchAdd, load, type Routine, store } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Descriptor, ThreadId } from '#spec/abi.ts';

/** Descriptor 0 reads, descriptor 1 writes. */
export const readEnd = 0;
export const writeEnd = 1;

export interface Descriptors {
  /** One word per process: bit 0 the read end, bit 1 the write end. */
  readonly held: readonly Address[];
  /** One word per end: how many processes hold it. */
  readonly references: readonly [Address, Address];
}

/** Which ends each process holds at boot. */
export type Holdings = readonly { readonly read: boolean; readonly write: boolean }[];

/** Lays the descriptors out as `holdings` says. */
export const layoutDescriptors = (memory: Allocator, holdings: Holdings): Descriptors => ({
  held: holdings.map((holding, id) =>
    memory.word(`P${id}.descriptors`, (holding.read ? 1 : 0) + (holding.write ? 2 : 0)),
  ),
  references: [
    memory.word('read.references', holdings.filter((holding) => holding.read).length),
    memory.word('write.references', holdings.filter((holding) => holding.write).length),
  ],
});

const wordOf = (descriptors: Descriptors, process: ThreadId): Address => descriptors.held[process] as Address;

/** Whether the caller holds descriptor `end`, which is 0 or 1. */
export function* holds(self: Thread, descriptors: Descriptors, end: Descriptor): Routine<boolean> {
  const held = yield load(wordOf(descriptors, self.id), 'acquire', 'descriptors.holds'); // pairs with share: the pipe is there
  return (held & (1 << end)) !== 0;
}

/** One process less holds `end`. True: it was the last. The caller still has its descriptor. */
export function* dereference(descriptors: Descriptors, end: 0 | 1): Routine<boolean> {
  return (yield fetchAdd(descriptors.references[end], -1, 'relaxed', 'descriptors.dereference')) === 1;
}

/** Takes the caller's descriptor `end` away. */
export function* clear(self: Thread, descriptors: Descriptors, end: 0 | 1): Routine {
  const word = wordOf(descriptors, self.id);
  const held = yield load(word, 'relaxed');
  yield store(word, held & ~(1 << end), 'relaxed', 'descriptors.clear');
}

/** Gives the caller both ends of a new pipe. */
export function* install(self: Thread, descriptors: Descriptors): Routine {
  yield store(descriptors.references[readEnd], 1, 'relaxed');
  yield store(descriptors.references[writeEnd], 1, 'relaxed');
  yield store(wordOf(descriptors, self.id), 3, 'relaxed');
}

/** Copies the caller's descriptors to `child`. False: the child holds some already, or is the caller. */
export function* share(self: Thread, descriptors: Descriptors, child: ThreadId): Routine<boolean> {
  if (child === self.id) return false;
  const held = yield load(wordOf(descriptors, self.id), 'relaxed');
  yield* count(descriptors, held, 1); // first: the child may close as soon as it holds them
  const old = yield compareAndSwap(wordOf(descriptors, child), 0, held, 'release', 'descriptors.share'); // pairs with holds
  if (old === 0) return true;
  yield* count(descriptors, held, -1);
  return false;
}

function* count(descriptors: Descriptors, held: number, change: number): Routine {
  for (const end of [readEnd, writeEnd] as const) {
    if ((held & (1 << end)) !== 0) yield fetchAdd(descriptors.references[end], change, 'relaxed');
  }
}
