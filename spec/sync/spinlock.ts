/**
 * A spin lock, as those see it who use it: what is done under a lock happens at one moment, for all who take the lock.
 *
 * So the lock itself does not appear here, only what it guards: counters, each with a lock of its own. That every call
 * is one step is mutual exclusion; that none ever waits for good is freedom from deadlock. Whose turn is next is left
 * open: nobody outside can tell when somebody else has begun to wait.
 */
import { match } from 'ts-pattern';
import type { CounterId, SpinlockAnswer, SpinlockCall, ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** What each counter holds. */
export interface Counters {
  counts: number[];
}

type Outcomes = readonly Outcome<Counters, SpinlockCall, SpinlockAnswer>[];

/** The state at boot: every counter is 0. */
export const initial = (counters: number): Counters => ({ counts: Array.from({ length: counters }, () => 0) });

/** What `call` may do now. Total: every call has one outcome in every state. */
export const outcomes = (state: Counters, _caller: ThreadId, call: SpinlockCall): Outcomes =>
  match(call)
    .with({ tag: 'add' }, ({ counter, amount }) => add(state, counter, amount))
    .with({ tag: 'sum' }, () => sum(state))
    .exhaustive();

const count = (state: Counters, counter: CounterId): number => state.counts[counter] as number;

/**
 * Reads a counter and writes it, under its lock. Answers what it held before.
 * Source: Dijkstra, "Solution of a problem in concurrent programming control", 1965: one at a time in its critical section.
 */
const add = (state: Counters, counter: CounterId, amount: number): Outcomes =>
  returns(count(state, counter), (draft) => {
    draft.counts[counter] = count(draft, counter) + amount;
  });

/**
 * Reads all counters, under all locks at once. Answers their sum.
 * Source: xv6 book, "Deadlock and lock ordering": all who take several locks take them in the same order.
 */
const sum = (state: Counters): Outcomes => returns(state.counts.reduce((total, each) => total + each, 0));
