/**
 * How a message gets from one thread to another, and how a thread is taken out of its wait.
 *
 * Whoever comes second serves the first: with the port's lock held nobody else can, and with the first one's lock held it
 * has been put away. Locks are taken in this order: a port's, one's own, that of a thread that sleeps.
 *
 * Source: seL4, src/object/endpoint.c (sendIPC, receiveIPC, cancelIPC) and src/object/tcb.c (doReplyTransfer).
 */
import {
  Activity,
  blockOf,
  callerOf,
  callOf,
  Failure,
  isOwnIn,
  type Kernel,
  mayGrantIn,
  Next,
  nextIn,
  physicalRegisters,
  portOf,
  rangesIn,
  replyCapability,
  Status,
  slotIn,
  slotsEach,
  type ThreadBlock,
  tagOf,
  whileReceiving,
  wordsIn,
} from '#impl/ipc/l4.layout.ts';
import { unlink } from '#impl/ipc/l4.queue.ts';
import { compareAndSwap, load, type Routine, store, swap, tracepoint, type Word } from '#impl/machine/ops.ts';
import { wake } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { type Thread, type ThreadTable, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** The first thread in a port's queue, if that is what it waits for there; or -1. The caller holds the port's lock. */
export function* partnerAt(kernel: Kernel, port: number, activity: number): Routine<number> {
  const first = (yield load(portOf(kernel, port).first, 'plain')) - 1;
  if (first < 0) return -1;
  return (yield load(blockOf(kernel, first).activity, 'plain')) === activity ? first : -1;
}

/** The call that a thread waits in is over. The caller holds the thread's lock, and is not that thread. */
export function* finishOther(kernel: Kernel, table: ThreadTable, id: ThreadId, status: Word): Routine {
  yield* finish(blockOf(kernel, id), status);
  yield* wake(table, id);
}

/** A call is over. The caller holds the thread's lock. */
export function* finish(block: ThreadBlock, status: Word): Routine {
  yield store(block.activity, Activity.none, 'plain');
  yield store(block.ticks, 0, 'plain');
  yield store(block.status, status, 'plain');
}

/**
 * The calling thread meets one that waits at the port, and takes it out of the queue: one of them is the sender. The caller
 * holds the port's lock and its own. What has texts is handed over when they are copied, by the sender.
 */
export function* meet(self: Thread, kernel: Kernel, port: number, sender: ThreadId, receiver: ThreadId): Routine {
  const { table, id } = self;
  const other = sender === id ? receiver : sender;
  const from = blockOf(kernel, sender);
  yield* acquire(wordsOf(table, other).lock);
  yield* unlink(kernel, table, portOf(kernel, port), other);
  if (rangesIn(yield load(from.texts, 'plain')) === 0) yield* handOver(self, kernel, sender, receiver);
  else {
    yield* startCopying(kernel, port, sender, receiver);
    if (other === sender) yield* wake(table, sender);
  }
  yield* release(wordsOf(table, other).lock);
}

/** From now on the sender copies, and the receiver waits until it is done. Both locks are held, and the port's. */
function* startCopying(kernel: Kernel, port: number, sender: ThreadId, receiver: ThreadId): Routine {
  const [from, to] = [blockOf(kernel, sender), blockOf(kernel, receiver)];
  const ticks = leastTicks(yield load(from.transferTicks, 'plain'), yield load(to.transferTicks, 'plain'));
  yield store(from.activity, Activity.copying, 'plain');
  yield store(to.activity, Activity.taking, 'plain');
  yield store(from.transferTicks, ticks, 'plain');
  yield store(from.done, 0, 'plain');
  for (const [block, partner] of [
    [from, receiver],
    [to, sender],
  ] as const) {
    yield store(block.port, port + 1, 'relaxed');
    yield store(block.ticks, 0, 'plain');
    yield store(block.partner, partner, 'plain');
  }
}

/** The shorter of two timeouts. */
const leastTicks = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/** The message is the receiver's, and the sender does what it does next. The caller is one of them; both locks are held. */
export function* handOver(self: Thread, kernel: Kernel, sender: ThreadId, receiver: ThreadId): Routine {
  const other = sender === self.id ? receiver : sender;
  const [from, to] = [blockOf(kernel, sender), blockOf(kernel, receiver)];
  const tag = yield load(from.tag, 'plain');
  const slot = yield* grant(from, to, tag);
  yield store(to.badge, yield load(from.badge, 'plain'), 'plain');
  yield store(to.texts, yield load(from.texts, 'plain'), 'plain');
  yield* copyRegisters(from, to, wordsIn(tag));
  yield store(to.tag, tagOf(wordsIn(tag), slot, false, Next.nothing), 'plain');
  const isAwaiting = nextIn(tag) === Next.reply && (yield* awaitReply(from, yield load(from.replyTicks, 'plain')));
  if (isAwaiting) yield* owe(from, to, sender);
  else if (nextIn(tag) === Next.nothing) yield* finish(from, Status.sent);
  yield* finish(to, Status.received);
  if (other === receiver || !isAwaiting) yield* wake(self.table, other);
}

/** A sender waits for the reply from now on. False: it may not wait, and its call has failed. Its lock is held. */
function* awaitReply(sender: ThreadBlock, ticks: number): Routine<boolean> {
  if (ticks === 0) {
    yield* finish(sender, whileReceiving(Failure.timeout));
    return false;
  }
  if ((yield load(sender.dead, 'plain')) !== 0) {
    yield* finish(sender, whileReceiving(Failure.canceled));
    return false;
  }
  yield* startAwaiting(sender, ticks);
  return true;
}

/** The same of one that may wait. */
export function* startAwaiting(sender: ThreadBlock, ticks: number): Routine {
  const call = (yield load(sender.calls, 'plain')) + 1;
  yield store(sender.calls, call, 'plain');
  yield store(sender.activity, Activity.awaitingReply, 'plain');
  yield store(sender.ticks, ticks, 'plain');
  yield store(sender.awaits, call, 'relaxed');
}

/** The receiver owes the sender a reply. Both locks are held. */
export function* owe(from: ThreadBlock, to: ThreadBlock, sender: ThreadId): Routine {
  yield store(to.replyTo, replyCapability(sender, yield load(from.calls, 'plain')), 'relaxed');
}

/** Copies message registers from where one thread has them to where another does. */
export function* copyRegisters(from: ThreadBlock, to: ThreadBlock, words: number): Routine {
  for (let i = 0; i < Math.min(words, physicalRegisters); i++) {
    yield store(to.saved + i, yield load(from.saved + i, 'plain'), 'plain');
  }
  if (words <= physicalRegisters) return;
  yield tracepoint('copied words', words - physicalRegisters);
  for (let i = 0; i < words - physicalRegisters; i++) {
    yield store(to.virtual + i, yield load(from.virtual + i, 'plain'), 'plain');
  }
}

/** Copies the capability that a message grants to a free slot of the receiver's. That slot, or -1. */
function* grant(from: ThreadBlock, to: ThreadBlock, tag: Word): Routine<number> {
  const granted = slotIn(tag);
  if (granted < 0 || !mayGrantIn(tag)) return -1;
  for (let slot = 0; slot < slotsEach; slot++) {
    if ((yield load(to.slots + slot, 'plain')) !== 0) continue;
    yield store(to.slots + slot, yield load(from.slots + granted, 'plain'), 'plain');
    return slot;
  }
  return -1;
}

/** Takes the right to reply that a thread has: the caller is that thread, or holds its lock. Gives the caller that waits for it, which nobody else serves now; or -1. */
export function* takeReply(kernel: Kernel, server: ThreadBlock): Routine<number> {
  const reply = yield swap(server.replyTo, 0, 'relaxed'); // once: a kill may take it too
  if (reply === 0) return -1;
  return (yield* claim(blockOf(kernel, callerOf(reply)), callOf(reply))) ? callerOf(reply) : -1;
}

/** Decides that a thread gets no other answer to that call. False: somebody else has, or the call is over. */
function* claim(caller: ThreadBlock, call: number): Routine<boolean> {
  if ((yield load(caller.awaits, 'relaxed')) !== call) return false; // most that come late change nothing
  return (yield compareAndSwap(caller.awaits, call, 0, 'relaxed')) === call;
}

/** Takes the lock of the port that a thread waits at, if it does, and the thread's. Gives the port plus 1, or 0. */
export function* lockThread(kernel: Kernel, table: ThreadTable, id: ThreadId): Routine<number> {
  const block = blockOf(kernel, id);
  for (;;) {
    const port = yield load(block.port, 'relaxed');
    if (port !== 0) yield* acquire(portOf(kernel, port - 1).lock);
    yield* acquire(wordsOf(table, id).lock);
    if ((yield load(block.port, 'relaxed')) === port) return port;
    yield* unlockThread(kernel, table, id, port);
  }
}

export function* unlockThread(kernel: Kernel, table: ThreadTable, id: ThreadId, port: number): Routine {
  yield* release(wordsOf(table, id).lock);
  if (port !== 0) yield* release(portOf(kernel, port - 1).lock);
}

/** Takes a thread out of what it waits in, with an error; if it waits in nothing, nothing. The caller has locked it. */
export function* withdraw(kernel: Kernel, table: ThreadTable, id: ThreadId, port: number, failure: Word): Routine {
  const block = blockOf(kernel, id);
  const activity = yield load(block.activity, 'plain');
  if (activity === Activity.none) return;
  if (activity === Activity.copying || activity === Activity.taking) {
    yield* abandon(kernel, table, id, activity === Activity.copying, failure);
    return;
  }
  if (activity === Activity.awaitingReply) {
    if (!(yield* claim(block, yield load(block.calls, 'plain')))) return; // the reply is under way
  } else yield* unlink(kernel, table, portOf(kernel, port - 1), id);
  const isSending = activity === Activity.sending;
  yield* finishOther(kernel, table, id, isSending ? failure : whileReceiving(failure));
}

/** Gives up a message that waits for a page as it is copied: one that does not goes on. The port's lock is held too. */
function* abandon(kernel: Kernel, table: ThreadTable, id: ThreadId, isSender: boolean, failure: Word): Routine {
  const partner = yield load(blockOf(kernel, id).partner, 'plain');
  const [sender, receiver] = isSender ? [id, partner] : [partner, id];
  const from = blockOf(kernel, sender);
  const missing = yield load(from.missing, 'plain');
  if (missing === 0) return;
  yield* acquire(wordsOf(table, partner).lock);
  const [own, others] = reasons(failure, isSender, isOwnIn(missing));
  yield* giveUp(kernel, sender, receiver, own, others);
  yield* wake(table, sender);
  yield* wake(table, receiver);
  yield* release(wordsOf(table, partner).lock);
}

/** What sender and receiver are told. */
const reasons = (failure: Word, isSender: boolean, isOwn: boolean): readonly [Word, Word] => {
  if (failure === Failure.canceled) {
    return isSender ? [Failure.withdrawn, Failure.aborted] : [Failure.aborted, Failure.withdrawn];
  }
  return late(isOwn);
};

/** The same where a page has not come in time. */
export const late = (isOwn: boolean): readonly [Word, Word] =>
  isOwn ? [Failure.ownTransfer, Failure.partnerTransfer] : [Failure.partnerTransfer, Failure.ownTransfer];

/** Neither has the message, and both are told why and how far it came. Both locks are held, and the port's. */
export function* giveUp(kernel: Kernel, sender: ThreadId, receiver: ThreadId, own: Word, others: Word): Routine {
  const [from, to] = [blockOf(kernel, sender), blockOf(kernel, receiver)];
  yield store(to.done, yield load(from.done, 'plain'), 'plain');
  yield store(from.missing, 0, 'plain');
  yield store(from.port, 0, 'relaxed');
  yield store(to.port, 0, 'relaxed');
  yield* finish(from, own);
  yield* finish(to, whileReceiving(others));
}
