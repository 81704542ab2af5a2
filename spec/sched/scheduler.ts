/**
 * A scheduler, as its threads see it: they wait, wake each other, call each other, and say where they may run.
 *
 * Who runs when does not appear here. Queues, time slices and the choice among those that are ready cannot be told from
 * the answers: a thread that is not answered yet has not run far enough, for whatever reason. What can be told is who
 * goes on at all, what is handed over, and on which cores a thread finds itself. So implementations that keep blocked
 * threads in their queues and those that do not, with a queue for each core or one for all, have this one spec. What the
 * spec leaves open, that the most urgent runs first for one, is claimed of their tracepoints.
 */
import { match } from 'ts-pattern';
import type {
  CoreMask,
  Priority,
  SchedulerAnswer,
  SchedulerCall,
  SchedulerErrno,
  Target,
} from '#spec/abi/sched/scheduler.ts';
import type { ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** The most urgent priority. */
export const priorityMax: Priority = 3;

export interface ScheduledThread {
  priority: Priority;
  /** Where it may run: cores that there are, at least one. */
  mask: CoreMask;
  /** Where it could run before somebody's change of its mask that is not yet answered: it may still be on its way. */
  leaving: { readonly by: ThreadId; readonly mask: CoreMask }[];
  /** Somebody woke it, and it has not waited since. */
  isWoken: boolean;
  /** The calls to it that it has not taken yet, the first first. */
  requests: { readonly from: ThreadId; readonly word: number }[];
  /** Whose call it took and has not answered. */
  owes: ThreadId | null;
  /** The reply to its own call, until it is told. */
  reply: number | null;
}

export interface Scheduler {
  readonly cores: number;
  threads: ScheduledThread[];
}

/** What remains of a call when it has been handed over, and of a change of affinity when it is known. */
export type PendingCall =
  | SchedulerCall
  | { readonly tag: 'rest of call' }
  | { readonly tag: 'rest of setAffinity'; readonly moved: ThreadId };

type Outcomes = readonly Outcome<Scheduler, PendingCall, SchedulerAnswer>[];

/** The state at boot: thread t has `priorities[t]` and may run anywhere. */
export const initial = (cores: number, priorities: readonly Priority[]): Scheduler => ({
  cores,
  threads: priorities.map((priority) => ({
    priority,
    mask: everyCore(cores),
    leaving: [],
    isWoken: false,
    requests: [],
    owes: null,
    reply: null,
  })),
});

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: Scheduler, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'wait' }, () => wait(state, caller))
    .with({ tag: 'wake' }, ({ target }) => wake(state, target ?? caller))
    .with({ tag: 'call' }, ({ target, word }) => callThread(state, caller, target, word))
    .with({ tag: 'rest of call' }, () => awaitReply(state, caller))
    .with({ tag: 'receive' }, () => receive(state, caller))
    .with({ tag: 'reply' }, ({ word }) => reply(state, caller, word))
    .with({ tag: 'replyAndReceive' }, ({ word }) => replyAndReceive(state, caller, word))
    .with({ tag: 'yield' }, { tag: 'work' }, () => run())
    .with({ tag: 'setAffinity' }, ({ target, mask }) => setAffinity(state, caller, target ?? caller, mask))
    .with({ tag: 'rest of setAffinity' }, ({ moved }) => arrive(caller, moved))
    .with({ tag: 'getAffinity' }, ({ target }) => getAffinity(state, target ?? caller))
    .with({ tag: 'setPriority' }, ({ target, priority }) => setPriority(state, target ?? caller, priority))
    .with({ tag: 'whereAmI' }, () => whereAmI(state, caller))
    .exhaustive();

const everyCore = (cores: number): CoreMask => 2 ** cores - 1;

const ok = { tag: 'ok' } as const;

const fails = (errno: SchedulerErrno): Outcomes => returns({ tag: 'failed', errno });

/** Changes one thread of a draft. */
const change = (draft: Scheduler, id: ThreadId, how: (thread: ScheduledThread) => void): void => {
  const thread = draft.threads[id];
  if (thread) how(thread);
};

/**
 * Waits until the caller has been woken, and takes that: the next `wait` needs another. A wake that came before counts;
 * several are one.
 * Source: seL4 manual, 5.2 (a notification with one waiter); semantics 16.
 */
const wait = (state: Scheduler, caller: ThreadId): Outcomes =>
  state.threads[caller]?.isWoken
    ? returns(ok, (draft) => {
        change(draft, caller, (thread) => {
          thread.isWoken = false;
        });
      })
    : waits;

/** Wakes a thread, or lets its next `wait` go on. ESRCH. Source: seL4 manual, 5.2 (Signal); semantics 22 (wake). */
const wake = (state: Scheduler, target: ThreadId): Outcomes =>
  state.threads[target]
    ? returns(ok, (draft) => {
        change(draft, target, (thread) => {
          thread.isWoken = true;
        });
      })
    : fails('ESRCH');

/**
 * Hands `word` to another thread, behind the calls that it has not taken yet, and waits for the reply. ESRCH; EINVAL: the
 * caller cannot answer itself. Source: seL4 manual, 4.2 (Call; an endpoint's queue is first in, first out).
 */
