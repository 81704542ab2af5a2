/** What can be asked of ChCore's IPC, and what is answered. Types only. */
import type { ThreadId } from '#spec/abi.ts';

/** A process, numbered from 0: an address space and a table of capabilities, for one thread or several. */
export type ProcessId = number;

/** A slot of the caller's capability table, from 0. */
export type CapabilitySlot = number;

/** A virtual page of a process, from 0. Shared memory is one page: a count of capabilities, and a word of data. */
export type VirtualPage = number;

/** A place in a page of shared memory: the message's header, which counts the capabilities of a reply, or its data. */
export type MessageField = 'count' | 'word';

/**
 * What threads ask for. `connection: null` is the one that is being served, `page: null` the message's.
 *
 * `serve`, `accept`, `refuse` and `return` are over when the next request is there: a thread that serves has nothing to
 * come back to. `attempts`: how often the library asks, in all, as long as it is told to try again.
 */
export type ChcoreCall =
  | { readonly tag: 'register server'; readonly register: CapabilitySlot }
  | {
      readonly tag: 'register client';
      readonly server: CapabilitySlot;
      readonly memory: CapabilitySlot;
      readonly page: VirtualPage;
    }
  | { readonly tag: 'serve' }
  | { readonly tag: 'accept'; readonly handler: CapabilitySlot; readonly page: VirtualPage }
  | { readonly tag: 'refuse' }
  | {
      readonly tag: 'set';
      readonly connection: CapabilitySlot | null;
      readonly index: number;
      readonly capability: CapabilitySlot;
    }
  | { readonly tag: 'get'; readonly connection: CapabilitySlot | null; readonly index: number }
  | {
      readonly tag: 'call';
      readonly connection: CapabilitySlot;
      readonly count: number;
      readonly attempts: number;
    }
  | { readonly tag: 'return'; readonly result: number }
  | { readonly tag: 'close'; readonly connection: CapabilitySlot }
  | { readonly tag: 'kill'; readonly process: ProcessId }
  | { readonly tag: 'recycle'; readonly process: ProcessId }
  | { readonly tag: 'yield' }
  | { readonly tag: 'read'; readonly page: VirtualPage | null; readonly field: MessageField }
  | {
      readonly tag: 'write';
      readonly page: VirtualPage | null;
      readonly field: MessageField;
      readonly value: number;
    };

/**
 * Why a call failed. ECAPBILITY (so spelt in ChCore) no such capability, or not one that will do; EIPCRETRY somebody else
 * is at it, or nobody is there yet; EAGAIN the same of `close` and `recycle`; EINVAL a wrong argument or moment; ENOMEM no
 * room; ESRCH the other side has died, or is known to be dead; ECONNREFUSED the server refuses; EFAULT not mapped.
 */
export type ChcoreErrno =
  | 'ECAPBILITY'
  | 'EIPCRETRY'
  | 'EAGAIN'
  | 'EINVAL'
  | 'ENOMEM'
  | 'ESRCH'
  | 'ECONNREFUSED'
  | 'EFAULT';

/**
 * What they are told. `registration` and `request`: which process asks, and whose scheduling context the thread runs on
 * (the number of the thread that it belongs to); a request also where the message is in the server's address space, and
 * how many capabilities came with it. `word` is what was read; `result` what the server returned.
 */
export type ChcoreAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'connected'; readonly connection: CapabilitySlot }
  | { readonly tag: 'registration'; readonly client: ProcessId; readonly context: number }
  | {
      readonly tag: 'request';
      readonly client: ProcessId;
      readonly context: number;
      readonly page: VirtualPage;
      readonly count: number;
    }
  | { readonly tag: 'result'; readonly result: number }
  | { readonly tag: 'capability'; readonly slot: CapabilitySlot }
  | { readonly tag: 'word'; readonly word: number }
  | { readonly tag: 'failed'; readonly errno: ChcoreErrno };

/**
 * What a capability leads to: a thread, a page of memory, or a connection, by its number. `served` is the server's side of
 * a connection: it may be closed by it, and nothing else.
 */
export interface ChcoreCapability {
  readonly kind: 'thread' | 'memory' | 'connection' | 'served';
  readonly object: number;
  readonly copyable: boolean;
}

/** A thread: of which process, and what it is for. */
export interface ChcoreThreadAtBoot {
  readonly process: ProcessId;
  readonly kind: 'user' | 'register' | 'handler';
}

/** A connection that there is at boot: agreed to, and free. `serverMemory` is the slot of the server's capability. */
export interface ChcoreConnectionAtBoot {
  readonly client: ProcessId;
  readonly server: ProcessId;
  readonly handler: ThreadId;
  readonly memory: number;
  readonly clientPage: VirtualPage;
  readonly serverPage: VirtualPage;
  readonly serverMemory: CapabilitySlot;
}

/** How everything is at boot. */
export interface ChcoreParameters {
  readonly threads: readonly ChcoreThreadAtBoot[];
  /** What each process holds, from slot 0 on (null: nothing there), and how many slots a table has. */
  readonly holdings: readonly (readonly (ChcoreCapability | null)[])[];
  readonly slots: number;
  /** How many pages of memory there are, and virtual pages in each process. */
  readonly memories: number;
  readonly pages: number;
  /** The threads that are servers already, each with its register thread. */
  readonly servers: readonly { readonly thread: ThreadId; readonly register: ThreadId }[];
  readonly connections: readonly ChcoreConnectionAtBoot[];
  readonly connectionsMax: number;
  readonly capabilitiesMax: number;
  /** The passive threads that use the floating point unit, whose registers stay on the core where they used it last. */
  readonly floatingPoint: readonly ThreadId[];
}
