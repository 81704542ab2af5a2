/**
 * Clans and chiefs: threads are named themselves, and a chief stands between its clan and the others.
 *
 * The clan of a chief are the threads that it made. Inside a clan, and between a thread and its chief, messages go
 * directly. What crosses a border goes to the chief instead, which is told for whom it was; it may forward it, change it or
 * drop it. So a message passes one chief at each border. A chief may speak for others, but only where it stands between.
 *
 * Source: Liedtke, "Clans and chiefs" (1992); Liedtke, SOSP 1993; Jaeger et al., "Flexible access control using IPC
 * redirection" (HotOS 1999), for why it was given up.
 */

import type { ClanCall } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import { startReceive, startSend } from '#spec/ipc/l4.rendezvous.ts';
import { failure, type L4, type Outcomes, type Receiving } from '#spec/ipc/l4.state.ts';
import { continues, returns } from '#spec/outcome.ts';

type Chiefs = readonly (ThreadId | null)[];

/** Whether a thread is in the clan of `chief`, or in that of somebody who is. */
const isBelow = (chiefs: Chiefs, thread: ThreadId, chief: ThreadId): boolean => {
  const above = chiefs[thread] ?? null;
  return above !== null && (above === chief || isBelow(chiefs, above, chief));
};

/** The thread whom a message from `from` to `to` reaches first: `to` itself, or a chief in between. They are two. */
export const nextHop = (chiefs: Chiefs, from: ThreadId, to: ThreadId): ThreadId => {
  const leadsThere = (thread: ThreadId): boolean => thread === to || isBelow(chiefs, to, thread);
  const chief = chiefs[from] ?? null;
  const own = chiefs.findIndex((above, thread) => above === from && leadsThere(thread));
  if (own >= 0) return own;
  const beside = chiefs.findIndex((above, thread) => above === chief && thread !== from && leadsThere(thread));
  return beside >= 0 ? beside : (chief ?? to);
};

/** Everybody whom a message from `from` to `to` reaches, in turn; the last is `to`. */
export const route = (chiefs: Chiefs, from: ThreadId, to: ThreadId): ThreadId[] => {
  if (from === to) return [];
  const hop = nextHop(chiefs, from, to);
  return [hop, ...route(chiefs, hop, to)];
};

/**
 * Sends to one thread, then receives from one, or from any: in one step, or either alone. ENOPARTNER: there is no such
 * thread, or it is dead. EACCES: the caller is no chief between the one that it speaks for and the one that it speaks to.
 * Source: L4 X.2 reference manual, 5.6 (Ipc) and 5.5 (propagation and redirection).
 */
export const ipc = (state: L4, caller: ThreadId, call: ClanCall): Outcomes => {
  const { to, as, message, from, buffers, timeouts } = call;
  const { chiefs } = state.system;
  const isPartner = (id: ThreadId): boolean => id !== caller && state.threads[id] !== undefined;
  const receiving: Receiving | null =
    from === null
      ? null
      : {
          port: caller,
          from: from === 'any' ? null : from,
          buffers,
          ticks: timeouts.receive,
          transferTicks: timeouts.transfer,
        };
  if (to === null && receiving === null) return returns({ tag: 'ok' });
  if (to !== null && !isPartner(to)) return returns(failure('send', 'ENOPARTNER'));
  if (to !== null && as !== null && !(isPartner(as) && route(chiefs, as, to).slice(0, -1).includes(caller))) {
    return returns(failure('send', 'EACCES'));
  }
  if (typeof from === 'number' && !isPartner(from)) return returns(failure('receive', 'ENOPARTNER'));
  return continues({ tag: 'rest' }, (draft: L4) => {
    if (to === null) {
      if (receiving) startReceive(draft, caller, receiving);
      return;
    }
    const hop = nextHop(chiefs, caller, to);
    startSend(draft, caller, {
      port: hop,
      to: hop,
      from: as ?? caller,
      badge: as ?? caller,
      intended: to,
      mayGrant: false,
      message,
      ticks: timeouts.send,
      transferTicks: timeouts.transfer,
      next: receiving && { tag: 'receive', receiving },
    });
  });
};
