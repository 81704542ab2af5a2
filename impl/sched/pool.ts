/**
 * A scheduler whose ready threads are in a pool, whatever that is: one queue for all cores, or one for each.
 *
 * What threads wait for is guarded by one lock. Who gives a core up holds it, and the dispatcher lets it go when the thread
 * has been put away, and is in the pool if it is ready: so nobody takes it up before. Taking from the pool needs no such
 * lock. Source: Linux kernel/sched/core.c (__schedule, try_to_wake_up), without what is of no matter here.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  coreNumber,
  fence,
  idle,
  load,
  maskInterrupts,
  panic,
  type Routine,
  sendInterrupt,
  store,
  switchTo,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Placement, Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Whether a thread waits for something: only then can it be made ready. */
export const Waiting = { no: 0, yes: 1, forEver: 2 } as const;

/** What is kept of one thread. All but `on` and `mask` is guarded by the kernel's lock, `ticksLeft` by the core it is on. */
export type ThreadWords = Record<
  | 'waiting'
  | 'on' // the core that runs it plus 1, or 0
  | 'mask'
  | 'priority'
  | 'ticksLeft'
  | 'woken'
  | 'reply' // the reply plus 1, until it is told
  | 'calls' // whom it calls, plus 1
  | 'asked'
  | 'askedAt'
  | 'owes' // whose call it has taken and not answered, plus 1
  | 'awaits', // who has to leave its core before this one goes on, plus 1
  Address
>;

/** The threads that are ready and on no core. Called on `core`, with interrupts off. */
export interface Pool {
  add(core: number, id: ThreadId): Routine;
  /** A thread that this core may run; it is no longer in the pool. -1: there is none. */
  take(core: number): Routine<number>;
}

export interface Kernel {
  readonly lock: Address;
  /** How many calls were made: the first is to be taken first. */
  readonly tickets: Address;
  readonly threads: readonly ThreadWords[];
  /** By core: who runs there, plus 1. Only that core touches it. */
  readonly current: readonly Address[];
  /** By core: 1 while it is about to sleep, or sleeps. */
  readonly asleep: readonly Address[];
  readonly sliceTicks: number;
  readonly pool: Pool;
}

export interface Parameters {
  readonly priorities: readonly number[];
  readonly sliceTicks: number;
}

/** How a machine is when it boots: which cores it has, and where each thread is. */
export interface MachineAtBoot {
  readonly cores: number;
  readonly placements: readonly Placement[];
}

/** Lays the words out. `layoutPool` is told of the threads' words, and who waits for a core at boot. */
export const layoutKernel = (
  memory: Allocator,
  parameters: Parameters,
  machine: MachineAtBoot,
  layoutPool: (threads: readonly ThreadWords[], ready: readonly ThreadId[]) => Pool,
): Kernel => {
  const threads = machine.placements.map(({ tag, ...where }, id) => {
    const word = (name: string, initial = 0) => memory.word(`T${id}.${name}`, initial);
    return {
      waiting: word('waiting', tag === 'none' ? Waiting.forEver : Waiting.no),
      on: word('on', 'core' in where ? where.core + 1 : 0),
      mask: word('mask', (1 << machine.cores) - 1),
      priority: word('priority', parameters.priorities[id] ?? 0),
      ticksLeft: word('ticks left', parameters.sliceTicks),
      woken: word('woken'),
      reply: word('reply'),
      calls: word('calls'),
      asked: word('asked'),
      askedAt: word('asked at'),
      owes: word('owes'),
      awaits: word('awaits'),
    };
  });
  const each = Array.from({ length: machine.cores }, (_, core) => core);
  const runsOn = (core: number): number =>
    machine.placements.findIndex((placement) => placement.tag === 'on core' && placement.core === core);
  return {
    lock: layoutLock(memory, 'kernel.lock'),
    tickets: memory.word('tickets'),
    threads,
    current: each.map((core) => memory.word(`core${core}.runs`, runsOn(core) + 1)),
    asleep: each.map((core) => memory.word(`core${core}.asleep`)),
    sliceTicks: parameters.sliceTicks,
    pool: layoutPool(
      threads,
      machine.placements.flatMap(({ tag }, id) => (tag === 'waiting' ? [id] : [])),
    ),
  };
};

