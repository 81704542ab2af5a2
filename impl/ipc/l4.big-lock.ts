/**
 * Synchronous messages, the plain way: one lock for the whole kernel, threads that are searched from first to last, words
 * that are copied word by word, and whoever waits sleeps until somebody says that its call is over.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { L4Message, Timeouts, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';

const activity = { none: 0, sending: 1, receiving: 2, awaitingReply: 3, waiting: 4 } as const;
const right = { send: 1, receive: 2, grant: 4 } as const;
const status = { sent: 1, received: 2, signaled: 3 } as const;
const failure = { timeout: -1, noPartner: -2, canceled: -3, badSlot: -8, noRight: -9 } as const;
const whileReceiving = -32;

const slotsEach = 3;
const wordsMax = 4;

/** What is kept of a thread. A slot is three words: the object plus 1, the rights, the badge. */
interface ThreadBlock {
  readonly activity: Address;
  readonly port: Address;
  /** When it began to wait: the number of those that had before. */
  readonly arrived: Address;
  readonly ticks: Address;
  /** How long it may wait for a reply; the sender wants none if it is `noReply`. */
  readonly replyTicks: Address;
  readonly status: Address;
  /** Badge, slot of what is granted plus 1, whether that is allowed, number of words, words. */
  readonly message: Address;
  readonly replyTo: Address;
  readonly dead: Address;
  readonly slots: Address;
}

interface Kernel {
  readonly lock: Address;
  readonly arrivals: Address;
  readonly signals: Address;
  readonly threads: readonly ThreadBlock[];
  readonly notifications: readonly boolean[];
}

export interface Parameters {
  readonly tables: readonly (readonly { readonly object: number; readonly rights: number; readonly badge: number }[])[];
  readonly notifications: readonly boolean[];
}

const noReply = -2;
const [badgeAt, grantAt, mayGrantAt, countAt, wordsAt] = [0, 1, 2, 3, 4];

/** Lays everything out. */
export const boot = (memory: Allocator, { tables, notifications }: Parameters): Kernel => ({
  lock: layoutLock(memory, 'kernel.lock'),
  arrivals: memory.word('arrivals'),
  signals: memory.words('signals', notifications.length),
  notifications,
  threads: tables.map((table, id) => ({
    activity: memory.word(`T${id}.activity`),
    port: memory.word(`T${id}.port`),
    arrived: memory.word(`T${id}.arrived`),
    ticks: memory.word(`T${id}.ticks`),
    replyTicks: memory.word(`T${id}.replyTicks`),
    status: memory.word(`T${id}.status`),
    message: memory.words(`T${id}.message`, wordsAt + wordsMax),
    replyTo: memory.word(`T${id}.replyTo`),
    dead: memory.word(`T${id}.dead`),
    slots: Array.from({ length: slotsEach }, (_, slot) => {
      const held = table[slot];
      const first = memory.word(`T${id}.slot${slot}.object`, held ? held.object + 1 : 0);
      memory.word(`T${id}.slot${slot}.rights`, held?.rights ?? 0);
      memory.word(`T${id}.slot${slot}.badge`, held?.badge ?? 0);
      return first;
    })[0] as Address,
  })),
});

const blockOf = (kernel: Kernel, id: ThreadId): ThreadBlock => kernel.threads[id] as ThreadBlock;
const slotOf = (kernel: Kernel, id: ThreadId, slot: number): Address => blockOf(kernel, id).slots + 3 * slot;
const ticksOf = (timeout: TimeoutTicks): number => timeout ?? -1;

/** The object that a slot of the caller's leads to, if it is of that kind and has the right; or why it is of no use. */
function* lookUp(self: Thread, kernel: Kernel, slot: number, kind: boolean, needed: number): Routine<Word> {
  if (slot < 0 || slot >= slotsEach) return failure.badSlot;
  const at = slotOf(kernel, self.id, slot);
  const object = (yield load(at, 'plain')) - 1;
  if (object < 0 || kernel.notifications[object] !== kind) return failure.badSlot;
  return ((yield load(at + 1, 'plain')) & needed) === needed ? object : failure.noRight;
}

/** The thread that has waited longest at a port for that; or -1. */
function* longestWaiting(kernel: Kernel, port: number, what: number): Routine<number> {
  let best = -1;
  let since = 0;
  for (const [id, block] of kernel.threads.entries()) {
    if ((yield load(block.activity, 'plain')) !== what || (yield load(block.port, 'plain')) !== port) continue;
    const arrived = yield load(block.arrived, 'plain');
    if (best >= 0 && arrived > since) continue;
    best = id;
    since = arrived;
  }
  return best;
}

