/** Calls over a connection: what goes with them, and how they reach the handler. */

import type { CapabilitySlot, ChcoreCall } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import { startAnswer } from '#spec/ipc/chcore.replies.ts';
import {
  type Chcore,
  type Connection,
  fails,
  failsWith,
  freeSlots,
  isAlive,
  lookUp,
  type Outcomes,
  type PendingCall,
  processOf,
  put,
  servedBy,
  setOwner,
  setPassive,
} from '#spec/ipc/chcore.state.ts';
import { continues, returns, waits } from '#spec/outcome.ts';

type SetCall = ChcoreCall & { tag: 'set' };
type GetCall = ChcoreCall & { tag: 'get' };
type CallCall = ChcoreCall & { tag: 'call' };

const isIndex = (state: Chcore, index: number): boolean => index >= 0 && index < state.capabilitiesMax;

/**
 * Makes a connection the caller's, and goes on with the call. ECAPBILITY: no such connection, or only the server's side; EINVAL: the server has not
 * agreed to it yet; `busy`: somebody else has it. Source: connection.c, the ownership try-lock in each call.
 */
export const own = (
  state: Chcore,
  caller: ThreadId,
  slot: CapabilitySlot,
  call: ChcoreCall,
  busy: () => Outcomes,
): Outcomes => {
  const process = processOf(state, caller);
  const served = call.tag === 'close' ? lookUp(state, process, slot, 'served') : undefined;
  const capability = lookUp(state, process, slot, 'connection') ?? served;
  const connection = state.connections[capability?.object ?? -1];
  if (!capability || !connection) return fails('ECAPBILITY');
  if (!connection.isValid) return fails('EINVAL');
  if (connection.owner !== null) return busy();
  return continues({ tag: 'owned', call, connection: capability.object }, (draft) => {
    setOwner(draft, capability.object, caller);
  });
};

const retry = (): Outcomes => fails('EIPCRETRY');

/** The connection that a handler serves; undefined: it serves none. */
const activeConnection = (state: Chcore, caller: ThreadId): Connection | undefined => {
  const connection = state.connections[servedBy(state, caller) ?? -1];
  return connection?.isValid && connection.handler === caller ? connection : undefined;
};

/**
 * Enters the kernel to wait for a request. EINVAL: not a register thread or handler, or one that has entered already.
 * Source: connection.c, the WAITING state of register and shadow threads.
 */
export const serve = (state: Chcore, caller: ThreadId): Outcomes =>
  state.threads[caller]?.passive?.tag !== 'starting'
    ? fails('EINVAL')
    : continues({ tag: 'passive' }, (draft) => {
        const thread = draft.threads[caller];
        if (thread) thread.passive = { tag: 'waiting' };
      });

/**
 * A passive thread that was switched to learns who asks; or, if its process was killed meanwhile, dies and answers.
 * Source: connection.c, ipc_thread_migrate_to_server (the four arguments of the handler).
 */
export const wakes = (state: Chcore, caller: ThreadId): Outcomes => {
  const thread = state.threads[caller];
  const passive = thread?.passive;
  if (!thread || passive?.tag !== 'told') return waits;
  const connection = state.connections[passive.connection];
  if (!connection) return waits;
  if (!isAlive(state, thread.process)) return startAnswer(state, passive.connection, null, true);
  const { client, count, serverPage } = connection;
  const asks = { client, context: thread.context ?? -1 };
  const isCall = connection.isValid && serverPage !== null;
  return returns(
    isCall ? { tag: 'request', ...asks, page: serverPage, count } : { tag: 'registration', ...asks },
    (draft) => {
      const mine = draft.threads[caller];
      if (!mine) return;
      mine.passive = { tag: 'serving', connection: passive.connection };
      if (isCall) mine.message = serverPage;
    },
  );
};

/**
 * Leaves a capability with a connection, to go with the next call, or (a handler) with the answer. EINVAL: the index is
 * out of range, or (a handler) nobody is being served. Source: connection.c, sys_ipc_set_cap.
 */
export const set = (state: Chcore, caller: ThreadId, call: SetCall): Outcomes => {
  if (!isIndex(state, call.index)) return fails('EINVAL');
  if (call.connection !== null) return own(state, caller, call.connection, call, retry);
  const served = servedBy(state, caller);
  if (served === undefined || !activeConnection(state, caller)) return fails('EINVAL');
  return returns({ tag: 'ok' }, (draft) => {
    const connection = draft.connections[served];
    if (connection) connection.returning[call.index] = call.capability;
  });
};

