/**
 * Priorities that are lent: who waits for a thread lends it its own, for as long as it waits.
 *
 * What priority a thread has is no part of the state. It is the highest of its own and those of all who wait for it: for
 * any mutex that it holds, or for it to serve them; and what those are is said by the same rule. So there is nothing to
 * forget when a wait ends, however it ends. The two variants differ in that rule only: under `ceiling` a mutex lends
 * its holder a fixed priority, the highest of all who may ever take it, from the moment it is taken.
 *
 * Who has the highest priority is served first, among equals who came first. A wait that would close a ring is refused.
 *
 * Source: Sha, Rajkumar and Lehoczky, "Priority inheritance protocols", IEEE Transactions on Computers 1990; Linux,
 * Documentation/locking/rt-mutex-design.rst; seed 002, priority inversion.
 */
import { match } from 'ts-pattern';
import type {
  InheritanceAnswer,
  InheritanceCall,
  InheritanceErrno,
  MutexId,
  Priority,
} from '#spec/abi/sched/inheritance.ts';
import type { ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** What a thread waits for; or what has been decided, if it has not gone on yet. */
export type Wait =
  | { readonly tag: 'mutex'; readonly mutex: MutexId }
  | { readonly tag: 'reply'; readonly server: ThreadId; isServed: boolean }
  | { readonly tag: 'request' }
  | { readonly tag: 'decided'; readonly answer: InheritanceAnswer };

/** The request that a thread serves: whose it is; null: its caller waits no more. */
export interface Service {
  caller: ThreadId | null;
}

export interface Inheritance {
  readonly variant: 'inheritance' | 'ceiling';
  /** Each thread's own priority. */
  own: Priority[];
  readonly ceilings: readonly Priority[];
  /** Who holds each mutex. */
  holders: (ThreadId | null)[];
  waits: (Wait | null)[];
  services: (Service | null)[];
  /** Those who wait, in the order in which they came. */
  arrived: ThreadId[];
}

/** What remains of a call whose wait has begun. */
export type PendingCall = InheritanceCall | { readonly tag: 'waiting' };

type Outcomes = readonly Outcome<Inheritance, PendingCall, InheritanceAnswer>[];

/** The state at boot: all mutexes are free, and nobody waits. */
export const initial = (
  variant: Inheritance['variant'],
  priorities: readonly Priority[],
  ceilings: readonly Priority[],
): Inheritance => ({
  variant,
  own: [...priorities],
  ceilings,
  holders: ceilings.map(() => null),
  waits: priorities.map(() => null),
  services: priorities.map(() => null),
  arrived: [],
});

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: Inheritance, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'lock' }, ({ mutex }) => lock(state, caller, mutex))
    .with({ tag: 'unlock' }, ({ mutex }) => unlock(state, caller, mutex))
    .with({ tag: 'call' }, ({ server }) => callServer(state, caller, server))
    .with({ tag: 'receive' }, () => receive(state, caller))
    .with({ tag: 'reply' }, () => reply(state, caller))
    .with({ tag: 'timeOut' }, ({ thread }) => timeOut(state, thread))
    .with({ tag: 'setPriority' }, ({ thread, priority }) => setPriority(thread, priority))
    .with({ tag: 'priorityOf' }, ({ thread }) => priorityOf(state, thread))
    .with({ tag: 'work' }, () => work())
    .with({ tag: 'waiting' }, () => waiting(state, caller))
    .exhaustive();

const fails = (errno: InheritanceErrno): Outcomes => returns({ tag: 'failed', errno });

/** For whom a thread waits; null: for nobody, or for any request. */
export const awaited = (state: Inheritance, thread: ThreadId): ThreadId | null => {
  const wait = state.waits[thread];
  if (wait?.tag === 'mutex') return state.holders[wait.mutex] ?? null;
  return wait?.tag === 'reply' ? wait.server : null;
};

/** The priority of a thread just now: its own, or the highest that it is lent. */
export const effective = (state: Inheritance, thread: ThreadId): Priority => {
  const lent = state.waits.flatMap((wait, lender) => {
    if (awaited(state, lender) !== thread) return [];
    return wait?.tag === 'mutex' && state.variant === 'ceiling' ? [] : [effective(state, lender)];
  });
  const raised = state.holders.flatMap((holder, mutex) =>
    holder === thread && state.variant === 'ceiling' ? [state.ceilings[mutex] ?? 0] : [],
  );
  return Math.max(state.own[thread] ?? 0, ...lent, ...raised);
};

/** Whether `thread` waits for `other`, or for one who does, and so on; or is it. */
const dependsOn = (state: Inheritance, thread: ThreadId, other: ThreadId): boolean => {
  if (thread === other) return true;
  const next = awaited(state, thread);
  return next !== null && dependsOn(state, next, other);
};

/** Of those that wait as `fits` says, the one of the highest priority; among equals, who came first. */
const mostUrgent = (state: Inheritance, fits: (wait: Wait) => boolean): ThreadId | undefined => {
  const fitting = state.arrived.filter((thread) => {
    const wait = state.waits[thread];
    return wait !== null && wait !== undefined && fits(wait);
  });
  const highest = Math.max(...fitting.map((thread) => effective(state, thread)));
  return fitting.find((thread) => effective(state, thread) === highest);
};

/** Ends the wait of a thread: it goes on with `answer`. */
const decide = (draft: Inheritance, thread: ThreadId, answer: InheritanceAnswer): void => {
  draft.waits[thread] = { tag: 'decided', answer };
  draft.arrived = draft.arrived.filter((other) => other !== thread);
};

