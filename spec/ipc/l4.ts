/**
 * Synchronous messages between threads, in the manner of L4: nothing is buffered, sender and receiver wait for each other.
 *
 * Two variants. `endpoints`: a thread names an endpoint by a capability, which says what it may do there, and whose badge
 * the receiver is told; who is called gets the right to one reply. `clans`: threads name each other, and a chief stands
 * between its clan and the others (`l4.clans.ts`). Both know timeouts, which count ticks of a clock that somebody else
 * makes tick, and long messages, whose texts are copied from memory to memory.
 *
 * Source: Liedtke, SOSP 1993 and 1995; L4 X.2 reference manual, chapter 5; seL4 manual, chapters 4 and 5.
 */
import { match } from 'ts-pattern';
import type { EndpointCall, L4Errno, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import { ipc } from '#spec/ipc/l4.clans.ts';
import {
  abandon,
  deliver,
  fail,
  finish,
  isGone,
  standstill,
  startReceive,
  startSend,
  withdraw,
} from '#spec/ipc/l4.rendezvous.ts';
import {
  type Capability,
  failure,
  type L4,
  type L4System,
  type Next,
  type Outcomes,
  type PendingCall,
  Right,
  threadOf,
} from '#spec/ipc/l4.state.ts';
import { continues, returns, waits } from '#spec/outcome.ts';

/** The state at boot: nobody is in a call. `absent`: the pages that are not there. */
export const initial = (
  system: L4System,
  tables: readonly (readonly (Capability | null)[])[],
  pages: number,
  absent: readonly { readonly space: number; readonly page: number }[],
): L4 => ({
  system,
  tables: tables.map((table) => [...table]),
  signals: system.notifications.map(() => 0),
  queue: [],
  threads: system.spaceOf.map(() => ({ activity: { tag: 'idle' }, replyTo: null, dead: false })),
  present: Array.from({ length: Math.max(...system.spaceOf) + 1 }, (_, space) =>
    Array.from({ length: pages }, (_page, page) => !absent.some((gone) => gone.space === space && gone.page === page)),
  ),
});

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: L4, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'ipc' }, (asked) => ipc(state, caller, asked))
    .with({ tag: 'tick' }, () => tick(state.threads.map((_, id) => id)))
    .with({ tag: 'rest of tick' }, ({ left }) => tick(left))
    .with({ tag: 'cancel' }, ({ target }) => cancel(target))
    .with({ tag: 'kill' }, ({ target }) => kill(target))
    .with({ tag: 'rest of kill' }, ({ target }) => mourn(target))
    .with({ tag: 'page' }, ({ space, page }) => bringPage(space, page))
    .with({ tag: 'rest' }, () => rest(state, caller))
    .otherwise((asked) => onEndpoint(state, caller, asked));

/** A call that names an endpoint or a notification, or replies. Source: seL4 manual, 4.2 and 5.1. */
const onEndpoint = (state: L4, caller: ThreadId, call: EndpointCall): Outcomes =>
  match(call)
    .with({ tag: 'send' }, (asked) => send(state, caller, asked, null))
    .with({ tag: 'call' }, (asked) => send(state, caller, asked, { tag: 'reply', ticks: asked.timeouts.receive }))
    .with({ tag: 'receive' }, (asked) => receive(state, caller, asked))
    .with({ tag: 'reply' }, ({ words }) => reply(caller, words))
    .with({ tag: 'replyReceive' }, (asked) => receive(state, caller, asked))
    .with({ tag: 'signal' }, ({ slot }) => signal(state, caller, slot))
    .with({ tag: 'wait' }, ({ slot, timeouts }) => wait(state, caller, slot, timeouts.receive))
    .exhaustive();

/** The capability that a slot of the caller's holds, if it is of that kind and has the right; or why it is of no use. */
const lookUp = (
  state: L4,
  caller: ThreadId,
  slot: number,
  isNotification: boolean,
  right: number,
): Capability | L4Errno => {
  const capability = state.tables[caller]?.[slot];
  if (!capability || state.system.notifications[capability.object] !== isNotification) return 'EBADF';
  return (capability.rights & right) === right ? capability : 'EACCES';
};

/**
 * Sends a message, and with `next` waits for the reply. EBADF, EACCES: of the endpoint; EBADF: there is no capability to
 * be granted. Whom it is sent to, and whether anybody is there, is told to nobody who may not send.
 * Source: seL4 manual, 4.2 (Send, Call); the silence of seL4 where a right is missing is an error here.
 */
