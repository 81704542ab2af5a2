/**
 * What ChCore's IPC keeps in memory: processes with their capability tables, threads, connections, shared pages.
 *
 * A connection and a passive thread each have one word that says who has it; it is taken by a compare-and-swap that is
 * tried once. Whatever else is kept of them belongs to whoever has taken that word, and is plain.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { entryOf, layoutMmu, type Mmu, notMapped } from '#impl/machine/mmu.ts';
import type { Address, Word } from '#impl/machine/ops.ts';
import { layoutLock } from '#impl/sync/spinlock.ts';
import type { ChcoreCapability, ChcoreParameters, ChcoreThreadAtBoot, ProcessId } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Why a call failed, as a result. ECAPBILITY is ChCore's own spelling. */
export const Failure = {
  noSuchProcess: -3,
  tryLater: -11,
  noRoom: -12,
  fault: -14,
  invalid: -22,
  refused: -111,
  retry: -199,
  capability: -200,
} as const;

/** Values of a process's life word. */
export const Life = { alive: 0, exiting: 1, gone: 2 } as const;

/** Values of a passive thread's word; from `serves` on it serves the connection of that number. */
export const Passive = { waiting: 0, starting: 1, dead: 2, serves: 3 } as const;

/** What a connection's word says in its low bits; from `owned` on the thread of that number has it. */
export const Owner = { none: 0, building: 1, free: 2, owned: 3 } as const;
const ownerBits = 4;

/** The use of a connection's place that its word is about. One that has ended leaves the word with the next. */
export const generationOf = (word: Word): number => word >> ownerBits;
export const ownerOf = (word: Word): number => word & ((1 << ownerBits) - 1);
export const ownerWord = (generation: number, owner: number): Word => (generation << ownerBits) | owner;

/** Kinds of capabilities, as a slot has them; 0: the slot is free. `served` is the server's side of a connection. */
export const Kind = { none: 0, thread: 1, memory: 2, connection: 3, served: 4 } as const;

const kindBits = 3;
const objectBits = 5;

/** A capability as one word, so that it is looked up by one load. */
export const capabilityWord = (kind: number, object: number, copyable: boolean, generation: number): Word =>
  (((((generation << objectBits) | object) << 1) | (copyable ? 1 : 0)) << kindBits) | kind;

export const kindOf = (capability: Word): number => capability & ((1 << kindBits) - 1);
export const isCopyable = (capability: Word): boolean => ((capability >> kindBits) & 1) !== 0;
export const objectOf = (capability: Word): number => (capability >> (kindBits + 1)) & ((1 << objectBits) - 1);
export const generationNamed = (capability: Word): number => capability >> (kindBits + 1 + objectBits);

/** Offsets in a page of shared memory: the message's header, and its data. */
export const Field = { count: 0, word: 1 } as const;
export const pageWords = 2;

export interface ProcessWords {
  readonly life: Address;
  /** Guards what is put into `slots` and taken out, and the mapping of pages. */
  readonly lock: Address;
  readonly slots: readonly Address[];
}

export interface ThreadIpcWords extends ChcoreThreadAtBoot {
  /** A passive thread's word. */
  readonly passive: Address;
  /** Whose scheduling context it runs on, plus 1; 0: nobody's. */
  readonly context: Address;
  /** A server's register thread, plus 1; 0: it is no server. */
  readonly register: Address;
  /** The page of the message that it was given last, plus 1. Only the thread itself uses it: a register of its own. */
  readonly message: Address;
  /** What its call is to answer. Written by who wakes it. */
  readonly reply: Address;
  /** The core that has its floating point registers, plus 1; 0: none. */
  readonly floatingPoint: Address;
}

/** A place for a connection. `client`, `server` and `clientPage` are guarded by the pool's lock. */
export interface ConnectionWords {
  readonly owner: Address;
  readonly client: Address;
  readonly server: Address;
  readonly memory: Address;
  readonly clientPage: Address;
  readonly serverPage: Address;
  /** The slots of the capabilities that came with it. */
  readonly clientSlot: Address;
  readonly serverSlot: Address;
  readonly serverMemory: Address;
  readonly handler: Address;
  /** The client thread that waits. */
  readonly caller: Address;
  /** How many capabilities came with the call. */
  readonly count: Address;
  /** Slots, plus 1; 0: none was left there. */
  readonly sent: readonly Address[];
  readonly returning: readonly Address[];
  /** What the last answer brought. */
  readonly returnedCount: Address;
  readonly returned: readonly Address[];
}

