import type { Memory } from '#impl/machine/memory/memory.ts';
import { repairedC11 } from '#impl/machine/memory/rc11.ts';
import { sequentiallyConsistent } from '#impl/machine/memory/sc.ts';
import { totalStoreOrder } from '#impl/machine/memory/tso.ts';

/** The memory models that programs run on. Those of processors whose accesses have dependencies run litmus tests only. */
export type MemoryName = 'sc' | 'tso' | 'rc11';

/** Makes a memory of so many words for so many cores. */
export const memories: Readonly<Record<MemoryName, (sizeWords: number, cores: number) => Memory>> = {
  sc: sequentiallyConsistent,
  tso: totalStoreOrder,
  rc11: repairedC11,
};

/** All of them, the strongest first. */
export const memoryNames: readonly MemoryName[] = ['sc', 'tso', 'rc11'];