const send = (state: L4, caller: ThreadId, call: EndpointCall & { tag: 'send' | 'call' }, next: Next): Outcomes => {
  const { slot, message, timeouts } = call;
  const found = lookUp(state, caller, slot, false, Right.send);
  if (typeof found === 'string') return returns(failure('send', found));
  if (message.grants !== null && !state.tables[caller]?.[message.grants]) return returns(failure('send', 'EBADF'));
  return continues({ tag: 'rest' }, (draft: L4) => {
    startSend(draft, caller, {
      port: found.object,
      to: null,
      from: caller,
      badge: found.badge,
      intended: null,
      mayGrant: (found.rights & Right.grant) !== 0,
      message,
      ticks: timeouts.send,
      transferTicks: timeouts.transfer,
      next,
    });
  });
};

/**
 * Receives; `replyReceive` first replies, and nobody sees the caller between the two. EBADF, EACCES: then it has not
 * replied either. Source: seL4 manual, 4.2 (Recv, ReplyRecv); L4 X.2 reference manual, 5.6 (the atomic ReplyWait).
 */
const receive = (state: L4, caller: ThreadId, call: EndpointCall & { tag: 'receive' | 'replyReceive' }): Outcomes => {
  const { slot, buffers, timeouts } = call;
  const found = lookUp(state, caller, slot, false, Right.receive);
  if (typeof found === 'string') return returns(failure('receive', found));
  return continues({ tag: 'rest' }, (draft: L4) => {
    if (call.tag === 'replyReceive') replyTo(draft, caller, call.words);
    startReceive(draft, caller, {
      port: found.object,
      from: null,
      buffers,
      ticks: timeouts.receive,
      transferTicks: timeouts.transfer,
    });
  });
};

/**
 * Answers whoever called and was received last. It never waits, and answers ok whatever has become of that caller: who no
 * longer waits for the reply gets none, and nothing is told of that. Source: seL4 manual, 4.2.3; semantics, decision 13.
 */
const reply = (caller: ThreadId, words: readonly number[]): Outcomes =>
  returns({ tag: 'ok' }, (draft: L4) => {
    replyTo(draft, caller, words);
  });

const replyTo = (draft: L4, server: ThreadId, words: readonly number[]): void => {
  const client = threadOf(draft, server).replyTo;
  threadOf(draft, server).replyTo = null;
  if (client === null) return;
  const message = { badge: 0, intended: null, words: [...words], texts: [], slot: null };
  finish(draft, client, { tag: 'over', answer: { tag: 'received', message } });
};

/**
 * Adds the badge to the notification's word; whoever waits longest takes the word. Never waits. EBADF, EACCES.
 * Source: seL4 manual, 5.1 (Signal).
 */
const signal = (state: L4, caller: ThreadId, slot: number): Outcomes => {
  const found = lookUp(state, caller, slot, true, Right.send);
  if (typeof found === 'string') return returns(failure('send', found));
  return returns({ tag: 'ok' }, (draft: L4) => {
    const waiter = draft.queue.find((id) => {
      const { activity } = threadOf(draft, id);
      return activity.tag === 'waiting' && activity.object === found.object;
    });
    const word = (draft.signals[found.object] ?? 0) | found.badge;
    draft.signals[found.object] = waiter === undefined ? word : 0;
    if (waiter !== undefined) finish(draft, waiter, { tag: 'over', answer: { tag: 'signaled', word } });
  });
};

/**
 * Takes all that was signaled, and waits until something is. EBADF, EACCES. ETIMEOUT: nothing was.
 * Source: seL4 manual, 5.1 (Wait, Poll).
 */
const wait = (state: L4, caller: ThreadId, slot: number, ticks: TimeoutTicks): Outcomes => {
  const found = lookUp(state, caller, slot, true, Right.receive);
  if (typeof found === 'string') return returns(failure('receive', found));
  const { object } = found;
  const word = state.signals[object] ?? 0;
  if (word !== 0) {
    return returns({ tag: 'signaled', word }, (draft: L4) => {
      draft.signals[object] = 0;
    });
  }
  if (ticks === 0) return returns(failure('receive', 'ETIMEOUT'));
  if (threadOf(state, caller).dead) return returns(failure('receive', 'ECANCELED'));
  return continues({ tag: 'rest' }, (draft: L4) => {
    threadOf(draft, caller).activity = { tag: 'waiting', object, ticksLeft: ticks };
    draft.queue.push(caller);
  });
};

