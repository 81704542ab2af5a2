/** Synchronous calls between threads, with timeouts: what a thread asks for and is told. Types only. */
import type { ThreadId } from '#spec/abi.ts';

/** Where requests are sent to. Each thread serves one port; those that serve the same one are its pool of workers. */
export type PortId = number;

/**
 * How long to wait, in ticks of the clock. 0: not at all; only what is possible at once is done. null: for ever.
 */
export type TimeoutTicks = number | null;

/** Calls. Words are whole numbers from 0 to 255. A tick is what the timer device does: time passes by no other call. */
export type DeadlockCall =
  | { readonly tag: 'call'; readonly port: PortId; readonly word: number; readonly timeoutTicks: TimeoutTicks }
  | { readonly tag: 'receive'; readonly timeoutTicks: TimeoutTicks }
  | { readonly tag: 'reply'; readonly word: number }
  | { readonly tag: 'lock'; readonly timeoutTicks: TimeoutTicks }
  | { readonly tag: 'unlock' }
  | { readonly tag: 'tick' };

export type DeadlockErrno = 'ETIMEDOUT' | 'EDEADLK' | 'EINVAL' | 'EPERM';

export type DeadlockAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'replied'; readonly word: number }
  | { readonly tag: 'request'; readonly from: ThreadId; readonly word: number }
  | { readonly tag: 'failed'; readonly errno: DeadlockErrno };

/** Which port each thread serves. Every port up to the highest has a worker. */
export interface DeadlockParameters {
  readonly serves: readonly PortId[];
}
