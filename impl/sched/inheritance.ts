/**
 * Mutexes and servers that inherit priorities, as Linux's rt_mutex does it.
 *
 * A mutex that nobody waits for is taken and released by one compare-and-swap of its owner word. Who finds it taken sets
 * a bit there, and from then on the owner cannot release it so: it comes to the wait lock, under which everything else
 * is done. Those who wait stand in a list, the most urgent first. What a thread is lent is kept in a word; a change goes
 * along the chain of those who wait for each other, as far as it changes anything.
 *
 * Source: Linux, kernel/locking/rtmutex.c; Fuchsia, zircon/kernel/owned_wait_queue.cc (one lock over all chains).
 */

import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, compareAndSwap, load, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import { enter, firstOf, type List, layoutList, leave, type Place } from '#impl/sched/inheritance.list.ts';
import { dispatchByPriority } from '#impl/sched/priority-dispatcher.ts';
import * as dispatcher from '#impl/sync/dispatcher.ts';
import { park, unpark } from '#impl/sync/park.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { InheritanceParameters, MutexId, Priority } from '#spec/abi/sched/inheritance.ts';
import type { ThreadId } from '#spec/abi.ts';

const Failure = { permission: -1, invalid: -22, deadlock: -35, timedOut: -110 } as const;

/** How a thread's wait stands. */
const Phase = { running: 0, waiting: 1, served: 2, forRequest: 3, decided: 4, timedOut: 5 } as const;

const gone = -1;

/** What is kept of a thread. All but `effective`, which dispatchers read, and `phase` are guarded by the wait lock. */
interface ThreadWords extends Place {
  readonly own: Address;
  /** Which list it waits on, plus 1. */
  readonly list: Address;
  readonly phase: Address;
  /** Whom it serves, plus 1; 0: nobody; -1: its caller has gone. And who sent the request that it was given asleep. */
  readonly serves: Address;
  readonly request: Address;
  /** A bit for each mutex that it holds and somebody waits for. */
  readonly contested: Address;
}

interface Kernel {
  readonly lock: Address;
  /** Of each mutex: twice its owner plus 2, plus 1 if somebody waits; 0: it is free. */
  readonly owners: readonly Address[];
  /** Those who wait: for each mutex, and then for each thread to serve them. */
  readonly lists: readonly List[];
  readonly threads: readonly ThreadWords[];
  /** Counts those who have waited. */
  readonly arrivals: Address;
}

export const boot = (memory: Allocator, { priorities, ceilings }: InheritanceParameters): Kernel => ({
  lock: layoutLock(memory, 'wait.lock'),
  owners: ceilings.map((_, mutex) => memory.word(`mutex${mutex}.owner`)),
  lists: [
    ...ceilings.map((_, mutex) => layoutList(memory, `mutex${mutex}.waiters`)),
    ...priorities.map((_, thread) => layoutList(memory, `T${thread}.callers`)),
  ],
  threads: priorities.map((priority, thread) => ({
    own: memory.word(`T${thread}.priority`, priority),
    effective: memory.word(`T${thread}.effective`, priority),
    arrival: memory.word(`T${thread}.arrival`),
    behind: memory.word(`T${thread}.behind`),
    list: memory.word(`T${thread}.waits`),
    phase: memory.word(`T${thread}.phase`),
    serves: memory.word(`T${thread}.serves`),
    request: memory.word(`T${thread}.request`),
    contested: memory.word(`T${thread}.contested`),
  })),
  arrivals: memory.word('arrivals'),
});

const threadOf = (kernel: Kernel, thread: ThreadId): ThreadWords => kernel.threads[thread] as ThreadWords;
const ownerWord = (kernel: Kernel, mutex: MutexId): Address => kernel.owners[mutex] as Address;
const listOf = (kernel: Kernel, list: number): List => kernel.lists[list] as List;

/** The owner word of a mutex that `thread` holds, and that nobody waits for. */
const heldBy = (thread: ThreadId): Word => (thread + 1) << 1;
const holderIn = (owner: Word): ThreadId => (owner >> 1) - 1;

