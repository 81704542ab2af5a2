/** What the plain kernel keeps: everything in words that one lock guards. */
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Address } from '#impl/machine/ops.ts';
import { layoutLock } from '#impl/sync/spinlock.ts';
import type { TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';

export const activity = {
  none: 0,
  sending: 1,
  receiving: 2,
  awaitingReply: 3,
  waiting: 4,
  copying: 5,
  taking: 6,
} as const;
export const right = { send: 1, receive: 2, grant: 4 } as const;
export const status = { sent: 1, received: 2, signaled: 3 } as const;
export const failure = {
  timeout: -1,
  noPartner: -2,
  canceled: -3,
  overflow: -4,
  ownTransfer: -5,
  partnerTransfer: -6,
  aborted: -7,
  badSlot: -8,
  noRight: -9,
  withdrawn: -10,
} as const;
export const whileReceiving = -32;

export const slotsEach = 3;
export const wordsMax = 4;
export const textsMax = 2;
export const pages = 4;
export const pageWords = 2;

/** What is kept of a thread. A slot is three words: the object plus 1, the rights, the badge. */
export interface ThreadBlock {
  readonly activity: Address;
  readonly port: Address;
  /** When it began to wait: the number of those that had before. */
  readonly arrived: Address;
  readonly ticks: Address;
  /** How long it may wait for a reply; the sender wants none if it is `noReply`. */
  readonly replyTicks: Address;
  /** From whom it receives, plus 1, or 0: from anybody; and for how long it waits when it receives after it has sent. */
  readonly filter: Address;
  readonly receiveTicks: Address;
  readonly status: Address;
  /** Badge, slot of what is granted plus 1, whether that is allowed, number of words, for whom it is plus 1, words. */
  readonly message: Address;
  /** Texts or buffers: how many, and of each the address and the length. */
  readonly texts: Address;
  readonly buffers: Address;
  readonly transferTicks: Address;
  /** Whom it copies to or takes from; how many words are copied; 0, or which side a page is missing on. */
  readonly partner: Address;
  readonly done: Address;
  readonly missing: Address;
  readonly replyTo: Address;
  readonly dead: Address;
  readonly slots: Address;
}

export interface Kernel {
  readonly lock: Address;
  readonly arrivals: Address;
  readonly signals: Address;
  readonly threads: readonly ThreadBlock[];
  readonly notifications: readonly boolean[];
  readonly chiefs: readonly (ThreadId | null)[];
  readonly spaceOf: readonly number[];
  /** Of each space: its words, and of each page whether it is there. */
  readonly memory: readonly { readonly words: Address; readonly present: Address }[];
  /** Where a word is between two spaces. */
  readonly bounce: Address;
}

export interface Parameters {
  readonly tables: readonly (readonly { readonly object: number; readonly rights: number; readonly badge: number }[])[];
  readonly notifications: readonly boolean[];
  readonly chiefs: readonly (ThreadId | null)[];
  readonly spaceOf: readonly number[];
  readonly absent: readonly { readonly space: number; readonly page: number }[];
}

export const missingOn = { neither: 0, own: 1, partner: 2 } as const;
/** What a sender does once its message is taken, where it waits for no reply: nothing, or it receives. */
export const noReply = -2;
export const thenReceive = -3;
export const [badgeAt, grantAt, mayGrantAt, countAt, intendedAt, wordsAt] = [0, 1, 2, 3, 4, 5];

/** Lays everything out. */
export const layout = (memory: Allocator, { tables, notifications, chiefs, spaceOf, absent }: Parameters): Kernel => ({
  lock: layoutLock(memory, 'kernel.lock'),
  arrivals: memory.word('arrivals'),
  signals: memory.words('signals', notifications.length),
  notifications,
  chiefs,
  spaceOf,
  bounce: memory.word('bounce'),
  memory: Array.from({ length: Math.max(...spaceOf) + 1 }, (_, space) => ({
    words: Array.from({ length: pages * pageWords }, (_word, address) =>
      memory.word(`space${space}.word${address}`, 100 * (space + 1) + address),
    )[0] as Address,
    present: Array.from({ length: pages }, (_page, page) =>
      memory.word(
        `space${space}.present${page}`,
        absent.some((gone) => gone.space === space && gone.page === page) ? 0 : 1,
      ),
    )[0] as Address,
  })),
  threads: tables.map((table, id) => ({
    activity: memory.word(`T${id}.activity`),
    port: memory.word(`T${id}.port`),
    arrived: memory.word(`T${id}.arrived`),
    ticks: memory.word(`T${id}.ticks`),
    replyTicks: memory.word(`T${id}.replyTicks`),
    filter: memory.word(`T${id}.filter`),
    receiveTicks: memory.word(`T${id}.receiveTicks`),
    status: memory.word(`T${id}.status`),
    message: memory.words(`T${id}.message`, wordsAt + wordsMax),
    texts: memory.words(`T${id}.texts`, 1 + 2 * textsMax),
    buffers: memory.words(`T${id}.buffers`, 1 + 2 * textsMax),
    transferTicks: memory.word(`T${id}.transferTicks`),
    partner: memory.word(`T${id}.partner`),
    done: memory.word(`T${id}.done`),
    missing: memory.word(`T${id}.missing`),
    replyTo: memory.word(`T${id}.replyTo`),
    dead: memory.word(`T${id}.dead`),
    slots: Array.from({ length: slotsEach }, (_, slot) => {
      const held = table[slot];
      const first = memory.word(`T${id}.slot${slot}.object`, held ? held.object + 1 : 0);
      memory.word(`T${id}.slot${slot}.rights`, held?.rights ?? 0);
      memory.word(`T${id}.slot${slot}.badge`, held?.badge ?? 0);
      return first;
    })[0] as Address,
  })),
});

export const blockOf = (kernel: Kernel, id: ThreadId): ThreadBlock => kernel.threads[id] as ThreadBlock;
export const slotOf = (kernel: Kernel, id: ThreadId, slot: number): Address => blockOf(kernel, id).slots + 3 * slot;
export const ticksOf = (timeout: TimeoutTicks): number => timeout ?? -1;
