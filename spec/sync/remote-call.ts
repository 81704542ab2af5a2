/**
 * Calls to other cores: one core has others do something that only they can do, and waits until all have done it.
 *
 * Mailboxes, interrupts and barriers do not appear here. What can be observed is that each core asked does it once, with
 * the arguments that it was given, at some moment of its own; and that the caller does not go on before the last has.
 *
 * Sources: Linux kernel/smp.c (smp_call_function_many_cond, with `wait`); seL4 src/smp/ipi.c (doRemoteMaskOp).
 */
import type { CoreMask, RemoteAnswer, RemoteCall } from '#spec/abi/sync/remote-call.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** What the counters of each core hold. */
export interface Counters {
  cores: number[][];
}

/** What remains of an `add` that some cores have done; `sum` is what those have found. */
export interface RestOfAdd {
  readonly tag: 'rest of add';
  readonly cores: CoreMask;
  readonly counter: number;
  readonly amount: number;
  readonly sum: number;
}

export type PendingCall = RemoteCall | RestOfAdd;

type Outcomes = readonly Outcome<Counters, PendingCall, RemoteAnswer>[];

/** The state at boot: every counter of every core is 0. */
export const initial = (cores: number, counters: number): Counters => ({
  cores: Array.from({ length: cores }, () => Array.from({ length: counters }, () => 0)),
});

/** All that `call` may do now. Total: every call has outcomes in every state, so nobody ever waits for good. */
export const outcomes = (state: Counters, call: PendingCall): Outcomes =>
  add(state, call, call.tag === 'rest of add' ? call.sum : 0);

/**
 * One of the cores that are left does it, whichever. The last ends the call. Cores that there are not are left out.
 * Source: Linux kernel/smp.c: "run a function on a set of other CPUs"; the mask is ANDed with the cores that are online.
 */
const add = (state: Counters, { cores, counter, amount }: PendingCall, sum: number): Outcomes => {
  const left = state.cores.flatMap((_, core) => (((cores >> core) & 1) === 1 ? [core] : []));
  if (left.length === 0) return returns(sum);
  return left.flatMap((core): Outcomes => {
    const found = sum + (state.cores[core]?.[counter] ?? 0);
    const addThere = (draft: Counters): void => {
      const counters = draft.cores[core];
      if (counters) counters[counter] = (counters[counter] ?? 0) + amount;
    };
    const rest = { tag: 'rest of add', cores: cores & ~(1 << core), counter, amount, sum: found } as const;
    return left.length === 1 ? returns(found, addThere) : continues(rest, addThere);
  });
};
