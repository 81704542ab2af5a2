/**
 * Threads that call each other and wait for the reply. Rings of such calls deadlock; timeouts break them.
 *
 * A thread that waits has one wait, which is decided once: by what it waits for, or by the clock. From then on nobody
 * can decide it again, and the thread goes on with the answer. A thread that serves a request may itself call: it waits
 * no longer than its own caller does. There is also a mutex, since who holds one and calls can close a ring too.
 *
 * Two variants. `timeouts`: a ring without timeouts waits for ever, and rightly so: it is the callers' mistake. `detects`:
 * a wait that would close a ring is refused at once, whatever its timeout. Here rings may go through pools of workers (a
 * ring is closed only if all workers of a port are in it) and through the mutex.
 *
 * Source of the rules: seed 001, the timeout mechanism; seed 002, deadlock; L4 X.2 reference manual, "Ipc" (timeouts).
 */
import { match } from 'ts-pattern';
import type { DeadlockAnswer, DeadlockCall, DeadlockErrno, PortId, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** What a thread waits for, and how many ticks more at most; or what has been decided, if it has not gone on yet. */
export type Wait =
  | {
      readonly tag: 'reply';
      readonly port: PortId;
      readonly word: number;
      leftTicks: TimeoutTicks;
      /** Who has its request in service; null: nobody yet. */
      server: ThreadId | null;
    }
  | { readonly tag: 'request'; leftTicks: TimeoutTicks }
  | { readonly tag: 'mutex'; leftTicks: TimeoutTicks }
  | { readonly tag: 'decided'; readonly answer: DeadlockAnswer };

/** The request that a thread serves: whose it is; null: its caller waits no more. */
export interface Service {
  caller: ThreadId | null;
}

export interface Deadlock {
  readonly variant: 'timeouts' | 'detects';
  /** Which port each thread serves. */
  readonly serves: readonly PortId[];
  waits: (Wait | null)[];
  services: (Service | null)[];
  /** Whose requests no worker has taken yet, and who waits for the mutex, in the order in which they came. */
  arrived: ThreadId[];
  /** Who holds the mutex. */
  holder: ThreadId | null;
}

/** What remains of a call whose wait has begun, and of a tick after the clock has moved. */
export type PendingCall = DeadlockCall | { readonly tag: 'waiting' } | { readonly tag: 'rest of tick' };

type Outcomes = readonly Outcome<Deadlock, PendingCall, DeadlockAnswer>[];

/** The state at boot: nobody waits, and the mutex is free. */
export const initial = (variant: Deadlock['variant'], serves: readonly PortId[]): Deadlock => ({
  variant,
  serves,
  waits: serves.map(() => null),
  services: serves.map(() => null),
  arrived: [],
  holder: null,
});

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: Deadlock, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'call' }, (asked) => callPort(state, caller, asked))
    .with({ tag: 'receive' }, ({ timeoutTicks }) => receive(state, caller, timeoutTicks))
    .with({ tag: 'reply' }, ({ word }) => reply(state, caller, word))
    .with({ tag: 'lock' }, ({ timeoutTicks }) => lock(state, caller, timeoutTicks))
    .with({ tag: 'unlock' }, () => unlock(state, caller))
    .with({ tag: 'tick' }, () => tick())
    .with({ tag: 'rest of tick' }, (rest) => expire(state, rest))
    .with({ tag: 'waiting' }, () => waiting(state, caller))
    .exhaustive();

const fails = (errno: DeadlockErrno): Outcomes => returns({ tag: 'failed', errno });

/** The workers of a port. */
const workersOf = (state: Deadlock, port: PortId): ThreadId[] =>
  state.serves.flatMap((served, thread) => (served === port ? [thread] : []));

/** Whether a thread waits for a decision. */
const isWaiting = (state: Deadlock, thread: ThreadId): boolean => {
  const wait = state.waits[thread];
  return wait !== null && wait !== undefined && wait.tag !== 'decided';
};

/** How much longer the caller of the request that `thread` serves waits. null: for ever, or it serves none. */
const outerTicks = (state: Deadlock, thread: ThreadId): TimeoutTicks => {
  const service = state.services[thread];
  if (!service) return null;
  const outer = service.caller === null ? null : state.waits[service.caller];
  return outer?.tag === 'reply' ? outer.leftTicks : 0;
};

