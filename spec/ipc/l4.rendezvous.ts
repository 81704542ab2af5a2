/**
 * How sender and receiver meet. Nothing is buffered: a message goes from one thread to another at the moment when both are
 * there, and until then the first of them waits. Who was killed never waits. What was sent, and what the sender does next, is one step: nobody ever
 * sees a thread that has sent and does not yet receive.
 */

import type { L4Errno, MemoryRange } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import {
  type Activity,
  failure,
  type L4,
  type Next,
  type Receiving,
  type Sending,
  threadOf,
  wordAt,
} from '#spec/ipc/l4.state.ts';

type Copying = Extract<Activity, { tag: 'copying' }>;

/** The thread's call is over. */
export const finish = (draft: L4, id: ThreadId, activity: Extract<Activity, { tag: 'over' }>): void => {
  draft.queue = draft.queue.filter((queued) => queued !== id);
  threadOf(draft, id).activity = activity;
};

/** The thread's call has failed. */
export const fail = (draft: L4, id: ThreadId, phase: 'send' | 'receive', errno: L4Errno, doneWords = 0): void =>
  finish(draft, id, { tag: 'over', answer: failure(phase, errno, doneWords) });

const matches = (sending: Sending, receiving: Receiving): boolean =>
  sending.port === receiving.port && (receiving.from === null || receiving.from === sending.from);

/** Whether a thread that a message is to go to, or to come from, is dead. */
export const isGone = (draft: L4, partner: ThreadId | null): boolean =>
  partner !== null && threadOf(draft, partner).dead;

/**
 * The first receiver that waits for such a message takes it; if none does, the sender waits, unless it may not.
 * Source: L4 X.2 reference manual, 5.6 (IPC, send phase); seL4 manual, 4.2 (Send, NBSend).
 */
export const startSend = (draft: L4, sender: ThreadId, sending: Sending): void => {
  const receiver = draft.queue.find((id) => {
    const { activity } = threadOf(draft, id);
    return activity.tag === 'receiving' && matches(sending, activity.receiving);
  });
  threadOf(draft, sender).activity = { tag: 'sending', sending, ticksLeft: sending.ticks };
  if (receiver !== undefined) meet(draft, sender, receiver);
  else if (isGone(draft, sending.to)) fail(draft, sender, 'send', 'ENOPARTNER');
  else if (sending.ticks === 0) fail(draft, sender, 'send', 'ETIMEOUT');
  else if (threadOf(draft, sender).dead) fail(draft, sender, 'send', 'ECANCELED');
  else draft.queue.push(sender);
};

/**
 * The first sender that waits with such a message is served; if none does, the receiver waits, unless it may not. It owes
 * nobody a reply any more: a caller that was not answered by now never will be.
 * Source: L4 X.2 reference manual, 5.6 (receive phase); seL4, src/api/syscall.c, handleRecv (deleteCallerCap).
 */
export const startReceive = (draft: L4, receiver: ThreadId, receiving: Receiving): void => {
  const sender = draft.queue.find((id) => {
    const { activity } = threadOf(draft, id);
    return activity.tag === 'sending' && matches(activity.sending, receiving);
  });
  const thread = threadOf(draft, receiver);
  thread.activity = { tag: 'receiving', receiving, ticksLeft: receiving.ticks };
  thread.replyTo = null;
  if (sender !== undefined) meet(draft, sender, receiver);
  else if (isGone(draft, receiving.from)) fail(draft, receiver, 'receive', 'ENOPARTNER');
  else if (receiving.ticks === 0) fail(draft, receiver, 'receive', 'ETIMEOUT');
  else if (thread.dead) fail(draft, receiver, 'receive', 'ECANCELED');
  else draft.queue.push(receiver);
};

const leastTicks = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** Both are there. Words go at once; texts are copied by the sender, part by part. */
const meet = (draft: L4, sender: ThreadId, receiver: ThreadId): void => {
  const sent = threadOf(draft, sender).activity;
  const taken = threadOf(draft, receiver).activity;
  if (sent.tag !== 'sending' || taken.tag !== 'receiving') return;
  const [{ sending }, { receiving }] = [sent, taken];
  draft.queue = draft.queue.filter((id) => id !== sender && id !== receiver);
  if (sending.message.texts.length === 0) {
    deliver(draft, sender, sending, receiver);
    return;
  }
  const ticksLeft = leastTicks(sending.transferTicks, receiving.transferTicks);
  const copying: Copying = { tag: 'copying', sending, receiving, to: receiver, doneWords: 0, missing: null, ticksLeft };
  threadOf(draft, sender).activity = copying;
  threadOf(draft, receiver).activity = { tag: 'taking', from: sender };
};

/** The words of a text, as they are in the sender's memory. */
const textOf = (draft: L4, sender: ThreadId, { address, countWords }: MemoryRange): number[] =>
  Array.from({ length: countWords }, (_, i) => wordAt(draft.system.spaceOf[sender] ?? 0, address + i));

