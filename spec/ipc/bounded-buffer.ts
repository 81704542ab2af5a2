/**
 * The bounded buffer: items wait in it in order, and no more of them than it has room for. Who puts into a full one
 * waits, and who gets from an empty one.
 *
 * Indices, counters, locks and semaphores do not appear here: the variants of the implementation differ in them, and in
 * how many producers and consumers they serve, not in what must hold.
 *
 * Sources: seed 003, shared memory (in and out); seed 004, the producer-consumer problem; Dijkstra, "Cooperating
 * sequential processes" (1965), section 4.3 (the bounded buffer); Vyukov, "Bounded MPMC queue" (1024cores.net).
 */
import { match } from 'ts-pattern';
import type { BoundedBufferAnswer, BoundedBufferCall, Item } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** A buffer of room for `capacity` items, with those that are in it, the oldest first. */
export interface BoundedBuffer {
  capacity: number;
  items: Item[];
  /** No more is expected: who finds it empty need not wait. */
  finished: boolean;
}

/** What remains of a get that has taken some items. */
export interface RestOfGet {
  readonly tag: 'rest of get';
  readonly count: number;
  readonly taken: readonly Item[];
}

export type PendingCall = BoundedBufferCall | RestOfGet;

type Outcomes = readonly Outcome<BoundedBuffer, PendingCall, BoundedBufferAnswer>[];

/** The buffer at boot: empty. */
export const initial = (capacity: number): BoundedBuffer => ({ capacity, items: [], finished: false });

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (buffer: BoundedBuffer, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'put' }, ({ items }) => put(buffer, items))
    .with({ tag: 'get' }, ({ count }) => get(buffer, count, []))
    .with({ tag: 'rest of get' }, ({ count, taken }) => get(buffer, count, taken))
    .with({ tag: 'finish' }, () => finish())
    .exhaustive();

/** Whether what is left of a call may still end with this answer: what a get has taken, it answers. */
export const mayEnd = (rest: PendingCall, answer: BoundedBufferAnswer): boolean =>
  rest.tag !== 'rest of get' ||
  (answer.tag === 'items' && rest.taken.every((item, index) => item === answer.items[index]));

/**
 * Puts the items behind the others, one at a time; waits while there is no room. Others may put and get in between.
 * Source: seed 003, the sender (`while (new_package)`); seed 004, `send`.
 */
const put = (buffer: BoundedBuffer, [item, ...rest]: readonly Item[]): Outcomes => {
  if (item === undefined) return returns({ tag: 'ok' });
  if (buffer.items.length === buffer.capacity) return waits;
  const append = (draft: BoundedBuffer): void => {
    draft.items.push(item);
  };
  return rest.length === 0 ? returns({ tag: 'ok' }, append) : continues({ tag: 'put', items: rest }, append);
};

/**
 * Takes the oldest item, and so on until it has `count`; waits while there is none, unless no more is expected: then it
 * answers what it has. Source: seed 003, the receiver (`while (wait_package)`); seed 004, `recv`; for the end, ChCore
 * 2022, lab 4, `global_exit`.
 */
const get = (buffer: BoundedBuffer, count: number, taken: readonly Item[]): Outcomes => {
  const [item] = buffer.items;
  if (count === 0) return returns({ tag: 'items', items: taken });
  if (item === undefined) return buffer.finished ? returns({ tag: 'items', items: taken }) : waits;
  const items = [...taken, item];
  const remove = (draft: BoundedBuffer): void => {
    draft.items.shift();
  };
  return count === 1
    ? returns({ tag: 'items', items }, remove)
    : continues({ tag: 'rest of get', count: count - 1, taken: items }, remove);
};

/** Tells the consumers that no more will come: they get what is left, and then the end. Source: ChCore 2022, lab 4, `global_exit`. */
const finish = (): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    draft.finished = true;
  });
