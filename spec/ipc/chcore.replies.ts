/** The way back: from a handler or register thread to whoever it was serving. */

import type { CapabilitySlot, ChcoreAnswer, ChcoreCall, ChcoreCapability, ChcoreErrno } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import { agree, undo } from '#spec/ipc/chcore.registration.ts';
import {
  type Chcore,
  type Connection,
  freeSlots,
  isAlive,
  type Outcomes,
  type PendingCall,
  processOf,
  put,
} from '#spec/ipc/chcore.state.ts';
import { continues } from '#spec/outcome.ts';

const failed = (errno: ChcoreErrno): ChcoreAnswer => ({ tag: 'failed', errno });

/**
 * Begins to answer over a connection. Whoever waits is not answered if it was killed meanwhile, unless it is a handler
 * itself: that one has to answer others. Source: connection.c, sys_ipc_return, step 2.
 */
export const startAnswer = (state: Chcore, connection: number, call: ChcoreCall | null, dying: boolean): Outcomes => {
  const caller = state.connections[connection]?.caller ?? -1;
  const isAnswered = isAlive(state, processOf(state, caller)) || state.threads[caller]?.kind === 'handler';
  return continues({ tag: 'addressed', call, connection, to: isAnswered ? caller : null, dying });
};

/**
 * With a registration in hand: agrees to it or not. With a call: fetches the message's header, once.
 * Source: connection.c, sys_ipc_register_cb_return; sys_ipc_return, with the header of the lab of 2022.
 */
export const addressed = (state: Chcore, caller: ThreadId, rest: PendingCall & { tag: 'addressed' }): Outcomes => {
  const { call, connection: index, to, dying } = rest;
  const connection = state.connections[index];
  const isCall = connection?.isValid === true && connection.handler === caller;
  const underWay = { connection: index, to, dying };
  if (isCall && call?.tag === 'return') {
    const count = state.memories[connection.memory]?.count ?? 0;
    return continues({ tag: 'count fetched', count, result: call.result, ...underWay });
  }
  if (isCall) return continues({ tag: 'answered', answer: failed('ESRCH'), isCall, ...underWay });
  if (call?.tag === 'accept') return agree(state, caller, call, underWay);
  return continues(
    { tag: 'answered', answer: failed(dying ? 'ESRCH' : 'ECONNREFUSED'), isCall, ...underWay },
    (draft: Chcore) => {
      undo(draft, index);
    },
  );
};

/**
 * Copies as many capabilities as the header said into the client's table, all or none. If that fails, the client is
 * told why: EINVAL more than there can be; ECAPBILITY the server left none there, or none that may be copied; ENOMEM.
 * Source: connection.c, ipc_send_cap; the errors end the call, as they do not in ChCore (CHCORE-IPC-12).
 */
export const copyBack = (
  state: Chcore,
  { count, result, ...underWay }: PendingCall & { tag: 'count fetched' },
): Outcomes => {
  const connection = state.connections[underWay.connection];
  const rest = (answer: ChcoreAnswer) => ({ ...underWay, tag: 'answered' as const, answer, isCall: true });
  if (!connection || underWay.to === null) return continues(rest(failed('ESRCH')));
  if (count < 0 || count > state.capabilitiesMax) return continues(rest(failed('EINVAL')));
  const copies = copiesOf(state, connection, count);
  if (typeof copies === 'string') return continues(rest(failed(copies)));
  return continues(rest({ tag: 'result', result }), (draft: Chcore) => {
    for (const { to, capability } of copies) put(draft, connection.client, to, capability);
    const found = draft.connections[underWay.connection];
    if (found) found.returned = copies.map(({ to }) => to);
  });
};

/** The capabilities that an answer carries, and the slots that they go to; or why not. */
const copiesOf = (
  state: Chcore,
  { client, server, returning }: Connection,
  count: number,
): { readonly to: CapabilitySlot; readonly capability: ChcoreCapability }[] | ChcoreErrno => {
  const free = freeSlots(state, client);
  const copies: { to: CapabilitySlot; capability: ChcoreCapability }[] = [];
  for (const from of returning.slice(0, count)) {
    const capability = from === null ? null : state.processes[server]?.table[from];
    if (!capability?.copyable) return 'ECAPBILITY';
    const to = free[copies.length];
    if (to === undefined) return 'ENOMEM';
    copies.push({ to, capability });
  }
  return copies;
};

/**
 * The passive thread is free for the next request: it waits, and has given the scheduling context back; or it is dead.
 * Source: connection.c, sys_ipc_return (WAITING, then `thread->sc = NULL`, then unlock).
 */
export const answered = (caller: ThreadId, rest: PendingCall & { tag: 'answered' }): Outcomes =>
  continues({ ...rest, tag: 'passive let go' }, (draft: Chcore) => {
    const thread = draft.threads[caller];
    if (!thread) return;
    thread.passive = { tag: rest.dying ? 'dead' : 'waiting' };
    thread.context = null;
  });

/**
 * The connection is free for the next call, and the client goes on. What it sent with this call is sent no more.
 * Source: connection.c, sys_ipc_return (unlock ownership, then switch).
 */
export const passiveLetGo = ({
  connection,
  to,
  answer,
  isCall,
  dying,
}: PendingCall & { tag: 'passive let go' }): Outcomes =>
  continues({ tag: dying ? 'exited' : 'passive' }, (draft: Chcore) => {
    const found = draft.connections[connection];
    if (isCall && found) {
      found.owner = null;
      found.caller = null;
      found.count = 0;
      found.sent = found.sent.map(() => null);
    }
    const client = to === null ? undefined : draft.threads[to];
    if (client) client.reply = answer;
  });
