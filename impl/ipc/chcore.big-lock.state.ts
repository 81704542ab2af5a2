/** What the naive kernel keeps, all of it plain and under one lock; and how its threads wait and end. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, panic, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { giveUp } from '#impl/sync/dispatcher.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { ChcoreParameters, ChcoreThreadAtBoot, ProcessId, VirtualPage } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';

export const Failure = {
  noSuchProcess: -3,
  tryLater: -11,
  noRoom: -12,
  fault: -14,
  invalid: -22,
  refused: -111,
  retry: -199,
  capability: -200,
} as const;

export const Life = { alive: 0, exiting: 1, gone: 2 } as const;
export const Passive = { starting: 0, waiting: 1, busy: 2, dead: 3 } as const;

const kinds = { none: 0, thread: 1, memory: 2, connection: 3, served: 4 } as const;

/** A slot of a capability table. */
export interface Slot {
  readonly kind: Address;
  readonly object: Address;
  readonly copyable: Address;
}

export interface Process {
  readonly life: Address;
  readonly slots: readonly Slot[];
  /** Which memory is mapped at each page, plus 1. */
  readonly pages: readonly Address[];
}

export interface ThreadState extends ChcoreThreadAtBoot {
  readonly passive: Address;
  /** What a passive thread works for, plus 1; 0: it sleeps. */
  readonly connection: Address;
  /** Whose time it runs on, plus 1. */
  readonly context: Address;
  readonly register: Address;
  /** The page of its last message, plus 1. */
  readonly message: Address;
  /** 1: its answer is there; and the answer. */
  readonly isAnswered: Address;
  readonly answer: Address;
}

export interface Connection {
  readonly inUse: Address;
  readonly isValid: Address;
  readonly client: Address;
  readonly server: Address;
  readonly memory: Address;
  readonly clientPage: Address;
  readonly serverPage: Address;
  readonly serverMemory: Address;
  readonly handler: Address;
  /** The thread that waits for an answer, plus 1. */
  readonly caller: Address;
  readonly count: Address;
  readonly sent: readonly Address[];
  readonly returning: readonly Address[];
  readonly returned: readonly Address[];
}

export interface Kernel {
  readonly lock: Address;
  readonly kinds: typeof kinds;
  readonly processes: readonly Process[];
  readonly threads: readonly ThreadState[];
  readonly connections: readonly Connection[];
  readonly frames: readonly Address[];
  readonly capabilitiesMax: number;
}

/** Lays everything out. */
export const layoutKernel = (memory: Allocator, parameters: ChcoreParameters): Kernel => {
  const { connections, capabilitiesMax } = parameters;
  const mapped = (process: ProcessId, page: VirtualPage): number =>
    (connections.find(
      (one) =>
        (one.client === process && one.clientPage === page) || (one.server === process && one.serverPage === page),
    )?.memory ?? -1) + 1;
  return {
    lock: layoutLock(memory, 'kernel.lock'),
    kinds,
    processes: parameters.holdings.map((held, process) => ({
      life: memory.word(`P${process}.life`),
      slots: Array.from({ length: parameters.slots }, (_, slot) => ({
        kind: memory.word(`P${process}.slot${slot}.kind`, kinds[held[slot]?.kind ?? 'none']),
        object: memory.word(`P${process}.slot${slot}.object`, held[slot]?.object),
        copyable: memory.word(`P${process}.slot${slot}.copyable`, Number(held[slot]?.copyable ?? false)),
      })),
      pages: Array.from({ length: parameters.pages }, (_, page) =>
        memory.word(`P${process}.page${page}`, mapped(process, page)),
      ),
    })),
    threads: parameters.threads.map((thread, id) => ({
      ...thread,
      passive: memory.word(`T${id}.passive`),
      connection: memory.word(`T${id}.connection`),
      context: memory.word(`T${id}.schedulingContext`, thread.kind === 'user' ? id + 1 : 0),
      register: memory.word(
        `T${id}.register`,
        (parameters.servers.find((server) => server.thread === id)?.register ?? -1) + 1,
      ),
      message: memory.word(`T${id}.message`),
      isAnswered: memory.word(`T${id}.isAnswered`),
      answer: memory.word(`T${id}.answer`),
    })),
    connections: Array.from({ length: parameters.connectionsMax }, (_, index) => {
      const one = connections[index];
      const word = (name: string, initial = 0): Address => memory.word(`connection${index}.${name}`, initial);
      const row = (name: string): Address[] =>
        Array.from({ length: capabilitiesMax }, (_each, i) => word(`${name}${i}`));
      return {
        inUse: word('inUse', one ? 1 : 0),
        isValid: word('isValid', one ? 1 : 0),
        client: word('client', one?.client),
        server: word('server', one?.server),
        memory: word('memory', one?.memory),
        clientPage: word('clientPage', one?.clientPage),
        serverPage: word('serverPage', one?.serverPage),
        serverMemory: word('serverMemory', one?.serverMemory),
        handler: word('handler', one?.handler),
        caller: word('caller'),
        count: word('count'),
        sent: row('sent'),
        returning: row('returning'),
        returned: row('returned'),
      };
    }),
    frames: Array.from({ length: parameters.memories }, (_, index) => memory.words(`memory${index}`, 2)),
    capabilitiesMax,
  };
};

