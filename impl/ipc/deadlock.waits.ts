/**
 * Waits that end once: by what they are for, or by the clock, whichever comes first.
 *
 * A thread has one word that says how its wait stands, with the wait's number above it. Whoever decides a wait changes
 * that word in one step from exactly what it knew: so nobody decides it twice, and nobody who is late decides the next.
 * The timer of a wait is a page that the waiter frees: it takes the timers' lock first, so that no handler has it still.
 *
 * Source: Linux, kernel/time/timer.c (del_timer_sync); seed 001, the timeout mechanism.
 */
import type { Allocator, Page } from '#impl/machine/allocator.ts';
import {
  type Address,
  allocate,
  compareAndSwap,
  free,
  load,
  type Routine,
  store,
  tracepoint,
  type Word,
} from '#impl/machine/ops.ts';
import { park, unpark } from '#impl/sync/park.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { ThreadId } from '#spec/abi.ts';

/** How a wait stands: the low bits of its word. `settling`: it is decided, and what goes with that is being written. */
export const Phase = { over: 0, waiting: 1, taken: 2, settling: 3, decided: 4, expired: 5 } as const;

const phaseBits = 3;
const phaseMask = (1 << phaseBits) - 1;

/** The same wait in another phase. */
export const inPhase = (decision: Word, phase: number): Word => (decision & ~phaseMask) | phase;

/** The deadline of a wait without one. */
export const never = 0x7fff_ffff;

/** A timer: in use while its thread waits. `next` is the thread with the next timer plus 1, or 0. */
interface Timer extends Page {
  readonly deadline: Address;
  /** The word of the wait that it is for, as it began. */
  readonly decision: Address;
  readonly isLinked: Address;
  readonly next: Address;
}

/** What is kept of a thread's wait. */
export interface Waiter {
  /** The wait's number and its phase. Its thread begins a wait here; anybody may decide it. */
  readonly decision: Address;
  /** When the wait ends at the latest. Whoever takes the request gets it under the lock of its port. */
  readonly deadline: Address;
  /** The thread behind it on the queue it stands on, plus 1; guarded by the queue's lock. */
  readonly next: Address;
  readonly timer: Timer;
}

/** The clock, and the timers in the order of their deadlines; guarded by `lock`. */
export interface Waits {
  readonly lock: Address;
  readonly nowTicks: Address;
  readonly first: Address;
  readonly waiters: readonly Waiter[];
}

export const layoutWaits = (memory: Allocator, threads: number): Waits => ({
  lock: layoutLock(memory, 'timers.lock'),
  nowTicks: memory.word('clock'),
  first: memory.word('timers.first'),
  waiters: Array.from({ length: threads }, (_, thread) => ({
    decision: memory.word(`T${thread}.wait`),
    deadline: memory.word(`T${thread}.deadline`),
    next: memory.word(`T${thread}.behind`),
    timer: memory.page(false, (page) => ({
      deadline: page.word(`T${thread}.timer.deadline`),
      decision: page.word(`T${thread}.timer.wait`),
      isLinked: page.word(`T${thread}.timer.linked`),
      next: page.word(`T${thread}.timer.next`),
    })),
  })),
});

export const waiterOf = (waits: Waits, thread: ThreadId): Waiter => waits.waiters[thread] as Waiter;

/**
 * Gives the deadline of a wait that is about to begin, of so many ticks but not beyond `outer`; 0: there is no time left.
 * Unless that is 0 or `never`, the clock stands still until `begin` or `letGo`.
 */
export function* deadlineFor(waits: Waits, timeoutTicks: TimeoutTicks, outer: Word): Routine<Word> {
  const isTimed = timeoutTicks !== null && timeoutTicks > 0;
  if (!isTimed && outer === never) return never;
  yield* acquire(waits.lock);
  yield tracepoint('stops the clock', timeoutTicks ?? 0);
  const now = yield load(waits.nowTicks, 'plain');
  const deadline = isTimed ? Math.min(now + timeoutTicks, outer) : outer;
  if (deadline > now) return deadline;
  yield* release(waits.lock);
  return 0;
}

/** The wait does not begin: the clock goes on. */
export function* letGo(waits: Waits, deadline: Word): Routine {
  if (deadline !== never) yield* release(waits.lock);
}

