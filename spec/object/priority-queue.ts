/**
 * The priority queue: what comes out is the largest number in it. Equal numbers are not told apart.
 *
 * Source of every rule: Herlihy and Shavit, "The Art of Multiprocessor Programming" (2008), chapter 15; here the largest
 * number goes first.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The numbers, smallest first. */
export interface PriorityQueue {
  numbers: number[];
}

export type PriorityQueueCall =
  | { readonly tag: 'insert'; readonly number: number }
  | { readonly tag: 'poll' }
  | { readonly tag: 'peek' };

/** `insert` answers 'ok', the others a number, or null if there is none. */
type Outcomes = readonly Outcome<PriorityQueue, PriorityQueueCall, number | 'ok' | null>[];

/** All that `call` may do now. Total: every call has its outcomes in every state. */
export const outcomes = (queue: PriorityQueue, _caller: ThreadId, call: PriorityQueueCall): Outcomes =>
  match(call)
    .with({ tag: 'insert' }, ({ number }) => insert(number))
    .with({ tag: 'poll' }, () => poll(queue))
    .with({ tag: 'peek' }, () => returns<PriorityQueue, number | null>(largest(queue)))
    .exhaustive();

/** Whether a call that answered this cannot have changed anything; an answer that is undefined never came. */
export const readsOnly = ({ tag }: PriorityQueueCall, answer: number | 'ok' | null | undefined): boolean =>
  tag === 'peek' || (tag === 'poll' && answer === null);

const largest = ({ numbers }: PriorityQueue): number | null => numbers.at(-1) ?? null;

/** Puts a number in. Source: Herlihy and Shavit, chapter 15, add. */
const insert = (number: number): Outcomes =>
  returns('ok', (draft) => {
    draft.numbers.push(number);
    draft.numbers.sort((a, b) => a - b);
  });

/** Takes the largest number out. Source: Herlihy and Shavit, chapter 15, removeMin. */
const poll = (queue: PriorityQueue): Outcomes =>
  queue.numbers.length === 0
    ? returns(null)
    : returns(largest(queue), (draft) => {
        draft.numbers.pop();
      });