const callThread = (state: Scheduler, caller: ThreadId, target: Target, word: number): Outcomes => {
  if (target === null || target === caller) return fails('EINVAL');
  if (!state.threads[target]) return fails('ESRCH');
  return continues({ tag: 'rest of call' }, (draft) => {
    change(draft, target, (thread) => {
      thread.requests.push({ from: caller, word });
    });
  });
};

/** Waits for the reply, and answers it. Source: seL4 manual, 4.2 (the caller is blocked on the reply). */
const awaitReply = (state: Scheduler, caller: ThreadId): Outcomes => {
  const word = state.threads[caller]?.reply ?? null;
  if (word === null) return waits;
  return returns({ tag: 'reply', word }, (draft) => {
    change(draft, caller, (thread) => {
      thread.reply = null;
    });
  });
};

/**
 * Waits for a call and takes it: the caller owes its sender a reply from now on. EBUSY: it owes one already.
 * Source: seL4 manual, 4.2 (Recv gives a reply capability); semantics 15 (receive).
 */
const receive = (state: Scheduler, caller: ThreadId): Outcomes => {
  const server = state.threads[caller];
  if (server && server.owes !== null) return fails('EBUSY');
  const request = server?.requests[0];
  if (!request) return waits;
  return returns({ tag: 'request', ...request }, (draft) => {
    change(draft, caller, (thread) => {
      thread.requests.shift();
      thread.owes = request.from;
    });
  });
};

/** Answers the call that was taken last, once. Never waits. ENOENT: there is none. Source: seL4 manual, 4.2 (Reply). */
const reply = (state: Scheduler, caller: ThreadId, word: number): Outcomes =>
  isOwing(state, caller) ? returns(ok, replied(caller, word)) : fails('ENOENT');

/**
 * Answers the call that was taken last, and waits for the next: two calls in one, and in the midst of it the caller waits
 * already. ENOENT. Source: seL4 manual, 4.2 (ReplyRecv); semantics 15 (ReplyWait).
 */
const replyAndReceive = (state: Scheduler, caller: ThreadId, word: number): Outcomes =>
  isOwing(state, caller) ? continues({ tag: 'receive' }, replied(caller, word)) : fails('ENOENT');

const isOwing = (state: Scheduler, caller: ThreadId): boolean => (state.threads[caller]?.owes ?? null) !== null;

const replied =
  (caller: ThreadId, word: number) =>
  (draft: Scheduler): void => {
    const to = draft.threads[caller]?.owes ?? null;
    change(draft, caller, (thread) => {
      thread.owes = null;
    });
    if (to === null) return;
    change(draft, to, (thread) => {
      thread.reply = word;
    });
  };

/**
 * Lets others run, or runs for a while: nobody can tell what else happened meanwhile.
 * Source: sched_yield(2); semantics 21 (yield).
 */
const run = (): Outcomes => returns(ok);

/**
 * Says where a thread may run from now on: of `mask`, those cores that there are. That is known at once; when the call is
 * answered, the thread has left every other core. ESRCH; EINVAL: there is no such core.
 * Source: sched_setaffinity(2); semantics 22.
 */
const setAffinity = (state: Scheduler, caller: ThreadId, target: ThreadId, mask: CoreMask): Outcomes => {
  const allowed = mask & everyCore(state.cores);
  if (!state.threads[target]) return fails('ESRCH');
  if (allowed === 0) return fails('EINVAL');
  return continues({ tag: 'rest of setAffinity', moved: target }, (draft) => {
    change(draft, target, (thread) => {
      thread.leaving.push({ by: caller, mask: thread.mask });
      thread.mask = allowed;
    });
  });
};

/** The thread has arrived, as far as this change of its mask goes. Source: sched_setaffinity(2), Notes. */
const arrive = (caller: ThreadId, moved: ThreadId): Outcomes =>
  returns(ok, (draft) => {
    change(draft, moved, (thread) => {
      thread.leaving = thread.leaving.filter(({ by }) => by !== caller);
    });
  });

/** Answers where a thread may run. ESRCH. Source: sched_getaffinity(2). */
const getAffinity = (state: Scheduler, target: ThreadId): Outcomes => {
  const thread = state.threads[target];
  return thread ? returns({ tag: 'mask', mask: thread.mask }) : fails('ESRCH');
};

/**
 * Says how urgent a thread is from now on. Answers what it was. ESRCH; EINVAL: there is no such priority.
 * Source: seL4 manual, 6.1 (SetPriority); semantics 21 (priorities).
 */
const setPriority = (state: Scheduler, target: ThreadId, priority: Priority): Outcomes => {
  const thread = state.threads[target];
  if (!thread) return fails('ESRCH');
  if (priority < 0 || priority > priorityMax) return fails('EINVAL');
  return returns({ tag: 'priority', priority: thread.priority }, (draft) => {
    change(draft, target, (changed) => {
      changed.priority = priority;
    });
  });
};

/** The cores that a thread may find itself on. */
export const coresOf = (state: Scheduler, id: ThreadId): number[] => {
  const thread = state.threads[id];
  const mask = thread?.leaving.reduce((cores, left) => cores | left.mask, thread.mask) ?? 0;
  return Array.from({ length: state.cores }, (_, core) => core).filter((core) => ((mask >> core) & 1) === 1);
};

/** Answers a core that the caller may run on: the one that it was on. Source: getcpu(2). */
const whereAmI = (state: Scheduler, caller: ThreadId): Outcomes =>
  coresOf(state, caller).flatMap((core) => returns({ tag: 'core', core }));
