/** The state of ChCore's IPC: processes with their capabilities and pages, threads, connections, and shared memory. */

import type {
  CapabilitySlot,
  ChcoreAnswer,
  ChcoreCall,
  ChcoreCapability,
  ChcoreErrno,
  ChcoreParameters,
  ProcessId,
  VirtualPage,
} from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** A process. `exiting`: killed, and not yet recycled. `gone`: it has nothing left, and never will. */
export interface Process {
  life: 'alive' | 'exiting' | 'gone';
  /** Its capability table. */
  table: (ChcoreCapability | null)[];
  /** Which memory is mapped at each virtual page. What is mapped stays so: closing a connection unmaps nothing. */
  pages: (number | null)[];
}

/**
 * What a register thread or handler does, which are passive: they run when somebody asks. `starting`: it has not entered
 * the kernel yet. `held`: somebody has its lock for a moment. `told`: it has been switched to; `serving`: it knows.
 */
export type Passive =
  | { readonly tag: 'starting' | 'waiting' | 'held' | 'dead' }
  | { readonly tag: 'told' | 'serving'; readonly connection: number };

export interface ChcoreThread {
  readonly process: ProcessId;
  readonly kind: 'user' | 'register' | 'handler';
  /** Whose scheduling context it runs on: budget and priority. A user thread has its own; a passive one borrows. */
  context: ThreadId | null;
  /** A passive thread's doings; null: it is a user thread. */
  passive: Passive | null;
  /** The register thread of a server; null: it has not registered. */
  register: ThreadId | null;
  /** Where the message lies that it was given last. */
  message: VirtualPage | null;
  /** What its call is to answer, as soon as it runs again. */
  reply: ChcoreAnswer | null;
}

/** A connection between a client process and a server process. */
export interface Connection {
  readonly client: ProcessId;
  readonly server: ProcessId;
  /** The page of memory that they share, and where. */
  readonly memory: number;
  readonly clientPage: VirtualPage;
  /** The slot of the server's capability to it. */
  readonly serverMemory: CapabilitySlot;
  serverPage: VirtualPage | null;
  /** Who serves it; null: the server has not agreed yet. */
  handler: ThreadId | null;
  /** The server has agreed, and all is there: it can be used. */
  isValid: boolean;
  /** Who has it to itself: from the beginning of a call to its end, or for a moment. */
  owner: ThreadId | null;
  /** The client thread that waits for an answer. */
  caller: ThreadId | null;
  /** How many capabilities came with the call. */
  count: number;
  /** What the client sends with a call, by its own slots; what the server sends back, by its own. */
  sent: (CapabilitySlot | null)[];
  returning: (CapabilitySlot | null)[];
  /** What the last answer brought, by the client's slots. */
  returned: CapabilitySlot[];
}

export interface Chcore {
  processes: Process[];
  threads: ChcoreThread[];
  /** A fixed number of places for connections. */
  connections: (Connection | null)[];
  /** Pages of memory: the message's header and its data. */
  memories: { count: number; word: number }[];
  /** How many capabilities a call or an answer may carry at most. */
  readonly capabilitiesMax: number;
}

/** How far the recycling of a process has come: it goes on with this connection, or thread. */
export interface Recycling {
  readonly process: ProcessId;
  readonly next: number;
}

/** An answer under way: for which call, over which connection, to whom; null: nobody. `dying`: who gives it was killed. */
export interface UnderWay {
  readonly connection: number;
  readonly to: ThreadId | null;
  readonly dying: boolean;
}

/** What is left of a call after some of its parts. */
export type PendingCall =
  | ChcoreCall
  /** The kernel has been entered: from here on a kill comes too late for this call. */
  | { readonly tag: 'entered'; readonly call: ChcoreCall }
  /** The register thread is the caller's, for the call that it makes; or the connection is. */
  | { readonly tag: 'register held'; readonly call: ChcoreCall; readonly register: ThreadId }
  | { readonly tag: 'owned'; readonly call: ChcoreCall; readonly connection: number }
  /** That has failed: what it has taken is still its own, a moment longer. `call`: to be made again, if it is. */
  | {
      readonly tag: 'failing';
      readonly errno: ChcoreErrno;
      readonly connection: number | null;
      readonly register: ThreadId | null;
      readonly call: (ChcoreCall & { readonly tag: 'call' }) | null;
    }
  /** A client waits for the answer; a passive thread waits for a request. */
  | { readonly tag: 'blocked' | 'passive' }
  /** It is known whom to answer; and how many capabilities go with it. */
  | ({ readonly tag: 'addressed'; readonly call: ChcoreCall | null } & UnderWay)
  | ({ readonly tag: 'count fetched'; readonly count: number; readonly result: number } & UnderWay)
  /** The server agrees: the memory is mapped for it; and for the client. */
  | ({ readonly tag: 'server mapped' | 'both mapped' } & UnderWay)
  /** It is known what to answer; and the passive thread is free. */
  | ({
      readonly tag: 'answered' | 'passive let go';
      readonly answer: ChcoreAnswer;
      readonly isCall: boolean;
    } & UnderWay)
  /** A connection that is to end is the caller's, and its handler is too; and then it has ended. */
  | { readonly tag: 'both held'; readonly connection: number; readonly recycling: Recycling | null }
  | { readonly tag: 'ended'; readonly handler: ThreadId | null; readonly recycling: Recycling | null }
  | ({ readonly tag: 'recycle connection' | 'recycle owned' | 'recycle thread' } & Recycling)
  /** The caller's process was killed: this is never over. */
  | { readonly tag: 'exited' };

