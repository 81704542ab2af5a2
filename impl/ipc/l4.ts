/**
 * Synchronous messages over endpoints, as a kernel for many cores does them: a lock for each endpoint, and a fast path.
 *
 * The fast path is the call to a server that waits, and the reply to a caller while the server waits for the next: the
 * message is short, so it stays in the registers of the core, and the core goes straight to the partner. Nothing is copied,
 * no dispatcher is asked and no other core is told.
 *
 * Source: Liedtke, SOSP 1993 (direct process switch, short messages); seL4, src/fastpath/fastpath.c and
 * src/object/endpoint.c; Elphinstone and Heiser, SOSP 2013.
 */
import { comeOut, fillVirtual, lookUp, lookUpAny, rest, saveRegisters, ticksOf, waitAt } from '#impl/ipc/l4.entry.ts';
import { callDirectly, replyDirectly } from '#impl/ipc/l4.fast-path.ts';
import {
  Activity,
  badgeOf,
  blockOf,
  Failure,
  type Kernel,
  type L4Parameters,
  layoutKernel,
  Next,
  objectOf,
  physicalRegisters,
  portOf,
  Right,
  rangesWord,
  rightsOf,
  Status,
  tagOf,
  whileReceiving,
} from '#impl/ipc/l4.layout.ts';
import { unlink } from '#impl/ipc/l4.queue.ts';
import {
  copyRegisters,
  finish,
  finishOther,
  lockThread,
  meet,
  partnerAt,
  takeReply,
  unlockThread,
  withdraw,
} from '#impl/ipc/l4.rendezvous.ts';
import { bring } from '#impl/ipc/l4.transfer.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { L4Call, L4Message, MemoryRange, Timeouts } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Lays everything out. */
export const boot = (memory: Allocator, parameters: L4Parameters, cores: number): Kernel =>
  layoutKernel(memory, parameters, cores);

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
      return Failure.badSlot; // no call of this kernel
  }
}

/** Whether a message fits the registers of a core, and is nothing but that. */
const isShort = ({ words, texts, grants }: L4Message): boolean =>
  words.length <= physicalRegisters && texts.length === 0 && grants === null;

/** Sends, and waits until the message is taken. `Status`, or why not. */
function* send(self: Thread, kernel: Kernel, slot: number, message: L4Message, timeouts: Timeouts): Routine<Word> {
  return yield* sendMessage(self, kernel, slot, message, timeouts, Next.nothing);
}

/** Sends, and waits for the reply. `Status`, or why not. */
function* callAndWait(
  self: Thread,
  kernel: Kernel,
  slot: number,
  message: L4Message,
  timeouts: Timeouts,
): Routine<Word> {
  return yield* sendMessage(self, kernel, slot, message, timeouts, Next.reply);
}