export const threadAt = (kernel: Kernel, thread: ThreadId): ThreadState => kernel.threads[thread] as ThreadState;
export const connectionAt = (kernel: Kernel, index: number): Connection => kernel.connections[index] as Connection;

export function* isAlive(kernel: Kernel, process: ProcessId): Routine<boolean> {
  return (yield load((kernel.processes[process] as Process).life, 'plain')) === Life.alive;
}

/** The object of the capability in a slot, if it is of this kind, or -1. */
export function* objectIn(kernel: Kernel, process: ProcessId, slot: number, kind: number): Routine<number> {
  const held = kernel.processes[process]?.slots[slot];
  return held && (yield load(held.kind, 'plain')) === kind ? yield load(held.object, 'plain') : -1;
}

/** The lowest free slot from `from` on, or -1. */
export function* freeSlot(kernel: Kernel, process: ProcessId, from = 0): Routine<number> {
  const { slots } = kernel.processes[process] as Process;
  for (let slot = from; slot < slots.length; slot++) {
    if ((yield load((slots[slot] as Slot).kind, 'plain')) === kinds.none) return slot;
  }
  return -1;
}

/** Puts a capability into a slot. */
export function* put(
  kernel: Kernel,
  process: ProcessId,
  slot: number,
  kind: number,
  object: number,
  copyable: boolean,
): Routine {
  const to = kernel.processes[process]?.slots[slot] as Slot;
  yield store(to.kind, kind, 'plain');
  yield store(to.object, object, 'plain');
  yield store(to.copyable, Number(copyable), 'plain');
}

/** Why a connection cannot be ended now: it is being built, or a call is under way, or its handler is busy. 0: it can. */
export function* mayEnd(kernel: Kernel, index: number): Routine<Word> {
  const connection = connectionAt(kernel, index);
  if ((yield load(connection.isValid, 'plain')) === 0) return Failure.invalid;
  if ((yield load(connection.caller, 'plain')) !== 0) return Failure.tryLater;
  const doing = yield load(threadAt(kernel, yield load(connection.handler, 'plain')).passive, 'plain');
  return doing === Passive.waiting || doing === Passive.dead ? 0 : Failure.tryLater;
}

/** The memory that the caller has mapped at a page, or (null) at its message's; -1: none. */
export function* frameAt(self: Thread, kernel: Kernel, page: VirtualPage | null): Routine<Address> {
  const { process, message } = threadAt(kernel, self.id);
  const at = page ?? (yield load(message, 'plain')) - 1;
  const entry = kernel.processes[process]?.pages[at];
  const memory = entry === undefined ? 0 : yield load(entry, 'plain');
  return memory === 0 ? -1 : (kernel.frames[memory - 1] as Address);
}