export type Outcomes = readonly Outcome<Chcore, PendingCall, ChcoreAnswer>[];

/** The state at boot: threads have made no call yet, so those that will serve have not entered the kernel. */
export const initial = (parameters: ChcoreParameters): Chcore => {
  const { holdings, slots, pages, connections, connectionsMax, capabilitiesMax } = parameters;
  const mapped = (process: ProcessId, page: VirtualPage): number | null =>
    connections.find(
      (one) =>
        (one.client === process && one.clientPage === page) || (one.server === process && one.serverPage === page),
    )?.memory ?? null;
  return {
    processes: holdings.map((held, process) => ({
      life: 'alive',
      table: Array.from({ length: slots }, (_, slot) => held[slot] ?? null),
      pages: Array.from({ length: pages }, (_, page) => mapped(process, page)),
    })),
    threads: parameters.threads.map(({ process, kind }, id) => ({
      process,
      kind,
      context: kind === 'user' ? id : null,
      passive: kind === 'user' ? null : { tag: 'starting' },
      register: parameters.servers.find(({ thread }) => thread === id)?.register ?? null,
      message: null,
      reply: null,
    })),
    connections: Array.from({ length: connectionsMax }, (_, index) => {
      const connection = connections[index];
      return connection
        ? { ...connection, isValid: true, owner: null, caller: null, ...nothingCarried(capabilitiesMax) }
        : null;
    }),
    memories: Array.from({ length: parameters.memories }, () => ({ count: 0, word: 0 })),
    capabilitiesMax,
  };
};

/** What a connection carries before anything has gone over it. */
export const nothingCarried = (
  capabilitiesMax: number,
): Pick<Connection, 'count' | 'sent' | 'returning' | 'returned'> => ({
  count: 0,
  sent: Array.from({ length: capabilitiesMax }, () => null),
  returning: Array.from({ length: capabilitiesMax }, () => null),
  returned: [],
});

export const fails = (errno: ChcoreErrno, then?: (draft: Chcore) => void): Outcomes =>
  returns({ tag: 'failed', errno } as const, then);

/** It fails, and has yet to let go what it has taken. Source: connection.c, the unlock on each way out. */
export const failsWith = (
  errno: ChcoreErrno,
  taken: { readonly connection: number } | { readonly register: ThreadId },
  call: (ChcoreCall & { readonly tag: 'call' }) | null = null,
): Outcomes => continues({ connection: null, register: null, ...taken, tag: 'failing', errno, call });

export const isAlive = (state: Chcore, process: ProcessId): boolean => state.processes[process]?.life === 'alive';

/** The process of a thread. */
export const processOf = (state: Chcore, thread: ThreadId): ProcessId => state.threads[thread]?.process ?? -1;

/** The capability in a slot of a process's table, if it is of this kind. */
export const lookUp = (
  state: Chcore,
  process: ProcessId,
  slot: CapabilitySlot,
  kind: ChcoreCapability['kind'],
): ChcoreCapability | undefined => {
  const found = state.processes[process]?.table[slot];
  return found?.kind === kind ? found : undefined;
};

/** The lowest free slots of a table. Source: ChCore, object/cap_group.c, alloc_slot_id. */
export const freeSlots = (state: Chcore, process: ProcessId): CapabilitySlot[] =>
  (state.processes[process]?.table ?? []).flatMap((capability, slot) => (capability === null ? [slot] : []));

/** Puts a capability into a slot. */
export const put = (draft: Chcore, process: ProcessId, slot: CapabilitySlot, capability: ChcoreCapability): void => {
  const table = draft.processes[process]?.table;
  if (table) table[slot] = capability;
};

/** Says what a passive thread does now. */
export const setPassive = (draft: Chcore, thread: ThreadId | null, passive: Passive): void => {
  const found = thread === null ? undefined : draft.threads[thread];
  if (found) found.passive = passive;
};

/** Gives a connection to a thread, or to nobody. */
export const setOwner = (draft: Chcore, connection: number, owner: ThreadId | null): void => {
  const found = draft.connections[connection];
  if (found) found.owner = owner;
};

/** The connection that a passive thread serves, if it serves one. */
export const servedBy = (state: Chcore, thread: ThreadId): number | undefined => {
  const passive = state.threads[thread]?.passive;
  return passive?.tag === 'serving' ? passive.connection : undefined;
};
