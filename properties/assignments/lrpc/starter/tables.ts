/**
 * Given: the kernel's tables, and one lock that guards all of their words. You may add words of your own.
 *
 * Numbers of threads, domains, bindings and A-stacks are kept plus 1 where 0 has to mean "none"; the comments say where.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { AStackId, BindingId, DomainId, LrpcBody, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Why a call failed. The handout says when. */
export const Failure = {
  EPERM: -1,
  ENOENT: -2,
  ESRCH: -3,
  ENXIO: -6,
  EBADF: -9,
  EFAULT: -14,
  EBUSY: -16,
  EEXIST: -17,
  EINVAL: -22,
  ENOSPC: -28,
  ENOSYS: -38,
  ESTALE: -116,
  ECALLFAILED: -1001,
  ECALLABORTED: -1002,
} as const;

/** The words of an A-stack, and of its linkage: what the kernel remembers of the call that it is in. */
export interface AStackWords {
  /** To which binding it belongs, plus 1; 0: to none yet. And to which of the server's procedures. */
  readonly binding: Address;
  readonly procedure: Address;
  /** What client and server share: the argument of the call, and its result. */
  readonly argument: Address;
  readonly result: Address;
  /** 1 if the stub of the client has taken it for a call. */
  readonly taken: Address;
  /** Whose thread is in a call with it, plus 1; 0: it is in no call. */
  readonly caller: Address;
  /** The A-stack of the call from within which this one was made, plus 1; 0: it was made at home. */
  readonly below: Address;
  /** 1 if the call has taken it from the free ones; 0 if its caller has chosen it. */
  readonly fromList: Address;
  /** 1 if somebody has given the call up. */
  readonly aborted: Address;
  /** 1 if its caller goes on without it: whoever is in the call now has nowhere to return to. */
  readonly captured: Address;
  /** 1 if a captured thread is kept here, by the server of this call. */
  readonly kept: Address;
  /** 1 if the client's domain has ended; 1 if the server's has. */
  readonly clientLost: Address;
  readonly serverLost: Address;
}

/** The words of a domain. */
export interface DomainWords {
  readonly exported: Address;
  /** 1 if it has ended. */
  readonly ended: Address;
  /** 1 if it keeps nobody any longer (`hold`). */
  readonly open: Address;
  readonly counter: Address;
}

export interface Tables {
  readonly lock: Address;
  readonly parameters: LrpcParameters;
  readonly aStacks: readonly AStackWords[];
  readonly domains: readonly DomainWords[];
  /** Of each binding its client plus 1 (0: there is no such binding yet), and its server. */
  readonly clients: readonly Address[];
  readonly servers: readonly Address[];
  /** Of each thread how many ticks are left of its time slice. */
  readonly budgets: readonly Address[];
}

/** Every thread's time slice at boot. */
const budgetAtBoot = 5;

/** Lays the tables out. */
export const layoutTables = (memory: Allocator, parameters: LrpcParameters): Tables => {
  const { threads, domains, bindings, spareBindings, spareAStacks } = parameters;
  const owners = bindings.flatMap(({ server }, binding) =>
    aStacksOf(parameters, server).map((procedure) => ({ binding, procedure })),
  );
  const several = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  return {
    lock: layoutLock(memory, 'tables.lock'),
    parameters,
    aStacks: several(owners.length + spareAStacks, (a) => {
      const word = (name: string, initial = 0): Address => memory.word(`A${a}.${name}`, initial);
      return {
        binding: word('binding', (owners[a]?.binding ?? -1) + 1),
        procedure: word('procedure', owners[a]?.procedure ?? 0),
        argument: word('argument'),
        result: word('result'),
        taken: word('taken'),
        caller: word('caller'),
        below: word('below'),
        fromList: word('from list'),
        aborted: word('aborted'),
        captured: word('captured'),
        kept: word('kept'),
        clientLost: word('client lost'),
        serverLost: word('server lost'),
      };
    }),
    domains: domains.map(({ exported }, d) => ({
      exported: memory.word(`D${d}.exported`, exported ? 1 : 0),
      ended: memory.word(`D${d}.ended`),
      open: memory.word(`D${d}.open`),
      counter: memory.word(`D${d}.counter`),
    })),
    clients: several(bindings.length + spareBindings, (b) =>
      memory.word(`B${b}.client`, (bindings[b]?.client ?? -1) + 1),
    ),
    servers: several(bindings.length + spareBindings, (b) => memory.word(`B${b}.server`, bindings[b]?.server ?? 0)),
    budgets: threads.map((_, t) => memory.word(`T${t}.budget`, budgetAtBoot)),
  };
};

