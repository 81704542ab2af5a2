/** How a server comes to be, and how a client is connected to it: the server agrees, or refuses. */

import type { CapabilitySlot, ChcoreCall, ChcoreCapability, ProcessId, VirtualPage } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import {
  type Chcore,
  fails,
  failsWith,
  freeSlots,
  lookUp,
  nothingCarried,
  type Outcomes,
  processOf,
  put,
  setPassive,
  type UnderWay,
} from '#spec/ipc/chcore.state.ts';
import { continues, returns } from '#spec/outcome.ts';

/**
 * Makes the caller a server, whose register thread is the one named. EINVAL: it is one already, or that is not a register
 * thread of its own process; ECAPBILITY: that is no thread. Source: connection.c, sys_register_server.
 */
export const registerServer = (state: Chcore, caller: ThreadId, slot: CapabilitySlot): Outcomes => {
  const mine = state.threads[caller];
  if (mine?.kind !== 'user' || mine.register !== null) return fails('EINVAL');
  const capability = lookUp(state, mine.process, slot, 'thread');
  if (!capability) return fails('ECAPBILITY');
  const register = state.threads[capability.object];
  if (register?.kind !== 'register' || register.process !== mine.process) return fails('EINVAL');
  return returns({ tag: 'ok' }, (draft) => {
    const thread = draft.threads[caller];
    if (thread) thread.register = capability.object;
  });
};

/**
 * Asks a server to be connected, with a page of memory that they will share. ECAPBILITY: that is no thread, or one that
 * can be no server (a handler or register thread); EIPCRETRY: it is no server yet, or its register thread is not free;
 * ESRCH: that has died. Source: connection.c, sys_register_client.
 */
export const registerClient = (
  state: Chcore,
  caller: ThreadId,
  call: ChcoreCall & { tag: 'register client' },
): Outcomes => {
  const server = state.threads[lookUp(state, processOf(state, caller), call.server, 'thread')?.object ?? -1];
  if (server?.kind !== 'user') return fails('ECAPBILITY');
  const { register } = server;
  if (register === null) return fails('EIPCRETRY');
  const tag = state.threads[register]?.passive?.tag;
  if (tag === 'dead') return fails('ESRCH');
  if (tag !== 'waiting') return fails('EIPCRETRY');
  return continues({ tag: 'register held', call, register }, (draft: Chcore) => {
    setPassive(draft, register, { tag: 'held' });
  });
};

/** Whether a page of a process may be mapped: nothing is, and nothing is about to be. */
const isFreePage = (state: Chcore, process: ProcessId, page: VirtualPage): boolean =>
  state.processes[process]?.pages[page] === null &&
  !state.connections.some((connection) => connection?.client === process && connection.clientPage === page);

/**
 * With the register thread in hand, builds a connection that nobody can use yet, and lets the register thread run. All
 * of it, or none. EINVAL: the page is not free; ECAPBILITY: no memory that may be copied; ENOMEM: no free connection, or
 * no free slots for the server's two capabilities and the client's one. Source: connection.c, create_connection.
 */
export const build = (state: Chcore, caller: ThreadId, asked: ChcoreCall, register: ThreadId): Outcomes => {
  if (asked.tag !== 'register client') return failsWith('EINVAL', { register });
  const [client, server] = [processOf(state, caller), processOf(state, register)];
  if (state.processes[client]?.life === 'gone') {
    return continues({ tag: 'exited' }, (draft) => {
      setPassive(draft, register, { tag: 'waiting' });
    });
  }
  if (!isFreePage(state, client, asked.page)) return failsWith('EINVAL', { register });
  const memory = lookUp(state, client, asked.memory, 'memory');
  if (!memory?.copyable) return failsWith('ECAPBILITY', { register });
  const [serverMemory, serverSlot, ...others] = freeSlots(state, server);
  const [clientSlot] = client === server ? others : freeSlots(state, client);
  const place = state.connections.indexOf(null);
  if (place < 0 || serverMemory === undefined || serverSlot === undefined || clientSlot === undefined) {
    return failsWith('ENOMEM', { register });
  }
  return continues({ tag: 'blocked' }, (draft: Chcore) => {
    const side = { object: place, copyable: false };
    draft.connections[place] = {
      client,
      server,
      memory: memory.object,
      clientPage: asked.page,
      serverMemory,
      serverPage: null,
      handler: null,
      isValid: false,
      owner: null,
      caller,
      ...nothingCarried(state.capabilitiesMax),
    };
    put(draft, server, serverMemory, memory);
    put(draft, server, serverSlot, { kind: 'served', ...side });
    put(draft, client, clientSlot, { kind: 'connection', ...side });
    const thread = draft.threads[register];
    if (!thread) return;
    thread.passive = { tag: 'told', connection: place };
    thread.context = draft.threads[caller]?.context ?? null;
  });
};

