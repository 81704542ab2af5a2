import type { FenceOrder, Order } from '#impl/machine/order.ts';

/** A machine word: a signed 32-bit integer. Arithmetic on words wraps: write `(a - b) | 0`. */
export type Word = number;

/** The index of a word in simulated memory. */
export type Address = number;

/**
 * Implementation code. It yields micro-ops and is resumed with the word each one gives, so that every access to
 * anything shared is a point where another core may step in. Call another routine with `yield*`.
 */
export type Routine<T = void> = Generator<MicroOp, T, Word>;

/**
 * What a micro-op does. Accesses and whatever else another core can notice are *visible*: a strategy chooses when they
 * happen. Those from `copyIn` on are *local* to the core: they happen at once, with the visible one before them.
 */
export const Kind = {
  load: 0,
  store: 1,
  compareAndSwap: 2,
  fetchAdd: 3,
  swap: 4,
  awaitWord: 5,
  fence: 6,
  switchTo: 7,
  idle: 8,
  sendInterrupt: 9,
  allocate: 10,
  free: 11,
  pause: 12,
  copyIn: 13,
  copyOut: 14,
  maskInterrupts: 15,
  unmaskInterrupts: 16,
  maskDepth: 17,
  coreNumber: 18,
  panic: 19,
  activate: 20,
  activeSpace: 21,
  tracepoint: 22,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** The first of the local kinds. */
export const firstLocalKind: number = Kind.copyIn;

/** The last of the kinds that access memory under its model: load, store and the read-modify-writes. */
export const lastAccessKind: number = Kind.swap;

declare const microOp: unique symbol;

/** One step of a core. Made by the functions of this file, as the direct operand of `yield`, and by nothing else. */
export interface MicroOp {
  readonly [microOp]: true;
}

/**
 * The one micro-op of the program: each function below fills it in and `yield` hands it to the machine, which reads it
 * before anything else runs. Nothing is allocated on the way. `pending` catches one that was made and not yielded.
 */
export const register = {
  kind: 0 as number,
  address: 0,
  operand: 0,
  expected: 0,
  order: 'plain' as Order,
  site: undefined as string | undefined,
  text: '',
  pending: false,
};

/** Thrown where a micro-op is made while the one before it was never yielded. Carries the kind that was lost. */
export class FloatingMicroOp extends Error {
  readonly kind: number;
  constructor(kind: number) {
    super('a micro-op was made but not yielded');
    this.kind = kind;
  }
}

const fill = (
  kind: number,
  address: Address,
  operand: Word,
  expected: Word,
  order: Order,
  site: string | undefined,
): MicroOp => {
  if (register.pending) {
    register.pending = false;
    throw new FloatingMicroOp(register.kind);
  }
  register.kind = kind;
  register.address = address;
  register.operand = operand;
  register.expected = expected;
  register.order = order;
  register.site = site;
  register.pending = true;
  return register as unknown as MicroOp;
};

/** Reads the word at `address`. */
export const load = (address: Address, order: Order, site?: string): MicroOp =>
  fill(Kind.load, address, 0, 0, order, site);

/** Writes `word` at `address`. Gives 0. */
export const store = (address: Address, word: Word, order: Order, site?: string): MicroOp =>
  fill(Kind.store, address, word, 0, order, site);

/** Writes `word` if `address` holds `expected`, in one step. Gives the word that was there. */
export const compareAndSwap = (address: Address, expected: Word, word: Word, order: Order, site?: string): MicroOp =>
  fill(Kind.compareAndSwap, address, word, expected, order, site);

/** Adds `addend` to the word at `address`, in one step. Gives the word that was there. */
export const fetchAdd = (address: Address, addend: Word, order: Order, site?: string): MicroOp =>
  fill(Kind.fetchAdd, address, addend, 0, order, site);

/** Writes `word` at `address`, in one step. Gives the word that was there. */
export const swap = (address: Address, word: Word, order: Order, site?: string): MicroOp =>
  fill(Kind.swap, address, word, 0, order, site);

/**
 * Spins without cost until `address` holds `word` (as LDXR and WFE, or MWAIT, do). `order` is that of the load that sees
 * it. Gives 0. A reading, not a taking.
 */
export const awaitWord = (address: Address, word: Word, order: Order, site?: string): MicroOp =>
  fill(Kind.awaitWord, address, word, 0, order, site);

/** As `awaitWord`, until `address` holds any other word than `word`: the wait for an index or a counter to move. */
export const awaitOther = (address: Address, word: Word, order: Order, site?: string): MicroOp =>
  fill(Kind.awaitWord, address, word, 1, order, site);

/** Orders the accesses before it and after it, of whatever address (`atomic_thread_fence`). Gives 0. */
export const fence = (order: FenceOrder, site?: string): MicroOp => fill(Kind.fence, 0, 0, 0, order, site);

/**
 * Saves the running context and resumes context `context`, where it last called `switchTo` or at its start. Gives 0,
 * when the saved context is resumed, perhaps on another core. Resuming a context that still runs is a Fault.
 */
export const switchTo = (context: number): MicroOp => fill(Kind.switchTo, 0, context, 0, 'plain', undefined);

/** Halts the core until an interrupt is pending, masked or not (as WFI does). Gives 0. */
export const idle = (): MicroOp => fill(Kind.idle, 0, 0, 0, 'plain', undefined);

/** Makes an inter-processor interrupt pending on `core`. Gives 0. */
export const sendInterrupt = (core: number, site?: string): MicroOp =>
  fill(Kind.sendInterrupt, 0, core, 0, 'plain', site);

/** Makes `words` words from `address` on usable, as the page allocator does: zeroed. Fault: they are in use. Gives 0. */
export const allocate = (address: Address, words: number, site?: string): MicroOp =>
  fill(Kind.allocate, address, words, 0, 'plain', site);

/** Gives `words` words from `address` on back. Any later access to them, or a second `free`, is a Fault. Gives 0. */
export const free = (address: Address, words: number, site?: string): MicroOp =>
  fill(Kind.free, address, words, 0, 'plain', site);

/** Does nothing for one step, but lets others go first: the body of a loop that polls. Gives 0. */
export const pause = (): MicroOp => fill(Kind.pause, 0, 0, 0, 'plain', undefined);

/** Reads the byte at `offset` of the running thread's user buffer. Gives it, or -1: not mapped. */
export const copyIn = (offset: number): MicroOp => fill(Kind.copyIn, offset, 0, 0, 'plain', undefined);

/** Writes `byte` at `offset` of the running thread's user buffer. Gives 0, or -1: not mapped. */
export const copyOut = (offset: number, byte: Word): MicroOp => fill(Kind.copyOut, offset, byte, 0, 'plain', undefined);

/** Holds this core's interrupts back, one level deeper. Gives the depth before. */
export const maskInterrupts = (): MicroOp => fill(Kind.maskInterrupts, 0, 0, 0, 'plain', undefined);

/** Undoes one `maskInterrupts`; at depth 0 a pending interrupt strikes. Gives 0. Fault: the depth was 0. */
export const unmaskInterrupts = (): MicroOp => fill(Kind.unmaskInterrupts, 0, 0, 0, 'plain', undefined);

/** How many levels of `maskInterrupts` this core is in. */
export const maskDepth = (): MicroOp => fill(Kind.maskDepth, 0, 0, 0, 'plain', undefined);

/** Which core this is, from 0. Out of date as soon as the thread may be switched to another. */
export const coreNumber = (): MicroOp => fill(Kind.coreNumber, 0, 0, 0, 'plain', undefined);

/**
 * Loads this core's address-space register: from now on it translates by address space `space`; -1: by none. A context
 * switch leaves it as it is: whoever switches loads what the other thread needs. Gives 0.
 */
export const activate = (space: number): MicroOp => fill(Kind.activate, 0, space, 0, 'plain', undefined);

/** The address space that this core's register holds. -1 at boot. */
export const activeSpace = (): MicroOp => fill(Kind.activeSpace, 0, 0, 0, 'plain', undefined);

/**
 * Tells whoever looks on that something happened, and with which `word`, as a kernel's tracepoints do. Nothing else
 * comes of it. Gives 0.
 */
export const tracepoint = (name: string, word: Word): MicroOp => {
  const op = fill(Kind.tracepoint, 0, word, 0, 'plain', undefined);
  register.text = name;
  return op;
};

/** Stops the machine with a Fault that says `why`: the kernel found itself in a state that cannot be. */
export const panic = (why: string): MicroOp => {
  const op = fill(Kind.panic, 0, 0, 0, 'plain', undefined);
  register.text = why;
  return op;
};