/**
 * What is left of a call that has begun: to wait until it is over, and to copy if it is the sender of a long message.
 * Source: Liedtke, SOSP 1993 (long messages); L4 X.2 reference manual, 5.6 (the transfer timeout).
 */
const rest = (state: L4, caller: ThreadId): Outcomes => {
  const { activity, dead } = threadOf(state, caller);
  if (activity.tag === 'over') return returns(activity.answer);
  if (activity.tag !== 'copying') return waits;
  const { sending, to, doneWords, missing } = activity;
  const at = standstill(state, caller, activity);
  if (at.why === missing && at.doneWords === doneWords) return waits;
  return continues({ tag: 'rest' }, (draft: L4) => {
    const copying = { ...activity, doneWords: at.doneWords };
    if (at.why === 'end') deliver(draft, caller, sending, to);
    else if (at.why === 'overflow') abandon(draft, caller, copying, ['EOVERFLOW', 'EOVERFLOW']);
    else if (dead) abandon(draft, caller, copying, ['ECANCELED', 'EABORTED']);
    else if (threadOf(draft, to).dead) abandon(draft, caller, copying, ['EABORTED', 'ECANCELED']);
    else {
      threadOf(draft, caller).activity = { ...copying, missing: at.why };
      if (activity.ticksLeft === 0) withdraw(draft, caller, 'ETIMEOUT');
    }
  });
};

/**
 * The clock ticks: it comes by every thread, in any order, and counts for those that wait. Whose time is over is taken out
 * of its wait in that step. Source: L4 X.2 reference manual, 5.6 (timeouts).
 */
const tick = (left: readonly ThreadId[]): Outcomes => {
  if (left.length === 0) return returns({ tag: 'ok' });
  return left.flatMap((id) => {
    const rest: PendingCall = { tag: 'rest of tick', left: left.filter((other) => other !== id) };
    return continues(rest, (draft: L4) => {
      tickFor(draft, id);
    });
  });
};

const tickFor = (draft: L4, id: ThreadId): void => {
  const { activity } = threadOf(draft, id);
  if (!('ticksLeft' in activity) || activity.ticksLeft === null) return;
  if (activity.tag === 'copying' && activity.missing === null) return;
  activity.ticksLeft--;
  if (activity.ticksLeft === 0) withdraw(draft, id, 'ETIMEOUT');
};

/**
 * Takes the target out of what it waits in; the reply to its call is dropped. A target that waits in nothing is left alone.
 * Source: L4 X.2 reference manual, 2.3 (ExchangeRegisters, abort); seL4 manual, 4.2.3 (the reply capability is deleted).
 */
const cancel = (target: ThreadId): Outcomes =>
  returns({ tag: 'ok' }, (draft: L4) => {
    withdraw(draft, target, 'ECANCELED');
  });

/** As `cancel`, and for good: the target never waits again. Then whoever waits for it is told. Source: semantics, section 12. */
const kill = (target: ThreadId): Outcomes =>
  continues({ tag: 'rest of kill', target }, (draft: L4) => {
    threadOf(draft, target).dead = true;
    withdraw(draft, target, 'ECANCELED');
  });

/** Nobody will be answered by the dead. Source: semantics, section 12 (peer exit). */
const mourn = (target: ThreadId): Outcomes =>
  returns({ tag: 'ok' }, (draft: L4) => {
    const client = threadOf(draft, target).replyTo;
    threadOf(draft, target).replyTo = null;
    if (client !== null) fail(draft, client, 'receive', 'ENOPARTNER');
    for (const [id, { activity }] of draft.threads.entries()) {
      if (activity.tag === 'sending' && isGone(draft, activity.sending.to)) fail(draft, id, 'send', 'ENOPARTNER');
      if (activity.tag === 'receiving' && isGone(draft, activity.receiving.from))
        fail(draft, id, 'receive', 'ENOPARTNER');
    }
  });

/** A pager brings a page of a space: who was copying can go on. Source: L4 X.2 reference manual, 7.2 (page faults). */
const bringPage = (space: number, page: number): Outcomes =>
  returns({ tag: 'ok' }, (draft: L4) => {
    const pages = draft.present[space];
    if (pages && page < pages.length) pages[page] = true;
  });
