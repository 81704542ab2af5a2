/**
 * The fast path: a short message to a partner that waits for it and nothing else stays in the registers of the core, and
 * the core goes straight to the partner. All locks that it takes are let go by the time the partner runs.
 */
import { Activity, blockOf, coreBlockOf, type Kernel, Next, portOf, Status, tagOf } from '#impl/ipc/l4.layout.ts';
import { enqueue, unlink } from '#impl/ipc/l4.queue.ts';
import { finish, owe, startAwaiting } from '#impl/ipc/l4.rendezvous.ts';
import { coreNumber, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import { switchDirectly } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Calls a thread that waits first at the port. The caller may wait; it holds the port's lock and its own. */
export function* callDirectly(
  self: Thread,
  kernel: Kernel,
  port: number,
  receiver: ThreadId,
  words: readonly Word[],
  badge: Word,
  ticks: number,
): Routine {
  const [mine, theirs] = [blockOf(kernel, self.id), blockOf(kernel, receiver)];
  yield* acquire(wordsOf(self.table, receiver).lock);
  yield* unlink(kernel, self.table, portOf(kernel, port), receiver);
  yield* startAwaiting(mine, ticks);
  yield* owe(mine, theirs, self.id);
  yield* leaveRegisters(kernel, words, badge);
  yield* finish(theirs, Status.receivedInRegisters);
  yield* release(portOf(kernel, port).lock);
  yield* goTo(self, receiver);
}

/** Replies to a caller that nobody else serves now, and waits at the port, where no sender waits. The same is held. */
export function* replyDirectly(
  self: Thread,
  kernel: Kernel,
  port: number,
  client: ThreadId,
  words: readonly Word[],
  ticks: number,
): Routine {
  const mine = blockOf(kernel, self.id);
  yield* acquire(wordsOf(self.table, client).lock);
  yield* enqueue(kernel, self.table, port, self.id);
  yield store(mine.activity, Activity.receiving, 'plain');
  yield store(mine.ticks, ticks, 'plain');
  yield* leaveRegisters(kernel, words, 0);
  yield* finish(blockOf(kernel, client), Status.receivedInRegisters);
  yield* release(portOf(kernel, port).lock);
  yield* goTo(self, client);
}

/** Leaves a message where the next thread on this core finds it: in the core. Nothing interrupts in between. */
function* leaveRegisters(kernel: Kernel, words: readonly Word[], badge: Word): Routine {
  const core = coreBlockOf(kernel, yield coreNumber());
  yield store(core.tag, tagOf(words.length, -1, false, Next.nothing), 'plain');
  yield store(core.badge, badge, 'plain');
  for (const [i, word] of words.entries()) yield store(core.registers + i, word, 'plain');
}

/** Goes straight to the partner. Both locks are held; on return the caller's is. */
function* goTo(self: Thread, partner: ThreadId): Routine {
  yield store(wordsOf(self.table, self.id).state, State.sleeping, 'relaxed');
  yield tracepoint('direct switch', partner);
  yield* switchDirectly(self, partner);
}
