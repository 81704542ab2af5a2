/** The thread table: what the kernel keeps of each thread and each core, and where in memory it lies. */
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Address } from '#impl/machine/ops.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Values of a thread's state word. */
export const State = {
  unused: 0,
  running: 1,
  runnable: 2,
  sleeping: 3,
  zombie: 4,
  reaped: 5,
} as const;

/** What is kept of one thread. All but `killed` and `context` are guarded by `lock`. */
export interface ThreadWords {
  readonly lock: Address;
  readonly state: Address;
  /** What it sleeps on: a channel is an address, or 0. */
  readonly channel: Address;
  readonly killed: Address;
  /** Which core its context is on, plus 1; the machine keeps it. */
  readonly context: Address;
  /** Where its registers are while it is on none; the machine keeps it. */
  readonly registers: Address;
  /** Its parent's number plus 1, or 0. Guarded by the table's `waitLock`. */
  readonly parent: Address;
  /** Its neighbours on the wait queue it stands on; guarded by the queue's lock. */
  readonly next: Address;
  readonly previous: Address;
}

/** What is kept of one core. */
export interface CoreWords {
  /** The thread on this core plus 1, or 0; only this core writes it. */
  readonly current: Address;
  /** The thread that switched straight to the one on this core, plus 1, until that one has let its lock go; or 0. */
  readonly left: Address;
  /** 1 while the core looks for a thread or sleeps because there is none. Swapped to 0 by who wakes it. */
  readonly idle: Address;
  /** Where the context of the core's dispatcher is, and its registers. */
  readonly context: Address;
  readonly registers: Address;
}

export interface ThreadTable {
  readonly threads: readonly ThreadWords[];
  readonly cores: readonly CoreWords[];
  /** Guards the parent words: held from a parent's scan to its sleep, and by a dying child. */
  readonly waitLock: Address;
}

/** A thread as its own code sees it: its number and the table it stands in. */
export interface Thread {
  readonly id: ThreadId;
  readonly table: ThreadTable;
}

/** A thread at boot: on the core it runs on, or waiting for one, or (`none`) with nothing to run. */
export type Placement = { readonly tag: 'on core'; readonly core: number } | { readonly tag: 'waiting' | 'none' };

/** Lays the table out. `parents[t]` is the parent of thread `t`. */
export const layoutThreads = (
  memory: Allocator,
  placements: readonly Placement[],
  parents: readonly (ThreadId | null)[],
  cores: number,
): ThreadTable => ({
  waitLock: memory.word('wait_lock'),
  threads: placements.map((placement, id) => {
    const word = (name: string, initial = 0) => memory.word(`T${id}.${name}`, initial);
    const parent = parents[id] ?? null;
    return {
      lock: word('lock'),
      state: word('state', stateAtBoot(placement)),
      channel: word('channel'),
      killed: word('killed'),
      context: word('context'),
      registers: word('registers'),
      parent: word('parent', parent === null ? 0 : parent + 1),
      next: word('next'),
      previous: word('previous'),
    };
  }),
  cores: Array.from({ length: cores }, (_, core) => {
    const runs = placements.findIndex((placement) => placement.tag === 'on core' && placement.core === core);
    return {
      current: memory.word(`core${core}.current`, runs + 1),
      left: memory.word(`core${core}.left`),
      idle: memory.word(`core${core}.idle`),
      context: memory.word(`core${core}.context`),
      registers: memory.word(`core${core}.registers`),
    };
  }),
});

const stateAtBoot = (placement: Placement): number => {
  if (placement.tag === 'on core') return State.running;
  return placement.tag === 'waiting' ? State.runnable : State.unused;
};

/** What is kept of thread `id`. */
export const wordsOf = (table: ThreadTable, id: ThreadId): ThreadWords => table.threads[id] as ThreadWords;
