/**
 * Sleep and wakeup, and the process table's own use of them: kill, exit and wait.
 *
 * A sleeper takes its own lock before it lets the condition's lock go, and keeps it until it is put away. Whoever
 * changes the condition needs the condition's lock, and whoever wakes needs the sleeper's: so no wakeup falls between
 * the sleeper's test and its sleep. Source: xv6-riscv f5b93ef, kernel/proc.c.
 */
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { giveUp, makeRunnable, wake } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';

/**
 * Sleeps on `channel` until a `wakeup` of it. The caller holds `lock` and no other; it is released while asleep and held
 * again on return. May return early (a kill, another user of the channel): the caller tests its condition in a loop.
 */
export function* sleep(self: Thread, channel: Address, lock: Address): Routine {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(mine.lock); // from here on no waker can pass us by,
  yield* release(lock); // so the condition's lock may go
  if ((yield load(mine.killed, 'relaxed')) === 0) {
    // a kill that came after the caller's test must not be slept over
    yield store(mine.channel, channel, 'relaxed');
    yield store(mine.state, State.sleeping, 'relaxed', 'sleep.sleeping');
    yield* giveUp(self);
    yield store(mine.channel, 0, 'relaxed');
  } else {
    yield* makeRunnable(self.table, self.id); // it goes on asking, perhaps for what needs this core: let others run
    yield* giveUp(self);
  }
  yield* release(mine.lock);
  yield* acquire(lock);
}

/** Wakes every thread that sleeps on `channel`. The caller holds the condition's lock, and no thread's. */
export function* wakeup(self: Thread, channel: Address): Routine {
  for (let id = 0; id < self.table.threads.length; id++) {
    if (id === self.id) continue;
    const thread = wordsOf(self.table, id);
    yield* acquire(thread.lock);
    if (
      (yield load(thread.state, 'relaxed')) === State.sleeping &&
      (yield load(thread.channel, 'relaxed')) === channel
    ) {
      yield* wake(self.table, id);
    }
    yield* release(thread.lock);
  }
}

/** Whether a kill of this thread is pending. */
export function* isKilled(self: Thread): Routine<boolean> {
  return (yield load(wordsOf(self.table, self.id).killed, 'relaxed')) !== 0;
}

/** Kills `target`: if it sleeps it returns from `sleep`, and it may not sleep again. 0, or -1: it is dead and gone. */
export function* kill(self: Thread, target: number): Routine<Word> {
  const victim = wordsOf(self.table, target);
  yield* acquire(victim.lock);
  const state = yield load(victim.state, 'relaxed');
  if (state !== State.reaped) yield store(victim.killed, 1, 'relaxed');
  if (state === State.sleeping) yield* wake(self.table, target);
  yield* release(victim.lock);
  return state === State.reaped ? -1 : 0;
}

/** Ends the calling thread: its children get init, thread 0, for a parent, and its own parent is told. Never returns. */
export function* exit(self: Thread): Routine {
  const { table } = self;
  const mine = wordsOf(table, self.id);
  yield* acquire(table.waitLock); // until we are a zombie: a parent that has scanned us alive must be asleep by then
  for (const thread of table.threads) {
    if ((yield load(thread.parent, 'plain')) !== self.id + 1) continue;
    yield store(thread.parent, 1, 'plain');
    yield* wakeup(self, wordsOf(table, 0).parent); // init may wait already
  }
  const parent = yield load(mine.parent, 'plain');
  if (parent !== 0) yield* wakeup(self, wordsOf(table, parent - 1).parent);
  yield* acquire(mine.lock);
  yield store(mine.state, State.zombie, 'relaxed');
  yield* release(table.waitLock);
  yield* giveUp(self);
}

/** Waits for a child to die and gives its number; -1: the caller has no child, or was killed. */
export function* wait(self: Thread): Routine<Word> {
  const { table } = self;
  yield* acquire(table.waitLock); // held from the scan to the sleep
  for (;;) {
    let children = 0;
    for (let id = 0; id < table.threads.length; id++) {
      const child = wordsOf(table, id);
      if ((yield load(child.parent, 'plain')) !== self.id + 1) continue;
      children++;
      yield* acquire(child.lock); // its last switch must be over
      const isDead = (yield load(child.state, 'relaxed')) === State.zombie;
      if (isDead) {
        yield store(child.state, State.reaped, 'relaxed');
        yield store(child.parent, 0, 'plain');
      }
      yield* release(child.lock);
      if (isDead) {
        yield* release(table.waitLock);
        return id;
      }
    }
    if (children === 0 || (yield* isKilled(self))) {
      yield* release(table.waitLock);
      return -1;
    }
    yield* sleep(self, wordsOf(table, self.id).parent, table.waitLock); // our own parent word serves as the channel
  }
}
