/**
 * Calls between threads that refuse to close a ring: before a thread waits, everybody is looked up on whom it would
 * depend. If all of them wait themselves, none can go on until the caller does.
 *
 * Waits for a port depend on all of its workers, so a pool is in a ring only if no worker of it is free. The graph must
 * stand still while it is looked at: so there is one lock, as in `deadlock.big-lock.ts`, which does everything else.
 * Source: Knapp, "Deadlock detection in distributed databases", ACM Computing Surveys 1987 (the OR model); Linux, fs/locks.c
 * (posix_locks_deadlock).
 */
import * as plain from '#impl/ipc/deadlock.big-lock.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { load, type Routine, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { DeadlockParameters, PortId, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { ThreadId } from '#spec/abi.ts';

type Kernel = plain.Kernel;

export const boot = (memory: Allocator, parameters: DeadlockParameters): Kernel => plain.boot(memory, parameters);

/** Sends a request and waits for the reply: its word, or why not. */
export function* call(
  self: Thread,
  kernel: Kernel,
  port: PortId,
  word: Word,
  timeoutTicks: TimeoutTicks,
): Routine<Word> {
  yield* acquire(kernel.lock);
  const closesRing = timeoutTicks !== 0 && (yield* isStuck(self, kernel, workersOf(kernel, port)));
  const result = closesRing ? plain.Failure.deadlock : yield* plain.callLocked(self, kernel, port, word, timeoutTicks);
  yield* release(kernel.lock);
  return result;
}

/** Takes the mutex, waiting for it. 0, or why not. */
export function* lock(self: Thread, kernel: Kernel, timeoutTicks: TimeoutTicks): Routine<Word> {
  yield* acquire(kernel.lock);
  const holder = yield load(kernel.holder, 'plain');
  const closesRing = timeoutTicks !== 0 && holder !== 0 && (yield* isStuck(self, kernel, [holder - 1]));
  const result = closesRing ? plain.Failure.deadlock : yield* plain.lockLocked(self, kernel, timeoutTicks);
  yield* release(kernel.lock);
  return result;
}

const workersOf = ({ serves }: Kernel, port: PortId): ThreadId[] =>
  serves.flatMap((served, thread) => (served === port ? [thread] : []));

/** Whether all on whom `threads` depend wait, the caller counted as one who does. The caller holds the lock. */
function* isStuck(self: Thread, kernel: Kernel, threads: readonly ThreadId[]): Routine<boolean> {
  const reached = [...threads];
  for (let i = 0; i < reached.length; i++) {
    const thread = reached[i] as ThreadId;
    if (thread === self.id) continue;
    const awaited = yield* awaitedBy(kernel, thread);
    if (!awaited) return false; // it can go on
    reached.push(...awaited.filter((one) => !reached.includes(one)));
  }
  return true;
}

/** Whom a thread waits for, any one of them; null: for nobody. */
function* awaitedBy(kernel: Kernel, thread: ThreadId): Routine<readonly ThreadId[] | null> {
  const theirs = plain.threadOf(kernel, thread);
  switch (yield load(theirs.for, 'plain')) {
    case plain.For.worker:
      return workersOf(kernel, yield load(theirs.port, 'plain'));
    case plain.For.reply:
      return [yield load(theirs.server, 'plain')];
    case plain.For.mutex:
      return [(yield load(kernel.holder, 'plain')) - 1];
    default:
      return null;
  }
}

export const { receive, reply, unlock, tick } = plain;