/** The procedure of each A-stack that a binding to this server comes with. */
export const aStacksOf = ({ domains }: LrpcParameters, server: DomainId): number[] =>
  (domains[server]?.procedures ?? []).flatMap(({ aStacks }, procedure) =>
    Array.from({ length: aStacks }, () => procedure),
  );

/** The domain that a thread belongs to. */
export const homeOf = ({ parameters }: Tables, thread: ThreadId): DomainId => parameters.threads[thread]?.home ?? -1;

/** What a procedure of a domain does; undefined: there is no such procedure. */
export const bodyOf = ({ parameters }: Tables, domain: DomainId, procedure: number): LrpcBody | undefined =>
  parameters.domains[domain]?.procedures[procedure]?.body;

/** The words of an A-stack that there is. */
export const aStackAt = ({ aStacks }: Tables, aStack: AStackId): AStackWords => aStacks[aStack] as AStackWords;

/** The words of a domain that there is. */
export const domainAt = ({ domains }: Tables, domain: DomainId): DomainWords => domains[domain] as DomainWords;

/** Runs `part` with the lock held. What it gives is given. */
export function* locked<T>(tables: Tables, part: () => Routine<T>): Routine<T> {
  yield* acquire(tables.lock);
  const given = yield* part();
  yield* release(tables.lock);
  return given;
}

// All that follows is for who holds the lock.

/** The client of a binding; -1: there is no such binding. */
export function* clientOf(tables: Tables, binding: BindingId): Routine<DomainId | -1> {
  const word = tables.clients[binding];
  return word === undefined ? -1 : (yield load(word, 'plain')) - 1;
}

/** The server of a binding that there is. */
export function* serverOf(tables: Tables, binding: BindingId): Routine<DomainId> {
  return yield load(tables.servers[binding] as Address, 'plain');
}

/** The binding of an A-stack; -1: it belongs to none, or there is no such A-stack. */
export function* bindingOf(tables: Tables, aStack: AStackId): Routine<BindingId | -1> {
  const words = tables.aStacks[aStack];
  return words === undefined ? -1 : (yield load(words.binding, 'plain')) - 1;
}

/** Whether a domain can reach the words of an A-stack: it is the client of its binding, or the server. */
export function* isMapped(tables: Tables, aStack: AStackId, domain: DomainId): Routine<boolean> {
  const binding = yield* bindingOf(tables, aStack);
  if (binding < 0) return false;
  if ((yield* clientOf(tables, binding)) === domain) return true;
  return (yield* serverOf(tables, binding)) === domain;
}

/** Whether a domain has ended, or there is no such domain. */
export function* hasEnded(tables: Tables, domain: DomainId): Routine<boolean> {
  const words = tables.domains[domain];
  return words === undefined || (yield load(words.ended, 'plain')) === 1;
}

/** As whom a thread runs in a domain, as a word. */
export function* identityOf(tables: Tables, thread: ThreadId, domain: DomainId): Routine<Word> {
  const priority = tables.parameters.threads[thread]?.priority ?? 0;
  return domain + 16 * priority + 256 * (yield load(tables.budgets[thread] as Address, 'plain'));
}
