/** What a scheduler keeps of each thread and each core, and who may touch it. */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  coreNumber,
  load,
  maskInterrupts,
  type Routine,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Placement } from '#impl/sync/threads.ts';
import type { Priority } from '#spec/abi/sched/scheduler.ts';
import type { ThreadId } from '#spec/abi.ts';

/** How urgent a thread can be: from 0. */
export const priorities = 4;

/** Values of a thread's state word. From `awaitsWake` on it is blocked. */
export const State = {
  gone: 0,
  ready: 1,
  running: 2,
  awaitsWake: 3,
  awaitsRequest: 4,
  awaitsReply: 5,
  awaitsMove: 6,
} as const;

export const isBlocked = (state: Word): boolean => state >= State.awaitsWake;

/** Why a call failed, as a word. */
export const Failure = { noReply: -2, noThread: -3, busy: -16, invalid: -22 } as const;

/** What is kept of one thread. All is guarded by the lock of the core that it belongs to, but `asked` and `nextCaller`. */
export interface ThreadWords {
  /** The core that it belongs to: where it runs, waits for its turn, or ran last. Changed under the locks of both. */
  readonly core: Address;
  readonly state: Address;
  readonly priority: Address;
  readonly mask: Address;
  /** Whether it stands in the queue of its core, and its neighbours there plus 1. */
  readonly queued: Address;
  readonly next: Address;
  readonly previous: Address;
  /** Somebody woke it; its reply plus 1; somebody that it wanted moved has moved. Each 0 until then. */
  readonly woken: Address;
  readonly reply: Address;
  readonly moved: Address;
  /** Who waits until it has left a core that it may no longer run on, as bits. */
  readonly awaitedBy: Address;
  /** The calls to it, as a list of the callers plus 1. */
  readonly firstCaller: Address;
  readonly lastCaller: Address;
  /** Of a caller: what it asks, and who called after it. Guarded by the lock of whom it calls. */
  readonly asked: Address;
  readonly nextCaller: Address;
  /** Whose call it has taken and not answered, plus 1. */
  readonly owes: Address;
  /** Whose time slice it runs on, plus 1; 0: it has lent its own. */
  readonly slice: Address;
  /** How many ticks are left of its own slice. Guarded by the lock of the core of whoever runs on it. */
  readonly ticksLeft: Address;
}

/** What is kept of one core. All is guarded by its lock, but `asleep` and `length`, which others look at without it. */
export interface CoreWords {
  readonly lock: Address;
  /** The thread on this core plus 1; 0: its dispatcher. Only this core writes it. */
  readonly current: Address;
  /** 1 while the core looks for a thread or sleeps because there is none. Only this core writes it. */
  readonly asleep: Address;
  /** How many threads stand in its queue. */
  readonly length: Address;
  /** Bit p is set if somebody of priority p stands in its queue. */
  readonly occupied: Address;
  /** The first and the last thread of each priority, plus 1. */
  readonly first: readonly Address[];
  readonly last: readonly Address[];
}

/** Which threads stand in a queue, and when they get there: what schedulers differ in. All called with the core's lock. */
export interface Queueing {
  /** Whether the thread that runs stands in the queue too. */
  readonly holdsRunning: boolean;
  /** The thread is ready and does not run: it has to be in the queue. */
  admit(kernel: Kernel, core: number, id: ThreadId): Routine;
  /** The thread, which is not in the queue of this core, runs now and was not chosen by `choose`. */
  run(kernel: Kernel, core: number, id: ThreadId): Routine;
  /** The thread that ran is blocked now. */
  block(kernel: Kernel, core: number, id: ThreadId): Routine;
  /** The thread that ran is ready still: `isLast` of those of its priority, or the first of them. */
  interrupt(kernel: Kernel, core: number, id: ThreadId, isLast: boolean): Routine;
  /** The thread to run next: the first of the most urgent; -1: there is none. */
  choose(kernel: Kernel, core: number): Routine<number>;
}

export interface Kernel {
  readonly threads: readonly ThreadWords[];
  readonly cores: readonly CoreWords[];
  /** How many ticks a whole slice has. */
  readonly sliceTicks: number;
  readonly queueing: Queueing;
}

export const threadOf = (kernel: Kernel, id: ThreadId): ThreadWords => kernel.threads[id] as ThreadWords;
export const coreOf = (kernel: Kernel, core: number): CoreWords => kernel.cores[core] as CoreWords;

/** A set of cores has this one. */
export const has = (mask: Word, core: number): boolean => ((mask >> core) & 1) === 1;

/** Every core that there is. */
export const everyCore = (kernel: Kernel): Word => (1 << kernel.cores.length) - 1;

/** What a scheduler is told at boot. */
export interface Parameters {
  readonly priorities: readonly Priority[];
  readonly sliceTicks: number;
}

/** How a machine is when it boots: which cores it has, and where each thread is. */
export interface MachineAtBoot {
  readonly cores: number;
  readonly placements: readonly Placement[];
}

