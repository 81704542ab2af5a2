/**
 * The pipe: a stream of bytes between whoever holds its read end and whoever holds its write end.
 *
 * Two kernels' pipes are variants of one spec. They differ in a few rules, each named where it applies:
 * - `xv6`: a slot holds one byte; the only error is -1; every call waits; no promise that a write stays whole.
 * - `linux`: a slot holds one page (`slotBytes`, also PIPE_BUF); a write of at most one page is never divided; calls
 *   may be non-blocking; a call that stored something answers how much.
 *
 * Sources: xv6-riscv f5b93ef, kernel/pipe.c and kernel/file.c; pipe(7), read(2), write(2), pipe(2), fork(2) of man-pages 5.13;
 * Linux v6.14, fs/pipe.c. Course notes: seeds 000, 001, 003, 004.
 */
import { match } from 'ts-pattern';
import type { Byte, Descriptor, Errno, PipeAnswer, PipeCall, ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** Bytes not yet read that share a slot, and how many more a later write may still put behind them. */
export interface Slot {
  bytes: Byte[];
  roomBytes: number;
}

/** A process: which ends it holds a descriptor of, and whether a kill is pending. */
export interface Process {
  holdsRead: boolean;
  holdsWrite: boolean;
  killed: boolean;
}

/** A pipe of `capacitySlots` slots of `slotBytes` bytes, and the processes around it. Slots stand oldest first. */
export interface Pipe {
  variant: 'xv6' | 'linux';
  capacitySlots: number;
  slotBytes: number;
  slots: Slot[];
  processes: Process[];
}

/** What remains of a write that has stored `storedBytes` bytes and has `bytes` still to store. */
export interface RestOfWrite {
  readonly tag: 'rest of write';
  readonly bytes: readonly Byte[];
  readonly mappedBytes: number;
  readonly storedBytes: number;
  readonly blocking: boolean;
}

export type PendingCall = PipeCall | RestOfWrite;
type Outcomes = readonly Outcome<Pipe, PendingCall, PipeAnswer>[];
type Call<Tag> = Extract<PendingCall, { tag: Tag }>;

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (pipe: Pipe, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'pipe' }, (c) => create(pipe, caller, c))
    .with({ tag: 'read' }, (c) => read(pipe, caller, c))
    .with({ tag: 'write' }, (c) => write(pipe, caller, c))
    .with({ tag: 'rest of write' }, (c) => storeRest(pipe, caller, c))
    .with({ tag: 'close' }, (c) => close(pipe, caller, c.descriptor))
    .with({ tag: 'fork' }, (c) => fork(pipe, caller, c.child))
    .with({ tag: 'kill' }, (c) => kill(c.target))
    .exhaustive();

/** How many processes hold the read end. */
export const readers = (pipe: Pipe): number => pipe.processes.filter((process) => process.holdsRead).length;

/** How many processes hold the write end: every copy in every process counts. */
export const writers = (pipe: Pipe): number => pipe.processes.filter((process) => process.holdsWrite).length;

/** The bytes that a reader would get, oldest first. */
export const stream = (pipe: Pipe): Byte[] => pipe.slots.flatMap((slot) => slot.bytes);

const freeSlots = (pipe: Pipe): number => pipe.capacitySlots - pipe.slots.length;

const isKilled = (pipe: Pipe, process: ThreadId): boolean => pipe.processes[process]?.killed === true;

/** xv6 has one error, -1; Linux tells them apart. */
const fails = (pipe: Pipe, errno: Errno): Outcomes =>
  returns({ tag: 'failed', errno: pipe.variant === 'xv6' ? '-1' : errno });

const bytesAnswer = (bytes: readonly Byte[]): PipeAnswer => ({ tag: 'bytes', bytes });
const countAnswer = (countBytes: number): PipeAnswer => ({ tag: 'count', countBytes });

/**
 * Makes a pipe: the caller gets descriptor 0, the read end, and 1, the write end. ENFILE: the system's one pipe is in
 * use. EFAULT: the two numbers cannot be stored in user memory, and then no descriptor is left behind.
 * Source: pipe(2); xv6 sysfile.c sys_pipe; seed 004, sys_pipe2.
 */
const create = (pipe: Pipe, caller: ThreadId, call: Call<'pipe'>): Outcomes =>
  readers(pipe) + writers(pipe) > 0
    ? fails(pipe, 'ENFILE')
    : !call.mapped
      ? fails(pipe, 'EFAULT')
      : returns({ tag: 'descriptors', read: 0, write: 1 }, (draft) => {
          const process = draft.processes[caller];
          if (process) {
            process.holdsRead = true;
            process.holdsWrite = true;
          }
        });

/**
 * Reads at most `maxBytes` bytes, as many as there are; waits only while there are none and somebody could write some.
 * Empty with no writer left: end of file, no bytes. EBADF: not a read descriptor of the caller.
 * `linux`: a read of 0 bytes answers at once; EAGAIN: it would wait and is non-blocking; EINTR: killed while it waits.
 * `xv6`: a read of 0 bytes waits like any other; -1: killed while it waits.
 * Source: xv6 pipe.c piperead; pipe(7) "I/O on pipes and FIFOs"; fs/pipe.c anon_pipe_read.
 */
