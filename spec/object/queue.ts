/**
 * The queue: what was put in first comes out first.
 *
 * Source of every rule: Herlihy and Wing, "Linearizability" (1990), the FIFO queue; here a dequeue does not
 * wait but says that the queue is empty.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import type { Value } from '#spec/object/value.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The values, oldest first. */
export interface Queue {
  values: Value[];
}

export type QueueCall =
  | { readonly tag: 'enqueue'; readonly value: Value }
  | { readonly tag: 'dequeue' }
  | { readonly tag: 'peek' };

/** `enqueue` answers 'ok', the others a value, or null if there is none. */
type Outcomes = readonly Outcome<Queue, QueueCall, Value>[];

/** All that `call` may do now. Total: every call has its outcomes in every state. */
export const outcomes = (queue: Queue, _caller: ThreadId, call: QueueCall): Outcomes =>
  match(call)
    .with({ tag: 'enqueue' }, ({ value }) => enqueue(value))
    .with({ tag: 'dequeue' }, () => dequeue(queue))
    .with({ tag: 'peek' }, () => returns<Queue, Value>(oldest(queue)))
    .exhaustive();

/** Whether a call that answered this cannot have changed anything; an answer that is undefined never came. */
export const readsOnly = ({ tag }: QueueCall, answer: Value | undefined): boolean =>
  tag === 'peek' || (tag === 'dequeue' && answer === null);

const oldest = ({ values }: Queue): Value => values[0] ?? null;

/** Puts the value behind all others. Source: Herlihy and Wing (1990), Enq. */
const enqueue = (value: Value): Outcomes =>
  returns('ok', (draft) => {
    draft.values.push(value);
  });

/** Takes the oldest value out. Source: Herlihy and Wing (1990), Deq. */
const dequeue = (queue: Queue): Outcomes =>
  queue.values.length === 0
    ? returns(null)
    : returns(oldest(queue), (draft) => {
        draft.values.shift();
      });
