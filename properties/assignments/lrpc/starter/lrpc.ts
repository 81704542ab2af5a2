/**
 * Your lightweight remote procedure call: the call itself, and what ends one. The tables are given, in tables.ts, and so
 * is binding, in binding.ts. What each routine has to do is said above it, and in README.md.
 *
 * A routine looks like this. It adds one to the counter of a domain, and gives what was there:
 *
 *   function* increment(tables: Tables, domain: DomainId): Routine<Word> {
 *     const { counter } = domainAt(tables, domain);
 *     const old = yield load(counter, 'plain'); // `yield` each micro-op: another core may step in here
 *     yield store(counter, old + 1, 'plain');
 *     return old;
 *   }
 *
 * With the lock held, it is called by `const old = yield* locked(tables, () => increment(tables, domain))`. Threads share
 * nothing but words: a variable at the top of this file would be another one for each thread.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { panic, type Routine, type Word } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sync/dispatcher.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { AStackId, BindingId, DomainId, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';
import * as bindings from './binding.ts';
import { layoutTables, type Tables } from './tables.ts';

/** Lays the words out. It is no routine, and is given; your own words may go into `Tables`. */
export const boot = (memory: Allocator, parameters: LrpcParameters): Tables => layoutTables(memory, parameters);

/**
 * Calls a procedure over a binding, with an argument; `aStack` null: with an A-stack that the stub takes. The calling thread
 * itself goes to the server, does what the procedure says, and comes back. Gives the result, 0 or more, or why it failed.
 * A thread that can return to no domain is destroyed: `yield* retire(self)`, which never returns.
 */
export function* call(
  _self: Thread,
  _tables: Tables,
  _binding: BindingId,
  _procedure: number,
  _argument: Word,
  _aStack: AStackId | null,
): Routine<Word> {
  yield panic('call is not written yet');
  return 0;
}

/** Ends a domain, and then lets those go on who are captured there. Gives 0; ESRCH: it has ended already. */
export function* terminate(_self: Thread, _tables: Tables, _domain: DomainId): Routine<Word> {
  yield panic('terminate is not written yet');
  return 0;
}

/** Gives up the call that a thread of the caller's domain has made from home. Gives 0; EPERM; ESRCH: it is in none. */
export function* abort(_self: Thread, _tables: Tables, _target: ThreadId): Routine<Word> {
  yield panic('abort is not written yet');
  return 0;
}

/** The caller's domain keeps nobody any longer: whoever is held there goes on, and then those who are captured. Gives 0. */
export function* release(_self: Thread, _tables: Tables): Routine<Word> {
  yield panic('release is not written yet');
  return 0;
}

export const { exportInterface, identify, importInterface, returnUncalled, stomp } = bindings;
export const { begin, dispatch, retire, timerInterrupt } = dispatcher;
