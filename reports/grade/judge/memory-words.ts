import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';

const words: Readonly<Record<MemoryName, string>> = {
  sc: 'sequentially consistent memory',
  tso: 'memory with store buffers (x86)',
  rc11: 'weak memory (C11)',
};

/** On which memories, for people: nothing is said of all of them. */
export const onMemories = (memories: readonly MemoryName[]): string =>
  memories.length === memoryNames.length ? '' : `, on ${memories.map((name) => words[name]).join(' and ')}`;