const read = (pipe: Pipe, caller: ThreadId, call: Call<'read'>): Outcomes => {
  if (call.descriptor !== 0 || !pipe.processes[caller]?.holdsRead) return fails(pipe, 'EBADF');
  if (pipe.variant === 'linux' && call.maxBytes === 0) return returns(bytesAnswer([]));
  if (pipe.slots.length > 0) return take(pipe, call);
  if (writers(pipe) === 0) return returns(bytesAnswer([]));
  if (pipe.variant === 'linux' && !call.blocking) return fails(pipe, 'EAGAIN');
  return isKilled(pipe, caller) ? fails(pipe, 'EINTR') : waits;
};

/**
 * Moves bytes from the pipe to the reader's buffer. A byte that could not be stored there stays in the pipe.
 * `linux` copies slot by slot, and a slot's share arrives whole or not at all; EFAULT: not even the first did.
 * Source: read(2), EFAULT; fs/pipe.c anon_pipe_read; xv6 pipe.c piperead counts a byte before it is copied and so
 * loses one on a fault: that is a bug (XV6-PIPE-09), not a rule.
 */
const take = (pipe: Pipe, call: Call<'read'>): Outcomes => {
  const wanted = Math.min(call.maxBytes, stream(pipe).length);
  const got = pipe.variant === 'xv6' ? Math.min(wanted, call.mappedBytes) : wholeShares(pipe, wanted, call.mappedBytes);
  if (pipe.variant === 'linux' && got === 0) return fails(pipe, 'EFAULT');
  return returns(bytesAnswer(stream(pipe).slice(0, got)), (draft) => drop(draft, got));
};

/** How many of the first `wanted` bytes lie in slots whose whole share fits in `mappedBytes`. Source: as `take`. */
const wholeShares = (pipe: Pipe, wanted: number, mappedBytes: number): number => {
  let got = 0;
  for (const slot of pipe.slots) {
    const share = Math.min(slot.bytes.length, wanted - got);
    if (got + share > mappedBytes) break;
    got += share;
  }
  return got;
};

/** Removes the oldest `count` bytes; an emptied slot is free again. Source: fs/pipe.c, pipe_buf_release. */
const drop = (draft: Pipe, count: number): void => {
  let left = count;
  while (left > 0) {
    const oldest = draft.slots[0];
    if (!oldest) return;
    left -= oldest.bytes.splice(0, left).length;
    if (oldest.bytes.length === 0) draft.slots.shift();
  }
};

/**
 * Writes all its bytes, waiting for space as often as needed. EBADF: not a write descriptor of the caller.
 * `linux`: a write of 0 bytes does nothing; what does not fill a page goes behind the last bytes if it fits there
 * whole, and EFAULT if that part is not in user memory; EPIPE: nobody can read. One that finds the pipe full waits for
 * a free slot from then on, even if the last page gets room (GNU make's jobserver met this: Linux 46c4c9d1beb7).
 * Source: xv6 pipe.c pipewrite; pipe(7) "PIPE_BUF"; fs/pipe.c anon_pipe_write (the merge).
 */
const write = (pipe: Pipe, caller: ThreadId, call: Call<'write'>): Outcomes => {
  if (call.descriptor !== 1 || !pipe.processes[caller]?.holdsWrite) return fails(pipe, 'EBADF');
  const rest: RestOfWrite = { ...call, tag: 'rest of write', storedBytes: 0 };
  if (pipe.variant === 'xv6') return storeRest(pipe, caller, rest);
  if (call.bytes.length === 0) return returns(countAnswer(0));
  if (readers(pipe) === 0) return fails(pipe, 'EPIPE');
  const odd = call.bytes.length % pipe.slotBytes;
  const last = pipe.slots.at(-1);
  if (odd === 0 || !last || last.roomBytes < odd) {
    return freeSlots(pipe) === 0 ? continues(rest) : storeRest(pipe, caller, rest);
  }
  if (call.mappedBytes < odd) return fails(pipe, 'EFAULT');
  return advance(rest, odd, (draft) => {
    const slot = draft.slots.at(-1);
    slot?.bytes.push(...call.bytes.slice(0, odd));
    if (slot) slot.roomBytes -= odd;
  });
};

/** The next part of a write that has bytes left, by the rules of its kernel. Source: as the two functions below. */
const storeRest = (pipe: Pipe, caller: ThreadId, rest: RestOfWrite): Outcomes =>
  pipe.variant === 'xv6' ? storeBytes(pipe, caller, rest) : storePage(pipe, caller, rest);

/**
 * `xv6`: stores as many bytes as there is space for, in one piece, and waits for space for the others. -1: no reader,
 * or killed (tested before every byte, so bytes may have gone in before). A byte that is not in user memory ends the
 * write, which answers how many it stored. Source: xv6 pipe.c pipewrite (since e1bb4c7 and e3b7058, 2020).
 */
