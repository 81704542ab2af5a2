import type { ThreadId } from '#spec/abi.ts';

/** A protection domain: an address space, and the authority of whatever runs in it. */
export type DomainId = number;

/** A binding object, as a client names it: a number that the kernel gave it, and checks. */
export type BindingId = number;

/** One of the words that client and server of a call share: its place among all A-stacks. */
export type AStackId = number;

/**
 * What a procedure of a server does with its argument. `add`: adds it to the server's counter, if it is 0 to 7, and
 * answers the sum. `identify`: answers as whom it runs, see `Identity`. `hold`: keeps its caller until the server
 * releases it. `forward`: calls a procedure over a binding of the server's own, with the same argument, counts that, and
 * answers what it was answered. `crash`: does what ends its domain.
 */
export type LrpcBody =
  | { readonly tag: 'add' | 'identify' | 'hold' | 'crash' }
  | { readonly tag: 'forward'; readonly binding: BindingId; readonly procedure: number };

/** Which domains there are at boot, who is bound to whom, and whose thread is whose. */
export interface LrpcParameters {
  /** Of each thread the domain that it belongs to, and its priority. */
  readonly threads: readonly { readonly home: DomainId; readonly priority: number }[];
  /** Of each domain what it lets others call, with the number of A-stacks for each procedure and client. */
  readonly domains: readonly {
    readonly exported: boolean;
    readonly procedures: readonly { readonly body: LrpcBody; readonly aStacks: number }[];
  }[];
  /** Who is bound to whom at boot; these are bindings 0, 1 and so on. */
  readonly bindings: readonly { readonly client: DomainId; readonly server: DomainId }[];
  /** How many more bindings there may be, and how many A-stacks for all of them. */
  readonly spareBindings: number;
  readonly spareAStacks: number;
  /** How many E-stacks each domain has: as many as calls that can be in it at a time. Callers cannot tell. */
  readonly eStacks: number;
}

/**
 * As whom a thread runs: whose authority it has, its own priority, and what is left of its time slice. In a word:
 * `authority + 16 * priority + 256 * budgetTicks`.
 */
export interface Identity {
  readonly authority: DomainId;
  readonly priority: number;
  readonly budgetTicks: number;
}

/**
 * What a thread can ask for. `call`: over a binding, a procedure by its number; `aStack` null: the stub takes a free one,
 * else the caller has chosen this one itself, whether it has it or not. `terminate` is the environment's. `abort`: a thread
 * of the same domain is not to wait for its call any longer. `release`: the caller's domain lets go of all that it holds.
 * `identify`: as whom the caller runs.
 *
 * What no honest thread does: `stomp`, an ordinary store to a virtual address of its own space, and `return`, the trap by
 * which a server returns, though nobody has called. Virtual page t is the stack of thread t; behind those are the
 * A-stacks, in order (offset 0 holds the argument, 1 the result); behind them the E-stacks and the data of the domains.
 */
export type LrpcCall =
  | { readonly tag: 'export' }
  | { readonly tag: 'import'; readonly server: DomainId }
  | {
      readonly tag: 'call';
      readonly binding: BindingId;
      readonly procedure: number;
      readonly argument: number;
      readonly aStack: AStackId | null;
    }
  | { readonly tag: 'terminate'; readonly domain: DomainId }
  | { readonly tag: 'abort'; readonly target: ThreadId }
  | { readonly tag: 'release' }
  | { readonly tag: 'identify' }
  | { readonly tag: 'stomp'; readonly page: number; readonly offset: number; readonly word: number }
  | { readonly tag: 'return' };

/**
 * Why a call failed. EBADF no binding of the caller's, ESTALE it is revoked, ENOSYS no such procedure, ENXIO no A-stack
 * of this binding and procedure, EBUSY the A-stack is in a call; ECALLFAILED the server was terminated, ECALLABORTED the
 * caller's domain gave the call up; EINVAL an argument that the server refuses, a binding to oneself, or nothing to return
 * from; EEXIST exported already; ENOENT not exported; ENOSPC no more bindings; ESRCH no such domain or call any more; EPERM
 * a thread of another domain; EFAULT not mapped; EACCES without the authority.
 */
export type LrpcErrno =
  | 'EBADF'
  | 'ESTALE'
  | 'ENOSYS'
  | 'ENXIO'
  | 'EBUSY'
  | 'ECALLFAILED'
  | 'ECALLABORTED'
  | 'EINVAL'
  | 'EEXIST'
  | 'ENOENT'
  | 'ENOSPC'
  | 'ESRCH'
  | 'EPERM'
  | 'EFAULT'
  | 'EACCES';

/** What those calls answer. A thread that has nowhere to return to is destroyed, and never answered. */
export type LrpcAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'result'; readonly word: number }
  | { readonly tag: 'binding'; readonly binding: BindingId }
  | { readonly tag: 'identity'; readonly identity: Identity }
  | { readonly tag: 'failed'; readonly errno: LrpcErrno };
