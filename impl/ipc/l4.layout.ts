/** What the kernel keeps of threads that send and receive, of the ports where they meet, and of what they may name. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { entryOf, layoutMmu, type Mmu, notMapped } from '#impl/machine/mmu.ts';
import type { Address, Word } from '#impl/machine/ops.ts';
import { layoutLock } from '#impl/sync/spinlock.ts';
import type { MemoryRange } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What a capability may allow. */
export const Right = { send: 1, receive: 2, grant: 4 } as const;

/** What a call gives: these, or an error below 0. */
export const Status = { sent: 1, received: 2, signaled: 3, receivedInRegisters: 4 } as const;

/** Errors, by their numbers in X.2 as far as there are such; from -32 on in the receive phase. */
export const Failure = {
  timeout: -1,
  noPartner: -2,
  canceled: -3,
  overflow: -4,
  ownTransfer: -5,
  partnerTransfer: -6,
  aborted: -7,
  badSlot: -8,
  noRight: -9,
  /** As canceled, of what was being copied. */
  withdrawn: -10,
} as const;

/** Whether a call failed as its message was being copied: then it is told how far that came. */
export const isOfTransfer = (failure: Word): boolean => {
  const number = failure < -32 ? failure + 32 : failure;
  return number === Failure.withdrawn || (number <= Failure.overflow && number >= Failure.aborted);
};

/** The same error, of the receive phase. */
export const whileReceiving = (failure: Word): Word => failure - 32;

/** What a thread's call is at. */
export const Activity = {
  none: 0,
  sending: 1,
  receiving: 2,
  awaitingReply: 3,
  waiting: 4,
  copying: 5,
  taking: 6,
} as const;

/** What a sender does once its message is taken. */
export const Next = { nothing: 0, reply: 1, receive: 2 } as const;

/** How many message registers are registers of the core; the others are in memory that the thread shares with the kernel. */
export const physicalRegisters = 2;
export const virtualRegisters = 2;

/** How many capabilities a thread can have. */
export const slotsEach = 3;

/** How many pages of its own a space has, and how large they are. Behind them each core has a window page. */
export const userPages = 4;
export const pageWords = 2;

export interface CapabilityAtBoot {
  readonly object: number;
  readonly rights: number;
  readonly badge: number;
}

export interface L4Parameters {
  /** The capabilities of each thread. */
  readonly tables: readonly (readonly CapabilityAtBoot[])[];
  /** Which objects are notifications; the others are endpoints. */
  readonly notifications: readonly boolean[];
  /** In which address space each thread is. */
  readonly spaceOf: readonly number[];
  /** The pages that have yet to be brought. */
  readonly absent: readonly { readonly space: number; readonly page: number }[];
}

/** A place where threads meet. What is queued here is guarded by `lock`; `first` and `last` are threads plus 1. */
export interface Port {
  readonly lock: Address;
  readonly first: Address;
  readonly last: Address;
  /** Of a notification: the badges signaled since somebody last waited. */
  readonly signals: Address;
}

