/** Mutexes and servers whose waiters lend their priority: what a thread asks for and is told. Types only. */
import type { ThreadId } from '#spec/abi.ts';

export type MutexId = number;

/** A whole number from 0. Higher is more urgent. */
export type Priority = number;

/**
 * Calls. `timeOut` is what the timer device does to a thread that waits: its wait ends. `work` computes for a while.
 * `priorityOf` asks for the priority that a thread has just now, with what it was lent.
 */
export type InheritanceCall =
  | { readonly tag: 'lock'; readonly mutex: MutexId }
  | { readonly tag: 'unlock'; readonly mutex: MutexId }
  | { readonly tag: 'call'; readonly server: ThreadId }
  | { readonly tag: 'receive' }
  | { readonly tag: 'reply' }
  | { readonly tag: 'timeOut'; readonly thread: ThreadId }
  | { readonly tag: 'setPriority'; readonly thread: ThreadId; readonly priority: Priority }
  | { readonly tag: 'priorityOf'; readonly thread: ThreadId }
  | { readonly tag: 'work'; readonly steps: number };

export type InheritanceErrno = 'EDEADLK' | 'ETIMEDOUT' | 'EPERM' | 'EINVAL';

export type InheritanceAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'priority'; readonly priority: Priority }
  | { readonly tag: 'request'; readonly from: ThreadId }
  | { readonly tag: 'failed'; readonly errno: InheritanceErrno };

export interface InheritanceParameters {
  /** The priority of each thread at boot. */
  readonly priorities: readonly Priority[];
  /** The ceiling of each mutex. Without ceilings only their number counts. */
  readonly ceilings: readonly Priority[];
}