export const threadOf = (kernel: Kernel, id: ThreadId): ThreadWords => kernel.threads[id] as ThreadWords;

/** A set of cores has this one. */
export const has = (mask: Word, core: number): boolean => ((mask >> core) & 1) === 1;

/** A tracepoint's word: a thread, a core, and a priority. */
export const place = (id: ThreadId, core: number, priority: number): Word => id + 16 * core + 256 * priority;

/** Runs threads on `core` for ever. A thread that switches here holds the kernel's lock. */
export function* dispatch(kernel: Kernel, _table: ThreadTable, core: number): Routine {
  const current = kernel.current[core] as Address;
  for (;;) {
    const left = (yield load(current, 'plain')) - 1;
    if (left >= 0) yield* putAway(kernel, core, left);
    const next = yield* findNext(kernel, core);
    yield store(current, next + 1, 'plain');
    yield switchTo(next);
  }
}

/** The thread has left the core: it is in the pool if it is ready, and whoever waits for that goes on. */
function* putAway(kernel: Kernel, core: number, id: ThreadId): Routine {
  const { on, waiting } = threadOf(kernel, id);
  yield store(kernel.current[core] as Address, 0, 'plain');
  yield store(on, 0, 'relaxed');
  if ((yield load(waiting, 'plain')) === Waiting.no) yield* addToPool(kernel, core, id);
  yield* readyWhoAwaits(kernel, id);
  yield* release(kernel.lock);
}

/** Puts a thread that is ready into the pool, and tells every core that sleeps and could run it. */
function* addToPool(kernel: Kernel, core: number, id: ThreadId): Routine {
  yield* kernel.pool.add(core, id);
  yield* tellSleepers(kernel, core, id);
}

/** Tells every core that sleeps, and could run a thread that may be in the pool, to look. The caller is on `core`. */
export function* tellSleepers(kernel: Kernel, core: number, id: ThreadId): Routine {
  yield fence('seq_cst', 'pool.added'); // pairs with findNext: it sees the thread, or we see it asleep
  const mask = yield load(threadOf(kernel, id).mask, 'relaxed');
  for (let other = 0; other < kernel.asleep.length; other++) {
    if (other === core || !has(mask, other)) continue;
    if ((yield load(kernel.asleep[other] as Address, 'relaxed')) === 0) continue;
    yield sendInterrupt(other, 'pool.tell');
    yield tracepoint('told to look', other);
  }
}

/**
 * Takes a thread from the pool for this core. Sleeps while there is none. Interrupts stay off until that thread unmasks
 * them: who finds it on this core, and tells the core that it has to leave, must strike it and not the dispatcher.
 */
function* findNext(kernel: Kernel, core: number): Routine<ThreadId> {
  const asleep = kernel.asleep[core] as Address;
  for (;;) {
    yield maskInterrupts(); // an interrupt between the search and `idle` must end `idle`, not come before it
    let next = yield* takeFor(kernel, core);
    if (next < 0) {
      yield store(asleep, 1, 'relaxed');
      yield tracepoint('about to sleep', core);
      yield fence('seq_cst', 'pool.asleep'); // before the second search: pairs with addToPool
      next = yield* takeFor(kernel, core);
      if (next < 0) {
        yield tracepoint('goes to sleep', core);
        yield idle();
        yield tracepoint('is awake', core);
      }
      yield store(asleep, 0, 'relaxed');
    }
    if (next >= 0) return next;
    yield unmaskInterrupts(); // what ended `idle` strikes here
  }
}