/**
 * The server agrees: the memory is mapped on both sides, and the connection can be used. ECAPBILITY: that is no handler
 * of the server's; EINVAL: the page is not free. Then nothing is decided yet.
 * Source: connection.c, sys_ipc_register_cb_return.
 */
export const agree = (
  state: Chcore,
  caller: ThreadId,
  call: ChcoreCall & { tag: 'accept' },
  underWay: UnderWay,
): Outcomes => {
  const connection = state.connections[underWay.connection];
  const process = processOf(state, caller);
  const capability = lookUp(state, process, call.handler, 'thread');
  const handler = state.threads[capability?.object ?? -1];
  if (!connection || !capability || handler?.kind !== 'handler' || handler.process !== process) {
    return fails('ECAPBILITY');
  }
  if (!isFreePage(state, process, call.page)) return fails('EINVAL');
  return continues({ tag: 'server mapped', ...underWay }, (draft: Chcore) => {
    const found = draft.connections[underWay.connection];
    if (!found) return;
    found.serverPage = call.page;
    found.handler = capability.object;
    map(draft, found.server, call.page, found.memory);
  });
};

/** The client's side is mapped. Source: connection.c, sys_register_client (map_pmo_with_user). */
export const mapClient = (rest: UnderWay): Outcomes =>
  continues({ ...rest, tag: 'both mapped' }, (draft: Chcore) => {
    const found = draft.connections[rest.connection];
    if (found) map(draft, found.client, found.clientPage, found.memory);
  });

/**
 * The connection is valid: it can be used before the client that asked for it has been told.
 * Source: connection.c, sys_ipc_register_cb_return (CONN_VALID).
 */
export const validate = (state: Chcore, rest: UnderWay): Outcomes => {
  const table = state.processes[state.connections[rest.connection]?.client ?? -1]?.table ?? [];
  const slot = table.findIndex((held) => held?.kind === 'connection' && held.object === rest.connection);
  const answer = { tag: 'connected', connection: slot } as const;
  return continues({ ...rest, tag: 'answered', answer, isCall: false }, (draft: Chcore) => {
    const found = draft.connections[rest.connection];
    if (!found) return;
    found.isValid = true;
    found.caller = null;
  });
};

const map = (draft: Chcore, process: ProcessId, page: VirtualPage, memory: number): void => {
  const pages = draft.processes[process]?.pages;
  if (pages) pages[page] = memory;
};

/** Whether a capability leads to a connection, from either side. */
export const leadsTo = ({ kind, object }: ChcoreCapability, connection: number): boolean =>
  (kind === 'connection' || kind === 'served') && object === connection;

/** Ends a connection, built or half-built: nobody has a capability to it any more, nor the server to its memory. */
export const undo = (draft: Chcore, index: number): void => {
  const connection = draft.connections[index];
  if (!connection) return;
  for (const process of draft.processes) {
    process.table = process.table.map((held) => (held && leadsTo(held, index) ? null : held));
  }
  const table = draft.processes[connection.server]?.table;
  if (table) table[connection.serverMemory] = null;
  draft.connections[index] = null;
};
