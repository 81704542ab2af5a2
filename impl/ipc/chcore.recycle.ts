/** How connections end, and processes. A connection is stopped by taking it, and then its handler, each tried once. */
import {
  connectionAt,
  Failure,
  generationOf,
  type Kernel,
  Kind,
  Life,
  Owner,
  ownerOf,
  Passive,
  processAt,
  threadAt,
} from '#impl/ipc/chcore.layout.ts';
import { end, letGo, type Taken, take, takeConnection } from '#impl/ipc/chcore.tables.ts';
import { compareAndSwap, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { CapabilitySlot, ProcessId } from '#spec/abi/ipc/chcore.ts';

/** Ends a connection, from either side. 0, or why not. */
export function* close(self: Thread, kernel: Kernel, slot: CapabilitySlot): Routine<Word> {
  const taken = yield* takeConnection(self, kernel, slot, [Kind.connection, Kind.served]);
  switch (taken.tag) {
    case 'none':
      return Failure.capability;
    case 'building':
      return Failure.invalid;
    case 'busy':
      return Failure.tryLater;
    case 'taken':
      return yield* stop(kernel, taken);
  }
}

/** Ends a connection that the caller has, if its handler is free, or dead. 0, or why not. */
function* stop(kernel: Kernel, taken: Taken & { tag: 'taken' }): Routine<Word> {
  const { passive } = threadAt(kernel, yield load(taken.connection.handler, 'plain'));
  const held = Passive.serves + taken.index;
  const seen = yield compareAndSwap(passive, Passive.waiting, held, 'acquire', 'chcore.hold');
  if (seen !== Passive.waiting && seen !== Passive.dead) {
    yield* letGo(taken);
    return Failure.tryLater;
  }
  yield* end(kernel, taken.index);
  if (seen === Passive.waiting) yield store(passive, Passive.waiting, 'release', 'chcore.unhold'); // pairs with hold: passes on what the handler did
  return 0;
}

/** Kills a process. 0, or why not. */
export function* kill(kernel: Kernel, process: ProcessId): Routine<Word> {
  const { life } = processAt(kernel, process);
  const seen = yield compareAndSwap(life, Life.alive, Life.exiting, 'relaxed');
  return seen === Life.alive ? 0 : Failure.noSuchProcess;
}

/** Takes away what a killed process has: its connections, then its passive threads. 0, or why not. */
export function* recycle(self: Thread, kernel: Kernel, process: ProcessId): Routine<Word> {
  const life = yield load(processAt(kernel, process).life, 'relaxed');
  if (life !== Life.exiting) return life === Life.alive ? Failure.invalid : Failure.noSuchProcess;
  for (let index = 0; index < kernel.connections.length; index++) {
    const taken = yield* takeOf(self, kernel, process, index);
    if (taken.tag === 'none') continue;
    if (taken.tag !== 'taken' || (yield* stop(kernel, taken)) !== 0) return Failure.tryLater;
  }
  for (const [id, thread] of kernel.threads.entries()) {
    if (thread.process === process && thread.kind !== 'user' && !(yield* stopThread(self, kernel, id))) {
      return Failure.tryLater;
    }
  }
  return yield* finish(kernel, process);
}

/** Tries once to take connection `index`, if it is one of the process; 'none' if it is not. */
function* takeOf(self: Thread, kernel: Kernel, process: ProcessId, index: number): Routine<Taken> {
  yield* acquire(kernel.pool);
  const generation = yield* generationIfOf(kernel, process, index);
  const taken: Taken = generation < 0 ? { tag: 'none' } : yield* take(self, kernel, index, generation);
  yield* release(kernel.pool);
  return taken;
}

/** The generation of connection `index` if it is one of the process, built or half-built; -1 if not. The caller holds the pool's lock. */
function* generationIfOf(kernel: Kernel, process: ProcessId, index: number): Routine<number> {
  const { owner, client, server } = connectionAt(kernel, index);
  const seen = yield load(owner, 'relaxed');
  if (ownerOf(seen) === Owner.none) return -1;
  const isOne = (yield load(client, 'plain')) === process || (yield load(server, 'plain')) === process;
  return isOne ? generationOf(seen) : -1;
}

/** A thread that waits for requests waits no more: nobody can take it, and no core runs it. False: it does not wait. */
function* stopThread(self: Thread, kernel: Kernel, id: number): Routine<boolean> {
  const { passive } = threadAt(kernel, id);
  const seen = yield compareAndSwap(passive, Passive.waiting, Passive.dead, 'relaxed');
  if (seen !== Passive.waiting) return seen === Passive.dead;
  const words = wordsOf(self.table, id);
  yield* acquire(words.lock); // it may not have been put away yet
  yield store(words.state, State.zombie, 'relaxed');
  yield* release(words.lock);
  return true;
}

/** Says that nothing is left of a process, once. 0, or why not. */
function* finish(kernel: Kernel, process: ProcessId): Routine<Word> {
  const { lock, life } = processAt(kernel, process);
  yield* acquire(lock); // nobody builds a connection of its meanwhile
  yield* acquire(kernel.pool);
  let result: Word = 0;
  for (let index = 0; result === 0 && index < kernel.connections.length; index++) {
    if ((yield* generationIfOf(kernel, process, index)) >= 0) result = Failure.tryLater;
  }
  if (result === 0 && (yield compareAndSwap(life, Life.exiting, Life.gone, 'relaxed')) !== Life.exiting) {
    result = Failure.noSuchProcess;
  }
  yield* release(kernel.pool);
  yield* release(lock);
  return result;
}
