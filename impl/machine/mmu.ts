/**
 * Memory management: user code names words by virtual addresses, which each core translates by the page table of the
 * address space in its register (`activate`), and remembers the translations it has used.
 *
 * Page tables are words of simulated memory, one entry a virtual page, written by the kernel like any other word. A core's
 * translation buffer (TLB) is a word a virtual page that only this core touches, tagged with its address space: so changing
 * the space flushes nothing, and an entry stays until it is invalidated on this core, whatever the table says by then.
 * A table is looked up only where the buffer has no entry; there is no prefetching.
 *
 * Source: Intel SDM vol. 3A, chapter 4.10 (caching translation information); Arm ARM DDI 0487, D8.13 (TLB maintenance).
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  activeSpace,
  coreNumber,
  load,
  maskInterrupts,
  type Routine,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';

/** How an MMU is laid out. A virtual address is `page * pageWords + offset`; spaces and pages are numbered from 0. */
export interface MmuShape {
  readonly cores: number;
  /** Address spaces, at most 16. */
  readonly spaces: number;
  /** Virtual pages in each. */
  readonly pages: number;
  readonly pageWords: number;
  /** The entry of a page of a space at boot; `notMapped` if it has none. */
  entryAtBoot(space: number, page: number): Word;
}

/** Where page tables and translation buffers are. */
export interface Mmu {
  readonly pages: number;
  readonly pageWords: number;
  /** Of each space: the entry of its page 0. Those of the others follow. */
  readonly tables: readonly Address[];
  /** Of each core: its translation of page 0. Those of the others follow. */
  readonly buffers: readonly Address[];
}

/** The entry of a page that is not mapped. */
export const notMapped: Word = 0;

const present = 1;
const writable = 2;
const flagBits = 2;
const spaceBits = 4;
const spaceMask = (1 << spaceBits) - 1;

/** The entry of a page whose words are those from physical address `frame` on. */
export const entryOf = (frame: Address, isWritable: boolean): Word =>
  (frame << flagBits) | (isWritable ? writable : 0) | present;

/** The physical address of a mapped page's first word. */
export const frameOf = (entry: Word): Address => entry >> flagBits;

/** Whether an entry lets its page be written. */
export const isWritable = (entry: Word): boolean => (entry & writable) !== 0;

/** Lays page tables and translation buffers out; the buffers are empty. */
export const layoutMmu = (memory: Allocator, shape: MmuShape): Mmu => {
  const row = (count: number, wordOf: (index: number) => Address): Address[] =>
    Array.from({ length: count }, (_, i) => wordOf(i));
  return {
    pages: shape.pages,
    pageWords: shape.pageWords,
    tables: row(
      shape.spaces,
      (space) =>
        row(shape.pages, (page) =>
          memory.word(`space${space}.page${page}`, shape.entryAtBoot(space, page)),
        )[0] as Address,
    ),
    buffers: row(shape.cores, (core) => memory.words(`core${core}.tlb`, shape.pages)),
  };
};

/** Where the page table of `space` has the entry of `page`. */
export const entryAddress = (mmu: Mmu, space: number, page: number): Address => (mmu.tables[space] as Address) + page;

/** Reads a word as user code does: by the address space that is active on this core. Null: a page fault. */
export function* userLoad(mmu: Mmu, virtual: number, order: Order, site?: string): Routine<Word | null> {
  yield maskInterrupts(); // nothing interrupts an instruction in its midst
  const physical = yield* translate(mmu, virtual, false);
  const word = physical === 0 ? null : yield load(physical, order, site);
  yield unmaskInterrupts();
  return word;
}

/** Writes a word as user code does. False: a page fault, and nothing was written. */
export function* userStore(mmu: Mmu, virtual: number, word: Word, order: Order, site?: string): Routine<boolean> {
  yield maskInterrupts();
  const physical = yield* translate(mmu, virtual, true);
  if (physical !== 0) yield store(physical, word, order, site);
  yield unmaskInterrupts();
  return physical !== 0;
}

/** The physical address of a virtual one, or 0: it may not be accessed so. Interrupts are masked. */
export function* translate(mmu: Mmu, virtual: number, isWrite: boolean): Routine<Address> {
  const space = yield activeSpace();
  const table = mmu.tables[space];
  const page = Math.floor(virtual / mmu.pageWords);
  if (table === undefined || page < 0 || page >= mmu.pages) return 0;
  const buffered = (mmu.buffers[yield coreNumber()] as Address) + page;
  const known = yield load(buffered, 'plain'); // only this core touches it
  const offset = virtual - page * mmu.pageWords;
  if (known !== 0 && (known & spaceMask) === space && allows(known >> spaceBits, isWrite)) {
    return frameOf(known >> spaceBits) + offset;
  }
  const entry = yield load(table + page, 'acquire', 'mmu.walk'); // the access depends on it, which orders them on hardware
  if (!allows(entry, isWrite)) return 0;
  yield store(buffered, (entry << spaceBits) | space, 'plain');
  return frameOf(entry) + offset;
}

const allows = (entry: Word, isWrite: boolean): boolean => (entry & present) !== 0 && (!isWrite || isWritable(entry));

/** Makes this core forget its translation of a page. Interrupts are masked. */
export function* invalidatePage(mmu: Mmu, page: number): Routine {
  yield tracepoint('TLB entry invalidated', page);
  yield store((mmu.buffers[yield coreNumber()] as Address) + page, 0, 'plain');
}

/** Makes this core forget all its translations. Interrupts are masked. */
export function* invalidateAll(mmu: Mmu): Routine {
  const buffer = mmu.buffers[yield coreNumber()] as Address;
  yield tracepoint('TLB flushed', mmu.pages);
  for (let page = 0; page < mmu.pages; page++) yield store(buffer + page, 0, 'plain');
}