/** Lays the words out. Who waits at boot is dealt to the cores in turn; nobody's first time slice has begun. */
export const layoutKernel = (
  memory: Allocator,
  queueing: Queueing,
  parameters: Parameters,
  machine: MachineAtBoot,
): Kernel => {
  const waiting = machine.placements.flatMap(({ tag }, id) => (tag === 'waiting' ? [id] : []));
  const homes = machine.placements.map((placement, id) =>
    placement.tag === 'on core' ? placement.core : Math.max(0, waiting.indexOf(id)) % machine.cores,
  );
  const urgency = (id: ThreadId): Priority => parameters.priorities[id] ?? 0;
  const isQueued = ({ tag }: Placement): boolean => tag === 'waiting' || (tag === 'on core' && queueing.holdsRunning);
  const queue = (core: number, priority: Priority): ThreadId[] =>
    machine.placements.flatMap((placement, id) =>
      isQueued(placement) && homes[id] === core && urgency(id) === priority ? [id] : [],
    );
  const threads = machine.placements.map((placement, id) => {
    const word = (name: string, initial = 0) => memory.word(`T${id}.${name}`, initial);
    const neighbours = queue(homes[id] ?? 0, urgency(id));
    const at = neighbours.indexOf(id);
    const neighbour = (index: number): Word => (at < 0 ? 0 : (neighbours[index] ?? -1) + 1);
    return {
      core: word('core', homes[id]),
      state: word('scheduled', stateAtBoot(placement)),
      priority: word('priority', urgency(id)),
      mask: word('mask', (1 << machine.cores) - 1),
      queued: word('queued', at < 0 ? 0 : 1),
      next: word('after', neighbour(at + 1)),
      previous: word('before', neighbour(at - 1)),
      woken: word('woken'),
      reply: word('reply'),
      moved: word('moved'),
      awaitedBy: word('awaited by'),
      firstCaller: word('first caller'),
      lastCaller: word('last caller'),
      asked: word('asked'),
      nextCaller: word('next caller'),
      owes: word('owes'),
      slice: word('slice', id + 1),
      ticksLeft: word('ticks left', parameters.sliceTicks),
    };
  });
  const cores = Array.from({ length: machine.cores }, (_, core) => {
    const word = (name: string, initial = 0) => memory.word(`core${core}.${name}`, initial);
    const queues = Array.from({ length: priorities }, (_none, priority) => queue(core, priority));
    const runs = machine.placements.findIndex((placement) => placement.tag === 'on core' && placement.core === core);
    return {
      lock: word('queue.lock'),
      current: word('runs', runs + 1),
      asleep: word('asleep'),
      length: word('queue.length', queues.flat().length),
      occupied: word(
        'queue.occupied',
        queues.reduce((bits, ids, priority) => bits | (ids.length > 0 ? 1 << priority : 0), 0),
      ),
      first: queues.map((ids, priority) => word(`queue.first${priority}`, (ids[0] ?? -1) + 1)),
      last: queues.map((ids, priority) => word(`queue.last${priority}`, (ids.at(-1) ?? -1) + 1)),
    };
  });
  return { threads, cores, sliceTicks: parameters.sliceTicks, queueing };
};

const stateAtBoot = ({ tag }: Placement): Word =>
  tag === 'on core' ? State.running : tag === 'waiting' ? State.ready : State.gone;

/** Locks this core, which is given: who holds it stays on it. */
export function* lockThisCore(kernel: Kernel): Routine<number> {
  yield maskInterrupts(); // or this could be another core by the time that it is locked
  const core = yield coreNumber();
  yield* acquire(coreOf(kernel, core).lock);
  yield unmaskInterrupts(); // the lock masks too
  return core;
}

/** Locks the core that a thread belongs to, which is given. The caller holds no other. */
export function* lockCoreOf(kernel: Kernel, id: ThreadId): Routine<number> {
  const thread = threadOf(kernel, id);
  for (;;) {
    const core = yield load(thread.core, 'relaxed'); // a guess, to be looked at again
    yield* acquire(coreOf(kernel, core).lock);
    if ((yield load(thread.core, 'relaxed')) === core) return core;
    yield* unlock(kernel, core);
  }
}

/** Locks two cores, which may be one. All who need two locks take that of the lower core first. */
export function* lockBoth(kernel: Kernel, one: number, other: number): Routine {
  yield* acquire(coreOf(kernel, Math.min(one, other)).lock);
  if (one !== other) yield* acquire(coreOf(kernel, Math.max(one, other)).lock);
}

/**
 * Locks this core and that of another thread, which are given. The caller holds no lock, and while it holds these it stays
 * on this core.
 */
export function* lockThisAnd(kernel: Kernel, id: ThreadId): Routine<{ readonly here: number; readonly there: number }> {
  const thread = threadOf(kernel, id);
  yield maskInterrupts();
  const here = yield coreNumber();
  for (;;) {
    const there = yield load(thread.core, 'relaxed');
    yield* lockBoth(kernel, here, there);
    if ((yield load(thread.core, 'relaxed')) === there) {
      yield unmaskInterrupts();
      return { here, there };
    }
    yield* unlockBoth(kernel, here, there);
  }
}

/** Unlocks a core. */
export function* unlock(kernel: Kernel, core: number): Routine {
  yield* release(coreOf(kernel, core).lock);
}

/** Unlocks two cores, which may be one. */
export function* unlockBoth(kernel: Kernel, one: number, other: number): Routine {
  if (one !== other) yield* unlock(kernel, other);
  yield* unlock(kernel, one);
}
