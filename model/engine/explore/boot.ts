import type { Allocator, Page } from '#impl/machine/allocator.ts';
import type { Memory } from '#impl/machine/memory/memory.ts';
import type { Address, Routine } from '#impl/machine/ops.ts';
import { layoutThreads, type Placement, type ThreadTable } from '#impl/sync/threads.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { World } from '#model/engine/load/world.ts';
import type { Program, Subject } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';

/** A program's memory before it runs: where everything is, and what it holds. Made once, used by every execution. */
export interface Booted {
  readonly table: ThreadTable;
  /** The implementation's layout, as each context's own instance sees it. */
  readonly layouts: readonly unknown[];
  readonly image: Int32Array;
  readonly usable: Uint8Array;
  readonly contextWord: readonly Address[];
  readonly registersWord: readonly Address[];
  readonly running: readonly number[];
  /** One of each model that was wanted. */
  readonly memories: Map<MemoryName, Memory>;
  /** The name of each word. */
  readonly names: readonly string[];
  /** The first word that is the implementation's own; those before are the kernel's. */
  readonly firstOwn: Address;
  /** Which threads have calls to make. */
  readonly active: readonly number[];
  /** What runs on a core when it is interrupted in a context that is no thread. */
  readonly nothing: () => Routine<unknown>;
}

interface Laid {
  readonly image: number[];
  readonly usable: number[];
  readonly names: string[];
}

const allocatorFor = (laid: Laid, prefix: string, usable: number): Allocator => {
  const words = (name: string, count: number, initial = 0): Address => {
    const address = laid.image.length;
    for (let i = 0; i < count; i++) {
      laid.image.push(initial);
      laid.usable.push(usable);
      laid.names.push(count === 1 ? `${prefix}${name}` : `${prefix}${name}[${i}]`);
    }
    return address;
  };
  return {
    word: (name, initial) => words(name, 1, initial),
    words,
    page<Fields>(allocated: boolean, fill: (page: Allocator) => Fields): Page & Fields {
      const address = laid.image.length;
      const fields = fill(allocatorFor(laid, prefix, allocated ? 1 : 2));
      return { ...fields, address, words: laid.image.length - address };
    },
  };
};

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
};

function* nothing(): Routine {}

/** Lays out the kernel's tables and, through each instance, the implementation's own words. */
export const bootProgram = (subject: Subject, world: World, program: Program): Booted => {
  const active = program.threads.flatMap((calls, id) => (calls.length > 0 ? [id] : []));
  const coresWithWork = Math.min(program.cores, Math.max(active.length, 1));
  const reachesAll = subject.scheduler !== undefined || subject.interrupted !== undefined; // threads move, or cores are asked
  const cores = reachesAll ? program.cores : coresWithWork;
  const placements = program.threads.map((_, id): Placement => {
    const rank = active.indexOf(id);
    if (rank < 0) return { tag: 'none' };
    return rank < cores ? { tag: 'on core', core: rank } : { tag: 'waiting' };
  });
  const parents = subject.parents(program.parameters, program.threads.length);
  const contexts = program.threads.length + cores;
  let first: Laid | undefined;
  let table: ThreadTable | undefined;
  let firstOwn = 0;
  const layouts: unknown[] = [];
  for (let id = 0; id < contexts; id++) {
    const laid: Laid = { image: [0], usable: [0], names: ['address 0'] }; // no word has address 0: a channel may be 0
    const memory = allocatorFor(laid, '', 1);
    table = layoutThreads(memory, placements, parents, cores);
    firstOwn = laid.image.length;
    const module = world.instances[id]?.module;
    const layout = subject.boot(module, memory, program.parameters, { cores, placements });
    freeze(layout);
    layouts.push(layout);
    first ??= laid;
    if (JSON.stringify(laid) !== JSON.stringify(first)) {
      throw new SuiteError(
        'S204',
        '`boot` lays memory out differently each time',
        'let it depend on its arguments only',
      );
    }
  }
  const laid = first as Laid;
  const threadTable = table as ThreadTable;
  return {
    table: threadTable,
    layouts,
    image: Int32Array.from(laid.image),
    usable: Uint8Array.from(laid.usable),
    contextWord: [...threadTable.threads, ...threadTable.cores].map((words) => words.context),
    registersWord: [...threadTable.threads, ...threadTable.cores].map((words) => words.registers),
    running: Array.from({ length: cores }, (_, core) => active[core] ?? program.threads.length + core),
    memories: new Map(),
    names: laid.names,
    firstOwn,
    active,
    nothing,
  };
};
