/**
 * A deque for each core: a core puts the threads that become ready into its own and takes them from there, and only when
 * that is empty from others. So who has enough to do touches nothing that others touch.
 *
 * A deque gives nothing but its oldest, to whoever comes: so only threads that may run anywhere are in deques. Any other
 * waits in the inbox of a core that it may run on, under a lock, and who finds that core's deque empty looks there too.
 * Who runs first is a matter of the core, not of how urgent it is. Source: Chase and Lev 2005; Linux kernel/sched/core.c
 * (ttwu_queue_wakelist), for the inbox.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import * as deques from '#impl/sched/deque.ts';
import * as calls from '#impl/sched/pool.calls.ts';
import * as scheduler from '#impl/sched/pool.ts';
import { has, type Kernel, layoutKernel, type Pool, type ThreadWords } from '#impl/sched/pool.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What a core has: its deque, and those that may not run on every core and were handed to this one. */
interface CoreQueues {
  readonly deque: deques.Deque;
  readonly lock: Address;
  /** How many are in the inbox. Looked at without the lock. */
  readonly length: Address;
  /** Those in the inbox, the first to come first. */
  readonly slots: Address;
  /** Whether the inbox is looked at first: the two take turns. Only this core touches it. */
  readonly inboxIsNext: Address;
}

interface Queues {
  readonly cores: readonly CoreQueues[];
  readonly threads: readonly ThreadWords[];
}

const coreOf = ({ cores }: Queues, core: number): CoreQueues => cores[core] as CoreQueues;

/** A core of a set that is not empty: `core` itself, or else the first. */
const homeIn = (mask: Word, core: number): number => (has(mask, core) ? core : 31 - Math.clz32(mask & -mask));

/** Hands a thread to a core that it may run on. */
function* handOver(queues: Queues, core: number, id: ThreadId): Routine {
  const { lock, length, slots } = coreOf(queues, core);
  yield* acquire(lock);
  const waiting = yield load(length, 'relaxed');
  yield store(slots + waiting, id, 'plain');
  yield store(length, waiting + 1, 'relaxed');
  yield tracepoint('handed over', id + 16 * core);
  yield* release(lock);
}

/** Takes the first thread from the inbox of `from` that may run on `core`; -1: there is none. */
function* takeFromInbox(queues: Queues, from: number, core: number): Routine<number> {
  const { lock, length, slots } = coreOf(queues, from);
  if ((yield load(length, 'relaxed')) === 0) return -1; // whoever adds to it looks who sleeps, after a fence
  yield* acquire(lock);
  const waiting = yield load(length, 'relaxed');
  let found = -1;
  for (let at = 0; at < waiting; at++) {
    const id = yield load(slots + at, 'plain');
    if (found >= 0) yield store(slots + at - 1, id, 'plain');
    else if (has(yield load((queues.threads[id] as ThreadWords).mask, 'relaxed'), core)) found = id;
  }
  if (found >= 0) {
    yield store(length, waiting - 1, 'relaxed');
    yield tracepoint('queue remove', found + 16 * from);
  }
  yield* release(lock);
  return found;
}

/** Takes the oldest thread from the deque of `from`; -1: there is none. */
function* takeFromDeque(queues: Queues, from: number): Routine<number> {
  const task = yield* deques.steal(null, coreOf(queues, from).deque);
  if (task < 0) return -1;
  yield tracepoint('queue remove', task - 1 + 16 * from);
  return task - 1;
}

/** Takes a thread from what a core has itself; -1: there is none. */
function* takeOwn(queues: Queues, core: number): Routine<number> {
  const { inboxIsNext } = coreOf(queues, core);
  const isInboxNext = (yield load(inboxIsNext, 'plain')) === 1;
  yield store(inboxIsNext, isInboxNext ? 0 : 1, 'plain');
  const first = isInboxNext ? yield* takeFromInbox(queues, core, core) : yield* takeFromDeque(queues, core);
  if (first >= 0) return first;
  return isInboxNext ? yield* takeFromDeque(queues, core) : yield* takeFromInbox(queues, core, core);
}

const poolOf = (queues: Queues): Pool => ({
  *add(core: number, id: ThreadId): Routine {
    const mask = yield load((queues.threads[id] as ThreadWords).mask, 'relaxed');
    if (mask !== (1 << queues.cores.length) - 1) {
      yield* handOver(queues, homeIn(mask, core), id);
      return;
    }
    yield* deques.push(null, coreOf(queues, core).deque, id + 1);
    yield tracepoint('queue insert', id + 16 * core);
  },
  *take(core: number): Routine<number> {
    const own = yield* takeOwn(queues, core);
    if (own >= 0) return own;
    for (let i = 1; i < queues.cores.length; i++) {
      const victim = (core + i) % queues.cores.length;
      let stolen = yield* takeFromDeque(queues, victim);
      if (stolen < 0) stolen = yield* takeFromInbox(queues, victim, core);
      if (stolen < 0) continue;
      yield tracepoint('stolen', stolen + 16 * core);
      return stolen;
    }
    return -1;
  },
});

/** The power of two that is no smaller: so many tasks a deque has room for, and need not grow. */
const roomFor = (threads: number): number => 1 << (32 - Math.clz32(threads - 1));

/** Who waits for a core at boot is dealt to the cores in turn. */
export const boot = (memory: Allocator, parameters: scheduler.Parameters, machine: scheduler.MachineAtBoot): Kernel =>
  layoutKernel(memory, parameters, machine, (threads, ready) =>
    poolOf({
      threads,
      cores: Array.from({ length: machine.cores }, (_, core) => {
        const word = (name: string) => memory.word(`core${core}.${name}`);
        const dealt = ready.flatMap((id, turn) => (turn % machine.cores === core ? [id + 1] : []));
        return {
          deque: deques.layoutDeque(
            memory,
            `core${core}.`,
            { arrayTasks: roomFor(threads.length), arrays: 1, carriedTasks: 0 },
            dealt,
          ),
          lock: layoutLock(memory, `core${core}.inbox.lock`),
          length: word('inbox.length'),
          slots: memory.words(`core${core}.inbox`, threads.length),
          inboxIsNext: word('inbox is next'),
        };
      }),
    }),
  );

export const { begin, dispatch, interrupted, retire, timerInterrupt } = scheduler;
export const { call, getAffinity, receive, reply, replyAndReceive, setAffinity, setPriority, wait, wake, yieldCore } =
  calls;
