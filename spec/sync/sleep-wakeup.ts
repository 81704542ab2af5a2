/**
 * Sleep and wakeup, as their callers see them: a thread waits for a condition until another makes it true, a parent
 * waits for a child's exit, and a kill ends either wait.
 *
 * Channels, locks and spurious returns do not appear here. They are how it is done; a caller that loops cannot
 * observe them. What it can observe is that no wakeup is lost: when a condition holds, whoever waits for it goes on.
 *
 * Source of every rule: xv6-riscv f5b93ef, kernel/proc.c (sleep, wakeup, kill, exit, wait) and the xv6 book,
 * chapter "Scheduling".
 */
import { match } from 'ts-pattern';
import type { ConditionId, SleepWakeupAnswer, SleepWakeupCall, ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** A thread that may be waited for: killed or not, alive, or dead and not yet waited for, or gone. */
export interface Process {
  life: 'alive' | 'zombie' | 'reaped';
  killed: boolean;
  parent: ThreadId | null;
}

/** Which conditions hold, and the process table. Process 0 is init: it has no parent, and adopts orphans. */
export interface SleepWakeup {
  holds: boolean[];
  processes: Process[];
}

/** `exit` is never over: this is what remains of it. */
export type PendingCall = SleepWakeupCall | { readonly tag: 'exited' };

type Outcomes = readonly Outcome<SleepWakeup, PendingCall, SleepWakeupAnswer>[];

/** The state at boot: no condition holds, nobody is killed, `parents[t]` is the parent of thread `t`. */
export const initial = (conditions: number, parents: readonly (ThreadId | null)[]): SleepWakeup => ({
  holds: Array.from({ length: conditions }, () => false),
  processes: parents.map((parent) => ({ life: 'alive', killed: false, parent })),
});

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: SleepWakeup, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'await' }, ({ condition }) => awaitCondition(state, caller, condition))
    .with({ tag: 'take' }, ({ condition }) => takeCondition(state, caller, condition))
    .with({ tag: 'signal' }, ({ condition }) => signal(condition))
    .with({ tag: 'kill' }, ({ target }) => kill(state, target))
    .with({ tag: 'wait' }, () => wait(state, caller))
    .with({ tag: 'exit' }, () => exit(caller))
    .with({ tag: 'exited' }, () => waits)
    .exhaustive();

const isKilled = (state: SleepWakeup, thread: ThreadId): boolean => state.processes[thread]?.killed === true;

/**
 * Waits until the condition holds, and leaves it so: every thread that awaits it goes on. Errno -1: killed meanwhile.
 * Source: xv6 proc.c, sleep in a loop that tests the condition and `killed`; seed 003, Sleep/Wakeup.
 */
const awaitCondition = (state: SleepWakeup, caller: ThreadId, condition: ConditionId): Outcomes =>
  state.holds[condition] ? returns({ tag: 'ok' }) : isKilled(state, caller) ? killed : waits;

/**
 * Waits until the condition holds, and makes it false: of several takers one goes on, the others wait again.
 * Errno -1: killed meanwhile. Source: xv6 book, the semaphore example of "Sleep and wakeup" (P with a while loop).
 */
const takeCondition = (state: SleepWakeup, caller: ThreadId, condition: ConditionId): Outcomes =>
  state.holds[condition]
    ? returns({ tag: 'ok' }, (draft) => {
        draft.holds[condition] = false;
      })
    : isKilled(state, caller)
      ? killed
      : waits;

const killed: Outcomes = returns({ tag: 'failed', errno: '-1' });

/**
 * Makes the condition true; all that wait for it may go on. Never waits.
 * Source: xv6 proc.c, wakeup: broadcast to every process asleep on the channel.
 */
const signal = (condition: ConditionId): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    draft.holds[condition] = true;
  });

/**
 * Marks the target killed: it leaves whatever it waits in. Errno -1: no such process (it is dead).
 * Source: xv6 proc.c, kill: sets `killed` and makes a sleeper runnable.
 */
const kill = (state: SleepWakeup, target: ThreadId): Outcomes =>
  state.processes[target]?.life === 'reaped'
    ? returns({ tag: 'failed', errno: '-1' })
    : returns({ tag: 'ok' }, (draft) => {
        const process = draft.processes[target];
        if (process) process.killed = true;
      });

/**
 * Waits for the death of a child and answers which: any, if several are dead. Errno -1: the caller has no child, or
 * was killed before one died. Source: xv6 proc.c, wait: scan for a zombie, then `!havekids || killed(p)`, then sleep.
 */
const wait = (state: SleepWakeup, caller: ThreadId): Outcomes => {
  const children = state.processes.flatMap((process, id) =>
    process.parent === caller && process.life !== 'reaped' ? [{ id, life: process.life }] : [],
  );
  const dead = children.filter((child) => child.life === 'zombie');
  if (dead.length > 0) return dead.flatMap((child) => reap(child.id));
  return children.length === 0 || isKilled(state, caller) ? killed : waits;
};

/** The dead child is gone, and its parent is told. Source: xv6 proc.c, freeproc in wait. */
const reap = (child: ThreadId): Outcomes =>
  returns({ tag: 'child', child }, (draft) => {
    const process = draft.processes[child];
    if (process) process.life = 'reaped';
  });

/**
 * Ends the caller: it becomes a zombie, its children are given to init. Never returns.
 * Source: xv6 proc.c, exit and reparent.
 */
const exit = (caller: ThreadId): Outcomes =>
  continues({ tag: 'exited' }, (draft) => {
    draft.processes.forEach((process, id) => {
      if (id === caller) process.life = 'zombie';
      if (process.parent === caller) process.parent = 0;
    });
  });