/** What is kept of a thread. Its lock guards all of it but what says otherwise. */
export interface ThreadBlock {
  /** `Activity`. While `port` is not 0, that port's lock guards it too. */
  readonly activity: Address;
  /** The port whose queue it is in, or where it has met who copies a message from it or to it, plus 1; or 0. */
  readonly port: Address;
  /** How many ticks it may still wait; -1 any number, 0 it does not wait. */
  readonly ticks: Address;
  /** The number of the call whose reply it waits for, or 0. Whoever changes it to 0 has it: the reply, or who takes it back. */
  readonly awaits: Address;
  /** How many calls it has made. */
  readonly calls: Address;
  /** Whom it owes a reply, and to which of that one's calls (`replyCapability`); or 0. Whoever changes it to 0 has it. */
  readonly replyTo: Address;
  readonly dead: Address;
  /** `Status` of its call, or an error. */
  readonly status: Address;
  /** Of the message: how long, what is granted and so on (`tagOf`); and the badge. */
  readonly tag: Address;
  readonly badge: Address;
  /** The message registers that the core has, while the thread is on none. */
  readonly saved: Address;
  /** The other message registers: the thread's own memory. */
  readonly virtual: Address;
  /** How long it may wait for the reply. */
  readonly replyTicks: Address;
  /** The texts that it sends, and has received; and the buffers for them (`rangesWord`). */
  readonly texts: Address;
  readonly buffers: Address;
  /** How many ticks of waiting for pages it has left; -1 any number. */
  readonly transferTicks: Address;
  /** Whom it copies a message to, or from whom it takes one. */
  readonly partner: Address;
  /** The page that it waits for as it copies (`pageWord`), or 0; and how many words are copied by then. */
  readonly missing: Address;
  readonly done: Address;
  /** Its capabilities (`capabilityWord`), or 0 where there is none. */
  readonly slots: Address;
}

/** What only one core touches: the message registers it has, as a thread leaves them to the one that it switches to. */
export interface CoreBlock {
  readonly tag: Address;
  readonly badge: Address;
  readonly registers: Address;
}

export interface Kernel {
  readonly ports: readonly Port[];
  readonly threads: readonly ThreadBlock[];
  readonly cores: readonly CoreBlock[];
  readonly notifications: readonly boolean[];
  readonly spaceOf: readonly number[];
  readonly mmu: Mmu;
  /** Of each space: where its first page lies. The others follow. */
  readonly frames: readonly Address[];
}

/** A capability as a word. */
export const capabilityWord = ({ object, rights, badge }: CapabilityAtBoot): Word =>
  (badge << 8) | ((object + 1) << 3) | rights;
export const objectOf = (capability: Word): number => ((capability >> 3) & 31) - 1;
export const rightsOf = (capability: Word): number => capability & 7;
export const badgeOf = (capability: Word): number => capability >> 8;

/** The right to reply to one call of a thread. */
export const replyCapability = (caller: ThreadId, call: number): Word => (call << 3) | (caller + 1);
export const callerOf = (reply: Word): ThreadId => (reply & 7) - 1;
export const callOf = (reply: Word): number => reply >> 3;

/**
 * A message's tag: how many words it has, the slot of what it grants plus 1 (of what was granted, where it is received),
 * whether it may grant, and what its sender does next.
 */
export const tagOf = (words: number, slot: number, mayGrant: boolean, next: number): Word =>
  words | ((slot + 1) << 4) | (mayGrant ? 1 << 8 : 0) | (next << 9);
export const wordsIn = (tag: Word): number => tag & 15;
export const slotIn = (tag: Word): number => ((tag >> 4) & 15) - 1;
export const mayGrantIn = (tag: Word): boolean => ((tag >> 8) & 1) === 1;
export const nextIn = (tag: Word): number => (tag >> 9) & 3;

/** At most two pieces of memory as a word: how many, and of each the address and the length. */
export const rangesWord = (ranges: readonly MemoryRange[]): Word =>
  ranges.reduce(
    (word, { address, countWords }, i) => word | (((countWords << 6) | address) << (2 + 10 * i)),
    ranges.length,
  );
export const rangesIn = (word: Word): number => word & 3;
export const addressIn = (word: Word, index: number): number => (word >> (2 + 10 * index)) & 63;
export const lengthIn = (word: Word, index: number): number =>
  index < rangesIn(word) ? (word >> (8 + 10 * index)) & 15 : 0;

/** A page of a space, on the sender's own side or on the receiver's, as a word that is not 0. */
export const pageWord = (space: number, page: number, isOwn: boolean): Word =>
  (page << 5) | (isOwn ? 1 << 4 : 0) | (space + 1);
export const spaceIn = (word: Word): number => (word & 15) - 1;
export const isOwnIn = (word: Word): boolean => ((word >> 4) & 1) === 1;
export const pageIn = (word: Word): number => word >> 5;

