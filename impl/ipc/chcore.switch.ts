/**
 * How the processor passes from a client to the passive thread that serves it, and back.
 *
 * The client's scheduling context goes along: budget and priority are the client's throughout. No third thread runs in
 * between, and no queue is touched, unless the registers of the floating point unit of whoever is to run are on another
 * core: then the scheduler has to run it. Source: ChCore, sched/sched.c (sched_to_thread), connection.c.
 */
import { type Kernel, Life, Passive, processAt, threadAt } from '#impl/ipc/chcore.layout.ts';
import {
  activate,
  activeSpace,
  coreNumber,
  load,
  panic,
  type Routine,
  store,
  tracepoint,
  type Word,
} from '#impl/machine/ops.ts';
import { giveUp, makeRunnable, standBy, switchDirectly } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Whether the thread's process was killed. */
export function* isExiting(kernel: Kernel, thread: ThreadId): Routine<boolean> {
  const { process } = threadAt(kernel, thread);
  return (yield load(processAt(kernel, process).life, 'relaxed')) !== Life.alive;
}

/** Gives the core to a thread that sleeps. The caller holds its own lock, and has changed its state and what it waits for. */
export function* switchTo(self: Thread, kernel: Kernel, to: ThreadId): Routine {
  const target = wordsOf(self.table, to);
  yield* acquire(target.lock); // it may not have been put away yet
  const at = kernel.floatingPoint.includes(to) ? yield load(threadAt(kernel, to).floatingPoint, 'plain') : 0;
  if (at === 0 || at === (yield coreNumber()) + 1) {
    yield tracepoint('direct switch', to);
    yield* switchDirectly(self, to);
    return;
  }
  yield tracepoint('slow path', to);
  yield* makeRunnable(self.table, to);
  yield* release(target.lock);
  yield* standBy(self);
}

/** A thread that slept runs again, with its own lock held: it goes back to its address space. */
export function* resume(self: Thread, kernel: Kernel): Routine {
  yield* release(wordsOf(self.table, self.id).lock);
  yield activate(threadAt(kernel, self.id).process);
  yield tracepoint('resumed in space', yield activeSpace());
}

/**
 * Lets a passive thread run in the caller's place, on the caller's scheduling context, and sleeps until the answer is
 * there; gives that. The caller has taken the passive thread's word, and left there what it is to serve.
 */
export function* lendTo(self: Thread, kernel: Kernel, to: ThreadId): Routine<Word> {
  const mine = wordsOf(self.table, self.id);
  const context = yield load(threadAt(kernel, self.id).context, 'plain');
  yield store(threadAt(kernel, to).context, context, 'plain', 'chcore.lend');
  yield tracepoint('scheduling context lent', to);
  yield* acquire(mine.lock);
  yield store(mine.state, State.sleeping, 'relaxed');
  yield* switchTo(self, kernel, to);
  yield* resume(self, kernel);
  return yield load(threadAt(kernel, self.id).reply, 'plain');
}

/**
 * A passive thread enters the kernel for the first time, and sleeps until somebody asks. Gives the connection that is to
 * be served.
 */
export function* waitForFirst(self: Thread, kernel: Kernel): Routine<number> {
  const mine = wordsOf(self.table, self.id);
  yield* acquire(mine.lock); // until it is put away: who asks waits for this lock
  yield store(mine.state, State.sleeping, 'relaxed');
  yield store(threadAt(kernel, self.id).passive, Passive.waiting, 'relaxed'); // we have written nothing yet that others read
  yield* standBy(self);
  return yield* woken(self, kernel);
}

/** What a passive thread has to do before it answers. */
export interface Release {
  /** The connection's owner word and what to store there; null: it stays as it is. */
  readonly owner: { readonly address: number; readonly word: Word } | null;
  /** Who waits for the answer; null: nobody, or somebody who was killed. */
  readonly to: ThreadId | null;
  readonly answer: Word;
}

/**
 * Answers, and sleeps until somebody asks again; gives the connection that is to be served then. The scheduling context
 * is given back before the thread can be taken: or its next caller's would be lost.
 */
export function* answerAndWait(self: Thread, kernel: Kernel, { owner, to, answer }: Release): Routine<number> {
  yield* stopAs(self, kernel, State.sleeping, Passive.waiting);
  if (owner) yield store(owner.address, owner.word, 'release', 'chcore.let-go'); // pairs with take
  if (to === null) {
    yield* standBy(self);
  } else {
    yield store(threadAt(kernel, to).reply, answer, 'plain');
    yield* switchTo(self, kernel, to);
  }
  return yield* woken(self, kernel);
}

/** The same for a thread that was killed: it is not run again. */
export function* answerAndDie(self: Thread, kernel: Kernel, { owner, to, answer }: Release): Routine {
  yield* stopAs(self, kernel, State.zombie, Passive.dead);
  if (owner) yield store(owner.address, owner.word, 'release', 'chcore.let-go');
  if (to !== null) {
    yield store(threadAt(kernel, to).reply, answer, 'plain');
    yield* switchTo(self, kernel, to);
  }
  yield* giveUp(self);
  yield panic('an exited thread runs');
}

/** Gives the scheduling context back, and then says that the thread waits, or is dead. Its lock stays held. */
function* stopAs(self: Thread, kernel: Kernel, state: number, passive: number): Routine {
  const mine = wordsOf(self.table, self.id);
  const words = threadAt(kernel, self.id);
  yield* acquire(mine.lock);
  yield store(mine.state, state, 'relaxed');
  yield store(words.context, 0, 'plain');
  yield tracepoint('scheduling context returned', self.id);
  yield store(words.passive, passive, 'release', 'chcore.answered'); // pairs with hold
}

/** Ends a thread that was killed and serves nobody. */
export function* exit(self: Thread, kernel: Kernel): Routine {
  const mine = wordsOf(self.table, self.id);
  const words = threadAt(kernel, self.id);
  yield* acquire(mine.lock);
  yield store(mine.state, State.zombie, 'relaxed');
  if (words.kind !== 'user') yield store(words.passive, Passive.dead, 'release', 'chcore.answered');
  yield* giveUp(self);
  yield panic('an exited thread runs');
}

/** A passive thread was switched to: the connection that it is to serve. It runs on its caller's scheduling context. */
function* woken(self: Thread, kernel: Kernel): Routine<number> {
  yield* resume(self, kernel);
  const words = threadAt(kernel, self.id);
  if ((yield load(words.context, 'plain')) === 0) yield panic('a thread runs without a scheduling context');
  if (kernel.floatingPoint.includes(self.id)) yield store(words.floatingPoint, (yield coreNumber()) + 1, 'plain');
  return (yield load(words.passive, 'relaxed')) - Passive.serves;
}
