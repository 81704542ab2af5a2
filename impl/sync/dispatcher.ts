/**
 * The dispatcher: which thread runs on a core, and how a core passes from one to the next.
 *
 * A thread gives its core up with its own lock held, and the dispatcher releases it: nobody can take the thread up
 * elsewhere before it has been put away. Source: xv6-riscv f5b93ef, kernel/proc.c (scheduler, sched, yield).
 */
import {
  coreNumber,
  idle,
  load,
  maskDepth,
  maskInterrupts,
  panic,
  type Routine,
  sendInterrupt,
  store,
  swap,
  switchTo,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { type CoreWords, State, type Thread, type ThreadTable, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

const wordsOfCore = (table: ThreadTable, core: number): CoreWords => table.cores[core] as CoreWords;

/**
 * Runs threads on `core` for ever. It is first resumed by the thread that was on the core at boot, or started without
 * one, and then as if from `switchTo` below: the thread that resumes it has left its lock held.
 */
export function* dispatch(table: ThreadTable, core: number): Routine {
  const mine = wordsOfCore(table, core);
  for (;;) {
    const left = yield load(mine.current, 'plain'); // only this core knows it
    if (left !== 0) {
      yield store(mine.current, 0, 'plain');
      yield* release(wordsOf(table, left - 1).lock);
    }
    yield* takeUp(table, core, left);
  }
}

/**
 * Finds a runnable thread, thread `from` first and then the others in turn, so that none is passed over for ever, and
 * runs it on `core` until it gives the core up. Sleeps while there is none.
 */
function* takeUp(table: ThreadTable, core: number, from: number): Routine {
  const mine = wordsOfCore(table, core);
  const threads = table.threads.length;
  for (;;) {
    yield maskInterrupts(); // an interrupt between the search and `idle` must end `idle`, not come before it
    yield store(mine.idle, 1, 'seq_cst', 'dispatcher.looking'); // before the search: pairs with makeRunnable, which looks the other way round
    for (let i = 0; i < threads; i++) {
      const id = (from + i) % threads;
      const thread = wordsOf(table, id);
      if ((yield load(thread.state, 'seq_cst', 'dispatcher.look')) !== State.runnable) continue; // a look without the lock, to be repeated
      yield* acquire(thread.lock);
      if ((yield load(thread.state, 'relaxed')) === State.runnable) {
        yield store(thread.state, State.running, 'relaxed');
        yield store(mine.current, id + 1, 'plain');
        const wasKicked = (yield swap(mine.idle, 0, 'relaxed')) === 0;
        if (wasKicked) yield* kickIdleCore(table); // perhaps for another thread: this core is busy now
        yield unmaskInterrupts();
        yield switchTo(id);
        return;
      }
      yield* release(thread.lock);
    }
    yield idle();
    yield store(mine.idle, 0, 'relaxed');
    yield unmaskInterrupts();
  }
}

/** Makes a thread runnable and wakes a core for it, if one sleeps. The caller holds the thread's lock. */
export function* makeRunnable(table: ThreadTable, id: ThreadId): Routine {
  yield store(wordsOf(table, id).state, State.runnable, 'seq_cst', 'dispatcher.runnable'); // before the look at `idle`
  yield* kickIdleCore(table);
}

/**
 * Wakes one core that looks for a thread or sleeps, if there is one. The first: a core that passes a kick on has read its
 * own flag here before those after it, and so knows what its kicker did; at those before it the kicker has looked itself.
 */
export function* kickIdleCore(table: ThreadTable): Routine {
  for (let core = 0; core < table.cores.length; core++) {
    const { idle: sleeping } = wordsOfCore(table, core);
    if ((yield load(sleeping, 'seq_cst', 'dispatcher.isLooking')) === 0) continue; // pairs with takeUp: it sees the thread, or we see it idle
    if ((yield swap(sleeping, 0, 'release', 'dispatcher.claimIdle')) === 0) continue; // pairs with the load of who is kicked
    yield sendInterrupt(core, 'dispatcher.kick');
    return;
  }
}

/**
 * Wakes a thread that has marked itself asleep. The caller holds the thread's lock. One that has not yet given its core
 * up keeps it; making it runnable would let a second core take it up.
 */
export function* wake(table: ThreadTable, id: ThreadId): Routine {
  const thread = wordsOf(table, id);
  const isOnCore = (yield load(thread.context, 'relaxed')) !== 0; // whose lock we hold: if it has been put away, that was before
  if (isOnCore) yield store(thread.state, State.running, 'relaxed');
  else yield* makeRunnable(table, id);
}

/**
 * Gives the core up. The caller holds its own lock and no other, and has changed its state; it goes on here when it is
 * run again, with its lock held, perhaps on another core. Panics otherwise.
 */
export function* giveUp(self: Thread): Routine {
  if ((yield maskDepth()) !== 1) yield panic('sched: a thread that sleeps holds exactly one lock, its own');
  if ((yield load(wordsOf(self.table, self.id).state, 'relaxed')) === State.running) yield panic('sched: running');
  const core = yield coreNumber();
  yield switchTo(self.table.threads.length + core);
}

/** As `giveUp`, for a thread that may also be run again by a partner that switches straight to it. */
export function* standBy(self: Thread): Routine {
  yield* giveUp(self);
  yield* letGoOfWhoLeft(self.table);
}

/**
 * Gives the core straight to thread `to`: no search, no other thread in between. The caller holds its own lock and that
 * of `to`, and no other, and has changed its own state; `to` sleeps, put away in `standBy` or here. Whoever is run has its
 * own lock held, as always; the caller's is let go by `to`, once the caller has been put away. The caller goes on here
 * when it is run again, by the dispatcher or a partner, with its lock held, perhaps on another core. Panics otherwise.
 * Source: Liedtke, SOSP 1993 (direct process switch); seL4, fastpath.
 */
export function* switchDirectly(self: Thread, to: ThreadId): Routine {
  const { table, id } = self;
  if ((yield maskDepth()) !== 2) yield panic('direct switch: a thread holds two locks, its own and its partner’s');
  if ((yield load(wordsOf(table, id).state, 'relaxed')) === State.running) yield panic('direct switch: running');
  if ((yield load(wordsOf(table, to).state, 'relaxed')) !== State.sleeping) yield panic('direct switch: not asleep');
  yield store(wordsOf(table, to).state, State.running, 'relaxed');
  const mine = wordsOfCore(table, yield coreNumber());
  yield store(mine.current, to + 1, 'plain');
  yield store(mine.left, id + 1, 'plain');
  yield switchTo(to);
  yield* letGoOfWhoLeft(table);
}

/** Releases the lock of the thread that switched straight to this one, if it was not the dispatcher that did. */
function* letGoOfWhoLeft(table: ThreadTable): Routine {
  const mine = wordsOfCore(table, yield coreNumber());
  const left = yield load(mine.left, 'plain');
  if (left === 0) return;
  yield store(mine.left, 0, 'plain');
  yield* release(wordsOf(table, left - 1).lock);
}

/** The first thing that a thread does which was not on a core at boot: the dispatcher has left it its lock held. */
export function* begin(self: Thread): Routine {
  yield* release(wordsOf(self.table, self.id).lock);
}

/** The timer struck: the thread on this core, if there is one, lets others run. */
export function* timerInterrupt(self: Thread): Routine {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(mine.lock);
  yield* makeRunnable(self.table, self.id);
  yield* giveUp(self);
  yield* release(mine.lock);
}

/** The thread has nothing more to run, for ever. */
export function* retire(self: Thread): Routine {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(mine.lock);
  yield store(mine.state, State.unused, 'relaxed');
  yield* giveUp(self);
  yield panic('a thread that retired was run again');
}