/** Takes a thread from the pool. One that may no longer run here is put back, where it may. -1: there is none. */
function* takeFor(kernel: Kernel, core: number): Routine<number> {
  for (;;) {
    const id = yield* kernel.pool.take(core);
    if (id < 0) return -1;
    const { on, mask, priority } = threadOf(kernel, id);
    const urgency = yield load(priority, 'relaxed');
    yield store(on, core + 1, 'seq_cst', 'pool.on'); // before the look at the mask: pairs with setAffinity
    if (has(yield load(mask, 'seq_cst', 'pool.mask'), core)) {
      yield tracepoint('dispatched', place(id, core, urgency));
      return id;
    }
    yield* acquire(kernel.lock); // whoever has changed the mask may be waiting for us to find out
    yield store(on, 0, 'relaxed');
    yield* addToPool(kernel, core, id);
    yield* readyWhoAwaits(kernel, id);
    yield* release(kernel.lock);
  }
}

/** Whoever waits until a thread has left its core looks again. The caller holds the kernel's lock. */
export function* readyWhoAwaits(kernel: Kernel, moved: ThreadId): Routine {
  for (const [id, { awaits }] of kernel.threads.entries()) {
    if ((yield load(awaits, 'plain')) === moved + 1) yield* makeReady(kernel, id);
  }
}

/** A thread that waits may look again whether it can go on. The caller holds the kernel's lock. */
export function* makeReady(kernel: Kernel, id: ThreadId): Routine {
  const { waiting } = threadOf(kernel, id);
  if ((yield load(waiting, 'plain')) !== Waiting.yes) return;
  yield store(waiting, Waiting.no, 'plain');
  yield tracepoint('ready', id);
  yield* addToPool(kernel, yield coreNumber(), id);
}

/** Gives the core up, with the kernel's lock held; goes on with it held, perhaps on another core. */
export function* giveUp(self: Thread, kernel: Kernel, waiting: number): Routine {
  yield store(threadOf(kernel, self.id).waiting, waiting, 'plain');
  yield tracepoint(waiting === Waiting.no ? 'preempted' : 'blocked', self.id);
  yield switchTo(self.table.threads.length + (yield coreNumber()));
  yield unmaskInterrupts(); // as the dispatcher has left them: what was meant for us strikes now
  yield* acquire(kernel.lock);
}

/** Another core has interrupted this one: its thread may have to leave. A dispatcher looks for work anyway. */
export function* interrupted(kernel: Kernel, table: ThreadTable, context: number): Routine {
  if (context >= table.threads.length) return;
  yield* acquire(kernel.lock);
  yield* leaveIfForbidden({ id: context, table }, kernel);
  yield* release(kernel.lock);
}

/** Gives the core up if the caller may no longer run on it. The caller holds the kernel's lock. */
export function* leaveIfForbidden(self: Thread, kernel: Kernel): Routine {
  const mask = yield load(threadOf(kernel, self.id).mask, 'relaxed');
  if (!has(mask, yield coreNumber())) yield* giveUp(self, kernel, Waiting.no);
}

/** The timer struck: a tick of the thread's time slice is gone. With the last one it is another's turn. */
export function* timerInterrupt(self: Thread, kernel: Kernel): Routine {
  const { ticksLeft } = threadOf(kernel, self.id);
  yield* acquire(kernel.lock);
  const left = (yield load(ticksLeft, 'plain')) - 1;
  yield tracepoint('tick', self.id + 16 * left);
  yield store(ticksLeft, left > 0 ? left : kernel.sliceTicks, 'plain');
  if (left === 0) yield* giveUp(self, kernel, Waiting.no);
  yield* release(kernel.lock);
}

/** The first thing that a thread does which was not on a core at boot. */
export function* begin(_self: Thread, _kernel: Kernel): Routine {
  yield unmaskInterrupts(); // as the dispatcher has left them
}

/** The thread has nothing more to run, for ever. */
export function* retire(self: Thread, kernel: Kernel): Routine {
  yield* acquire(kernel.lock);
  yield* giveUp(self, kernel, Waiting.forEver);
  yield panic('a thread that retired was run again');
}