export interface Kernel {
  readonly processes: readonly ProcessWords[];
  readonly threads: readonly ThreadIpcWords[];
  readonly connections: readonly ConnectionWords[];
  /** Guards which places for connections are in use. */
  readonly pool: Address;
  /** The first word of each page of memory. */
  readonly frames: readonly Address[];
  readonly mmu: Mmu;
  /** How many capabilities a call or an answer may carry. */
  readonly capabilitiesMax: number;
  /** The passive threads that use the floating point unit. */
  readonly floatingPoint: readonly ThreadId[];
}

const kindNamed = { thread: Kind.thread, memory: Kind.memory, connection: Kind.connection, served: Kind.served };

const atBoot = (held: ChcoreCapability | null | undefined): Word =>
  held ? capabilityWord(kindNamed[held.kind], held.object, held.copyable, 0) : Kind.none;

/** Lays everything out. */
export const layoutKernel = (memory: Allocator, parameters: ChcoreParameters, cores: number): Kernel => {
  const { holdings, slots, pages, memories, connections, connectionsMax, capabilitiesMax } = parameters;
  const frames = Array.from({ length: memories }, (_, index) => memory.words(`memory${index}`, pageWords));
  const entryAtBoot = (process: ProcessId, page: number): Word => {
    const mapped = connections.find(
      (one) =>
        (one.client === process && one.clientPage === page) || (one.server === process && one.serverPage === page),
    );
    return mapped ? entryOf(frames[mapped.memory] as Address, true) : notMapped;
  };
  const slotOf = (process: ProcessId, connection: number): number =>
    holdings[process]?.findIndex(
      (held) => held?.object === connection && ['connection', 'served'].includes(held.kind),
    ) ?? 0;
  return {
    processes: holdings.map((held, process) => ({
      life: memory.word(`P${process}.life`),
      lock: layoutLock(memory, `P${process}.lock`),
      slots: Array.from({ length: slots }, (_, slot) => memory.word(`P${process}.slot${slot}`, atBoot(held[slot]))),
    })),
    threads: parameters.threads.map((thread, id) => ({
      ...thread,
      passive: memory.word(`T${id}.passive`, Passive.starting),
      context: memory.word(`T${id}.schedulingContext`, thread.kind === 'user' ? id + 1 : 0),
      register: memory.word(
        `T${id}.register`,
        (parameters.servers.find((server) => server.thread === id)?.register ?? -1) + 1,
      ),
      message: memory.word(`T${id}.message`),
      reply: memory.word(`T${id}.reply`),
      floatingPoint: memory.word(`T${id}.floatingPoint`),
    })),
    connections: Array.from({ length: connectionsMax }, (_, index) => {
      const one = connections[index];
      const word = (name: string, initial = 0): Address => memory.word(`connection${index}.${name}`, initial);
      const row = (name: string): Address[] =>
        Array.from({ length: capabilitiesMax }, (_each, i) => word(`${name}${i}`));
      return {
        owner: word('owner', ownerWord(0, one ? Owner.free : Owner.none)),
        client: word('client', one?.client),
        server: word('server', one?.server),
        memory: word('memory', one?.memory),
        clientPage: word('clientPage', one?.clientPage),
        serverPage: word('serverPage', one?.serverPage),
        clientSlot: word('clientSlot', one && slotOf(one.client, index)),
        serverSlot: word('serverSlot', one && slotOf(one.server, index)),
        serverMemory: word('serverMemory', one?.serverMemory),
        handler: word('handler', one?.handler),
        caller: word('caller'),
        count: word('count'),
        sent: row('sent'),
        returning: row('returning'),
        returnedCount: word('returnedCount'),
        returned: row('returned'),
      };
    }),
    pool: layoutLock(memory, 'pool.lock'),
    frames,
    mmu: layoutMmu(memory, { cores, spaces: holdings.length, pages, pageWords, entryAtBoot }),
    capabilitiesMax,
    floatingPoint: parameters.floatingPoint,
  };
};

export const processAt = (kernel: Kernel, process: ProcessId): ProcessWords =>
  kernel.processes[process] as ProcessWords;
export const threadAt = (kernel: Kernel, thread: ThreadId): ThreadIpcWords => kernel.threads[thread] as ThreadIpcWords;
export const connectionAt = (kernel: Kernel, connection: number): ConnectionWords =>
  kernel.connections[connection] as ConnectionWords;
