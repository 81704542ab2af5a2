/** How connections end, and processes. */

import type { ChcoreCall, ProcessId } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import { own } from '#spec/ipc/chcore.calls.ts';
import { undo } from '#spec/ipc/chcore.registration.ts';
import {
  type Chcore,
  fails,
  failsWith,
  type Outcomes,
  type PendingCall,
  type Recycling,
  setOwner,
  setPassive,
} from '#spec/ipc/chcore.state.ts';
import { continues, returns } from '#spec/outcome.ts';

/**
 * Ends a connection, from either side. EAGAIN: somebody has it, or its handler is not free.
 * Source: connection.c, sys_ipc_close_connection; the two locks of __stop_connection.
 */
export const close = (state: Chcore, caller: ThreadId, call: ChcoreCall & { tag: 'close' }): Outcomes =>
  own(state, caller, call.connection, call, () => fails('EAGAIN'));

/**
 * With the connection the caller's: takes its handler too, unless that is dead. EAGAIN: it is not free.
 * Source: connection.c, __stop_connection (ownership, then ipc_lock).
 */
export const closeOwned = (state: Chcore, connection: number, recycling: Recycling | null): Outcomes => {
  const handler = state.connections[connection]?.handler ?? -1;
  const tag = state.threads[handler]?.passive?.tag;
  if (tag !== 'waiting' && tag !== 'dead') return failsWith('EAGAIN', { connection });
  return continues({ tag: 'both held', connection, recycling }, (draft: Chcore) => {
    if (tag === 'waiting') setPassive(draft, handler, { tag: 'held' });
  });
};

/** The connection is no more. Source: connection.c, connection_deinit. */
export const bothHeld = (state: Chcore, { connection, recycling }: PendingCall & { tag: 'both held' }): Outcomes => {
  const handler = state.connections[connection]?.handler ?? null;
  const isHeld = state.threads[handler ?? -1]?.passive?.tag === 'held';
  return continues({ tag: 'ended', handler: isHeld ? handler : null, recycling }, (draft: Chcore) => {
    undo(draft, connection);
  });
};

/** Its handler is free for others. Source: connection.c, __stop_connection. */
export const ended = ({ handler, recycling }: PendingCall & { tag: 'ended' }): Outcomes => {
  const letGo = (draft: Chcore): void => {
    setPassive(draft, handler, { tag: 'waiting' });
  };
  if (!recycling) return returns({ tag: 'ok' }, letGo);
  return continues({ ...recycling, tag: 'recycle connection', next: recycling.next + 1 }, letGo);
};

/**
 * Kills a process: its threads stop as soon as they enter the kernel. ESRCH: it was killed before.
 * Source: ChCore, object/cap_group.c, sys_kill_group.
 */
export const kill = (state: Chcore, process: ProcessId): Outcomes =>
  state.processes[process]?.life !== 'alive'
    ? fails('ESRCH')
    : returns({ tag: 'ok' }, (draft) => {
        const found = draft.processes[process];
        if (found) found.life = 'exiting';
      });

/**
 * Takes away what a killed process has: ends its connections, one after the other, then stops the threads that wait for
 * requests. EINVAL: it was not killed; ESRCH: it is gone; EAGAIN: something of it is in use;
 * what is done stays done. Source: ChCore, object/recycle.c, sys_cap_group_recycle.
 */
export const recycle = (state: Chcore, process: ProcessId): Outcomes => {
  const life = state.processes[process]?.life;
  if (life === 'alive') return fails('EINVAL');
  return life === 'exiting' ? continues({ tag: 'recycle connection', process, next: 0 }) : fails('ESRCH');
};

const isOf = (state: Chcore, connection: number, process: ProcessId): boolean => {
  const found = state.connections[connection];
  return found?.client === process || found?.server === process;
};

/** The next connection, if it is one of the process. Source: recycle.c, sys_cap_group_recycle. */
export const recycleConnection = (state: Chcore, caller: ThreadId, rest: Recycling): Outcomes => {
  const { process, next } = rest;
  if (next >= state.connections.length) return continues({ tag: 'recycle thread', process, next: 0 });
  const connection = state.connections[next];
  if (!connection || !isOf(state, next, process)) {
    return continues({ tag: 'recycle connection', process, next: next + 1 });
  }
  if (!connection.isValid || connection.owner !== null) return fails('EAGAIN');
  return continues({ tag: 'recycle owned', process, next }, (draft: Chcore) => {
    setOwner(draft, next, caller);
  });
};

/**
 * The next thread of it that waits for requests waits no more. In the end nothing is left, unless something came up.
 * Source: recycle.c, sys_cap_group_recycle (threads in TS_WAITING).
 */
export const recycleThread = (state: Chcore, { process, next }: Recycling): Outcomes => {
  const thread = state.threads[next];
  if (!thread) return finish(state, process);
  const isWaiting = thread.process === process && thread.passive?.tag === 'waiting';
  if (thread.process === process && thread.passive && !isWaiting && thread.passive.tag !== 'dead') {
    return fails('EAGAIN');
  }
  return continues({ tag: 'recycle thread', process, next: next + 1 }, (draft: Chcore) => {
    if (isWaiting) setPassive(draft, next, { tag: 'dead' });
  });
};

const finish = (state: Chcore, process: ProcessId): Outcomes => {
  if (state.processes[process]?.life === 'gone') return fails('ESRCH');
  if (state.connections.some((_, index) => isOf(state, index, process))) return fails('EAGAIN');
  return returns({ tag: 'ok' }, (draft) => {
    const found = draft.processes[process];
    if (found) found.life = 'gone';
  });
};