const ok: InheritanceAnswer = { tag: 'ok' };

/**
 * Takes a mutex, or waits for it. EDEADLK: its holder waits for the caller, or is it. EINVAL: (`ceiling`) the caller's own
 * priority is above the ceiling. Source: Linux, kernel/locking/rtmutex.c (task_blocks_on_rt_mutex); POSIX,
 * pthread_mutex_lock (PTHREAD_PRIO_INHERIT, PTHREAD_PRIO_PROTECT).
 */
const lock = (state: Inheritance, caller: ThreadId, mutex: MutexId): Outcomes => {
  if (state.variant === 'ceiling' && (state.own[caller] ?? 0) > (state.ceilings[mutex] ?? 0)) return fails('EINVAL');
  const holder = state.holders[mutex] ?? null;
  if (holder === null) {
    return returns(ok, (draft) => {
      draft.holders[mutex] = caller;
    });
  }
  if (dependsOn(state, holder, caller)) return fails('EDEADLK');
  return continues({ tag: 'waiting' }, (draft) => {
    draft.waits[caller] = { tag: 'mutex', mutex };
    draft.arrived.push(caller);
  });
};

/**
 * Hands a mutex to the most urgent of those who wait for it. EPERM: the caller does not hold it.
 * Source: Linux, kernel/locking/rtmutex.c (rt_mutex_slowunlock, mark_wakeup_next_waiter), but that the mutex cannot be
 * taken by another on the way.
 */
const unlock = (state: Inheritance, caller: ThreadId, mutex: MutexId): Outcomes => {
  if (state.holders[mutex] !== caller) return fails('EPERM');
  const next = mostUrgent(state, (wait) => wait.tag === 'mutex' && wait.mutex === mutex);
  return returns(ok, (draft) => {
    draft.holders[mutex] = next ?? null;
    if (next !== undefined) decide(draft, next, ok);
  });
};

/**
 * Asks a server for a service, and waits for it: at once if the server waits for a request. EDEADLK: it waits for the
 * caller, or is it. Source: seed 002, priority inversion (a server and its clients); Linux, binder (inherited priority).
 */
const callServer = (state: Inheritance, caller: ThreadId, server: ThreadId): Outcomes => {
  if (dependsOn(state, server, caller)) return fails('EDEADLK');
  const isReady = state.waits[server]?.tag === 'request';
  return continues({ tag: 'waiting' }, (draft) => {
    draft.waits[caller] = { tag: 'reply', server, isServed: isReady };
    draft.arrived.push(caller);
    if (!isReady) return;
    decide(draft, server, { tag: 'request', from: caller });
    draft.services[server] = { caller };
  });
};

/**
 * Takes the most urgent request, or waits for one. EINVAL: the caller has not replied to the last one.
 * Source: seed 002, priority inversion; the queue in the order of priorities is a decision that the bound needs.
 */
const receive = (state: Inheritance, caller: ThreadId): Outcomes => {
  if (state.services[caller]) return fails('EINVAL');
  const from = mostUrgent(state, (wait) => wait.tag === 'reply' && wait.server === caller && !wait.isServed);
  if (from === undefined) {
    return continues({ tag: 'waiting' }, (draft) => {
      draft.waits[caller] = { tag: 'request' };
    });
  }
  return returns({ tag: 'request', from }, (draft) => {
    draft.waits[from] = { tag: 'reply', server: caller, isServed: true };
    draft.services[caller] = { caller: from };
  });
};

/** Ends a service. EINVAL: the caller serves nobody. Source: seed 002, priority inversion: inheritance ends here. */
const reply = (state: Inheritance, caller: ThreadId): Outcomes => {
  const service = state.services[caller];
  if (!service) return fails('EINVAL');
  return returns(ok, (draft) => {
    draft.services[caller] = null;
    if (service.caller !== null) decide(draft, service.caller, ok);
  });
};

/**
 * Ends the wait of a thread, if it is in one. Who serves it goes on, for nobody.
 * Source: Linux, kernel/locking/rtmutex.c (remove_waiter).
 */
const timeOut = (state: Inheritance, thread: ThreadId): Outcomes => {
  const wait = state.waits[thread];
  if (!wait || wait.tag === 'decided') return returns(ok);
  return returns(ok, (draft) => {
    decide(draft, thread, { tag: 'failed', errno: 'ETIMEDOUT' });
    for (const service of draft.services) if (service?.caller === thread) service.caller = null;
  });
};

/** Changes a thread's own priority. Source: Linux, kernel/locking/rtmutex.c (rt_mutex_adjust_pi). */
const setPriority = (thread: ThreadId, priority: Priority): Outcomes =>
  returns(ok, (draft) => {
    draft.own[thread] = priority;
  });

/** Tells the priority that a thread has now. Source: Linux, /proc/pid/stat, field 18 (priority). */
const priorityOf = (state: Inheritance, thread: ThreadId): Outcomes =>
  returns({ tag: 'priority', priority: effective(state, thread) });

/** Computes for a while: nothing that others can see. Source: seed 002, priority inversion (the medium task). */
const work = (): Outcomes => returns(ok);

/** Goes on with what was decided. Source: Linux, kernel/locking/rtmutex.c (__rt_mutex_slowlock). */
const waiting = (state: Inheritance, caller: ThreadId): Outcomes => {
  const wait = state.waits[caller];
  if (wait?.tag !== 'decided') return waits;
  return returns(wait.answer, (draft) => {
    draft.waits[caller] = null;
  });
};
