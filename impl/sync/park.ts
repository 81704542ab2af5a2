/**
 * Parking: a thread sleeps until a condition of its own holds, with no lock but its own.
 *
 * Who makes the condition true does that first and calls `unpark` then. The sleeper looks at the condition with its own
 * lock held and keeps that until it is put away: so either it sees the change, or the waker finds it asleep. A waker that
 * is late may wake it from a later sleep, which then looks again. Source: Linux, kernel/sched/core.c (try_to_wake_up).
 */
import { load, type Routine, store } from '#impl/machine/ops.ts';
import { giveUp, wake } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, type ThreadTable, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Sleeps until `isOver` gives true. The caller holds no lock. */
export function* park(self: Thread, isOver: () => Routine<boolean>): Routine {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(mine.lock);
  while (!(yield* isOver())) {
    yield store(mine.state, State.sleeping, 'relaxed', 'park.sleeping');
    yield* giveUp(self);
  }
  yield* release(mine.lock);
}

/** Wakes a thread if it sleeps. What it waits for is done already. */
export function* unpark(table: ThreadTable, id: ThreadId): Routine {
  const thread = wordsOf(table, id);
  yield* acquire(thread.lock);
  if ((yield load(thread.state, 'relaxed')) === State.sleeping) yield* wake(table, id);
  yield* release(thread.lock);
}