/** The client's part of that, with the connection its own. Source: connection.c, sys_ipc_set_cap. */
export const setOwned = (call: SetCall, connection: number): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    const found = draft.connections[connection];
    if (found) found.sent[call.index] = call.capability;
    setOwner(draft, connection, null);
  });

/**
 * Fetches a capability: a handler one that came with the call it serves, a client one that came with the last answer.
 * EINVAL: fewer came; for a handler also ECAPBILITY: the client left none there, or has none there that may be copied;
 * ENOMEM: no free slot. Source: connection.c, sys_ipc_get_cap; cap_group.c, cap_copy.
 */
export const get = (state: Chcore, caller: ThreadId, call: GetCall): Outcomes => {
  if (!isIndex(state, call.index)) return fails('EINVAL');
  if (call.connection !== null) return own(state, caller, call.connection, call, retry);
  const connection = activeConnection(state, caller);
  if (!connection || call.index >= connection.count) return fails('EINVAL');
  const sent = connection.sent[call.index] ?? null;
  const capability = sent === null ? null : state.processes[connection.client]?.table[sent];
  if (!capability?.copyable) return fails('ECAPBILITY');
  const [slot] = freeSlots(state, connection.server);
  if (slot === undefined) return fails('ENOMEM');
  return returns({ tag: 'capability', slot }, (draft) => {
    put(draft, connection.server, slot, capability);
  });
};

/** The client's part of that: it is in its table already. Source: connection.c, sys_ipc_get_cap. */
export const getOwned = (state: Chcore, call: GetCall, connection: number): Outcomes => {
  const slot = state.connections[connection]?.returned[call.index];
  const letGo = (draft: Chcore): void => {
    setOwner(draft, connection, null);
  };
  return slot === undefined ? fails('EINVAL', letGo) : returns({ tag: 'capability', slot }, letGo);
};

/** Asks once more, if the library is to; that enters the kernel anew. Source: libc, ipc_call. */
const again = (call: CallCall, then?: (draft: Chcore) => void): Outcomes =>
  call.attempts > 1 ? continues({ ...call, attempts: call.attempts - 1 }, then) : fails('EIPCRETRY', then);

/**
 * Calls the server, and waits for the result. EINVAL: more capabilities than there can be. EIPCRETRY: somebody else
 * has the connection, or the handler is not free; ESRCH: the handler has died. Source: connection.c, sys_ipc_call.
 */
export const enterCall = (state: Chcore, caller: ThreadId, call: CallCall): Outcomes =>
  call.count > state.capabilitiesMax ? fails('EINVAL') : own(state, caller, call.connection, call, () => again(call));

/**
 * With the connection the caller's: the handler runs, in the caller's place and on its scheduling context.
 * Source: connection.c, ipc_thread_migrate_to_server.
 */
export const callOwned = (state: Chcore, caller: ThreadId, call: CallCall, connection: number): Outcomes => {
  const handler = state.connections[connection]?.handler ?? -1;
  const tag = state.threads[handler]?.passive?.tag;
  if (tag === 'dead') return failsWith('ESRCH', { connection });
  if (tag !== 'waiting') return failsWith('EIPCRETRY', { connection }, call);
  return continues({ tag: 'blocked' }, (draft) => {
    const found = draft.connections[connection];
    const server = draft.threads[handler];
    if (!found || !server) return;
    found.caller = caller;
    found.count = call.count;
    found.returning = found.returning.map(() => null);
    found.returned = [];
    server.passive = { tag: 'told', connection };
    server.context = draft.threads[caller]?.context ?? null;
  });
};

/**
 * What has failed lets the connection or register thread go. Until then others find it taken, whatever the reason for the
 * failure was, and whether it is still there. Source: connection.c, the unlock on each way out.
 */
export const letsGo = ({ errno, connection, register, call }: PendingCall & { tag: 'failing' }): Outcomes => {
  const letGo = (draft: Chcore): void => {
    if (connection !== null) setOwner(draft, connection, null);
    setPassive(draft, register, { tag: 'waiting' });
  };
  return call ? again(call, letGo) : fails(errno, letGo);
};

/**
 * A client whose answer is there is told it. One that was killed meanwhile gets none, and waits for ever.
 * Source: connection.c, sys_ipc_return (arch_set_thread_return, sched_to_thread).
 */
export const blocked = (state: Chcore, caller: ThreadId): Outcomes => {
  const answer = state.threads[caller]?.reply;
  if (!answer) return waits;
  return returns(answer, (draft) => {
    const thread = draft.threads[caller];
    if (thread) thread.reply = null;
  });
};
