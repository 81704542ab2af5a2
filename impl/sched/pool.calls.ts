/** What threads ask of a scheduler with a pool: to wait and wake, to call and reply, and where they may run. */
import {
  type Address,
  copyOut,
  coreNumber,
  load,
  type Routine,
  sendInterrupt,
  store,
  tracepoint,
  type Word,
} from '#impl/machine/ops.ts';
import {
  giveUp,
  has,
  type Kernel,
  leaveIfForbidden,
  makeReady,
  place,
  readyWhoAwaits,
  tellSleepers,
  threadOf,
  Waiting,
} from '#impl/sched/pool.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Why a call failed, as a word. */
const Failure = { noReply: -2, noThread: -3, busy: -16, invalid: -22 } as const;

const priorities = 4;

/** Waits until a word of the caller's is not 0, and takes it. The caller holds the kernel's lock. */
function* take(self: Thread, kernel: Kernel, address: Address): Routine<Word> {
  let word = yield load(address, 'plain');
  while (word === 0) {
    yield* giveUp(self, kernel, Waiting.yes);
    word = yield load(address, 'plain');
  }
  yield store(address, 0, 'plain');
  return word;
}

/** Waits until the caller has been woken. Gives 0. */
export function* wait(self: Thread, kernel: Kernel): Routine<Word> {
  yield* acquire(kernel.lock);
  yield* take(self, kernel, threadOf(kernel, self.id).woken);
  yield* release(kernel.lock);
  return 0;
}

/** Wakes a thread. Gives 0; `noThread`. */
export function* wake(_self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  yield* acquire(kernel.lock);
  yield store(threadOf(kernel, target).woken, 1, 'plain');
  yield* makeReady(kernel, target);
  yield* release(kernel.lock);
  return 0;
}

/** Hands `word` to another thread and waits for the reply, which it gives; `noThread`, `invalid`: oneself. */
export function* call(self: Thread, kernel: Kernel, target: ThreadId, word: Word): Routine<Word> {
  if (target === self.id) return Failure.invalid;
  if (!kernel.threads[target]) return Failure.noThread;
  const mine = threadOf(kernel, self.id);
  yield* acquire(kernel.lock);
  const ticket = yield load(kernel.tickets, 'plain');
  yield store(kernel.tickets, ticket + 1, 'plain');
  yield store(mine.calls, target + 1, 'plain');
  yield store(mine.asked, word, 'plain');
  yield store(mine.askedAt, ticket, 'plain');
  yield* makeReady(kernel, target);
  const reply = yield* take(self, kernel, mine.reply);
  yield* release(kernel.lock);
  return reply - 1;
}

/** Waits for a call and takes it: gives the caller, and its word by `copyOut`; `busy`: a reply is owed. */
export function* receive(self: Thread, kernel: Kernel): Routine<Word> {
  yield* acquire(kernel.lock);
  const isBusy = (yield load(threadOf(kernel, self.id).owes, 'plain')) !== 0;
  const result = isBusy ? Failure.busy : yield* takeCall(self, kernel);
  yield* release(kernel.lock);
  return result;
}

/** Waits for a call and takes it. The caller holds the kernel's lock, and owes no reply. */
function* takeCall(self: Thread, kernel: Kernel): Routine<ThreadId> {
  let caller = yield* firstCaller(self, kernel);
  while (caller < 0) {
    yield* giveUp(self, kernel, Waiting.yes);
    caller = yield* firstCaller(self, kernel);
  }
  yield store(threadOf(kernel, caller).calls, 0, 'plain');
  yield store(threadOf(kernel, self.id).owes, caller + 1, 'plain');
  yield copyOut(0, yield load(threadOf(kernel, caller).asked, 'plain'));
  return caller;
}

/** Who called first of those whose call the caller has not taken; -1: nobody. */
function* firstCaller(self: Thread, kernel: Kernel): Routine<number> {
  let found = -1;
  let first = 0;
  for (const [id, { calls, askedAt }] of kernel.threads.entries()) {
    if ((yield load(calls, 'plain')) !== self.id + 1) continue;
    const since = yield load(askedAt, 'plain');
    if (found >= 0 && since > first) continue;
    found = id;
    first = since;
  }
  return found;
}

