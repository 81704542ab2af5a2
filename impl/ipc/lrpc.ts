/**
 * Lightweight remote procedure call: who may call whom, and the end of a domain. The thread itself crosses from domain to
 * domain: it takes up the other's address space and authority, and a stack there, and keeps everything else.
 *
 * A call is in `lrpc.user.ts` (stubs, procedures) and `lrpc.kernel.ts` (traps); `lrpc.layout.ts` says what lies where. A
 * domain's memory stays until its last thread has left, as Linux keeps an address space that is in use.
 *
 * Source: Bershad et al., TOCS 8(1), 1990, sections 3.1 and 5.3.
 */
import { Linked, listOfAStack, outermostOf, wakeWaiters } from '#impl/ipc/lrpc.a-stacks.ts';
import { Code, domainOf, Failure, type Registers, switchTo, trapReturn } from '#impl/ipc/lrpc.kernel.ts';
import {
  aStackPage,
  bindingOf,
  type Kernel,
  layoutKernel,
  linkageOf,
  pageWords,
  stackOf,
  threadOf,
} from '#impl/ipc/lrpc.layout.ts';
import { identityOf, pushReturn, runPiece } from '#impl/ipc/lrpc.user.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { entryAddress, entryOf, userStore } from '#impl/machine/mmu.ts';
import {
  type Address,
  activate,
  activeSpace,
  compareAndSwap,
  fetchAdd,
  load,
  type Routine,
  store,
  swap,
  tracepoint,
  type Word,
} from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sync/dispatcher.ts';
import { wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release as releaseLock } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { AStackId, BindingId, DomainId, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Lays out the kernel's tables, the page tables, and the stacks and data of all domains. */
export const boot = (memory: Allocator, parameters: LrpcParameters, machine: { cores: number }): Kernel =>
  layoutKernel(memory, parameters, machine.cores);

/** Calls a procedure; the stub takes an A-stack if `aStack` is null. Its result, 0 or more; or why not. */
export function* call(
  self: Thread,
  kernel: Kernel,
  binding: BindingId,
  procedure: number,
  argument: Word,
  aStack: AStackId | null,
): Routine<Word> {
  const { calls, home } = threadOf(kernel, self.id);
  yield activate(home);
  const registers: Registers = {
    ...atRest(calls),
    programCounter: Code.stub,
    stackPointer: stackOf(self.id),
    value: argument,
    binding,
    procedure,
    aStack: aStack ?? -1,
    isFromList: aStack === null,
  };
  yield* pushReturn(kernel, registers, Code.programEnd);
  yield* run(self, kernel, registers);
  if (registers.programCounter === Code.destroyed) yield* dispatcher.retire(self);
  return registers.value;
}

const atRest = (calls: Address): Registers => ({
  calls,
  programCounter: Code.programEnd,
  stackPointer: 0,
  value: 0,
  binding: -1,
  procedure: -1,
  aStack: -1,
  isFromList: false,
  status: 0,
  isKept: false,
});

/** Runs a thread until it is back in its program, or destroyed. Where user code faults, its domain ends. */
function* run(self: Thread, kernel: Kernel, registers: Registers): Routine {
  while (registers.programCounter !== Code.programEnd && registers.programCounter !== Code.destroyed) {
    if (yield* runPiece(self, kernel, registers)) continue;
    const domain = yield activeSpace();
    yield tracepoint('fault in domain', domain);
    yield* end(self, kernel, domain);
    yield* trapReturn(self, kernel, registers, true);
  }
}

/** Ends a domain. 0, or -3: it has ended. */
export function* terminate(self: Thread, kernel: Kernel, domain: DomainId): Routine<Word> {
  return kernel.domains[domain] && (yield* end(self, kernel, domain)) ? 0 : Failure.noDomain;
}

/** Ends a domain: nobody is bound to it any more; who is in it goes, who is captured in it too. False: it has ended. */
function* end(self: Thread, kernel: Kernel, domain: DomainId): Routine<boolean> {
  const { isTerminated } = domainOf(kernel, domain);
  yield* acquire(kernel.lock); // whoever binds itself to the domain has done so by now, or finds it gone
  const wasAlive = (yield load(isTerminated, 'relaxed')) === 0;
  yield store(isTerminated, 1, 'release', 'lrpc.end'); // pairs with isGone: of whoever calls, without a lock
  const count = yield load(kernel.aStackCount, 'plain');
  yield* releaseLock(kernel.lock);
  if (!wasAlive) return false;
  for (let aStack = 0; aStack < count; aStack++) yield* tell(self, kernel, domain, aStack);
  yield* letGo(self, kernel, domain);
  return true;
}

/** Marks a linkage that leads from or to a domain that ends, and wakes whom that concerns. */
function* tell(self: Thread, kernel: Kernel, domain: DomainId, aStack: AStackId): Routine {
  const linkage = linkageOf(kernel, aStack);
  const bound = bindingOf(kernel, yield load(linkage.binding, 'relaxed'));
  const isClient = (yield load(bound.client, 'relaxed')) === domain + 1;
  if (!isClient && (yield load(bound.server, 'relaxed')) !== domain) return;
  const list = yield* listOfAStack(kernel, linkage);
  yield* acquire(list.lock); // who finds the list empty is asleep by then, or sees the mark
  const mark = isClient ? Linked.clientLost : Linked.serverLost;
  const state = yield fetchAdd(linkage.state, mark, 'release', 'lrpc.tell'); // pairs with free: who is told knows that the domain has ended
  yield* wakeWaiters(self, list);
  yield* releaseLock(list.lock);
  const caller = (state & Linked.thread) - 1;
  if (caller >= 0 && !isClient) yield* wakeHeld(self, kernel, caller);
}

/** Lets a thread look again that a server keeps. */
function* wakeHeld(self: Thread, kernel: Kernel, thread: ThreadId): Routine {
  const { holdLock } = threadOf(kernel, thread);
  yield* acquire(holdLock);
  yield* wakeup(self, holdLock);
  yield* releaseLock(holdLock);
}

/** Runs the captured threads of a domain, in which nobody is held any longer, until each is destroyed. */
function* letGo(self: Thread, kernel: Kernel, domain: DomainId): Routine {
  for (const { captive } of kernel.linkages) {
    if ((yield load(captive.heldIn, 'relaxed')) !== domain + 1) continue;
    if ((yield swap(captive.heldIn, 0, 'relaxed')) === 0) continue; // one of us runs it
    const registers = {
      ...atRest(captive.calls),
      programCounter: yield load(captive.programCounter, 'plain'),
      stackPointer: yield load(captive.stackPointer, 'plain'),
    };
    const before = yield load(threadOf(kernel, self.id).space, 'plain');
    yield* switchTo(self, kernel, domain);
    yield* run(self, kernel, registers);
    yield tracepoint('captured thread destroyed', domain);
    yield* switchTo(self, kernel, before);
  }
}

/** The caller's domain holds nobody any longer. 0. */
export function* release(self: Thread, kernel: Kernel): Routine<Word> {
  const { home } = threadOf(kernel, self.id);
  yield store(domainOf(kernel, home).isOpen, 1, 'release', 'lrpc.open'); // pairs with isOpen
  for (const thread of kernel.threads.keys()) yield* wakeHeld(self, kernel, thread);
  yield* letGo(self, kernel, home);
  return 0;
}

/** A thread of the caller's domain need not wait for its call any longer. 0; -1: another domain's; -3: it is in none. */
export function* abort(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  const thread = kernel.threads[target];
  if (thread?.home !== threadOf(kernel, self.id).home) return Failure.notPermitted;
  const marks = Linked.thread | Linked.outermost | Linked.captured;
  for (const { state } of kernel.linkages) {
    // No load: it may be old, and the caller have heard of the call. Pairs with claim, free and capture.
    let seen = yield fetchAdd(state, 0, 'acq_rel', 'lrpc.find');
    while ((seen & marks) === outermostOf(target)) {
      const found = yield compareAndSwap(state, seen, seen | Linked.aborted, 'acq_rel', 'lrpc.abort'); // pairs with isAborted
      if (found === seen) {
        yield* wakeHeld(self, kernel, target);
        return 0;
      }
      seen = found;
    }
  }
  return Failure.noDomain;
}

/** Registers the caller's domain as a server. 0; -3: it has ended; -17: it is one. */
export function* exportInterface(self: Thread, kernel: Kernel): Routine<Word> {
  const { isTerminated, isExported } = domainOf(kernel, threadOf(kernel, self.id).home);
  yield* acquire(kernel.lock);
  let status = 0;
  if ((yield load(isTerminated, 'relaxed')) !== 0) status = Failure.noDomain;
  else if ((yield load(isExported, 'plain')) !== 0) status = Failure.exists;
  else yield store(isExported, 1, 'plain');
  yield* releaseLock(kernel.lock);
  return status;
}

/** Binds the caller's domain to a server. The binding's number, or why not. */
export function* importInterface(self: Thread, kernel: Kernel, server: DomainId): Routine<Word> {
  const client = threadOf(kernel, self.id).home;
  yield* acquire(kernel.lock);
  const binding = yield* bind(kernel, client, server);
  yield* releaseLock(kernel.lock);
  return binding;
}

/** Checks that it may be, and allocates a binding and, pairwise, its A-stacks. The caller holds the kernel's lock. */
function* bind(kernel: Kernel, client: DomainId, server: DomainId): Routine<Word> {
  if ((yield load(domainOf(kernel, client).isTerminated, 'relaxed')) !== 0) return Failure.noDomain;
  if (client === server) return Failure.invalid;
  if (!kernel.domains[server]) return Failure.noEntry;
  const { isTerminated, isExported, procedures } = domainOf(kernel, server);
  if ((yield load(isTerminated, 'relaxed')) !== 0 || (yield load(isExported, 'plain')) === 0) return Failure.noEntry;
  const binding = yield load(kernel.bindingCount, 'plain');
  const first = yield load(kernel.aStackCount, 'plain');
  const owners = procedures.flatMap(({ aStacks }, procedure) => Array.from({ length: aStacks }, () => procedure));
  if (binding >= kernel.bindings.length || first + owners.length > kernel.linkages.length) return Failure.noSpace;
  const bound = bindingOf(kernel, binding);
  for (const [index, procedure] of owners.entries()) {
    const aStack = first + index;
    const { binding: of, procedure: which, nextFree } = linkageOf(kernel, aStack);
    yield store(of, binding, 'relaxed');
    yield store(which, procedure, 'relaxed');
    const list = bound.lists[procedure];
    if (list && owners[index - 1] !== procedure) yield store(list.top, aStack + 1, 'plain');
    if (owners[index + 1] === procedure) yield store(nextFree, aStack + 2, 'plain');
    for (const space of [client, server]) {
      const entry = entryOf(kernel.frames[aStack] as number, true);
      yield store(entryAddress(kernel.mmu, space, aStackPage(kernel, aStack)), entry, 'relaxed'); // nobody has a translation of it: none was mapped
    }
  }
  yield store(bound.server, server, 'plain');
  yield store(bound.client, client + 1, 'release', 'lrpc.bind'); // pairs with verify: shows all of the above
  yield store(kernel.bindingCount, binding + 1, 'plain');
  yield store(kernel.aStackCount, first + owners.length, 'plain');
  return binding;
}

/** As whom the caller runs: authority + 16 * priority + 256 * what is left of its time slice, in ticks. */
export function* identify(self: Thread, kernel: Kernel): Routine<Word> {
  return yield* identityOf(self, kernel);
}

/** A store of the caller's, ordered as those of the stubs are. 0, or -14: the address is not mapped. */
export function* stomp(self: Thread, kernel: Kernel, page: number, offset: number, word: Word): Routine<Word> {
  yield activate(threadOf(kernel, self.id).home);
  const isStored = yield* userStore(kernel.mmu, page * pageWords + offset, word, 'seq_cst', 'lrpc.stomp');
  return isStored ? 0 : Failure.badAddress;
}

/** The trap by which servers return, though nobody has called. -22. */
export function* returnUncalled(self: Thread, kernel: Kernel): Routine<Word> {
  const { calls, home } = threadOf(kernel, self.id);
  yield activate(home);
  return yield* trapReturn(self, kernel, atRest(calls), false);
}

/** The kernel's own dispatcher; but a thread that goes on, goes on in its address space, on whichever core that is. */
export const { dispatch, begin, retire } = dispatcher;

export function* timerInterrupt(self: Thread, kernel: Kernel): Routine {
  yield* dispatcher.timerInterrupt(self);
  yield activate(yield load(threadOf(kernel, self.id).space, 'plain'));
}