/** How long a wait of `thread` may last: what it asks for, and no longer than who waits for it. A 0 bounds the start only. */
const limit = (state: Deadlock, thread: ThreadId, timeoutTicks: TimeoutTicks): TimeoutTicks => {
  const outer = outerTicks(state, thread);
  if (timeoutTicks === null || timeoutTicks === 0) return outer;
  return outer === null ? timeoutTicks : Math.min(outer, timeoutTicks);
};

/** Whom a waiting thread waits for: any one of them will do. Who waits for a request waits for nobody in particular. */
export const awaited = (state: Deadlock, thread: ThreadId): ThreadId[] => {
  const wait = state.waits[thread];
  if (wait?.tag === 'reply') return wait.server === null ? workersOf(state, wait.port) : [wait.server];
  return wait?.tag === 'mutex' && state.holder !== null ? [state.holder] : [];
};

/** Everybody whom `threads` wait for, and whom those wait for, and so on; themselves among them. */
const reached = (state: Deadlock, threads: readonly ThreadId[]): ThreadId[] => {
  const next = threads.flatMap((thread) => awaited(state, thread)).find((thread) => !threads.includes(thread));
  return next === undefined ? [...threads] : reached(state, [...threads, next]);
};

/** Whether nobody on whom `threads` depend can go on, but for a timeout; `but` counts as one who waits. */
export const isStuck = (state: Deadlock, threads: readonly ThreadId[], but: ThreadId | null): boolean =>
  reached(state, threads).every(
    (thread) => thread === but || (isWaiting(state, thread) && state.waits[thread]?.tag !== 'request'),
  );

/** Whether a wait for one of `threads` is to be refused. One that ends at once if it must closes no ring. */
const closesRing = (
  state: Deadlock,
  caller: ThreadId,
  threads: readonly ThreadId[],
  timeoutTicks: TimeoutTicks,
): boolean => state.variant === 'detects' && timeoutTicks !== 0 && isStuck(state, threads, caller);

/**
 * Sends a request and waits for the reply. A worker that waits for a request gets it at once; else it is queued, and a
 * timeout of 0 ends the call there. ETIMEDOUT: not taken, or taken and not replied to, in time. EDEADLK: only the caller
 * serves the port; or (`detects`) it would close a ring. That a 0 does not bound the service is a decision of ours.
 * Source: seed 001, timeouts (the two special values); semantics of L4's send timeout.
 */
const callPort = (state: Deadlock, caller: ThreadId, asked: DeadlockCall & { tag: 'call' }): Outcomes => {
  const { port, word, timeoutTicks } = asked;
  const others = workersOf(state, port).filter((worker) => worker !== caller);
  if (others.length === 0) return fails('EDEADLK');
  if (closesRing(state, caller, workersOf(state, port), timeoutTicks)) return fails('EDEADLK');
  if (outerTicks(state, caller) === 0) return fails('ETIMEDOUT');
  const leftTicks = limit(state, caller, timeoutTicks);
  const ready = others.filter((worker) => state.waits[worker]?.tag === 'request');
  if (ready.length === 0 && timeoutTicks === 0) return fails('ETIMEDOUT');
  if (ready.length === 0) {
    return continues({ tag: 'waiting' }, (draft) => {
      draft.waits[caller] = { tag: 'reply', port, word, leftTicks, server: null };
      draft.arrived.push(caller);
    });
  }
  return ready.flatMap((worker) =>
    continues({ tag: 'waiting' }, (draft: Deadlock) => {
      draft.waits[caller] = { tag: 'reply', port, word, leftTicks, server: worker };
      draft.services[worker] = { caller };
      draft.waits[worker] = { tag: 'decided', answer: { tag: 'request', from: caller, word } };
    }),
  );
};

/**
 * Takes the oldest request at the caller's port, or waits for one. EINVAL: it has not replied to the last one.
 * ETIMEDOUT. Source: seed 003, message passing (blocking and non-blocking receive); seed 001, timeouts.
 */
const receive = (state: Deadlock, caller: ThreadId, timeoutTicks: TimeoutTicks): Outcomes => {
  if (state.services[caller]) return fails('EINVAL');
  const from = state.arrived.find((thread) => {
    const wait = state.waits[thread];
    return wait?.tag === 'reply' && wait.port === state.serves[caller];
  });
  const request = from === undefined ? undefined : state.waits[from];
  if (from !== undefined && request?.tag === 'reply') {
    return returns({ tag: 'request', from, word: request.word }, (draft) => {
      draft.arrived = draft.arrived.filter((thread) => thread !== from);
      draft.waits[from] = { ...request, server: caller };
      draft.services[caller] = { caller: from };
    });
  }
  if (timeoutTicks === 0) return fails('ETIMEDOUT');
  return continues({ tag: 'waiting' }, (draft) => {
    draft.waits[caller] = { tag: 'request', leftTicks: timeoutTicks };
  });
};