/** A thread's call is over. */
function* finish(self: Thread, kernel: Kernel, id: ThreadId, result: Word): Routine {
  const block = blockOf(kernel, id);
  yield store(block.activity, activity.none, 'plain');
  yield store(block.status, result, 'plain');
  yield* wakeup(self, block.status);
}

/** Begins to wait for something; or, if the thread may not, its call is over. */
function* begin(self: Thread, kernel: Kernel, id: ThreadId, what: number, port: number, ticks: number): Routine {
  const block = blockOf(kernel, id);
  const phase = what === activity.sending ? 0 : whileReceiving;
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

/** Sleeps until the caller's call is over; tells it what it received, and gives the lock up. */
function* comeOut(self: Thread, kernel: Kernel): Routine<Word> {
  const block = blockOf(kernel, self.id);
  while ((yield load(block.activity, 'plain')) !== activity.none) yield* sleep(self, block.status, kernel.lock);
  const result = yield load(block.status, 'plain');
  if (result === status.signaled) yield copyOut(0, yield load(block.message + badgeAt, 'plain'));
  if (result === status.received) {
    const count = yield load(block.message + countAt, 'plain');
    yield copyOut(0, yield load(block.message + badgeAt, 'plain'));
    yield copyOut(1, yield load(block.message + grantAt, 'plain'));
    yield copyOut(2, count);
    for (let i = 0; i < count; i++) yield copyOut(3 + i, yield load(block.message + wordsAt + i, 'plain'));
  }
  yield* release(kernel.lock);
  return result;
}

/** Gives the lock up, and an error. */
function* refuse(kernel: Kernel, why: Word): Routine<Word> {
  yield* release(kernel.lock);
  return why;
}

/** A sender's message is the receiver's. */
function* deliver(self: Thread, kernel: Kernel, sender: ThreadId, receiver: ThreadId): Routine {
  const [from, to] = [blockOf(kernel, sender), blockOf(kernel, receiver)];
  const granted = yield* grant(kernel, sender, receiver);
  yield* copyMessage(from.message, to.message);
  yield store(to.message + grantAt, granted + 1, 'plain');
  yield* finish(self, kernel, receiver, status.received);
  const ticks = yield load(from.replyTicks, 'plain');
  if (ticks === noReply) yield* finish(self, kernel, sender, status.sent);
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
function* compose(
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

function* sendMessage(
  self: Thread,
  kernel: Kernel,
  slot: number,
  sent: L4Message,
  sendTicks: number,
  replyTicks: number,
): Routine<Word> {
  yield* acquire(kernel.lock);
  const port = yield* lookUp(self, kernel, slot, false, right.send);
  if (port < 0) return yield* refuse(kernel, port);
  const granted = sent.grants ?? -1;
  if (granted >= 0 && (yield load(slotOf(kernel, self.id, granted), 'plain')) === 0) {
    return yield* refuse(kernel, failure.badSlot);
  }
  const at = slotOf(kernel, self.id, slot);
  const mayGrant = ((yield load(at + 1, 'plain')) & right.grant) !== 0;
  yield* compose(kernel, self.id, yield load(at + 2, 'plain'), granted, mayGrant, sent.words);
  yield store(blockOf(kernel, self.id).replyTicks, replyTicks, 'plain');
  const receiver = yield* longestWaiting(kernel, port, activity.receiving);
  if (receiver >= 0) yield* deliver(self, kernel, self.id, receiver);
  else yield* begin(self, kernel, self.id, activity.sending, port, sendTicks);
  return yield* comeOut(self, kernel);
}

/** Sends, and waits until the message is taken. */
export function* send(self: Thread, kernel: Kernel, slot: number, sent: L4Message, timeouts: Timeouts): Routine<Word> {
  return yield* sendMessage(self, kernel, slot, sent, ticksOf(timeouts.send), noReply);
}

/** Sends, and waits for the reply. */
export function* call(self: Thread, kernel: Kernel, slot: number, sent: L4Message, timeouts: Timeouts): Routine<Word> {
  return yield* sendMessage(self, kernel, slot, sent, ticksOf(timeouts.send), ticksOf(timeouts.receive));
}

/** Receives from whoever has waited longest. */
export function* receive(self: Thread, kernel: Kernel, slot: number, timeouts: Timeouts): Routine<Word> {
  return yield* replyReceive(self, kernel, slot, null, timeouts);
}

/** Replies, if there are words to reply, and receives. */
export function* replyReceive(
  self: Thread,
  kernel: Kernel,
  slot: number,
  words: readonly Word[] | null,
  timeouts: Timeouts,
): Routine<Word> {
  yield* acquire(kernel.lock);
  const port = yield* lookUp(self, kernel, slot, false, right.receive);
  if (port < 0) return yield* refuse(kernel, port + whileReceiving);
  if (words) yield* answer(self, kernel, words);
  yield store(blockOf(kernel, self.id).replyTo, 0, 'plain');
  const sender = yield* longestWaiting(kernel, port, activity.sending);
  if (sender >= 0) yield* deliver(self, kernel, sender, self.id);
  else yield* begin(self, kernel, self.id, activity.receiving, port, ticksOf(timeouts.receive));
  return yield* comeOut(self, kernel);
}

/** Answers who called last. */
export function* reply(self: Thread, kernel: Kernel, words: readonly Word[]): Routine<Word> {
  yield* acquire(kernel.lock);
  yield* answer(self, kernel, words);
  yield* release(kernel.lock);
  return status.sent;
}

function* answer(self: Thread, kernel: Kernel, words: readonly Word[]): Routine {
  const client = yield* takeReply(kernel, self.id);
  if (client < 0) return;
  yield* compose(kernel, client, 0, -1, false, words);
  yield* finish(self, kernel, client, status.received);
}

/** Whom a thread owes a reply, if anybody; from now on nobody. */
function* takeReply(kernel: Kernel, server: ThreadId): Routine<number> {
  const { replyTo } = blockOf(kernel, server);
  const client = (yield load(replyTo, 'plain')) - 1;
  yield store(replyTo, 0, 'plain');
  return client;
}

/** Adds a badge to a notification, and hands it on if somebody waits. */
export function* signal(self: Thread, kernel: Kernel, slot: number): Routine<Word> {
  yield* acquire(kernel.lock);
  const object = yield* lookUp(self, kernel, slot, true, right.send);
  if (object < 0) return yield* refuse(kernel, object);
  const word =
    (yield load(kernel.signals + object, 'plain')) | (yield load(slotOf(kernel, self.id, slot) + 2, 'plain'));
  yield store(kernel.signals + object, word, 'plain');
  const waiter = yield* longestWaiting(kernel, object, activity.waiting);
  if (waiter >= 0) yield* takeSignals(self, kernel, waiter, object);
  yield* release(kernel.lock);
  return status.sent;
}

/** Takes what was signaled, and waits until something is. */
export function* wait(self: Thread, kernel: Kernel, slot: number, timeouts: Timeouts): Routine<Word> {
  yield* acquire(kernel.lock);
  const object = yield* lookUp(self, kernel, slot, true, right.receive);
  if (object < 0) return yield* refuse(kernel, object + whileReceiving);
  if ((yield load(kernel.signals + object, 'plain')) !== 0) yield* takeSignals(self, kernel, self.id, object);
  else yield* begin(self, kernel, self.id, activity.waiting, object, ticksOf(timeouts.receive));
  return yield* comeOut(self, kernel);
}

function* takeSignals(self: Thread, kernel: Kernel, id: ThreadId, object: number): Routine {
  yield store(blockOf(kernel, id).message + badgeAt, yield load(kernel.signals + object, 'plain'), 'plain');
  yield store(kernel.signals + object, 0, 'plain');
  yield* finish(self, kernel, id, status.signaled);
}

/** Takes a thread out of what it waits in: nobody owes it a reply any more. */
function* withdraw(self: Thread, kernel: Kernel, id: ThreadId, why: Word): Routine {
  const what = yield load(blockOf(kernel, id).activity, 'plain');
  if (what === activity.none) return;
  for (const { replyTo } of kernel.threads) {
    if ((yield load(replyTo, 'plain')) === id + 1) yield store(replyTo, 0, 'plain');
  }
  yield* finish(self, kernel, id, what === activity.sending ? why : why + whileReceiving);
}

/** The clock ticks. */
export function* tick(self: Thread, kernel: Kernel): Routine<Word> {
  yield* acquire(kernel.lock);
  for (const [id, block] of kernel.threads.entries()) {
    const left = yield load(block.ticks, 'plain');
    if ((yield load(block.activity, 'plain')) === activity.none || left < 0) continue;
    yield store(block.ticks, left - 1, 'plain');
    if (left === 1) yield* withdraw(self, kernel, id, failure.timeout);
  }
  yield* release(kernel.lock);
  return status.sent;
}

/** Takes a thread out of what it waits in. */
export function* cancel(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  yield* acquire(kernel.lock);
  yield* withdraw(self, kernel, target, failure.canceled);
  yield* release(kernel.lock);
  return status.sent;
}

/** The same for good, and its caller is told. */
export function* kill(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  yield* acquire(kernel.lock);
  yield store(blockOf(kernel, target).dead, 1, 'plain');
  yield* withdraw(self, kernel, target, failure.canceled);
  const client = yield* takeReply(kernel, target);
  if (client >= 0) yield* finish(self, kernel, client, failure.noPartner + whileReceiving);
  yield* release(kernel.lock);
  return status.sent;
}
