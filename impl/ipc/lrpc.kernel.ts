/**
 * The two traps of a call, there and back, and the one by which a server keeps a thread.
 *
 * A call takes no lock. The state word of a linkage decides: it is 0 as long as its A-stack is in no call and both ends of
 * its binding are there, so that one compare-and-swap checks both and claims it; and whoever ends a domain marks it, so
 * that the trap back learns, in the one step that frees it, where it may not return. Interrupts are masked meanwhile.
 *
 * Source: Bershad et al., TOCS 8(1), 1990, section 3.2; the nine steps as seed 003 numbers them.
 */
import { giveBackAStack, Linked, outermostOf, sleepIn } from '#impl/ipc/lrpc.a-stacks.ts';
import { bindingOf, type DomainWords, eStackOf, type Kernel, linkageOf, threadOf } from '#impl/ipc/lrpc.layout.ts';
import {
  type Address,
  activate,
  activeSpace,
  compareAndSwap,
  fetchAdd,
  load,
  maskInterrupts,
  pause,
  type Routine,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { AStackId, BindingId, DomainId } from '#spec/abi/ipc/lrpc.ts';

/** What callers are told. The last two have no number in Linux. */
export const Failure = {
  notPermitted: -1,
  noEntry: -2,
  noDomain: -3,
  noAStack: -6,
  badBinding: -9,
  noAuthority: -13,
  badAddress: -14,
  busy: -16,
  exists: -17,
  invalid: -22,
  noSpace: -28,
  noProcedure: -38,
  stale: -116,
  callFailed: -1001,
  callAborted: -1002,
} as const;

/** Code addresses: where a thread can go on. No code lies anywhere else. */
export const Code = {
  /** Where the kernel leaves a thread that it has destroyed. */
  destroyed: 0,
  programEnd: 1000,
  stub: 1001,
  stubReturn: 1002,
  serverStub: 1010,
  serverStubReturn: 1011,
  forwardReturn: 1012,
  add: 1020,
  identify: 1021,
  hold: 1022,
  forward: 1023,
  crash: 1024,
} as const;

/** What a processor holds of a thread that runs user code, and which linkages are the thread's. */
export interface Registers {
  readonly calls: Address;
  programCounter: Word;
  stackPointer: Word;
  /** The argument of a call; then its result. */
  value: Word;
  binding: BindingId;
  procedure: number;
  aStack: AStackId;
  isFromList: boolean;
  /** What a trap answered: 0, or why it failed. */
  status: Word;
  /** The A-stack stays with a thread that was captured. */
  isKept: boolean;
}

/** Runs on in a domain, with its authority: all that a call changes of a thread. Its priority and time slice stay. */
export function* switchTo(self: Thread, kernel: Kernel, domain: DomainId): Routine {
  const mine = threadOf(kernel, self.id);
  yield store(mine.space, domain, 'plain');
  yield store(mine.authority, domain, 'plain');
  yield activate(domain);
}

/** The trap of a call. The thread goes on in the server; or where it is, with the reason why not in `status`. */
export function* trapCall(self: Thread, kernel: Kernel, registers: Registers): Routine {
  yield maskInterrupts();
  registers.status = yield* enter(self, kernel, registers);
  yield unmaskInterrupts();
}

function* enter(self: Thread, kernel: Kernel, registers: Registers): Routine<Word> {
  const { aStack, calls } = registers;
  const server = yield* verify(kernel, registers);
  if (server < 0) return server;
  const linkage = linkageOf(kernel, aStack);
  const below = yield load(calls, 'plain');
  const claimed = below === 0 ? outermostOf(self.id) : self.id + 1;
  yield tracepoint('step 3: claims the linkage', aStack);
  const found = yield compareAndSwap(linkage.state, 0, claimed, 'acq_rel', 'lrpc.claim'); // pairs with free
  if (found !== 0) return (found & Linked.lost) === 0 ? Failure.busy : Failure.stale;
  yield tracepoint('step 4: saves where to return', aStack);
  yield store(linkage.programCounter, registers.programCounter, 'plain');
  yield store(linkage.stackPointer, registers.stackPointer, 'plain');
  yield store(linkage.isFromList, Number(registers.isFromList), 'plain');
  yield tracepoint('step 5: pushes the linkage', aStack);
  yield store(linkage.below, below, 'plain');
  yield store(calls, aStack + 1, 'plain');
  yield tracepoint('step 6: finds an E-stack', server);
  const eStack = yield* takeEStack(kernel, server, aStack);
  registers.stackPointer = eStackOf(kernel, server, eStack);
  yield tracepoint('step 7: takes up its stack', registers.stackPointer);
  yield tracepoint('step 8: takes up its address space', server);
  yield* switchTo(self, kernel, server);
  yield tracepoint('step 9: enters', Code.serverStub);
  registers.programCounter = Code.serverStub;
  return 0;
}

/** Steps 1 and 2: the binding, the procedure, the A-stack. The server, or why not. */
function* verify(kernel: Kernel, { binding, procedure, aStack }: Registers): Routine<DomainId | Word> {
  const client = yield activeSpace(); // the kernel knows who traps
  const bound = kernel.bindings[binding];
  yield tracepoint('step 1: verifies the binding', binding);
  if (!bound || (yield load(bound.client, 'acquire', 'lrpc.verify')) !== client + 1) return Failure.badBinding; // pairs with bind
  const server = yield load(bound.server, 'plain');
  if ((yield load(domainOf(kernel, client).isTerminated, 'acquire', 'lrpc.isGone')) !== 0) return Failure.stale;
  if ((yield load(domainOf(kernel, server).isTerminated, 'acquire', 'lrpc.isGone')) !== 0) return Failure.stale; // both pair with end
  if (!domainOf(kernel, server).procedures[procedure]) return Failure.noProcedure;
  const linkage = kernel.linkages[aStack];
  yield tracepoint('step 2: verifies the A-stack', aStack);
  if (!linkage || (yield load(linkage.binding, 'relaxed')) !== binding) return Failure.noAStack;
  return (yield load(linkage.procedure, 'relaxed')) === procedure ? server : Failure.noAStack;
}

export const domainOf = (kernel: Kernel, domain: DomainId): DomainWords => kernel.domains[domain] as DomainWords;

/**
 * Finds an E-stack of the server: the one that this A-stack had the last time; else one that none has; else one of an
 * A-stack that is in no call. There are enough, but they may change hands while we look.
 */
function* takeEStack(kernel: Kernel, server: DomainId, aStack: AStackId): Routine<number> {
  const { eStacks } = domainOf(kernel, server);
  const linkage = linkageOf(kernel, aStack);
  const idle = (aStack + 1) << 1;
  const last = eStacks[(yield load(linkage.eStack, 'plain')) - 1];
  if (last !== undefined && (yield compareAndSwap(last, idle, idle | 1, 'acquire', 'lrpc.eStack')) === idle) {
    return eStacks.indexOf(last);
  }
  for (;;) {
    for (const mayReclaim of [false, true]) {
      for (const [index, eStack] of eStacks.entries()) {
        const state = yield load(eStack, 'relaxed');
        if ((state & 1) !== 0 || (state !== 0 && !mayReclaim)) continue;
        if ((yield compareAndSwap(eStack, state, idle | 1, 'acquire', 'lrpc.eStack')) !== state) continue; // pairs with goBack
        yield store(linkage.eStack, index + 1, 'plain');
        yield tracepoint(state === 0 ? 'E-stack allocated' : 'E-stack reclaimed', index);
        return index;
      }
    }
    yield pause();
  }
}

/**
 * The trap back. The binding is not asked for again: that the linkage is there is the right to return. `hasFailed`: the
 * server could not go on. Gives 0, or -22 if there is no call to return from.
 */
export function* trapReturn(self: Thread, kernel: Kernel, registers: Registers, hasFailed: boolean): Routine<Word> {
  yield maskInterrupts();
  const status = yield* goBack(self, kernel, registers, hasFailed);
  yield unmaskInterrupts();
  return status;
}

/** Pops linkages until one leads somewhere. */
function* goBack(self: Thread, kernel: Kernel, registers: Registers, hasFailed: boolean): Routine<Word> {
  const { calls } = registers;
  let isLost = hasFailed;
  for (;;) {
    const aStack = (yield load(calls, 'plain')) - 1;
    if (aStack < 0) {
      if (isLost) registers.programCounter = Code.destroyed;
      return Failure.invalid;
    }
    const linkage = linkageOf(kernel, aStack);
    const bound = bindingOf(kernel, yield load(linkage.binding, 'relaxed'));
    const client = (yield load(bound.client, 'relaxed')) - 1;
    const server = yield load(bound.server, 'relaxed');
    const eStack = (yield load(linkage.eStack, 'plain')) - 1;
    yield tracepoint('leaves its stack', eStackOf(kernel, server, eStack));
    const { eStacks } = domainOf(kernel, server);
    yield store(eStacks[eStack] as Address, (aStack + 1) << 1, 'release', 'lrpc.leave'); // pairs with takeEStack
    registers.programCounter = yield load(linkage.programCounter, 'plain');
    registers.stackPointer = yield load(linkage.stackPointer, 'plain');
    const isFromList = (yield load(linkage.isFromList, 'plain')) !== 0;
    const below = yield load(linkage.below, 'plain');
    yield tracepoint('pops the linkage', aStack);
    const state = yield* freeLinkage(kernel, aStack);
    yield store(calls, below, 'plain');
    if ((state & (Linked.clientLost | Linked.captured)) === 0) {
      registers.status = statusOf(state, isLost);
      yield* switchTo(self, kernel, client);
      return 0;
    }
    if (isFromList) yield* giveBackAStack(self, kernel, aStack); // its stub is gone
    isLost = true;
  }
}

const statusOf = (state: Word, hasFailed: boolean): Word => {
  if ((state & Linked.aborted) !== 0) return Failure.callAborted;
  return hasFailed || (state & Linked.serverLost) !== 0 ? Failure.callFailed : 0;
};

/** The call is over: the A-stack may be in another. Gives the state in which the linkage was. */
function* freeLinkage(kernel: Kernel, aStack: AStackId): Routine<Word> {
  const { state } = linkageOf(kernel, aStack);
  let seen = yield load(state, 'relaxed');
  for (;;) {
    const found = yield compareAndSwap(state, seen, seen & Linked.lost, 'acq_rel', 'lrpc.free'); // pairs with claim and tell
    if (found === seen) return seen;
    seen = found;
  }
}

/**
 * A server keeps the thread until it is released, or the server is gone. If its call is given up meanwhile, the caller
 * goes on in its place, and the thread that is here is captured. Gives whether the procedure goes on.
 */
export function* trapHold(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const { holdLock, space } = threadOf(kernel, self.id);
  const server = yield load(space, 'plain');
  const innermost = (yield load(registers.calls, 'plain')) - 1;
  const outermost = yield* outermostBelow(kernel, innermost);
  const { state } = linkageOf(kernel, innermost);
  let goesOn: boolean | undefined;
  yield* acquire(holdLock); // from the tests to the sleep
  while (goesOn === undefined) {
    const { isOpen } = domainOf(kernel, server); // pairs with open; isLost, with tell
    if ((yield load(isOpen, 'acquire', 'lrpc.isOpen')) !== 0) goesOn = true;
    else if (((yield load(state, 'acquire', 'lrpc.isLost')) & Linked.serverLost) !== 0) goesOn = false;
    else if (yield* isAborted(kernel, outermost)) {
      yield* capture(self, kernel, registers, outermost, server);
      goesOn = true;
    } else yield* sleepIn(self, kernel, holdLock, holdLock);
  }
  yield* release(holdLock);
  return goesOn;
}

/** The linkage of the outermost call of a thread, from that of its innermost. */
function* outermostBelow(kernel: Kernel, innermost: AStackId): Routine<AStackId> {
  let outermost = innermost;
  for (;;) {
    const below = (yield load(linkageOf(kernel, outermost).below, 'plain')) - 1;
    if (below < 0) return outermost;
    outermost = below;
  }
}

/** Whether a call has been given up, and nobody is captured there yet. */
function* isAborted(kernel: Kernel, aStack: AStackId): Routine<boolean> {
  const state = yield load(linkageOf(kernel, aStack).state, 'acquire', 'lrpc.isAborted'); // pairs with abort
  return (state & (Linked.aborted | Linked.captured)) === Linked.aborted;
}

/** The thread stays where it is, as a captive; the caller goes on as a fresh thread whose call has been given up. */
function* capture(self: Thread, kernel: Kernel, registers: Registers, outermost: AStackId, server: DomainId): Routine {
  const { calls } = registers;
  const { state, captive, programCounter, stackPointer } = linkageOf(kernel, outermost);
  yield fetchAdd(state, Linked.captured, 'acq_rel', 'lrpc.capture'); // pairs with find and tell
  yield store(captive.calls, yield load(calls, 'plain'), 'plain');
  yield store(captive.programCounter, registers.programCounter, 'plain');
  yield store(captive.stackPointer, registers.stackPointer, 'plain');
  registers.programCounter = yield load(programCounter, 'plain');
  registers.stackPointer = yield load(stackPointer, 'plain');
  registers.status = Failure.callAborted;
  registers.isKept = true;
  yield store(calls, 0, 'plain');
  yield tracepoint('thread captured in domain', server);
  yield store(captive.heldIn, server + 1, 'relaxed'); // under the lock, which who lets it go has held since
  yield* switchTo(self, kernel, threadOf(kernel, self.id).home);
}
