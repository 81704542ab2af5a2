import type { ThreadId } from '#spec/abi.ts';

/** A set of cores: bit c is set if core c is in it. */
export type CoreMask = number;

/** How urgent a thread is: from 0, the least, to 3. */
export type Priority = number;

/** Whom a call is about, a thread by its number; null: the caller, as pid 0 means it in Linux. */
export type Target = ThreadId | null;

/**
 * What can be asked of a scheduler. `wait` goes on when somebody has made a `wake` of the caller. `call` hands `word` to another thread and waits for its reply: that one takes it by `receive`, or by
 * `replyAndReceive`, which first answers the call before. `work` is so many steps of the caller's own.
 */
export type SchedulerCall =
  | { readonly tag: 'wait' }
  | { readonly tag: 'wake'; readonly target: Target }
  | { readonly tag: 'call'; readonly target: Target; readonly word: number }
  | { readonly tag: 'receive' }
  | { readonly tag: 'reply'; readonly word: number }
  | { readonly tag: 'replyAndReceive'; readonly word: number }
  | { readonly tag: 'yield' }
  | { readonly tag: 'setAffinity'; readonly target: Target; readonly mask: CoreMask }
  | { readonly tag: 'getAffinity'; readonly target: Target }
  | { readonly tag: 'setPriority'; readonly target: Target; readonly priority: Priority }
  | { readonly tag: 'whereAmI' }
  | { readonly tag: 'work'; readonly steps: number };

/**
 * Why such a call failed. ESRCH no such thread, EINVAL a set without a core that there is, no such priority, or a call to
 * oneself; EBUSY the caller owes somebody a reply, ENOENT it owes nobody one.
 */
export type SchedulerErrno = 'ESRCH' | 'EINVAL' | 'EBUSY' | 'ENOENT';

/** What those calls answer: `setPriority` what the priority was before. */
export type SchedulerAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'request'; readonly from: ThreadId; readonly word: number }
  | { readonly tag: 'reply'; readonly word: number }
  | { readonly tag: 'mask'; readonly mask: CoreMask }
  | { readonly tag: 'priority'; readonly priority: Priority }
  | { readonly tag: 'core'; readonly core: number }
  | { readonly tag: 'failed'; readonly errno: SchedulerErrno };