/**
 * The message is the receiver's, whole, and its sender goes on with what it does next.
 * Source: L4 X.2 reference manual, 5.6; seL4 manual, 4.2.3 (the reply capability) and 4.2.2 (transfer of capabilities).
 */
export const deliver = (draft: L4, sender: ThreadId, sending: Sending, receiver: ThreadId): void => {
  const { badge, intended, message } = sending;
  const texts = message.texts.map((text) => textOf(draft, sender, text));
  const slot = grant(draft, sender, sending, receiver);
  finish(draft, receiver, {
    tag: 'over',
    answer: { tag: 'received', message: { badge, intended, words: [...message.words], texts, slot } },
  });
  goOn(draft, sender, sending.next, receiver);
};

const goOn = (draft: L4, sender: ThreadId, next: Next, receiver: ThreadId): void => {
  if (next === null) finish(draft, sender, { tag: 'over', answer: { tag: 'ok' } });
  else if (next.tag === 'receive') startReceive(draft, sender, next.receiving);
  else if (next.ticks === 0) fail(draft, sender, 'receive', 'ETIMEOUT');
  else if (threadOf(draft, sender).dead) fail(draft, sender, 'receive', 'ECANCELED');
  else {
    threadOf(draft, sender).activity = { tag: 'awaiting reply', ticksLeft: next.ticks };
    threadOf(draft, receiver).replyTo = sender;
  }
};

/**
 * Copies the capability that goes with a message into the receiver's first free slot, and gives that. Null: none goes with
 * it, or the capability that it was sent with may not grant, or no slot is free; the message is delivered all the same.
 * Source: seL4 manual, 4.2.2.
 */
const grant = (draft: L4, sender: ThreadId, { message, mayGrant }: Sending, receiver: ThreadId): number | null => {
  const granted = message.grants === null ? null : draft.tables[sender]?.[message.grants];
  const table = draft.tables[receiver];
  const slot = table?.indexOf(null) ?? -1;
  if (!granted || !table || !mayGrant || slot < 0) return null;
  table[slot] = { ...granted };
  return slot;
};

/** Where the copying of a message stands still: at how many words, and why. */
export interface Standstill {
  readonly doneWords: number;
  readonly why: 'end' | 'overflow' | 'own' | 'partner';
}

/** How far a message can be copied. Source: Liedtke, SOSP 1993 (long messages); L4 X.2 reference manual, 5.6 (errors). */
export const standstill = (state: L4, sender: ThreadId, copying: Copying): Standstill => {
  const { sending, receiving, to } = copying;
  const isThere = (thread: ThreadId, address: number): boolean =>
    state.present[state.system.spaceOf[thread] ?? 0]?.[Math.floor(address / state.system.pageWords)] === true;
  let doneWords = 0;
  for (const [index, text] of sending.message.texts.entries()) {
    const buffer = receiving.buffers[index];
    for (let i = 0; i < text.countWords; i++) {
      if (!buffer || i >= buffer.countWords) return { doneWords, why: 'overflow' };
      if (!isThere(sender, text.address + i)) return { doneWords, why: 'own' };
      if (!isThere(to, buffer.address + i)) return { doneWords, why: 'partner' };
      doneWords++;
    }
  }
  return { doneWords, why: 'end' };
};

/** A message that is being copied is given up. Its two sides are told why, and how far it had come. */
export const abandon = (
  draft: L4,
  sender: ThreadId,
  { to, doneWords }: Copying,
  errnos: readonly [L4Errno, L4Errno],
): void => {
  fail(draft, sender, 'send', errnos[0], doneWords);
  fail(draft, to, 'receive', errnos[1], doneWords);
};

/** Takes a thread out of what it waits in, with an error. What is being copied and does not stand still goes on. */
export const withdraw = (draft: L4, id: ThreadId, errno: 'ETIMEOUT' | 'ECANCELED'): void => {
  const { activity } = threadOf(draft, id);
  if (activity.tag === 'idle' || activity.tag === 'over') return;
  if (activity.tag === 'taking') {
    const theirs = threadOf(draft, activity.from).activity;
    if (theirs.tag === 'copying' && theirs.missing) abandon(draft, activity.from, theirs, ['EABORTED', 'ECANCELED']);
    return;
  }
  if (activity.tag === 'copying') {
    if (!activity.missing) return;
    const late =
      activity.missing === 'own' ? (['EXFEROWN', 'EXFERPARTNER'] as const) : (['EXFERPARTNER', 'EXFEROWN'] as const);
    abandon(draft, id, activity, errno === 'ETIMEOUT' ? late : ['ECANCELED', 'EABORTED']);
    return;
  }
  fail(draft, id, activity.tag === 'sending' ? 'send' : 'receive', errno);
  for (const other of draft.threads) if (other.replyTo === id) other.replyTo = null;
};