/** Takes a mutex, waiting for it. 0, or why not. */
export function* lock(self: Thread, kernel: Kernel, mutex: MutexId): Routine<Word> {
  const owner = ownerWord(kernel, mutex);
  if ((yield compareAndSwap(owner, 0, heldBy(self.id), 'acquire', 'inheritance.take')) === 0) return 0; // pairs with drop
  yield* acquire(kernel.lock);
  const holder = yield* takeOrClaim(self, owner);
  if (holder < 0) {
    yield* release(kernel.lock);
    return 0;
  }
  if (yield* dependsOn(kernel, holder, self.id)) {
    yield* unclaim(kernel, mutex);
    yield* release(kernel.lock);
    return Failure.deadlock;
  }
  const { contested } = threadOf(kernel, holder);
  yield store(contested, (yield load(contested, 'plain')) | (1 << mutex), 'plain');
  return yield* wait(self, kernel, mutex, holder);
}

/** Takes a mutex that is free (-1), or says on its owner word that somebody waits, and gives its holder, who stays so. */
function* takeOrClaim(self: Thread, owner: Address): Routine<number> {
  for (;;) {
    const seen = yield load(owner, 'relaxed');
    const wanted = seen === 0 ? heldBy(self.id) : seen | 1;
    if ((yield compareAndSwap(owner, seen, wanted, 'acquire', 'inheritance.claim')) !== seen) continue; // it was dropped, or taken
    return seen === 0 ? -1 : holderIn(seen);
  }
}

/** If nobody waits for a mutex any more, its holder may drop it as if nobody had. */
function* unclaim(kernel: Kernel, mutex: MutexId): Routine {
  const owner = ownerWord(kernel, mutex);
  const seen = yield load(owner, 'relaxed');
  if ((seen & 1) === 0 || (yield* firstOf(listOf(kernel, mutex))) !== 0) return;
  const { contested } = threadOf(kernel, holderIn(seen));
  yield store(contested, (yield load(contested, 'plain')) & ~(1 << mutex), 'plain');
  yield store(owner, seen & ~1, 'relaxed'); // as long as the bit is there, only who has the wait lock changes the word
}

/** Waits on a list for `awaited`, lending it the caller's priority. The caller holds the wait lock, which is let go. 0, or why not. */
function* wait(self: Thread, kernel: Kernel, list: number, awaited: ThreadId): Routine<Word> {
  yield* beginWait(self, kernel, list, Phase.waiting);
  yield* enter(kernel.threads, listOf(kernel, list), self.id);
  yield* propagate(kernel, awaited);
  yield* release(kernel.lock);
  return yield* awaitDecision(self, kernel);
}

function* beginWait(self: Thread, kernel: Kernel, list: number, phase: number): Routine {
  const mine = threadOf(kernel, self.id);
  const arrival = (yield load(kernel.arrivals, 'plain')) + 1;
  yield store(kernel.arrivals, arrival, 'plain');
  yield store(mine.arrival, arrival, 'plain');
  yield store(mine.list, list + 1, 'plain');
  yield store(mine.phase, phase, 'relaxed');
  yield tracepoint('waits', list);
}

/** Sleeps until the caller's wait is decided. 0, or why it ended. */
function* awaitDecision(self: Thread, kernel: Kernel): Routine<Word> {
  const { phase } = threadOf(kernel, self.id);
  let decided = 0;
  yield* park(self, function* () {
    decided = yield load(phase, 'acquire', 'inheritance.look'); // pairs with decide
    return decided >= Phase.decided;
  });
  return decided === Phase.decided ? 0 : Failure.timedOut;
}

/** Ends the wait of a thread. The caller holds the wait lock. */
function* decide(self: Thread, kernel: Kernel, thread: ThreadId, phase: number): Routine {
  yield store(threadOf(kernel, thread).phase, phase, 'release', 'inheritance.decide'); // pairs with look
  yield* unpark(self.table, thread);
  yield tracepoint('wakes', thread);
}

/** For whom a thread waits; -1: for nobody in particular. The caller holds the wait lock. */
function* awaitedBy(kernel: Kernel, thread: ThreadId): Routine<number> {
  const { list, phase } = threadOf(kernel, thread);
  const how = yield load(phase, 'relaxed');
  if (how !== Phase.waiting && how !== Phase.served) return -1;
  const on = (yield load(list, 'plain')) - 1;
  const mutexes = kernel.owners.length;
  return on < mutexes ? holderIn(yield load(ownerWord(kernel, on), 'relaxed')) : on - mutexes;
}

