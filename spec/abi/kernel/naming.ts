/** What can be asked of a naming service, and what it answers: types only, and all that `impl` may see of its spec. */
import type { Byte, CapabilityHandle, ThreadId } from '#spec/abi.ts';

/** A name: any bytes, of any number that the service has room for. */
export type Name = readonly Byte[];

/** Who somebody is: a process, and which of those that have had its number, counted from 1. */
export interface Identity {
  readonly process: ThreadId;
  readonly life: number;
}

/**
 * What can be asked. `register`: the name leads to the caller from now on. `lookup`: a capability to send to whoever has
 * the name. `watch`: one notice of what becomes of the name next. `reply` sends to whom one has received a message from.
 * `waiting`: wait until there is an answer. `restart`: the caller's process dies, and another begins with its number.
 */
export type NamingCall =
  | { readonly tag: 'register'; readonly name: Name }
  | { readonly tag: 'unregister'; readonly handle: CapabilityHandle }
  | { readonly tag: 'lookup'; readonly name: Name; readonly waiting: boolean }
  | { readonly tag: 'watch'; readonly name: Name }
  | { readonly tag: 'send'; readonly handle: CapabilityHandle; readonly word: number }
  | { readonly tag: 'reply'; readonly to: Identity; readonly word: number }
  | { readonly tag: 'receive'; readonly waiting: boolean }
  | { readonly tag: 'restart' };

/** What becomes of a name: somebody registers it, or its owner unregisters it, or dies. */
export type NameEvent = 'registered' | 'unregistered' | 'died';

/**
 * Why such a call failed. EBADF the handle was never given out, ESTALE its capability is gone, EPERM it is not the owner's,
 * or nothing was received from there, ENOENT nobody has the name, EEXIST somebody has, EALREADY the caller watches it,
 * ENAMETOOLONG, ENOSPC no free slot or no room for the notice, EAGAIN nothing to receive, or no room where it would go,
 * EOWNERDEAD whoever it led to is dead.
 */
export type NamingErrno =
  | 'EBADF'
  | 'ESTALE'
  | 'EPERM'
  | 'ENOENT'
  | 'EEXIST'
  | 'EALREADY'
  | 'ENAMETOOLONG'
  | 'ENOSPC'
  | 'EAGAIN'
  | 'EOWNERDEAD';

/** What arrives at a process, in the order in which it receives it. */
export type Arrival =
  | { readonly tag: 'message' | 'reply'; readonly from: Identity; readonly word: number }
  | { readonly tag: 'notice'; readonly name: Name; readonly event: NameEvent };

/** What those calls answer. */
export type NamingAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'handle'; readonly handle: CapabilityHandle }
  | Arrival
  | { readonly tag: 'failed'; readonly errno: NamingErrno };
