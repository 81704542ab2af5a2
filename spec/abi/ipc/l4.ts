/** What can be asked of a kernel with synchronous messages, in the manner of L4, and what it answers. Types only. */
import type { ThreadId } from '#spec/abi.ts';

/** How many ticks of the clock a call waits at most. 0: not at all; null: for ever. */
export type TimeoutTicks = number | null;

/**
 * For how long: until the partner is there to send to, and to receive from; and, where the copying of a long message meets
 * a page that is not there, until it is.
 */
export interface Timeouts {
  readonly send: TimeoutTicks;
  readonly receive: TimeoutTicks;
  readonly transfer: TimeoutTicks;
}

/** Some words of the caller's memory: a text to be sent, or a buffer to receive one in. */
export interface MemoryRange {
  readonly address: number;
  readonly countWords: number;
}

/** What is sent: the words of message registers, texts that lie in memory, a slot with a capability to be granted. */
export interface L4Message {
  readonly words: readonly number[];
  readonly texts: readonly MemoryRange[];
  readonly grants: number | null;
}

/**
 * What can be asked where endpoints are named by slots of the caller's table of capabilities. `reply` answers the last
 * caller that was received; `replyReceive` does that and receives, in one step. `wait` is for a notification.
 */
export type EndpointCall =
  | { readonly tag: 'send'; readonly slot: number; readonly message: L4Message; readonly timeouts: Timeouts }
  | {
      readonly tag: 'call';
      readonly slot: number;
      readonly message: L4Message;
      readonly timeouts: Timeouts;
    }
  | {
      readonly tag: 'receive';
      readonly slot: number;
      readonly buffers: readonly MemoryRange[];
      readonly timeouts: Timeouts;
    }
  | { readonly tag: 'reply'; readonly words: readonly number[] }
  | {
      readonly tag: 'replyReceive';
      readonly slot: number;
      readonly words: readonly number[];
      readonly buffers: readonly MemoryRange[];
      readonly timeouts: Timeouts;
    }
  | { readonly tag: 'signal'; readonly slot: number }
  | { readonly tag: 'wait'; readonly slot: number; readonly timeouts: Timeouts };

/**
 * What can be asked where threads are named themselves: to send, then to receive. `to`: null, nothing is sent. `as`: for
 * whom a chief speaks; null, for itself. `from`: from whom to receive; `any`; null, from nobody.
 */
export interface ClanCall {
  readonly tag: 'ipc';
  readonly to: ThreadId | null;
  readonly as: ThreadId | null;
  readonly message: L4Message;
  readonly from: ThreadId | 'any' | null;
  readonly buffers: readonly MemoryRange[];
  readonly timeouts: Timeouts;
}

/**
 * What the world around does, as calls of some thread: the clock ticks, a thread's call is canceled, a thread is killed,
 * a pager brings a page.
 */
export type EnvironmentCall =
  | { readonly tag: 'tick' }
  | { readonly tag: 'cancel'; readonly target: ThreadId }
  | { readonly tag: 'kill'; readonly target: ThreadId }
  | { readonly tag: 'page'; readonly space: number; readonly page: number };

export type L4Call = EndpointCall | ClanCall | EnvironmentCall;

/**
 * Why a call failed. ETIMEOUT the partner did not come in time, ENOPARTNER there is none (any more), ECANCELED the call
 * was canceled, or would have had to wait though the caller was killed, EOVERFLOW a text does not fit its buffer, EXFEROWN and EXFERPARTNER a page of one's
 * own memory, or the partner's, did not come in time, EABORTED the partner gave the transfer up, EBADF no such capability,
 * EACCES it lacks the right, or a chief may not speak for that thread.
 */
export type L4Errno =
  | 'ETIMEOUT'
  | 'ENOPARTNER'
  | 'ECANCELED'
  | 'EOVERFLOW'
  | 'EXFEROWN'
  | 'EXFERPARTNER'
  | 'EABORTED'
  | 'EBADF'
  | 'EACCES';

/**
 * What was received. `badge`: of the capability it was sent with; from whom, where threads are named. `intended`: for whom
 * it was sent. `slot`: where the capability is that was granted; null: none was.
 */
export interface L4Received {
  readonly badge: number;
  readonly intended: ThreadId | null;
  readonly words: readonly number[];
  readonly texts: readonly (readonly number[])[];
  readonly slot: number | null;
}

/** What those calls answer. `doneWords`: how many words of texts were there already when it failed. */
export type L4Answer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'received'; readonly message: L4Received }
  | { readonly tag: 'signaled'; readonly word: number }
  | {
      readonly tag: 'failed';
      readonly phase: 'send' | 'receive';
      readonly errno: L4Errno;
      readonly doneWords: number;
    };