/** Whether `thread` waits for `other`, along the chain; or is it. The caller holds the wait lock. */
function* dependsOn(kernel: Kernel, thread: ThreadId, other: ThreadId): Routine<boolean> {
  let at = thread;
  while (at >= 0 && at !== other) at = yield* awaitedBy(kernel, at);
  return at === other;
}

/** Reckons anew what a thread is lent, and goes on to whom it waits for if that has changed. The caller holds the wait lock. */
function* propagate(kernel: Kernel, thread: ThreadId): Routine {
  for (let at = thread; at >= 0; at = yield* awaitedBy(kernel, at)) {
    const { effective, list, phase } = threadOf(kernel, at);
    const priority = yield* highestFor(kernel, at);
    if ((yield load(effective, 'relaxed')) === priority) return;
    const on = listOf(kernel, (yield load(list, 'plain')) - 1);
    const isListed = (yield load(phase, 'relaxed')) === Phase.waiting;
    if (isListed) yield* leave(kernel.threads, on, at);
    yield store(effective, priority, 'relaxed');
    if (isListed) yield* enter(kernel.threads, on, at); // further to the front, or to the back
  }
}

/** The highest priority of a thread and of the first in each list of those who wait for it. */
function* highestFor(kernel: Kernel, thread: ThreadId): Routine<Priority> {
  const { own, serves, contested } = threadOf(kernel, thread);
  let highest = yield load(own, 'plain');
  const held = yield load(contested, 'plain');
  const callers = kernel.owners.length + thread;
  for (const list of kernel.lists.keys()) {
    const isWaitedOn = list === callers || (list < kernel.owners.length && ((held >> list) & 1) === 1);
    const first = isWaitedOn ? yield* firstOf(listOf(kernel, list)) : 0;
    if (first !== 0) highest = Math.max(highest, yield load(threadOf(kernel, first - 1).effective, 'relaxed'));
  }
  const caller = yield load(serves, 'plain');
  if (caller > 0) highest = Math.max(highest, yield load(threadOf(kernel, caller - 1).effective, 'relaxed'));
  return highest;
}

/** Gives a mutex up, to the most urgent of those who wait for it. 0, or why not. */
export function* unlock(self: Thread, kernel: Kernel, mutex: MutexId): Routine<Word> {
  const owner = ownerWord(kernel, mutex);
  const mine = heldBy(self.id);
  if ((yield compareAndSwap(owner, mine, 0, 'release', 'inheritance.drop')) === mine) return 0; // pairs with take
  yield* acquire(kernel.lock);
  const isHolder = holderIn(yield load(owner, 'relaxed')) === self.id;
  if (isHolder) yield* handOver(self, kernel, mutex);
  yield* release(kernel.lock);
  return isHolder ? 0 : Failure.permission;
}

function* handOver(self: Thread, kernel: Kernel, mutex: MutexId): Routine {
  const owner = ownerWord(kernel, mutex);
  const list = listOf(kernel, mutex);
  const bit = 1 << mutex;
  const next = (yield* firstOf(list)) - 1;
  if (next < 0) {
    yield store(owner, 0, 'release', 'inheritance.drop'); // whoever waited has gone since we came
    return;
  }
  yield* leave(kernel.threads, list, next);
  const [mine, theirs] = [threadOf(kernel, self.id).contested, threadOf(kernel, next).contested];
  const more = (yield* firstOf(list)) === 0 ? 0 : 1;
  yield store(mine, (yield load(mine, 'plain')) & ~bit, 'plain');
  yield store(theirs, (yield load(theirs, 'plain')) | (more * bit), 'plain');
  yield store(owner, heldBy(next) | more, 'relaxed'); // in one step: in between it would be free for anybody
  yield* decide(self, kernel, next, Phase.decided);
  yield* propagate(kernel, self.id);
  yield* propagate(kernel, next);
}