function* sendMessage(
  self: Thread,
  kernel: Kernel,
  slot: number,
  message: L4Message,
  timeouts: Timeouts,
  next: number,
): Routine<Word> {
  const mine = blockOf(kernel, self.id);
  const capability = yield* lookUp(self, kernel, slot, false, Right.send);
  if (capability < 0) return capability;
  const { words, grants } = message;
  if (grants !== null && (yield* lookUpAny(self, kernel, grants)) <= 0) return Failure.badSlot;
  yield* fillVirtual(self, kernel, words);
  const port = objectOf(capability);
  yield* acquire(portOf(kernel, port).lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  const receiver = yield* partnerAt(kernel, port, Activity.receiving);
  const replyTicks = ticksOf(timeouts.receive);
  if (receiver >= 0 && next === Next.reply && isShort(message) && replyTicks !== 0) {
    if ((yield load(mine.dead, 'plain')) === 0) {
      yield* callDirectly(self, kernel, port, receiver, words, badgeOf(capability), replyTicks);
      return yield* comeOut(self, kernel);
    }
  }
  const mayGrant = (rightsOf(capability) & Right.grant) !== 0;
  yield store(mine.tag, tagOf(words.length, grants ?? -1, mayGrant, next), 'plain');
  yield store(mine.badge, badgeOf(capability), 'plain');
  yield store(mine.replyTicks, replyTicks, 'plain');
  yield store(mine.texts, rangesWord(message.texts), 'plain');
  yield store(mine.transferTicks, ticksOf(timeouts.transfer), 'plain');
  yield* saveRegisters(self, kernel, words);
  if (receiver >= 0) yield* meet(self, kernel, port, self.id, receiver);
  else yield* waitAt(self, kernel, port, Activity.sending, ticksOf(timeouts.send));
  return yield* rest(self, kernel, port);
}

/** Receives, texts into the buffers. `Status`, or why not. */
function* receive(
  self: Thread,
  kernel: Kernel,
  slot: number,
  buffers: readonly MemoryRange[],
  timeouts: Timeouts,
): Routine<Word> {
  const capability = yield* lookUp(self, kernel, slot, false, Right.receive);
  if (capability < 0) return whileReceiving(capability);
  const port = objectOf(capability);
  yield* acquire(portOf(kernel, port).lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  yield* takeReplyAway(self, kernel);
  yield* offerBuffers(self, kernel, buffers, timeouts);
  yield* receiveAt(self, kernel, port, ticksOf(timeouts.receive));
  return yield* rest(self, kernel, port);
}

/** The sender that waits is served, or the caller waits for one. It holds the port's lock and its own. */
function* receiveAt(self: Thread, kernel: Kernel, port: number, ticks: number): Routine {
  const sender = yield* partnerAt(kernel, port, Activity.sending);
  if (sender >= 0) yield* meet(self, kernel, port, sender, self.id);
  else yield* waitAt(self, kernel, port, Activity.receiving, ticks);
}

/** Says where texts may go, and for how long their pages may be waited for. */
function* offerBuffers(self: Thread, kernel: Kernel, buffers: readonly MemoryRange[], timeouts: Timeouts): Routine {
  const mine = blockOf(kernel, self.id);
  yield store(mine.buffers, rangesWord(buffers), 'plain');
  yield store(mine.transferTicks, ticksOf(timeouts.transfer), 'plain');
}

/** A caller that was not replied to by now never is. */
function* takeReplyAway(self: Thread, kernel: Kernel): Routine {
  yield store(blockOf(kernel, self.id).replyTo, 0, 'relaxed');
}

/** Answers who called last, if it still waits for that. Always `Status.sent`. */
function* reply(self: Thread, kernel: Kernel, words: readonly Word[]): Routine<Word> {
  yield* fillVirtual(self, kernel, words);
  const client = yield* takeReply(kernel, blockOf(kernel, self.id));
  if (client >= 0) yield* answer(self, kernel, client, words);
  return Status.sent;
}

/** Hands a reply to a caller that nobody else serves now. */
function* answer(self: Thread, kernel: Kernel, client: ThreadId, words: readonly Word[]): Routine {
  const theirs = blockOf(kernel, client);
  yield* saveRegisters(self, kernel, words);
  yield* acquire(wordsOf(self.table, client).lock);
  yield* copyRegisters(blockOf(kernel, self.id), theirs, words.length);
  yield store(theirs.tag, tagOf(words.length, -1, false, Next.nothing), 'plain');
  yield store(theirs.badge, 0, 'plain');
  yield store(theirs.texts, 0, 'plain');
  yield* finishOther(kernel, self.table, client, Status.received);
  yield* release(wordsOf(self.table, client).lock);
}

/** Replies and receives; the port's lock is held from before the reply until after, so nobody finds the caller not there. */
function* replyReceive(
  self: Thread,
  kernel: Kernel,
  slot: number,
  words: readonly Word[],
  buffers: readonly MemoryRange[],
  timeouts: Timeouts,
): Routine<Word> {
  const mine = blockOf(kernel, self.id);
  const capability = yield* lookUp(self, kernel, slot, false, Right.receive);
  if (capability < 0) return whileReceiving(capability);
  yield* fillVirtual(self, kernel, words);
  const port = objectOf(capability);
  const ticks = ticksOf(timeouts.receive);
  yield* acquire(portOf(kernel, port).lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  yield* offerBuffers(self, kernel, buffers, timeouts);
  const client = yield* takeReply(kernel, mine);
  if (client >= 0 && words.length <= physicalRegisters && ticks !== 0) {
    const isQueueEmpty = (yield* partnerAt(kernel, port, Activity.sending)) < 0;
    if (isQueueEmpty && (yield load(mine.dead, 'plain')) === 0) {
      yield* replyDirectly(self, kernel, port, client, words, ticks);
      return yield* comeOut(self, kernel);
    }
  }
  if (client >= 0) yield* answer(self, kernel, client, words);
  yield* receiveAt(self, kernel, port, ticks);
  return yield* rest(self, kernel, port);
}

/** Adds a badge to a notification, or hands it to who waits. `Status.sent`, or why not. */
function* signal(self: Thread, kernel: Kernel, slot: number): Routine<Word> {
  const capability = yield* lookUp(self, kernel, slot, true, Right.send);
  if (capability < 0) return capability;
  const port = portOf(kernel, objectOf(capability));
  yield* acquire(port.lock);
  const word = (yield load(port.signals, 'plain')) | badgeOf(capability);
  const waiter = yield* partnerAt(kernel, objectOf(capability), Activity.waiting);
  if (waiter < 0) yield store(port.signals, word, 'plain');
  else {
    const { lock } = wordsOf(self.table, waiter);
    yield* acquire(lock);
    yield* unlink(kernel, self.table, port, waiter);
    yield store(blockOf(kernel, waiter).badge, word, 'plain');
    yield* finishOther(kernel, self.table, waiter, Status.signaled);
    yield* release(lock);
  }
  yield* release(port.lock);
  return Status.sent;
}

/** Takes what was signaled, and waits until something is. `Status`, or why not. */
function* wait(self: Thread, kernel: Kernel, slot: number, timeouts: Timeouts): Routine<Word> {
  const capability = yield* lookUp(self, kernel, slot, true, Right.receive);
  if (capability < 0) return whileReceiving(capability);
  const number = objectOf(capability);
  const port = portOf(kernel, number);
  const mine = blockOf(kernel, self.id);
  yield* acquire(port.lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  const word = yield load(port.signals, 'plain');
  if (word === 0) yield* waitAt(self, kernel, number, Activity.waiting, ticksOf(timeouts.receive));
  else {
    yield store(port.signals, 0, 'plain');
    yield store(mine.badge, word, 'plain');
    yield* finish(mine, Status.signaled);
  }
  return yield* rest(self, kernel, number);
}

/** The clock ticks: whoever waits for a number of ticks has one less, and who has none left waits no more. */
function* tick(self: Thread, kernel: Kernel): Routine<Word> {
  const { table } = self;
  for (const [id, block] of kernel.threads.entries()) {
    const port = yield* lockThread(kernel, table, id); // of who does not wait too: it may be about to, and have replied
    const ticks = yield load(block.ticks, 'plain');
    if (ticks > 0) yield store(block.ticks, ticks - 1, 'plain');
    if (ticks === 1) yield* withdraw(kernel, table, id, port, Failure.timeout);
    yield* unlockThread(kernel, table, id, port);
  }
  return Status.sent;
}

/** Takes a thread out of what it waits in. */
function* cancel(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  const port = yield* lockThread(kernel, self.table, target);
  yield* withdraw(kernel, self.table, target, port, Failure.canceled);
  yield* unlockThread(kernel, self.table, target, port);
  return Status.sent;
}

/** The same for good, and its caller is told. */
function* kill(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  const { table } = self;
  const block = blockOf(kernel, target);
  const port = yield* lockThread(kernel, table, target);
  yield store(block.dead, 1, 'plain');
  yield* withdraw(kernel, table, target, port, Failure.canceled);
  const client = yield* takeReply(kernel, block);
  yield* unlockThread(kernel, table, target, port);
  if (client < 0) return Status.sent;
  const { lock } = wordsOf(table, client);
  yield* acquire(lock);
  yield* finishOther(kernel, table, client, whileReceiving(Failure.noPartner));
  yield* release(lock);
  return Status.sent;
}

/** A pager brings a page of a space. */
function* page(self: Thread, kernel: Kernel, space: number, number: number): Routine<Word> {
  yield* bring(self, kernel, space, number);
  return Status.sent;
}
