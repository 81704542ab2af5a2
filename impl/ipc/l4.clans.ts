/**
 * Messages between threads that name each other, with clans and chiefs: the plain kernel, each thread a port of its own.
 *
 * What crosses the border of a clan goes to a chief instead. Who that is follows from who made whom, which never changes
 * here. Source: Liedtke, "Clans and chiefs" (1992); Liedtke, SOSP 1993.
 */

import { comeOut, describe, refuse } from '#impl/ipc/l4.big-lock.entry.ts';
import {
  activity,
  blockOf,
  failure,
  intendedAt,
  type Kernel,
  layout,
  noReply,
  type Parameters,
  status,
  thenReceive,
  ticksOf,
  whileReceiving,
} from '#impl/ipc/l4.big-lock.layout.ts';
import {
  begin,
  compose,
  finish,
  isGone,
  longestWaiting,
  meet,
  startReceive,
} from '#impl/ipc/l4.big-lock.rendezvous.ts';
import { cancel, kill as killThread, page, tick } from '#impl/ipc/l4.big-lock.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ClanCall, L4Call } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';

type Chiefs = Kernel['chiefs'];

/** Lays everything out. */
export const boot = (memory: Allocator, parameters: Parameters): Kernel => layout(memory, parameters);

/** A trap into the kernel. `Status`, or why not. */
export function* systemCall(self: Thread, kernel: Kernel, call: L4Call): Routine<Word> {
  switch (call.tag) {
    case 'ipc':
      return yield* ipc(self, kernel, call);
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

/** Whom a message reaches first: climbs from where it is to go until somebody is a neighbour of the sender. */
const hopOf = (chiefs: Chiefs, from: ThreadId, to: ThreadId): ThreadId => {
  const chief = chiefs[from] ?? null;
  for (let above: ThreadId | null = to; above !== null; above = chiefs[above] ?? null) {
    const its: ThreadId | null = chiefs[above] ?? null;
    if (its === from || (its === chief && above !== from)) return above;
  }
  return chief ?? to;
};

/** Whether what `from` sends to `to` goes through `chief`. */
const standsBetween = (chiefs: Chiefs, chief: ThreadId, from: ThreadId, to: ThreadId): boolean => {
  for (let at = hopOf(chiefs, from, to); at !== to; at = hopOf(chiefs, at, to)) if (at === chief) return true;
  return false;
};

/** Sends, if there is somebody to send to; then receives, if there is somebody to receive from. */
function* ipc(self: Thread, kernel: Kernel, call: ClanCall): Routine<Word> {
  const { to, as, message, from, buffers, timeouts } = call;
  const mine = blockOf(kernel, self.id);
  yield* acquire(kernel.lock);
  const isPartner = (id: ThreadId): boolean => id !== self.id && id >= 0 && id < kernel.threads.length;
  if (to !== null && !isPartner(to)) return yield* refuse(kernel, failure.noPartner);
  if (to !== null && as !== null && !(isPartner(as) && as !== to && standsBetween(kernel.chiefs, self.id, as, to))) {
    return yield* refuse(kernel, failure.noRight);
  }
  if (typeof from === 'number' && !isPartner(from)) return yield* refuse(kernel, failure.noPartner + whileReceiving);
  yield store(mine.done, 0, 'plain');
  yield store(mine.filter, typeof from === 'number' ? from + 1 : 0, 'plain');
  yield store(mine.receiveTicks, ticksOf(timeouts.receive), 'plain');
  yield store(mine.transferTicks, ticksOf(timeouts.transfer), 'plain');
  yield* describe(mine.buffers, buffers);
  if (to === null) {
    if (from === null) return yield* refuse(kernel, status.sent);
    yield* startReceive(self, kernel, self.id);
    return yield* comeOut(self, kernel);
  }
  const speaker = as ?? self.id;
  yield* compose(kernel, self.id, speaker, -1, false, message.words);
  yield store(mine.message + intendedAt, to + 1, 'plain');
  yield* describe(mine.texts, message.texts);
  yield store(mine.replyTicks, from === null ? noReply : thenReceive, 'plain');
  const hop = hopOf(kernel.chiefs, self.id, to);
  const receiver = yield* longestWaiting(kernel, hop, activity.receiving, speaker + 1);
  if (receiver >= 0) yield* meet(self, kernel, self.id, receiver);
  else if (yield* isGone(kernel, hop)) yield* finish(self, kernel, self.id, failure.noPartner);
  else yield* begin(self, kernel, self.id, activity.sending, hop, ticksOf(timeouts.send));
  return yield* comeOut(self, kernel);
}

/** Takes a thread out of what it waits in, for good; then whoever waits for it is told. */
function* kill(self: Thread, kernel: Kernel, target: ThreadId): Routine<Word> {
  yield* killThread(self, kernel, target);
  yield* acquire(kernel.lock);
  for (const [id, block] of kernel.threads.entries()) {
    const what = yield load(block.activity, 'plain');
    const waitsToSend = what === activity.sending && (yield load(block.port, 'plain')) === target;
    const waitsToReceive = what === activity.receiving && (yield load(block.filter, 'plain')) === target + 1;
    if (waitsToSend) yield* finish(self, kernel, id, failure.noPartner);
    if (waitsToReceive) yield* finish(self, kernel, id, failure.noPartner + whileReceiving);
  }
  yield* release(kernel.lock);
  return status.sent;
}