const storeBytes = (pipe: Pipe, caller: ThreadId, rest: RestOfWrite): Outcomes => {
  const left = rest.bytes.length;
  const stored = Math.min(left, freeSlots(pipe), rest.mappedBytes);
  if (left === 0) return returns(countAnswer(rest.storedBytes));
  if (readers(pipe) === 0) return fails(pipe, '-1');
  if (isKilled(pipe, caller)) {
    return Array.from({ length: stored + 1 }, (_, count) => count).flatMap((count) =>
      returns<Pipe, PipeAnswer>({ tag: 'failed', errno: '-1' }, append(rest, count)),
    );
  }
  if (freeSlots(pipe) === 0) return waits;
  if (rest.mappedBytes === 0) return returns(countAnswer(rest.storedBytes));
  return advance(rest, stored, append(rest, stored));
};

/** Puts the next `count` bytes each in a slot of its own. Source: xv6 pipe.c, `data[nwrite++ % PIPESIZE]`. */
const append =
  (rest: RestOfWrite, count: number) =>
  (draft: Pipe): void => {
    for (const byte of rest.bytes.slice(0, count)) draft.slots.push({ bytes: [byte], roomBytes: 0 });
  };

/**
 * `linux`: fills one free slot with up to a page. Whatever stops it, a write that has stored something answers how
 * much; else EPIPE: nobody can read; EFAULT: the page is not in user memory; EAGAIN: full and non-blocking; EINTR:
 * killed while it waits for space. Source: write(2), pipe(7); fs/pipe.c anon_pipe_write.
 */
const storePage = (pipe: Pipe, caller: ThreadId, rest: RestOfWrite): Outcomes => {
  const stopsWith = (errno: Errno): Outcomes =>
    rest.storedBytes > 0 ? returns(countAnswer(rest.storedBytes)) : fails(pipe, errno);
  const count = Math.min(rest.bytes.length, pipe.slotBytes);
  if (readers(pipe) === 0) return stopsWith('EPIPE');
  if (freeSlots(pipe) > 0) {
    return rest.mappedBytes < count
      ? stopsWith('EFAULT')
      : advance(rest, count, (draft) => {
          draft.slots.push({ bytes: rest.bytes.slice(0, count), roomBytes: draft.slotBytes - count });
        });
  }
  if (!rest.blocking) return stopsWith('EAGAIN');
  return isKilled(pipe, caller) ? stopsWith('EINTR') : waits;
};

/** `count` more bytes are stored: the write is over when they were the last. Source: write(2), RETURN VALUE. */
const advance = (rest: RestOfWrite, count: number, store: (draft: Pipe) => void): Outcomes =>
  count === rest.bytes.length
    ? returns(countAnswer(rest.storedBytes + count), store)
    : continues(
        {
          ...rest,
          bytes: rest.bytes.slice(count),
          mappedBytes: rest.mappedBytes - count,
          storedBytes: rest.storedBytes + count,
        },
        store,
      );

/**
 * Gives a descriptor up. When nobody holds an end any more, the other side learns it (end of file, EPIPE); when nobody
 * holds either, the pipe is gone with the bytes in it. EBADF: not a descriptor of the caller.
 * Source: xv6 file.c fileclose, pipe.c pipeclose; pipe(7).
 */
const close = (pipe: Pipe, caller: ThreadId, descriptor: Descriptor): Outcomes => {
  const process = pipe.processes[caller];
  const held = descriptor === 0 ? process?.holdsRead : descriptor === 1 && process?.holdsWrite;
  if (!held) return fails(pipe, 'EBADF');
  return returns({ tag: 'ok' }, (draft) => {
    const closing = draft.processes[caller];
    if (closing && descriptor === 0) closing.holdsRead = false;
    if (closing && descriptor === 1) closing.holdsWrite = false;
    if (readers(draft) + writers(draft) === 0) draft.slots = [];
  });
};

/**
 * The child gets a copy of each of the caller's descriptors. EAGAIN: it is not free (it holds some, or is the caller).
 * Source: fork(2); pipe(7): end of file needs every write descriptor closed in every process; seeds 000, 001, 004.
 */
const fork = (pipe: Pipe, caller: ThreadId, child: ThreadId): Outcomes => {
  const taken = pipe.processes[child];
  if (child === caller || !taken || taken.holdsRead || taken.holdsWrite) return fails(pipe, 'EAGAIN');
  return returns({ tag: 'ok' }, (draft) => {
    const parent = draft.processes[caller];
    const copy = draft.processes[child];
    if (parent && copy) {
      copy.holdsRead = parent.holdsRead;
      copy.holdsWrite = parent.holdsWrite;
    }
  });
};

/**
 * A kill is pending on the target from now on: it ends whatever the target waits in, now or later.
 * Source: xv6 proc.c kill; signal(7), "Interruption of system calls".
 */
const kill = (target: ThreadId): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    const process = draft.processes[target];
    if (process) process.killed = true;
  });