/** Answers the call that was taken last. The caller holds the kernel's lock. Gives 0; `noReply`. */
function* answer(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  const { owes } = threadOf(kernel, self.id);
  const to = (yield load(owes, 'plain')) - 1;
  if (to < 0) return Failure.noReply;
  yield store(owes, 0, 'plain');
  yield store(threadOf(kernel, to).reply, word + 1, 'plain');
  yield* makeReady(kernel, to);
  return 0;
}

/** Answers the call that was taken last. Gives 0; `noReply`. */
export function* reply(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  yield* acquire(kernel.lock);
  const result = yield* answer(self, kernel, word);
  yield* release(kernel.lock);
  return result;
}

/** Answers the call that was taken last, and takes the next one, as `receive`; `noReply`. */
export function* replyAndReceive(self: Thread, kernel: Kernel, word: Word): Routine<Word> {
  yield* acquire(kernel.lock);
  const failure = yield* answer(self, kernel, word);
  const result = failure === 0 ? yield* takeCall(self, kernel) : failure;
  yield* release(kernel.lock);
  return result;
}

/** Lets others run first. */
export function* yieldCore(self: Thread, kernel: Kernel): Routine<Word> {
  yield* acquire(kernel.lock);
  yield* giveUp(self, kernel, Waiting.no);
  yield* release(kernel.lock);
  return 0;
}

/** Lets a thread run on those cores of `mask` that there are. Gives 0 when it has left all others; `noThread`, `invalid`. */
export function* setAffinity(self: Thread, kernel: Kernel, target: ThreadId, mask: Word): Routine<Word> {
  const allowed = mask & ((1 << kernel.current.length) - 1);
  if (!kernel.threads[target]) return Failure.noThread;
  if (allowed === 0) return Failure.invalid;
  const { awaits } = threadOf(kernel, self.id);
  yield* acquire(kernel.lock);
  yield store(threadOf(kernel, target).mask, allowed, 'relaxed');
  yield tracepoint('mask', target + 16 * allowed);
  yield* tellSleepers(kernel, yield coreNumber(), target); // others may take it now; and its fence is before our look at `on`
  yield* readyWhoAwaits(kernel, target); // it may stay now
  yield* leaveIfForbidden(self, kernel);
  for (let core = yield* forbidden(kernel, target); core >= 0; core = yield* forbidden(kernel, target)) {
    yield sendInterrupt(core, 'pool.move');
    yield tracepoint('told to look', core);
    yield store(awaits, target + 1, 'plain');
    yield* giveUp(self, kernel, Waiting.yes);
    yield store(awaits, 0, 'plain');
  }
  yield* release(kernel.lock);
  return 0;
}

/** The core that runs a thread and may not; -1: none. */
function* forbidden(kernel: Kernel, id: ThreadId): Routine<number> {
  const { on, mask } = threadOf(kernel, id);
  const core = (yield load(on, 'relaxed')) - 1; // after a fence since the mask was changed: pairs with takeFor
  return core >= 0 && !has(yield load(mask, 'relaxed'), core) ? core : -1;
}

/** Gives the cores that a thread may run on; `noThread`. */
export function* getAffinity(_self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  yield* acquire(kernel.lock);
  const mask = yield load(threadOf(kernel, target).mask, 'relaxed');
  yield* release(kernel.lock);
  return mask;
}

/** Makes a thread more or less urgent. Gives what it was; `noThread`, `invalid`. */
export function* setPriority(_self: Thread, kernel: Kernel, target: ThreadId, priority: number): Routine<Word> {
  if (!kernel.threads[target]) return Failure.noThread;
  if (priority < 0 || priority >= priorities) return Failure.invalid;
  const whom = threadOf(kernel, target);
  yield* acquire(kernel.lock);
  const before = yield load(whom.priority, 'relaxed');
  yield store(whom.priority, priority, 'relaxed');
  yield tracepoint('priority', place(target, yield coreNumber(), priority));
  yield* release(kernel.lock);
  return before;
}
