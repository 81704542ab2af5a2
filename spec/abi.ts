/**
 * What a simulated thread can ask for and be told: types only, and all that `impl` may see of the spec.
 *
 * A call is plain data. Its user buffer is described by the bytes and by how many of them are mapped: touching the
 * byte at index `mappedBytes` or beyond is a fault.
 */

/** A simulated thread, which is also a process with one thread. Threads are numbered from 0; thread 0 is init. */
export type ThreadId = number;

/** A file descriptor number. As `pipe()` returns them: 0 is the read end, 1 the write end. */
export type Descriptor = number;

/** One byte of a stream, 0 to 255. */
export type Byte = number;

/**
 * Why a call failed, as the thread is told. `-1` is xv6's only error; the others are Linux's names.
 * EBADF no such descriptor, EPIPE no reader left, EAGAIN would wait or no free process slot, EINTR interrupted by a
 * signal, EFAULT bad user address, ENFILE no free pipe.
 */
export type Errno = '-1' | 'EBADF' | 'EPIPE' | 'EAGAIN' | 'EINTR' | 'EFAULT' | 'ENFILE';

/** What can be asked of a pipe, and of the environment around it (`kill`). */
export type PipeCall =
  | { readonly tag: 'pipe'; readonly mapped: boolean }
  | {
      readonly tag: 'read';
      readonly descriptor: Descriptor;
      readonly maxBytes: number;
      readonly mappedBytes: number;
      readonly blocking: boolean;
    }
  | {
      readonly tag: 'write';
      readonly descriptor: Descriptor;
      readonly bytes: readonly Byte[];
      readonly mappedBytes: number;
      readonly blocking: boolean;
    }
  | { readonly tag: 'close'; readonly descriptor: Descriptor }
  | { readonly tag: 'fork'; readonly child: ThreadId }
  | { readonly tag: 'kill'; readonly target: ThreadId };

/** What a pipe answers. A read at end of file answers no bytes. */
export type PipeAnswer =
  | { readonly tag: 'bytes'; readonly bytes: readonly Byte[] }
  | { readonly tag: 'count'; readonly countBytes: number }
  | { readonly tag: 'descriptors'; readonly read: Descriptor; readonly write: Descriptor }
  | { readonly tag: 'ok' }
  | { readonly tag: 'failed'; readonly errno: Errno };

/** What a bounded buffer holds: one word, 0 to 255. */
export type Item = number;

/**
 * What can be asked of a bounded buffer: to put some items, one after the other, and to get some. `finish`: from now on
 * nobody who finds it empty need wait.
 */
export type BoundedBufferCall =
  | { readonly tag: 'put'; readonly items: readonly Item[] }
  | { readonly tag: 'get'; readonly count: number }
  | { readonly tag: 'finish' };

/** What those calls answer. Fewer items than were asked for: the buffer is empty and finished. */
export type BoundedBufferAnswer = { readonly tag: 'ok' } | { readonly tag: 'items'; readonly items: readonly Item[] };

/**
 * What can be asked of two processes that share a region for one request and one reply. `call` is the sender's, `serve`
 * the receiver's. `forge`: the sender's process writes a length over that of its own request, whenever it likes.
 */
export type ShmPollingCall =
  | { readonly tag: 'call'; readonly bytes: readonly Byte[] }
  | { readonly tag: 'serve' }
  | { readonly tag: 'forge'; readonly lengthBytes: number };

/** What those calls answer: `call` the reply's bytes, `serve` the request's. EMSGSIZE too long, EBADMSG not whole. */
export type ShmPollingAnswer =
  | { readonly tag: 'bytes'; readonly bytes: readonly Byte[] }
  | { readonly tag: 'ok' }
  | { readonly tag: 'failed'; readonly errno: 'EMSGSIZE' | 'EBADMSG' };

/** A condition that threads wait for, numbered from 0. */
export type ConditionId = number;

/** What can be asked of conditions guarded by a lock and slept on, and of the process table that uses them. */
export type SleepWakeupCall =
  | { readonly tag: 'await'; readonly condition: ConditionId }
  | { readonly tag: 'take'; readonly condition: ConditionId }
  | { readonly tag: 'signal'; readonly condition: ConditionId }
  | { readonly tag: 'kill'; readonly target: ThreadId }
  | { readonly tag: 'wait' }
  | { readonly tag: 'exit' };

/** What those calls answer. `exit` answers nothing: it does not return. */
export type SleepWakeupAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'child'; readonly child: ThreadId }
  | { readonly tag: 'failed'; readonly errno: '-1' };

/** A counter that a spin lock guards, numbered from 0. */
export type CounterId = number;

/** What can be asked of counters, each guarded by a spin lock of its own. */
export type SpinlockCall =
  | { readonly tag: 'add'; readonly counter: CounterId; readonly amount: number }
  | { readonly tag: 'sum' };

/** What those calls answer: `add` what the counter held before, `sum` the sum of all. */
export type SpinlockAnswer = number;

/** What can be asked of a few words that are guarded by a sequence lock. */
export type SeqlockCall = { readonly tag: 'write'; readonly values: readonly number[] } | { readonly tag: 'read' };

/** What those calls answer. */
export type SeqlockAnswer = { readonly tag: 'ok' } | { readonly tag: 'snapshot'; readonly values: readonly number[] };

/** What a capability allows, as bits: 1 read, 2 write, 4 copy, 8 grant over, 16 revoke. */
export type Rights = number;

/** Names a capability of the caller's: a slot of its table, and which of those that it has held, counted from 1. */
export interface CapabilityHandle {
  readonly slot: number;
  readonly generation: number;
}

/**
 * What can be asked with capabilities. `over` names the endpoint that a capability is granted over; null: it stays in
 * the caller's table. `copy` changes the rights under `mask` to those of `rights`; a `badge` of 0 is the source's.
 */
export type CapabilityCall =
  | { readonly tag: 'create' }
  | { readonly tag: 'read'; readonly handle: CapabilityHandle }
  | { readonly tag: 'write'; readonly handle: CapabilityHandle; readonly word: number }
  | {
      readonly tag: 'copy';
      readonly handle: CapabilityHandle;
      readonly over: CapabilityHandle | null;
      readonly mask: Rights;
      readonly rights: Rights;
      readonly badge: number;
    }
  | { readonly tag: 'move'; readonly handle: CapabilityHandle; readonly over: CapabilityHandle | null }
  | { readonly tag: 'delete'; readonly handle: CapabilityHandle }
  | { readonly tag: 'revoke'; readonly handle: CapabilityHandle };

/**
 * Why such a call failed. EBADF the handle was never given out, ESTALE its capability is gone, EACCES it lacks the right,
 * EINVAL more rights than there are, or a second badge, ENOSPC no free slot, ENOMEM no free object.
 */
export type CapabilityErrno = 'EBADF' | 'ESTALE' | 'EACCES' | 'EINVAL' | 'ENOSPC' | 'ENOMEM';

/** What those calls answer. Who grants is told the handle that the receiver has now. */
export type CapabilityAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'handle'; readonly handle: CapabilityHandle }
  | { readonly tag: 'word'; readonly word: number; readonly badge: number }
  | { readonly tag: 'failed'; readonly errno: CapabilityErrno };
