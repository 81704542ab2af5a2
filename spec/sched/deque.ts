/**
 * A double-ended queue of tasks, as a core has one in a scheduler with work stealing: its owner works at the young end,
 * as at a stack, and others steal from the old end, as from a queue.
 *
 * Indices, arrays, their growth and who wins the last task do not appear here: they are how it is done. What a caller can
 * observe is one list, of which every call sees or takes one end.
 *
 * Sources: Chase and Lev, "Dynamic circular work-stealing deque", SPAA 2005; Lê, Pop, Cohen and Zappa Nardelli, "Correct
 * and efficient work-stealing for weak memory models", PPoPP 2013.
 */
import { match } from 'ts-pattern';
import type { DequeAnswer, DequeCall, Task } from '#spec/abi/sched/deque.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The tasks that wait, the oldest first, and how many may. */
export interface Deque {
  tasks: Task[];
  limit: number;
}

type Outcomes = readonly Outcome<Deque, DequeCall, DequeAnswer>[];

/** The deque at boot: nothing waits. */
export const initial = (limit: number): Deque => ({ tasks: [], limit });

/** What `call` may do now. Total: every call has one outcome in every state, so nobody ever waits. */
export const outcomes = (deque: Deque, call: DequeCall): Outcomes =>
  match(call)
    .with({ tag: 'push' }, ({ task }) => push(deque, task))
    .with({ tag: 'pop' }, () => pop(deque))
    .with({ tag: 'steal' }, () => steal(deque))
    .exhaustive();

/**
 * Puts a task at the young end. ENOSPC: as many wait as may; then nothing changes.
 * Source: Chase and Lev 2005, section 2, pushBottom. The limit is ours: their array grows for ever.
 */
const push = (deque: Deque, task: Task): Outcomes => {
  if (deque.tasks.length === deque.limit) return returns({ tag: 'failed', errno: 'ENOSPC' });
  return returns({ tag: 'ok' }, (draft) => {
    draft.tasks.push(task);
  });
};

/**
 * Takes the task at the young end, the one that was pushed last.
 * Source: Chase and Lev 2005, section 2, popBottom.
 */
const pop = ({ tasks }: Deque): Outcomes => {
  const youngest = tasks.at(-1);
  if (youngest === undefined) return returns({ tag: 'empty' });
  return returns({ tag: 'task', task: youngest }, (draft) => {
    draft.tasks.pop();
  });
};

/**
 * Takes the task at the old end, the one that has waited longest. A thief that another one was faster than tries again:
 * it answers `empty` only if there was a moment at which nothing waited.
 * Source: Chase and Lev 2005, section 2, steal; their Abort is an attempt, not an answer.
 */
const steal = ({ tasks }: Deque): Outcomes => {
  const [oldest] = tasks;
  if (oldest === undefined) return returns({ tag: 'empty' });
  return returns({ tag: 'task', task: oldest }, (draft) => {
    draft.tasks.shift();
  });
};
