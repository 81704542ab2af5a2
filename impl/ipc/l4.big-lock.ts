/**
 * Synchronous messages, the plain way: one lock for the whole kernel, threads that are searched from first to last, words
 * that are copied word by word, and whoever waits sleeps until somebody says that its call is over.
 */
import { comeOut, describe, refuse } from '#impl/ipc/l4.big-lock.entry.ts';
import {
  activity,
  badgeAt,
  blockOf,
  failure,
  type Kernel,
  layout,
  noReply,
  type Parameters,
  right,
  slotOf,
  slotsEach,
  status,
  ticksOf,
  whileReceiving,
} from '#impl/ipc/l4.big-lock.layout.ts';
import {
  begin,
  compose,
  copyOn,
  finish,
  longestWaiting,
  meet,
  takeReply,
  withdraw,
} from '#impl/ipc/l4.big-lock.rendezvous.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { L4Call, L4Message, MemoryRange, Timeouts } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Lays everything out. */
export const boot = (memory: Allocator, parameters: Parameters): Kernel => layout(memory, parameters);

/** A trap into the kernel. `Status`, or why not. */
export function* systemCall(self: Thread, kernel: Kernel, call: L4Call): Routine<Word> {
  switch (call.tag) {
    case 'send':
      return yield* send(self, kernel, call.slot, call.message, call.timeouts);
    case 'call':
      return yield* callAndWait(self, kernel, call.slot, call.message, call.timeouts);
    case 'receive':
      return yield* receive(self, kernel, call.slot, call.buffers, call.timeouts);
    case 'reply':
      return yield* reply(self, kernel, call.words);
    case 'replyReceive':
      return yield* replyReceive(self, kernel, call.slot, call.words, call.buffers, call.timeouts);
    case 'signal':
      return yield* signal(self, kernel, call.slot);
    case 'wait':
      return yield* wait(self, kernel, call.slot, call.timeouts);
    case 'tick':
      return yield* tick(self, kernel);
    case 'cancel':
      return yield* cancel(self, kernel, call.target);
    case 'kill':
      return yield* kill(self, kernel, call.target);
    case 'page':
      return yield* page(self, kernel, call.space, call.page);
    default:
      return failure.badSlot; // no call of this kernel
  }
}

/** The object that a slot of the caller's leads to, if it is of that kind and has the right; or why it is of no use. */
function* lookUp(self: Thread, kernel: Kernel, slot: number, kind: boolean, needed: number): Routine<Word> {
  if (slot < 0 || slot >= slotsEach) return failure.badSlot;
  const at = slotOf(kernel, self.id, slot);
  const object = (yield load(at, 'plain')) - 1;
  if (object < 0 || kernel.notifications[object] !== kind) return failure.badSlot;
  return ((yield load(at + 1, 'plain')) & needed) === needed ? object : failure.noRight;
}

function* sendMessage(
  self: Thread,
  kernel: Kernel,
  slot: number,
  sent: L4Message,
  timeouts: Timeouts,
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
  const mine = blockOf(kernel, self.id);
  yield store(mine.replyTicks, replyTicks, 'plain');
  yield store(mine.transferTicks, ticksOf(timeouts.transfer), 'plain');
  yield* describe(mine.texts, sent.texts);
  const receiver = yield* longestWaiting(kernel, port, activity.receiving, self.id + 1);
  if (receiver >= 0) yield* meet(self, kernel, self.id, receiver);
  else yield* begin(self, kernel, self.id, activity.sending, port, ticksOf(timeouts.send));
  return yield* comeOut(self, kernel);
}

/** Sends, and waits until the message is taken. */
function* send(self: Thread, kernel: Kernel, slot: number, sent: L4Message, timeouts: Timeouts): Routine<Word> {
  return yield* sendMessage(self, kernel, slot, sent, timeouts, noReply);
}

/** Sends, and waits for the reply. */
function* callAndWait(self: Thread, kernel: Kernel, slot: number, sent: L4Message, timeouts: Timeouts): Routine<Word> {
  return yield* sendMessage(self, kernel, slot, sent, timeouts, ticksOf(timeouts.receive));
}

/** Receives from whoever has waited longest. */
function* receive(
  self: Thread,
  kernel: Kernel,
  slot: number,
  buffers: readonly MemoryRange[],
  timeouts: Timeouts,
): Routine<Word> {
  return yield* replyReceive(self, kernel, slot, null, buffers, timeouts);
}

/** Replies, if there are words to reply, and receives. */
function* replyReceive(
  self: Thread,
  kernel: Kernel,
  slot: number,
  words: readonly Word[] | null,
  buffers: readonly MemoryRange[],
  timeouts: Timeouts,
): Routine<Word> {
  yield* acquire(kernel.lock);
  const port = yield* lookUp(self, kernel, slot, false, right.receive);
  if (port < 0) return yield* refuse(kernel, port + whileReceiving);
  if (words) yield* answer(self, kernel, words);
  const mine = blockOf(kernel, self.id);
  yield store(mine.replyTo, 0, 'plain');
  yield store(mine.transferTicks, ticksOf(timeouts.transfer), 'plain');
  yield* describe(mine.buffers, buffers);
  const sender = yield* longestWaiting(kernel, port, activity.sending, 0);
  if (sender >= 0) yield* meet(self, kernel, sender, self.id);
  else yield* begin(self, kernel, self.id, activity.receiving, port, ticksOf(timeouts.receive));
  return yield* comeOut(self, kernel);
}

/** Answers who called last. */
function* reply(self: Thread, kernel: Kernel, words: readonly Word[]): Routine<Word> {
  yield* acquire(kernel.lock);
  yield* answer(self, kernel, words);
  yield* release(kernel.lock);
  return status.sent;
}

function* answer(self: Thread, kernel: Kernel, words: readonly Word[]): Routine {
  const client = yield* takeReply(kernel, self.id);
  if (client < 0) return;
  yield* compose(kernel, client, 0, -1, false, words);
  yield* describe(blockOf(kernel, client).texts, []);
  yield* finish(self, kernel, client, status.received);
}

/** Adds a badge to a notification, and hands it on if somebody waits. */
function* signal(self: Thread, kernel: Kernel, slot: number): Routine<Word> {
  yield* acquire(kernel.lock);
  const object = yield* lookUp(self, kernel, slot, true, right.send);
  if (object < 0) return yield* refuse(kernel, object);
  const word =
    (yield load(kernel.signals + object, 'plain')) | (yield load(slotOf(kernel, self.id, slot) + 2, 'plain'));
  yield store(kernel.signals + object, word, 'plain');
  const waiter = yield* longestWaiting(kernel, object, activity.waiting, 0);
  if (waiter >= 0) yield* takeSignals(self, kernel, waiter, object);
  yield* release(kernel.lock);
  return status.sent;
}

/** Takes what was signaled, and waits until something is. */
function* wait(self: Thread, kernel: Kernel, slot: number, timeouts: Timeouts): Routine<Word> {
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

/** A pager brings a page: whatever waited for it is copied on. */
export function* page(self: Thread, kernel: Kernel, space: number, number: number): Routine<Word> {
  yield* acquire(kernel.lock);
  const memory = kernel.memory[space];
  if (memory) yield store(memory.present + number, 1, 'plain');
  for (const [id, block] of kernel.threads.entries()) {
    if ((yield load(block.activity, 'plain')) === activity.copying) yield* copyOn(self, kernel, id);
  }
  yield* release(kernel.lock);
  return status.sent;
}