/** Asks a server for a service, and waits for it. 0, or why not. */
export function* call(self: Thread, kernel: Kernel, server: ThreadId): Routine<Word> {
  const list = kernel.owners.length + server;
  const { phase, serves, request } = threadOf(kernel, server);
  yield* acquire(kernel.lock);
  if (yield* dependsOn(kernel, server, self.id)) {
    yield* release(kernel.lock);
    return Failure.deadlock;
  }
  if ((yield load(phase, 'relaxed')) !== Phase.forRequest) return yield* wait(self, kernel, list, server);
  yield* beginWait(self, kernel, list, Phase.served);
  yield store(serves, self.id + 1, 'plain');
  yield store(request, self.id, 'plain');
  yield* propagate(kernel, server);
  yield* decide(self, kernel, server, Phase.decided);
  yield* release(kernel.lock);
  return yield* awaitDecision(self, kernel);
}

/** Takes the most urgent request, waiting for one. Who sent it, or why not. */
export function* receive(self: Thread, kernel: Kernel): Routine<Word> {
  const { serves, request, phase } = threadOf(kernel, self.id);
  const list = listOf(kernel, kernel.owners.length + self.id);
  yield* acquire(kernel.lock);
  if ((yield load(serves, 'plain')) !== 0) {
    yield* release(kernel.lock);
    return Failure.invalid;
  }
  const from = yield* firstOf(list);
  if (from === 0) {
    yield store(phase, Phase.forRequest, 'relaxed');
    yield tracepoint('waits', -1);
    yield* release(kernel.lock);
    const failure = yield* awaitDecision(self, kernel);
    return failure < 0 ? failure : yield load(request, 'plain');
  }
  yield* leave(kernel.threads, list, from - 1);
  yield store(threadOf(kernel, from - 1).phase, Phase.served, 'relaxed');
  yield store(serves, from, 'plain');
  yield* propagate(kernel, self.id);
  yield* release(kernel.lock);
  return from - 1;
}

/** Ends the service of the request that the caller serves. 0, or why not. */
export function* reply(self: Thread, kernel: Kernel): Routine<Word> {
  const { serves } = threadOf(kernel, self.id);
  yield* acquire(kernel.lock);
  const caller = yield load(serves, 'plain');
  yield store(serves, 0, 'plain');
  if (caller > 0) yield* decide(self, kernel, caller - 1, Phase.decided);
  yield* propagate(kernel, self.id);
  yield* release(kernel.lock);
  return caller === 0 ? Failure.invalid : 0;
}

/** The timer of a thread's wait struck: the wait ends, if there is one. 0. */
export function* timeOut(self: Thread, kernel: Kernel, thread: ThreadId): Routine<Word> {
  const theirs = threadOf(kernel, thread);
  yield* acquire(kernel.lock);
  const phase = yield load(theirs.phase, 'relaxed');
  const awaited = yield* awaitedBy(kernel, thread);
  const on = (yield load(theirs.list, 'plain')) - 1;
  if (phase === Phase.waiting) yield* leave(kernel.threads, listOf(kernel, on), thread);
  if (phase === Phase.waiting && on < kernel.owners.length) yield* unclaim(kernel, on);
  if (phase === Phase.served) yield store(threadOf(kernel, awaited).serves, gone, 'plain');
  if (phase !== Phase.running && phase < Phase.decided) yield* decide(self, kernel, thread, Phase.timedOut);
  yield* propagate(kernel, awaited);
  yield* release(kernel.lock);
  return 0;
}

/** Changes a thread's own priority. 0. */
export function* setPriority(_self: Thread, kernel: Kernel, thread: ThreadId, priority: Priority): Routine<Word> {
  yield* acquire(kernel.lock);
  yield store(threadOf(kernel, thread).own, priority, 'plain');
  yield* propagate(kernel, thread);
  yield* release(kernel.lock);
  return 0;
}

/** The priority of a thread just now. */
export function* priorityOf(_self: Thread, kernel: Kernel, thread: ThreadId): Routine<Word> {
  yield* acquire(kernel.lock); // or a chain could be seen half changed
  const priority = yield load(threadOf(kernel, thread).effective, 'relaxed');
  yield* release(kernel.lock);
  return priority;
}

/** Runs the most urgent threads on `core` for ever. */
export function* dispatch(kernel: Kernel, table: ThreadTable, core: number): Routine {
  yield* dispatchByPriority(table, core, function* (thread) {
    return yield load(threadOf(kernel, thread).effective, 'relaxed');
  });
}

export const { begin, retire, timerInterrupt } = dispatcher;
