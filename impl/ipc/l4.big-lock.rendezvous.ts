/** How messages go from thread to thread in the plain kernel. Its lock is held throughout. */
import {
  activity,
  badgeAt,
  blockOf,
  countAt,
  failure,
  grantAt,
  type Kernel,
  mayGrantAt,
  missingOn,
  noReply,
  pageWords,
  slotOf,
  slotsEach,
  status,
  type ThreadBlock,
  textsMax,
  thenReceive,
  whileReceiving,
  wordsAt,
  wordsMax,
} from '#impl/ipc/l4.big-lock.layout.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { wakeup } from '#impl/sync/sleep-wakeup.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** The thread that has waited longest at a port for that, and for the partner (a thread plus 1; 0: any); or -1. */
export function* longestWaiting(kernel: Kernel, port: number, what: number, partner: number): Routine<number> {
  let best = -1;
  let since = 0;
  for (const [id, block] of kernel.threads.entries()) {
    if ((yield load(block.activity, 'plain')) !== what || (yield load(block.port, 'plain')) !== port) continue;
    if (what === activity.receiving && !(yield* takesFrom(block, partner))) continue;
    if (what === activity.sending && partner !== 0 && (yield load(block.message + badgeAt, 'plain')) + 1 !== partner)
      continue;
    const arrived = yield load(block.arrived, 'plain');
    if (best >= 0 && arrived > since) continue;
    best = id;
    since = arrived;
  }
  return best;
}

function* takesFrom(receiver: ThreadBlock, sender: number): Routine<boolean> {
  const filter = yield load(receiver.filter, 'plain');
  return filter === 0 || filter === sender;
}

/** A thread's call is over. */
export function* finish(self: Thread, kernel: Kernel, id: ThreadId, result: Word): Routine {
  const block = blockOf(kernel, id);
  yield store(block.activity, activity.none, 'plain');
  yield store(block.status, result, 'plain');
  yield* wakeup(self, block.status);
}

/** Begins to wait for something; or, if the thread may not, its call is over. */
export function* begin(self: Thread, kernel: Kernel, id: ThreadId, what: number, port: number, ticks: number): Routine {
  const block = blockOf(kernel, id);
  const phase = what === activity.sending ? 0 : whileReceiving;
  yield store(block.done, 0, 'plain');
  if (ticks === 0) {
    yield* finish(self, kernel, id, failure.timeout + phase);
    return;
  }
  if ((yield load(block.dead, 'plain')) !== 0) {
    yield* finish(self, kernel, id, failure.canceled + phase);
    return;
  }
  const arrived = (yield load(kernel.arrivals, 'plain')) + 1;
  yield store(kernel.arrivals, arrived, 'plain');
  yield store(block.arrived, arrived, 'plain');
  yield store(block.port, port, 'plain');
  yield store(block.ticks, ticks, 'plain');
  yield store(block.activity, what, 'plain');
}

/** Sender and receiver are both there. */
export function* meet(self: Thread, kernel: Kernel, sender: ThreadId, receiver: ThreadId): Routine {
  const [from, to] = [blockOf(kernel, sender), blockOf(kernel, receiver)];
  const [a, b] = [yield load(from.transferTicks, 'plain'), yield load(to.transferTicks, 'plain')];
  yield store(from.activity, activity.copying, 'plain');
  yield store(from.ticks, a < 0 ? b : b < 0 ? a : Math.min(a, b), 'plain');
  yield store(from.partner, receiver, 'plain');
  yield store(from.done, 0, 'plain');
  yield store(to.activity, activity.taking, 'plain');
  yield store(to.ticks, -1, 'plain');
  yield store(to.partner, sender, 'plain');
  yield* copyOn(self, kernel, sender);
}

