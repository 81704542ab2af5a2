/** What there is in lightweight remote procedure call: domains, bindings, A-stacks, and where threads are. See `lrpc.ts`. */

import type {
  AStackId,
  BindingId,
  DomainId,
  Identity,
  LrpcAnswer,
  LrpcCall,
  LrpcErrno,
  LrpcParameters,
} from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** What a procedure answers: a word, or why not. */
export type Result = number | LrpcErrno;

/** An A-stack, and its linkage: the call that it is in, and which end of its binding is gone. */
export interface AStack {
  readonly binding: BindingId;
  readonly procedure: number;
  argument: number;
  result: Result;
  /** A stub of the client has taken it. */
  isTaken: boolean;
  call: { readonly thread: ThreadId; readonly isOutermost: boolean; isAborted: boolean; isCaptured: boolean } | null;
  lost: { client: boolean; server: boolean };
  /** While its binding is being made: who has found it mapped by then. */
  foundBy: DomainId[];
}

/** Who may call whom. */
export interface Binding {
  readonly client: DomainId;
  readonly server: DomainId;
  /** It is made, and may be called over. */
  isBound: boolean;
}

export interface Domain {
  readonly procedures: LrpcParameters['domains'][number]['procedures'];
  isExported: boolean;
  isTerminated: boolean;
  /** It has let go of whom it held, and holds nobody from then on. */
  isOpen: boolean;
  counter: number;
}

/** A thread: priority and time slice are its own, whichever domain it runs in. */
export interface LrpcThread {
  readonly home: DomainId;
  readonly priority: number;
  budgetTicks: number;
  /** Somebody of its own domain has written on its stack. */
  isSmashed: boolean;
}

export interface Lrpc {
  domains: Domain[];
  bindings: Binding[];
  readonly bindingsMax: number;
  aStacks: AStack[];
  readonly aStacksMax: number;
  threads: LrpcThread[];
  /** Where threads are whose callers wait for them no longer. */
  captured: Inside[];
}

/** What is asked of the stub. */
export type Asked = Pick<LrpcCall & { tag: 'call' }, 'binding' | 'procedure' | 'argument' | 'aStack'>;

/** One call of those that a thread is in: its A-stack, whether the stub took it, and the server's copy of the argument. */
export interface Level {
  readonly aStack: AStackId;
  readonly isFromList: boolean;
  readonly argument: number;
}

/** What a thread does next. */
export type Step =
  | { readonly at: 'take'; readonly asked: Asked }
  | { readonly at: 'verify' | 'claim'; readonly asked: Asked; readonly aStack: AStackId | null }
  | { readonly at: 'copy' | 'serve' | 'fall' }
  | { readonly at: 'count' | 'answer'; readonly result: Result }
  | { readonly at: 'return'; readonly hasFailed: boolean }
  | {
      readonly at: 'collect';
      readonly aStack: AStackId | null;
      readonly isFromList: boolean;
      readonly failure: LrpcErrno | null;
    };

/** Where a thread is: the calls that it is in, the innermost last, and what it does next. */
export interface Inside {
  readonly levels: readonly Level[];
  readonly step: Step;
}

/**
 * What remains of a call: to go on inside; or that a binding is made; or to tell all concerned of a domain's end; or to run
 * who was captured there.
 */
export type PendingCall =
  | LrpcCall
  | ({ readonly tag: 'rest of call' } & Inside)
  | { readonly tag: 'rest of import'; readonly binding: BindingId }
  | {
      readonly tag: 'rest of terminate';
      readonly domain: DomainId;
      readonly next: AStackId;
      readonly afterwards: Inside | null;
    }
  | {
      readonly tag: 'rest of release';
      readonly domain: DomainId;
      readonly freed: Inside | null;
      readonly afterwards: Inside | null;
    }
  | { readonly tag: 'destroyed' };

export type Outcomes = readonly Outcome<Lrpc, PendingCall, LrpcAnswer>[];

/** The time slice of a thread at boot. A procedure costs a tick. */
export const budgetAtBootTicks = 5;

export const freshAStacks = (
  domains: readonly Pick<Domain, 'procedures'>[],
  binding: BindingId,
  server: DomainId,
): AStack[] =>
  (domains[server]?.procedures ?? []).flatMap(({ aStacks }, procedure) =>
    Array.from({ length: aStacks }, () => ({
      binding,
      procedure,
      argument: 0,
      result: 0,
      isTaken: false,
      call: null,
      lost: { client: false, server: false },
      foundBy: [],
    })),
  );

/** The state at boot. Source: section 3.1, binding. */
export const initial = (parameters: LrpcParameters): Lrpc => {
  const { threads, domains, bindings, spareBindings, spareAStacks } = parameters;
  const aStacks = bindings.flatMap(({ server }, binding) => freshAStacks(domains, binding, server));
  return {
    domains: domains.map(({ exported, procedures }) => ({
      procedures,
      isExported: exported,
      isTerminated: false,
      isOpen: false,
      counter: 0,
    })),
    bindings: bindings.map((binding) => ({ ...binding, isBound: true })),
    bindingsMax: bindings.length + spareBindings,
    aStacks,
    aStacksMax: aStacks.length + spareAStacks,
    threads: threads.map(({ home, priority }) => ({
      home,
      priority,
      budgetTicks: budgetAtBootTicks,
      isSmashed: false,
    })),
    captured: [],
  };
};

export const fails = (errno: LrpcErrno): Outcomes => returns({ tag: 'failed', errno });

export const homeOf = (state: Lrpc, thread: ThreadId): DomainId => state.threads[thread]?.home ?? -1;

/** Whose procedure runs at a level. */
export const serverOf = (state: Lrpc, aStack: AStackId | undefined): DomainId =>
  state.bindings[state.aStacks[aStack ?? -1]?.binding ?? -1]?.server ?? -1;

export const isGone = (state: Lrpc, domain: DomainId): boolean => state.domains[domain]?.isTerminated ?? true;

export const inside = (levels: readonly Level[], step: Step): PendingCall => ({ tag: 'rest of call', levels, step });

export const identityOf = (state: Lrpc, thread: ThreadId, authority: DomainId): Identity => {
  const { priority = 0, budgetTicks = 0 } = state.threads[thread] ?? {};
  return { authority, priority, budgetTicks };
};

/** Whether an A-stack leads from or to a domain. */
export const isOf = (state: Lrpc, { binding }: AStack, domain: DomainId): boolean => {
  const bound = state.bindings[binding];
  return bound?.client === domain || bound?.server === domain;
};

/** Whether a domain can reach the words of an A-stack for sure: it is the client's and the server's, and nobody else's. */
export const isMapped = (state: Lrpc, aStack: AStack, domain: DomainId): boolean =>
  isOf(state, aStack, domain) && (state.bindings[aStack.binding]?.isBound === true || aStack.foundBy.includes(domain));
