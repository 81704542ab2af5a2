/**
 * Your messages: waiting and waking, and calls, in which the caller gives its core and the rest of its time slice straight
 * to whom it calls. Which words there are, and who may touch them, is said in `#impl/sched/table.ts`.
 */
import { panic, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Kernel } from '#impl/sched/table.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Waits until somebody has woken the caller since it last waited, perhaps already, and forgets that. Gives 0. */
export function* wait(_self: Thread, _kernel: Kernel): Routine<Word> {
  yield panic('wait is not written yet');
  return 0;
}

/** Wakes a thread: if it does not wait now, its next `wait` is over at once. Gives 0; `Failure.noThread`. */
export function* wake(_self: Thread, _kernel: Kernel, _target: ThreadId): Routine<Word> {
  yield panic('wake is not written yet');
  return 0;
}

/**
 * Hands `word` to another thread, behind those whose calls it has not taken yet, and waits for the reply, which it gives.
 * `Failure.noThread`; `Failure.invalid`: the caller itself.
 */
export function* call(_self: Thread, _kernel: Kernel, _target: ThreadId, _word: Word): Routine<Word> {
  yield panic('call is not written yet');
  return 0;
}

/**
 * Waits until there is a call to the caller, and takes the first: gives who calls, and its word by `copyOut(0, word)`.
 * `Failure.busy`: the caller owes a reply.
 */
export function* receive(_self: Thread, _kernel: Kernel): Routine<Word> {
  yield panic('receive is not written yet');
  return 0;
}

/** Answers the call that was taken. Gives 0; `Failure.noReply`: none is owed. */
export function* reply(_self: Thread, _kernel: Kernel, _word: Word): Routine<Word> {
  yield panic('reply is not written yet');
  return 0;
}

/** Answers the call that was taken, and then does as `receive`. `Failure.noReply`: none is owed. */
export function* replyAndReceive(_self: Thread, _kernel: Kernel, _word: Word): Routine<Word> {
  yield panic('replyAndReceive is not written yet');
  return 0;
}
