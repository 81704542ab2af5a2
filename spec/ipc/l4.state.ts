/** What there is to know about synchronous messages: who waits for what, with which message, and for how long. */

import type { L4Answer, L4Call, L4Errno, L4Message, MemoryRange, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Outcome } from '#spec/outcome.ts';

/** What a capability may allow. */
export const Right = { send: 1, receive: 2, grant: 4 } as const;

/** A capability to an endpoint or a notification. */
export interface Capability {
  readonly object: number;
  readonly rights: number;
  readonly badge: number;
}

/** Who receives: at which port, from whom (null: anybody), into which buffers. */
export interface Receiving {
  readonly port: number;
  readonly from: ThreadId | null;
  readonly buffers: readonly MemoryRange[];
  readonly ticks: TimeoutTicks;
  readonly transferTicks: TimeoutTicks;
}

/** What a sender does when its message is taken: nothing, wait for the reply to it, or receive. */
export type Next =
  | { readonly tag: 'reply'; readonly ticks: TimeoutTicks }
  | { readonly tag: 'receive'; readonly receiving: Receiving }
  | null;

/** Who sends: to which port, and to which thread if one is named; what; as whom, and for whom. */
export interface Sending {
  readonly port: number;
  readonly to: ThreadId | null;
  readonly from: ThreadId;
  readonly badge: number;
  readonly intended: ThreadId | null;
  readonly mayGrant: boolean;
  readonly message: L4Message;
  readonly ticks: TimeoutTicks;
  readonly transferTicks: TimeoutTicks;
  readonly next: Next;
}

/**
 * What a thread's call is at. Where it waits, `ticksLeft` is how many ticks it still may; null: any number. `sends` and
 * `takes` are the two sides of a message that is being copied; the sender's also says how far that is, and whether the page
 * that comes next is missing.
 */
export type Activity =
  | { readonly tag: 'idle' }
  | { readonly tag: 'sending'; readonly sending: Sending; ticksLeft: TimeoutTicks }
  | { readonly tag: 'receiving'; readonly receiving: Receiving; ticksLeft: TimeoutTicks }
  | { readonly tag: 'awaiting reply'; ticksLeft: TimeoutTicks }
  | { readonly tag: 'waiting'; readonly object: number; ticksLeft: TimeoutTicks }
  | {
      readonly tag: 'copying';
      readonly sending: Sending;
      readonly receiving: Receiving;
      readonly to: ThreadId;
      doneWords: number;
      missing: 'own' | 'partner' | null;
      ticksLeft: TimeoutTicks;
    }
  | { readonly tag: 'taking'; readonly from: ThreadId }
  | { readonly tag: 'over'; readonly answer: L4Answer };

/** A thread: what its call is at, whom it owes a reply, whether it was killed. */
export interface L4Thread {
  activity: Activity;
  replyTo: ThreadId | null;
  dead: boolean;
}

/** What is the same for ever. */
export interface L4System {
  readonly variant: 'endpoints' | 'clans';
  /** Which objects are notifications; the others are endpoints. */
  readonly notifications: readonly boolean[];
  /** Whose chief is whom, by thread; null: nobody is. */
  readonly chiefs: readonly (ThreadId | null)[];
  /** In which address space each thread is. */
  readonly spaceOf: readonly number[];
  readonly pageWords: number;
}

export interface L4 {
  readonly system: L4System;
  /** The capabilities of each thread. */
  tables: (Capability | null)[][];
  /** Of each object: the badges signaled since somebody last waited. Always 0 for an endpoint. */
  signals: number[];
  /** Who waits for a partner or a signal, the longest first. */
  queue: ThreadId[];
  threads: L4Thread[];
  /** Of each space: which of its pages are there. */
  present: boolean[][];
}

/** What is left of a call once it has begun; of a tick and a kill, whom they have yet to come by. */
export type PendingCall =
  | L4Call
  | { readonly tag: 'rest' }
  | { readonly tag: 'rest of tick'; readonly left: readonly ThreadId[] }
  | { readonly tag: 'rest of kill'; readonly target: ThreadId };

export type Outcomes = readonly Outcome<L4, PendingCall, L4Answer>[];

export const threadOf = (state: L4, id: ThreadId): L4Thread => state.threads[id] as L4Thread;

/** The word at an address of a space. Memory never changes but by what is received, which is not looked at but there. */
export const wordAt = (space: number, address: number): number => 100 * (space + 1) + address;

/** An answer that says what went wrong. */
export const failure = (phase: 'send' | 'receive', errno: L4Errno, doneWords = 0): L4Answer => ({
  tag: 'failed',
  phase,
  errno,
  doneWords,
});
