/**
 * ChCore's IPC as one would write it from the rules alone: one lock for everything, tables that are searched from the
 * start, and threads that sleep and are woken through the scheduler. No switch is direct, nothing is taken by a try.
 *
 * It is here to be compared with: whoever is told that somebody else is at it is told so because of a whole call that is
 * under way, never because of one that holds something for a moment.
 */
import { begin, call, get, reply, set } from '#impl/ipc/chcore.big-lock.calls.ts';
import { decide, registerClient, registerServer } from '#impl/ipc/chcore.big-lock.registration.ts';
import {
  die,
  Failure,
  frameAt,
  isAlive,
  type Kernel,
  Life,
  layoutKernel,
  mayEnd,
  Passive,
  remove,
  threadAt,
} from '#impl/ipc/chcore.big-lock.state.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { timerInterrupt } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilitySlot, ChcoreCall, ChcoreParameters, ProcessId } from '#spec/abi/ipc/chcore.ts';

/** Lays everything out. */
export const boot = (memory: Allocator, parameters: ChcoreParameters): Kernel => layoutKernel(memory, parameters);

/** What a thread asks for. Gives 0 or what was asked for, or why not; a passive thread is told who asks in its user buffer. */
export function* perform(self: Thread, kernel: Kernel, asked: ChcoreCall): Routine<Word> {
  for (let left = asked.tag === 'call' ? asked.attempts : 1; ; left--) {
    yield* acquire(kernel.lock);
    const result = yield* systemCall(self, kernel, asked);
    yield* release(kernel.lock);
    if (asked.tag === 'yield' || (result === Failure.retry && left > 1)) yield* timerInterrupt(self);
    if (result !== Failure.retry || left <= 1) return result;
  }
}

/** Does it, with the lock held. */
function* systemCall(self: Thread, kernel: Kernel, asked: ChcoreCall): Routine<Word> {
  if (asked.tag === 'read' || asked.tag === 'write') {
    const frame = yield* frameAt(self, kernel, asked.page);
    if (frame < 0) return Failure.fault;
    const address = frame + (asked.field === 'count' ? 0 : 1);
    return asked.tag === 'read' ? yield load(address, 'plain') : yield store(address, asked.value, 'plain');
  }
  if (!(yield* isAlive(kernel, threadAt(kernel, self.id).process))) yield* die(self, kernel);
  switch (asked.tag) {
    case 'register server':
      return yield* registerServer(self, kernel, asked.register);
    case 'register client':
      return yield* registerClient(self, kernel, asked);
    case 'serve':
      return yield* serve(self, kernel);
    case 'accept':
    case 'refuse':
      return yield* decide(self, kernel, asked);
    case 'return':
      return yield* reply(self, kernel, asked.result);
    case 'set':
      return yield* set(self, kernel, asked);
    case 'get':
      return yield* get(self, kernel, asked);
    case 'call':
      return yield* call(self, kernel, asked);
    case 'close':
      return yield* close(self, kernel, asked.connection);
    case 'kill':
      return yield* kill(kernel, asked.process);
    case 'recycle':
      return yield* recycle(kernel, asked.process);
    case 'yield':
      return 0;
  }
}

function* serve(self: Thread, kernel: Kernel): Routine<Word> {
  const { passive, kind } = threadAt(kernel, self.id);
  if (kind === 'user' || (yield load(passive, 'plain')) !== Passive.starting) return Failure.invalid;
  yield store(passive, Passive.waiting, 'plain');
  return yield* begin(self, kernel);
}

function* close(self: Thread, kernel: Kernel, slot: CapabilitySlot): Routine<Word> {
  const process = kernel.processes[threadAt(kernel, self.id).process];
  const held = process?.slots[slot];
  const kind = held ? yield load(held.kind, 'plain') : 0;
  if (!held || (kind !== kernel.kinds.connection && kind !== kernel.kinds.served)) return Failure.capability;
  const index = yield load(held.object, 'plain');
  const failure = yield* mayEnd(kernel, index);
  if (failure === 0) yield* remove(kernel, index);
  return failure;
}

function* kill(kernel: Kernel, process: ProcessId): Routine<Word> {
  const { life } = kernel.processes[process] as Kernel['processes'][number];
  if ((yield load(life, 'plain')) !== Life.alive) return Failure.noSuchProcess;
  yield store(life, Life.exiting, 'plain');
  return 0;
}

function* recycle(kernel: Kernel, process: ProcessId): Routine<Word> {
  const { life } = kernel.processes[process] as Kernel['processes'][number];
  const was = yield load(life, 'plain');
  if (was !== Life.exiting) return was === Life.alive ? Failure.invalid : Failure.noSuchProcess;
  for (const [index, connection] of kernel.connections.entries()) {
    if ((yield load(connection.inUse, 'plain')) === 0) continue;
    const isOne =
      (yield load(connection.client, 'plain')) === process || (yield load(connection.server, 'plain')) === process;
    if (!isOne) continue;
    if ((yield* mayEnd(kernel, index)) !== 0) return Failure.tryLater;
    yield* remove(kernel, index);
  }
  for (const thread of kernel.threads) {
    if (thread.process !== process || thread.kind === 'user') continue;
    const doing = yield load(thread.passive, 'plain');
    if (doing === Passive.waiting) yield store(thread.passive, Passive.dead, 'plain');
    else if (doing !== Passive.dead) return Failure.tryLater;
  }
  yield store(life, Life.gone, 'plain');
  return 0;
}