/** Copies a message's texts from where they are, as far as they go, and delivers it, or gives it up. */
export function* copyOn(self: Thread, kernel: Kernel, sender: ThreadId): Routine {
  const from = blockOf(kernel, sender);
  const receiver = yield load(from.partner, 'plain');
  const to = blockOf(kernel, receiver);
  let skip = yield load(from.done, 'plain');
  yield store(from.missing, missingOn.neither, 'plain');
  const count = yield load(from.texts, 'plain');
  for (let index = 0; index < count; index++) {
    const [text, length] = [
      yield load(from.texts + 1 + 2 * index, 'plain'),
      yield load(from.texts + 2 + 2 * index, 'plain'),
    ];
    const hasBuffer = index < (yield load(to.buffers, 'plain'));
    const room = hasBuffer ? yield load(to.buffers + 2 + 2 * index, 'plain') : 0;
    const buffer = hasBuffer ? yield load(to.buffers + 1 + 2 * index, 'plain') : 0;
    for (let i = 0; i < length; i++) {
      if (skip > 0) {
        skip--;
        continue;
      }
      if (i >= room) {
        yield* abandon(self, kernel, sender, failure.overflow, failure.overflow);
        return;
      }
      const side = (yield* copyWord(kernel, [sender, text + i], [receiver, buffer + i])) as 0 | 1 | 2;
      if (side !== missingOn.neither) {
        yield* stand(self, kernel, sender, side);
        return;
      }
      yield store(from.done, (yield load(from.done, 'plain')) + 1, 'plain');
    }
  }
  yield* deliver(self, kernel, sender, receiver);
}

export const memoryOf = (kernel: Kernel, id: ThreadId) =>
  kernel.memory[kernel.spaceOf[id] as number] as Kernel['memory'][number];

/** Copies one word from one space to another, by way of the kernel; or says on which side its page is missing. */
function* copyWord(
  kernel: Kernel,
  [sender, from]: readonly [ThreadId, number],
  [receiver, to]: readonly [ThreadId, number],
): Routine<number> {
  const [source, target] = [memoryOf(kernel, sender), memoryOf(kernel, receiver)];
  if ((yield load(source.present + Math.floor(from / pageWords), 'plain')) === 0) return missingOn.own;
  if ((yield load(target.present + Math.floor(to / pageWords), 'plain')) === 0) return missingOn.partner;
  yield store(kernel.bounce, yield load(source.words + from, 'plain'), 'plain');
  yield store(target.words + to, yield load(kernel.bounce, 'plain'), 'plain');
  return missingOn.neither;
}

/** A page is missing: the message waits for it, unless one of the two may not. */
function* stand(self: Thread, kernel: Kernel, sender: ThreadId, side: number): Routine {
  const from = blockOf(kernel, sender);
  const receiver = yield load(from.partner, 'plain');
  yield store(from.missing, side, 'plain');
  if ((yield load(from.dead, 'plain')) !== 0) yield* withdraw(self, kernel, sender, failure.canceled);
  else if ((yield load(blockOf(kernel, receiver).dead, 'plain')) !== 0)
    yield* withdraw(self, kernel, receiver, failure.canceled);
  else if ((yield load(from.ticks, 'plain')) === 0) yield* withdraw(self, kernel, sender, failure.timeout);
}

/** A thread that names others receives at its own port: from whoever waits, or it begins to wait itself. */
export function* startReceive(self: Thread, kernel: Kernel, id: ThreadId): Routine {
  const mine = blockOf(kernel, id);
  const filter = yield load(mine.filter, 'plain');
  const sender = yield* longestWaiting(kernel, id, activity.sending, filter);
  if (sender >= 0) yield* meet(self, kernel, sender, id);
  else if (yield* isGone(kernel, filter - 1)) yield* finish(self, kernel, id, failure.noPartner + whileReceiving);
  else yield* begin(self, kernel, id, activity.receiving, id, yield load(mine.receiveTicks, 'plain'));
}

/** Whether a thread that is named is dead. */
export function* isGone(kernel: Kernel, id: ThreadId): Routine<boolean> {
  return id >= 0 && (yield load(blockOf(kernel, id).dead, 'plain')) !== 0;
}

/** Gives up a message that is being copied. */
function* abandon(self: Thread, kernel: Kernel, sender: ThreadId, own: Word, others: Word): Routine {
  const from = blockOf(kernel, sender);
  const receiver = yield load(from.partner, 'plain');
  yield store(blockOf(kernel, receiver).done, yield load(from.done, 'plain'), 'plain');
  yield* finish(self, kernel, sender, own);
  yield* finish(self, kernel, receiver, others + whileReceiving);
}