/** The page of a core's window, in every space. */
export const windowOf = (core: number): number => userPages + core;

/** Where a page of a space lies. */
export const frameAt = (kernel: Kernel, space: number, page: number): Address =>
  (kernel.frames[space] as Address) + page * pageWords;

const layoutFrames = (memory: Allocator, space: number): Address =>
  Array.from({ length: userPages * pageWords }, (_, address) =>
    memory.word(`space${space}.word${address}`, 100 * (space + 1) + address),
  )[0] as Address;

/** Lays everything out; nobody is in a call. */
export const layoutKernel = (memory: Allocator, parameters: L4Parameters, cores: number): Kernel => {
  const { spaceOf, absent } = parameters;
  const frames = Array.from({ length: Math.max(...spaceOf) + 1 }, (_, space) => layoutFrames(memory, space));
  const entryAtBoot = (space: number, page: number): Word =>
    page >= userPages || absent.some((gone) => gone.space === space && gone.page === page)
      ? notMapped
      : entryOf((frames[space] as Address) + page * pageWords, true);
  const shape = { cores, spaces: frames.length, pages: userPages + cores, pageWords, entryAtBoot };
  return { ...layoutBlocks(memory, parameters, cores), mmu: layoutMmu(memory, shape), frames, spaceOf };
};

const layoutBlocks = (memory: Allocator, parameters: L4Parameters, cores: number) => ({
  ports: parameters.notifications.map((_, object) => layoutPort(memory, `port${object}`)),
  threads: parameters.tables.map((table, id) => layoutThread(memory, `T${id}`, table)),
  cores: Array.from({ length: cores }, (_, core) => ({
    tag: memory.word(`core${core}.messageTag`),
    badge: memory.word(`core${core}.messageBadge`),
    registers: memory.words(`core${core}.messageRegister`, physicalRegisters),
  })),
  notifications: parameters.notifications,
});

const layoutPort = (memory: Allocator, name: string): Port => ({
  lock: layoutLock(memory, `${name}.lock`),
  first: memory.word(`${name}.first`),
  last: memory.word(`${name}.last`),
  signals: memory.word(`${name}.signals`),
});

const layoutThread = (memory: Allocator, name: string, table: readonly CapabilityAtBoot[]): ThreadBlock => ({
  activity: memory.word(`${name}.activity`),
  port: memory.word(`${name}.port`),
  ticks: memory.word(`${name}.ticks`),
  awaits: memory.word(`${name}.awaits`),
  calls: memory.word(`${name}.calls`),
  replyTo: memory.word(`${name}.replyTo`),
  dead: memory.word(`${name}.dead`),
  status: memory.word(`${name}.status`),
  tag: memory.word(`${name}.tag`),
  badge: memory.word(`${name}.badge`),
  saved: memory.words(`${name}.saved`, physicalRegisters),
  virtual: memory.words(`${name}.virtual`, virtualRegisters),
  replyTicks: memory.word(`${name}.replyTicks`),
  texts: memory.word(`${name}.texts`),
  buffers: memory.word(`${name}.buffers`),
  transferTicks: memory.word(`${name}.transferTicks`),
  partner: memory.word(`${name}.partner`),
  missing: memory.word(`${name}.missing`),
  done: memory.word(`${name}.done`),
  slots: Array.from({ length: slotsEach }, (_, slot) => {
    const held = table[slot];
    return memory.word(`${name}.slot${slot}`, held ? capabilityWord(held) : 0);
  })[0] as Address,
});

export const blockOf = (kernel: Kernel, id: ThreadId): ThreadBlock => kernel.threads[id] as ThreadBlock;
export const portOf = (kernel: Kernel, port: number): Port => kernel.ports[port] as Port;
export const coreBlockOf = (kernel: Kernel, core: number): CoreBlock => kernel.cores[core] as CoreBlock;