/**
 * Ends the service of a request: its caller gets the word, if it still waits. The server is not told whether it does.
 * EINVAL: the caller serves none. Source: seed 002, deadlock (the call has failed by then); L4 X.2, "Ipc": a reply does
 * not wait.
 */
const reply = (state: Deadlock, caller: ThreadId, word: number): Outcomes => {
  const service = state.services[caller];
  if (!service) return fails('EINVAL');
  return returns({ tag: 'ok' }, (draft) => {
    draft.services[caller] = null;
    if (service.caller !== null) draft.waits[service.caller] = { tag: 'decided', answer: { tag: 'replied', word } };
  });
};

/**
 * Takes the mutex, or waits for it. ETIMEDOUT. EDEADLK: (`detects`) it would close a ring.
 * Source: POSIX, pthread_mutex_timedlock.
 */
const lock = (state: Deadlock, caller: ThreadId, timeoutTicks: TimeoutTicks): Outcomes => {
  if (state.holder === null) {
    return returns({ tag: 'ok' }, (draft) => {
      draft.holder = caller;
    });
  }
  if (closesRing(state, caller, [state.holder], timeoutTicks)) return fails('EDEADLK');
  if (timeoutTicks === 0 || outerTicks(state, caller) === 0) return fails('ETIMEDOUT');
  return continues({ tag: 'waiting' }, (draft) => {
    draft.waits[caller] = { tag: 'mutex', leftTicks: limit(state, caller, timeoutTicks) };
    draft.arrived.push(caller);
  });
};

/** Hands the mutex to who has waited longest. EPERM: the caller does not hold it. Source: POSIX, pthread_mutex_unlock. */
const unlock = (state: Deadlock, caller: ThreadId): Outcomes => {
  if (state.holder !== caller) return fails('EPERM');
  const next = state.arrived.find((thread) => state.waits[thread]?.tag === 'mutex') ?? null;
  return returns({ tag: 'ok' }, (draft) => {
    draft.holder = next;
    if (next === null) return;
    draft.arrived = draft.arrived.filter((thread) => thread !== next);
    draft.waits[next] = { tag: 'decided', answer: { tag: 'ok' } };
  });
};

/**
 * The clock moves on. Source: seed 001, timeouts: the kernel ends the call; here the timer device is a thread.
 */
const tick = (): Outcomes =>
  continues({ tag: 'rest of tick' }, (draft) => {
    for (const wait of draft.waits) {
      if (wait && wait.tag !== 'decided' && wait.leftTicks !== null) wait.leftTicks = Math.max(0, wait.leftTicks - 1);
    }
  });

/**
 * Ends some wait whose time is over; the tick is done when there is none. Until then such a wait may still be decided by
 * what it is for. A request that was not taken is withdrawn; who serves one goes on, for nobody.
 * Source: seed 001, timeouts: an error is returned; L4 X.2, "Ipc".
 */
const expire = (state: Deadlock, rest: PendingCall): Outcomes => {
  const due = state.waits.flatMap((wait, thread) =>
    wait && wait.tag !== 'decided' && wait.leftTicks === 0 ? [thread] : [],
  );
  if (due.length === 0) return returns({ tag: 'ok' });
  return due.flatMap((thread) =>
    continues(rest, (draft: Deadlock) => {
      draft.waits[thread] = { tag: 'decided', answer: { tag: 'failed', errno: 'ETIMEDOUT' } };
      draft.arrived = draft.arrived.filter((other) => other !== thread);
      for (const service of draft.services) if (service?.caller === thread) service.caller = null;
    }),
  );
};

/** Goes on with what was decided. Source: seed 001, timeouts: reply or error, one of the two. */
const waiting = (state: Deadlock, caller: ThreadId): Outcomes => {
  const wait = state.waits[caller];
  if (wait?.tag !== 'decided') return waits;
  return returns(wait.answer, (draft) => {
    draft.waits[caller] = null;
  });
};