/** Begins a wait in a phase, `waiting` or `taken`, and gives its word. The clock goes on. */
export function* begin(self: Thread, waits: Waits, deadline: Word, phase: number): Routine<Word> {
  const mine = waiterOf(waits, self.id);
  const last = yield load(mine.decision, 'relaxed');
  const decision = inPhase(last + phaseMask + 1, phase);
  yield store(mine.deadline, deadline, 'plain');
  if (deadline !== never) yield* arm(self, waits, deadline, decision);
  yield store(mine.decision, decision, 'relaxed');
  yield* letGo(waits, deadline);
  return decision;
}

/** Links a timer before those that are later. The caller holds the timers' lock. */
function* arm(self: Thread, waits: Waits, deadline: Word, decision: Word): Routine {
  const { timer } = waiterOf(waits, self.id);
  yield allocate(timer.address, timer.words, 'waits.allocate');
  let link = waits.first;
  for (;;) {
    const behind = yield load(link, 'plain');
    if (behind === 0 || (yield load(waiterOf(waits, behind - 1).timer.deadline, 'plain')) > deadline) break;
    link = waiterOf(waits, behind - 1).timer.next;
  }
  yield store(timer.deadline, deadline, 'plain');
  yield store(timer.decision, decision, 'plain');
  yield store(timer.isLinked, 1, 'plain');
  yield store(timer.next, yield load(link, 'plain'), 'plain');
  yield store(link, self.id + 1, 'plain');
}

/** Sleeps until the wait is decided, and gives how. The caller holds no lock. */
export function* awaitDecision(self: Thread, waits: Waits, deadline: Word): Routine<Word> {
  const mine = waiterOf(waits, self.id);
  let phase = 0;
  yield* park(self, function* () {
    phase = (yield load(mine.decision, 'acquire', 'waits.look')) & phaseMask; // pairs with settle
    return phase >= Phase.decided;
  });
  if (deadline !== never) yield* disarm(self, waits);
  return phase;
}

/** Takes the timer of the caller's wait away. Afterwards no handler knows of it. */
function* disarm(self: Thread, waits: Waits): Routine {
  const { timer } = waiterOf(waits, self.id);
  yield* acquire(waits.lock); // a handler that has it may be under way, and holds the lock until it is done
  if ((yield load(timer.isLinked, 'plain')) === 1) {
    let link = waits.first;
    for (let at = yield load(link, 'plain'); at !== self.id + 1; at = yield load(link, 'plain')) {
      link = waiterOf(waits, at - 1).timer.next;
    }
    yield store(link, yield load(timer.next, 'plain'), 'plain');
  }
  yield* release(waits.lock);
  yield free(timer.address, timer.words, 'waits.free');
}

/** Changes the phase of a wait that still is what the caller knows it to be. False: somebody was first, or it is over. */
export function* decide(waits: Waits, thread: ThreadId, known: Word, phase: number): Routine<boolean> {
  const { decision } = waiterOf(waits, thread);
  return (yield compareAndSwap(decision, known, inPhase(known, phase), 'relaxed')) === known;
}

/** Ends a wait that the caller has decided: what goes with it is written. */
export function* settle(table: ThreadTable, waits: Waits, thread: ThreadId, known: Word): Routine {
  yield store(waiterOf(waits, thread).decision, inPhase(known, Phase.decided), 'release', 'waits.settle'); // pairs with look
  yield* unpark(table, thread);
}

/** The timer device struck: ends every wait whose time is over. */
export function* tick(self: Thread, waits: Waits): Routine<Word> {
  yield* acquire(waits.lock);
  const now = (yield load(waits.nowTicks, 'plain')) + 1;
  yield store(waits.nowTicks, now, 'plain');
  for (let first = yield load(waits.first, 'plain'); first !== 0; first = yield load(waits.first, 'plain')) {
    const { timer } = waiterOf(waits, first - 1);
    if ((yield load(timer.deadline, 'plain')) > now) break;
    yield store(waits.first, yield load(timer.next, 'plain'), 'plain');
    yield store(timer.isLinked, 0, 'plain');
    yield* expire(self.table, waits, first - 1, yield load(timer.decision, 'plain'));
  }
  yield* release(waits.lock);
  return 0;
}

/** Ends the wait that began as `begun`, unless it is decided. It may go from waiting to taken meanwhile. */
function* expire(table: ThreadTable, waits: Waits, thread: ThreadId, begun: Word): Routine {
  for (const phase of [Phase.waiting, Phase.taken]) {
    if (!(yield* decide(waits, thread, inPhase(begun, phase), Phase.expired))) continue;
    yield* unpark(table, thread);
    return;
  }
}