/** Waits until the caller has been answered. The answer. */
export function* awaitAnswer(self: Thread, kernel: Kernel): Routine<Word> {
  const { isAnswered, answer } = threadAt(kernel, self.id);
  while ((yield load(isAnswered, 'plain')) === 0) yield* sleep(self, isAnswered, kernel.lock);
  yield store(isAnswered, 0, 'plain');
  return yield load(answer, 'plain');
}

/** Lets a passive thread work for a connection, on the caller's time. */
export function* lendTo(self: Thread, kernel: Kernel, to: ThreadId, index: number): Routine {
  const target = threadAt(kernel, to);
  yield store(target.passive, Passive.busy, 'plain');
  yield store(target.connection, index + 1, 'plain');
  yield store(target.context, yield load(threadAt(kernel, self.id).context, 'plain'), 'plain');
  yield* wakeup(self, target.connection);
}

/** Ends what the caller does for a connection: whoever waits is answered, unless it was killed and answers nobody itself. */
export function* answerFor(self: Thread, kernel: Kernel, caller: ThreadId, answer: Word, next: number): Routine {
  const mine = threadAt(kernel, self.id);
  yield store(mine.passive, next, 'plain');
  yield store(mine.connection, 0, 'plain');
  yield store(mine.context, 0, 'plain');
  const client = threadAt(kernel, caller);
  if (client.kind !== 'handler' && !(yield* isAlive(kernel, client.process))) return;
  yield store(client.answer, answer, 'plain');
  yield store(client.isAnswered, 1, 'plain');
  yield* wakeup(self, client.isAnswered);
}

/** Ends the caller, whose process was killed, with the lock held. Whom it works for is told so. */
export function* die(self: Thread, kernel: Kernel): Routine {
  const mine = threadAt(kernel, self.id);
  const index = mine.kind === 'user' ? -1 : (yield load(mine.connection, 'plain')) - 1;
  if (index >= 0) {
    const connection = connectionAt(kernel, index);
    const caller = (yield load(connection.caller, 'plain')) - 1;
    yield* clear(kernel, index, mine.kind === 'handler');
    yield* answerFor(self, kernel, caller, Failure.noSuchProcess, Passive.dead);
  } else {
    yield store(mine.passive, Passive.dead, 'plain');
  }
  const words = wordsOf(self.table, self.id);
  yield* acquire(words.lock);
  yield store(words.state, State.zombie, 'relaxed');
  yield* release(kernel.lock);
  yield* giveUp(self);
  yield panic('an exited thread runs');
}

/** A call is over: nothing of it is left. A registration that came to nothing: the connection is gone. */
export function* clear(kernel: Kernel, index: number, isCall: boolean): Routine {
  const connection = connectionAt(kernel, index);
  yield store(connection.caller, 0, 'plain');
  yield store(connection.count, 0, 'plain');
  for (const entry of connection.sent) yield store(entry, 0, 'plain');
  if (!isCall) yield* remove(kernel, index);
}

/** Takes a connection out of both tables, and the server's memory with it. */
export function* remove(kernel: Kernel, index: number): Routine {
  const connection = connectionAt(kernel, index);
  for (const [process, { slots }] of kernel.processes.entries()) {
    for (let slot = 0; slot < slots.length; slot++) {
      const isOne =
        (yield* objectIn(kernel, process, slot, kinds.connection)) === index ||
        (yield* objectIn(kernel, process, slot, kinds.served)) === index;
      if (isOne) yield* put(kernel, process, slot, kinds.none, 0, false);
    }
  }
  const server = yield load(connection.server, 'plain');
  yield* put(kernel, server, yield load(connection.serverMemory, 'plain'), kinds.none, 0, false);
  yield store(connection.inUse, 0, 'plain');
  yield store(connection.isValid, 0, 'plain');
}
