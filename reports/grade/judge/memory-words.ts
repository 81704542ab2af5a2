import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';

type Words = Readonly<Record<MemoryName, string>>;

const english: Words = {
  sc: 'sequentially consistent memory',
  tso: 'memory with store buffers (x86)',
  rc11: 'weak memory (C11)',
};

const chinese: Words = {
  sc: '顺序一致的内存',
  tso: '带存储缓冲区的内存（x86）',
  rc11: '弱内存（C11）',
};

const isEvery = (memories: readonly MemoryName[]): boolean => memories.length === memoryNames.length;

/** On which memories, for people: nothing is said of all of them. */
export const onMemories = (memories: readonly MemoryName[]): string =>
  isEvery(memories) ? '' : `, on ${memories.map((name) => english[name]).join(' and ')}`;

/** The same in Chinese. */
export const onMemoriesZh = (memories: readonly MemoryName[]): string =>
  isEvery(memories) ? '' : `，在${memories.map((name) => chinese[name]).join('和')}上`;