/** A sender's message is the receiver's. */
function* deliver(self: Thread, kernel: Kernel, sender: ThreadId, receiver: ThreadId): Routine {
  const [from, to] = [blockOf(kernel, sender), blockOf(kernel, receiver)];
  const granted = yield* grant(kernel, sender, receiver);
  yield store(from.done, 0, 'plain');
  yield* copyMessage(from.message, to.message);
  yield store(to.message + grantAt, granted + 1, 'plain');
  for (let i = 0; i < 1 + 2 * textsMax; i++) yield store(to.texts + i, yield load(from.texts + i, 'plain'), 'plain');
  yield* finish(self, kernel, receiver, status.received);
  const ticks = yield load(from.replyTicks, 'plain');
  if (ticks === noReply) yield* finish(self, kernel, sender, status.sent);
  else if (ticks === thenReceive) yield* startReceive(self, kernel, sender);
  else {
    yield* begin(self, kernel, sender, activity.awaitingReply, -1, ticks);
    if ((yield load(from.activity, 'plain')) !== activity.none) yield store(to.replyTo, sender + 1, 'plain');
  }
}

function* copyMessage(from: Address, to: Address): Routine {
  for (let i = 0; i < wordsAt + wordsMax; i++) yield store(to + i, yield load(from + i, 'plain'), 'plain');
}

/** Copies the capability that a message grants, if it may. The slot where it is now, or -1. */
function* grant(kernel: Kernel, sender: ThreadId, receiver: ThreadId): Routine<number> {
  const { message } = blockOf(kernel, sender);
  const granted = (yield load(message + grantAt, 'plain')) - 1;
  if (granted < 0 || (yield load(message + mayGrantAt, 'plain')) === 0) return -1;
  for (let slot = 0; slot < slotsEach; slot++) {
    const [from, to] = [slotOf(kernel, sender, granted), slotOf(kernel, receiver, slot)];
    if ((yield load(to, 'plain')) !== 0) continue;
    for (let i = 0; i < 3; i++) yield store(to + i, yield load(from + i, 'plain'), 'plain');
    return slot;
  }
  return -1;
}

/** Puts a message together. */
export function* compose(
  kernel: Kernel,
  id: ThreadId,
  badge: number,
  granted: number,
  mayGrant: boolean,
  words: readonly Word[],
): Routine {
  const { message } = blockOf(kernel, id);
  yield store(message + badgeAt, badge, 'plain');
  yield store(message + grantAt, granted + 1, 'plain');
  yield store(message + mayGrantAt, mayGrant ? 1 : 0, 'plain');
  yield store(message + countAt, words.length, 'plain');
  for (const [i, word] of words.entries()) yield store(message + wordsAt + i, word, 'plain');
}

/** Whom a thread owes a reply, if anybody; from now on nobody. */
export function* takeReply(kernel: Kernel, server: ThreadId): Routine<number> {
  const { replyTo } = blockOf(kernel, server);
  const client = (yield load(replyTo, 'plain')) - 1;
  yield store(replyTo, 0, 'plain');
  return client;
}

/** Takes a thread out of what it waits in: nobody owes it a reply any more. */
export function* withdraw(self: Thread, kernel: Kernel, id: ThreadId, why: Word): Routine {
  const what = yield load(blockOf(kernel, id).activity, 'plain');
  if (what === activity.none) return;
  if (what === activity.copying || what === activity.taking) {
    const sender = what === activity.copying ? id : yield load(blockOf(kernel, id).partner, 'plain');
    const side = yield load(blockOf(kernel, sender).missing, 'plain');
    const late = [failure.ownTransfer, failure.partnerTransfer] as const;
    const [own, others] = side === missingOn.own ? late : [late[1], late[0]];
    if (why === failure.timeout) yield* abandon(self, kernel, sender, own, others);
    else if (sender === id) yield* abandon(self, kernel, sender, failure.withdrawn, failure.aborted);
    else yield* abandon(self, kernel, sender, failure.aborted, failure.withdrawn);
    return;
  }
  for (const { replyTo } of kernel.threads) {
    if ((yield load(replyTo, 'plain')) === id + 1) yield store(replyTo, 0, 'plain');
  }
  yield* finish(self, kernel, id, what === activity.sending ? why : why + whileReceiving);
}
