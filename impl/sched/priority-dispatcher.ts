/**
 * A dispatcher of strict priorities: a core runs whoever is runnable with the highest. Among equals, who was on the core
 * last, then the others in turn. Threads give the core up, and are made runnable, as with the kernel's own dispatcher.
 */
import {
  idle,
  load,
  maskInterrupts,
  type Routine,
  store,
  swap,
  switchTo,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { kickIdleCore } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { type CoreWords, State, type ThreadTable, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Runs threads on `core` for ever; `priorityOf` gives a thread's priority just now, at any moment. */
export function* dispatchByPriority(
  table: ThreadTable,
  core: number,
  priorityOf: (thread: ThreadId) => Routine<Word>,
): Routine {
  const mine = table.cores[core] as CoreWords;
  for (;;) {
    const left = yield load(mine.current, 'plain'); // only this core knows it
    if (left !== 0) {
      yield store(mine.current, 0, 'plain');
      yield* release(wordsOf(table, left - 1).lock);
    }
    const next = yield* takeMostUrgent(table, mine, Math.max(left - 1, 0), priorityOf);
    yield store(mine.current, next + 1, 'plain');
    yield tracepoint('dispatched', next);
    yield unmaskInterrupts();
    yield switchTo(next);
  }
}

/** Gives a runnable thread that no other has a higher priority than; it is running then, its lock held. Sleeps while there is none. */
function* takeMostUrgent(
  table: ThreadTable,
  mine: CoreWords,
  from: ThreadId,
  priorityOf: (thread: ThreadId) => Routine<Word>,
): Routine<ThreadId> {
  for (;;) {
    yield maskInterrupts(); // an interrupt between the search and `idle` must end `idle`, not come before it
    yield store(mine.idle, 1, 'seq_cst', 'priority.looking'); // before the search: who makes a thread runnable looks the other way round
    const found = yield* mostUrgent(table, from, priorityOf);
    if (found < 0) {
      yield idle();
      yield store(mine.idle, 0, 'relaxed');
      yield unmaskInterrupts();
      continue;
    }
    const { lock, state } = wordsOf(table, found);
    yield* acquire(lock);
    if ((yield load(state, 'relaxed')) === State.runnable) {
      yield store(state, State.running, 'relaxed');
      const wasKicked = (yield swap(mine.idle, 0, 'relaxed')) === 0;
      if (wasKicked) yield* kickIdleCore(table); // perhaps for another thread: this core is busy now
      return found;
    }
    yield* release(lock);
    yield unmaskInterrupts();
  }
}

/** A runnable thread of the highest priority, looked up without a lock; -1: none is runnable. */
function* mostUrgent(
  table: ThreadTable,
  from: ThreadId,
  priorityOf: (thread: ThreadId) => Routine<Word>,
): Routine<number> {
  let found = -1;
  let highest = -1;
  for (let i = 0; i < table.threads.length; i++) {
    const thread = (from + i) % table.threads.length;
    if ((yield load(wordsOf(table, thread).state, 'seq_cst', 'priority.look')) !== State.runnable) continue;
    const priority = yield* priorityOf(thread);
    if (priority <= highest) continue;
    found = thread;
    highest = priority;
  }
  return found;
}
