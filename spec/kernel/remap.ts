/**
 * Address spaces, and how a page full of words goes from one to another: by remapping, which takes it out of the sender's
 * space and puts it into the receiver's, or by copying.
 *
 * A space is a map from virtual pages to frames, and every access sees the map as it is. Nobody remembers how it was:
 * that cores do, in their translation buffers, is how it is done, and must not be seen. From the moment at which the
 * receiver has the page, no thread of the sender's space reads it or writes to it, on whatever core it runs.
 *
 * Source: semantics of mremap(2), munmap(2) and mprotect(2) in Linux; seed 002 of the course notes (page remapping).
 */
import { match } from 'ts-pattern';
import type {
  PageNumber,
  RemapAnswer,
  RemapCall,
  RemapErrno,
  RemapParameters,
  SpaceId,
} from '#spec/abi/kernel/remap.ts';
import type { ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** What a page is mapped to. */
export interface Mapping {
  readonly frame: number;
  writable: boolean;
}

export interface Remap {
  readonly pageWords: number;
  /** For each space its pages. */
  spaces: (Mapping | null)[][];
  /** For each frame its words; null: it is free. */
  frames: (number[] | null)[];
  /** In which space each thread is. */
  where: SpaceId[];
}

/** What remains of a copy: from which frame into which, which words it has read (null: not yet), and where it goes. */
export type PendingCall =
  | RemapCall
  | {
      readonly tag: 'rest of copy';
      readonly from: number;
      readonly into: number;
      readonly read: readonly (number | null)[];
      readonly to: SpaceId;
      readonly at: PageNumber;
      readonly answer: RemapAnswer;
    };

type Outcomes = readonly Outcome<Remap, PendingCall, RemapAnswer>[];

/** What a frame holds at boot. */
const wordsAtBoot = (frame: number, pageWords: number): number[] =>
  Array.from({ length: pageWords }, (_, offset) => 10 * (frame + 1) + offset);

/** The state at boot, with so many threads. A frame that is mapped nowhere is free. */
export const initial = ({ pageWords, frames, spaces, homes }: RemapParameters, threads: number): Remap => ({
  pageWords,
  spaces: spaces.map((pages) => pages.map((mapping) => (mapping ? { ...mapping } : null))),
  frames: Array.from({ length: frames }, (_, frame) =>
    spaces.flat().some((mapping) => mapping?.frame === frame) ? wordsAtBoot(frame, pageWords) : null,
  ),
  where: Array.from({ length: threads }, (_, thread) => homes[thread] ?? 0),
});

/** All that `call` may do now. Total: every call has its outcomes in every state, so nobody ever waits. */
export const outcomes = (state: Remap, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'read' }, ({ page, offset }) => read(state, caller, page, offset))
    .with({ tag: 'write' }, ({ page, offset, word }) => write(state, caller, page, offset, word))
    .with({ tag: 'remap' }, ({ page, count, to, at }) => remap(state, caller, page, count, to, at, done))
    .with({ tag: 'copy' }, ({ page, to, at }) => copy(state, caller, page, to, at, done))
    .with({ tag: 'rest of copy' }, (rest) => copyOn(state, rest))
    .with({ tag: 'send' }, ({ page, to, at }) => send(state, caller, page, to, at))
    .with({ tag: 'unmap' }, ({ page }) => unmap(state, caller, page))
    .with({ tag: 'protect' }, ({ page, writable }) => protect(state, caller, page, writable))
    .with({ tag: 'freeze' }, ({ page }) => freeze(state, caller, page))
    .with({ tag: 'reap' }, ({ space }) => reap(state, space))
    .with({ tag: 'enter' }, ({ space }) => enter(state, caller, space))
    .with({ tag: 'rest' }, () => pause())
    .exhaustive();

const done: RemapAnswer = { tag: 'ok' };

const fails = (errno: RemapErrno): Outcomes => returns({ tag: 'failed', errno });

const spaceOf = (state: Remap, caller: ThreadId): SpaceId => state.where[caller] ?? 0;

const mappingAt = (state: Remap, space: SpaceId, page: PageNumber): Mapping | null =>
  state.spaces[space]?.[page] ?? null;

/** How often a frame is mapped, in all spaces. */
export const timesMapped = ({ spaces }: Remap, frame: number): number =>
  spaces.flat().filter((mapping) => mapping?.frame === frame).length;

/** Takes a page out of a space. Its frame is free if it is mapped nowhere else. */
const clear = (draft: Remap, space: SpaceId, page: PageNumber): void => {
  const mapping = mappingAt(draft, space, page);
  if (!mapping) return;
  set(draft, space, page, null);
  if (timesMapped(draft, mapping.frame) === 0) draft.frames[mapping.frame] = null;
};

const set = (draft: Remap, space: SpaceId, page: PageNumber, mapping: Mapping | null): void => {
  const pages = draft.spaces[space];
  if (pages) pages[page] = mapping;
};

/** Answers a word of a page. EFAULT. Source: Intel SDM vol. 3A, 4.6 (a page that is not present). */
const read = (state: Remap, caller: ThreadId, page: PageNumber, offset: number): Outcomes => {
  const mapping = mappingAt(state, spaceOf(state, caller), page);
  const word = mapping && state.frames[mapping.frame]?.[offset];
  return typeof word === 'number' ? returns({ tag: 'word', word }) : fails('EFAULT');
};

/** Sets a word of a page. EFAULT: it is not mapped, or only to be read. Source: Intel SDM vol. 3A, 4.6. */
const write = (state: Remap, caller: ThreadId, page: PageNumber, offset: number, word: number): Outcomes => {
  const mapping = mappingAt(state, spaceOf(state, caller), page);
  if (!mapping?.writable || state.frames[mapping.frame]?.[offset] === undefined) return fails('EFAULT');
  return returns(done, (draft) => {
    const words = draft.frames[mapping.frame];
    if (words) words[offset] = word;
  });
};

/** Why pages cannot go from the caller's space to another; undefined: they can. */
const refusal = (
  state: Remap,
  caller: ThreadId,
  {
    page,
    count,
    to,
    at,
  }: { readonly page: PageNumber; readonly count: number; readonly to: SpaceId; readonly at: PageNumber },
): RemapErrno | undefined => {
  const space = spaceOf(state, caller);
  const target = state.spaces[to];
  if (!target || to === space || count < 1) return 'EINVAL';
  for (let i = 0; i < count; i++) {
    if (!mappingAt(state, space, page + i)) return 'EFAULT';
    const there = target[at + i];
    if (there !== null) return there === undefined ? 'EFAULT' : 'EEXIST';
  }
  return undefined;
};

/**
 * Moves pages to another space, all at once: no data move. The receiver may write to them. EINVAL, EFAULT, EEXIST; EBUSY:
 * one is mapped elsewhere too, and whoever has it there would keep it. Source: seed 002 (unmapped here, mapped there).
 */
const remap = (
  state: Remap,
  caller: ThreadId,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
  answer: RemapAnswer,
): Outcomes => {
  const errno = refusal(state, caller, { page, count, to, at });
  if (errno) return fails(errno);
  const space = spaceOf(state, caller);
  const moved = Array.from({ length: count }, (_, i) => mappingAt(state, space, page + i)?.frame ?? 0);
  if (moved.some((frame) => timesMapped(state, frame) > 1)) return fails('EBUSY');
  return returns(answer, (draft) => {
    for (const [i, frame] of moved.entries()) {
      set(draft, space, page + i, null);
      set(draft, to, at + i, { frame, writable: true });
    }
  });
};

/**
 * Copies a page into a frame of its own, which is then mapped in the other space: here the frame is taken. EINVAL, EFAULT,
 * EEXIST, ENOMEM. Source: seed 002 (copying).
 */
const copy = (
  state: Remap,
  caller: ThreadId,
  page: PageNumber,
  to: SpaceId,
  at: PageNumber,
  answer: RemapAnswer,
): Outcomes => {
  const errno = refusal(state, caller, { page, count: 1, to, at });
  const mapping = mappingAt(state, spaceOf(state, caller), page);
  if (errno || !mapping) return fails(errno ?? 'EFAULT');
  const into = state.frames.indexOf(null);
  if (into < 0) return fails('ENOMEM');
  const read = Array.from({ length: state.pageWords }, () => null);
  return continues({ tag: 'rest of copy', from: mapping.frame, into, read, to, at, answer }, (draft) => {
    draft.frames[into] = Array.from({ length: draft.pageWords }, () => 0);
  });
};

/**
 * The other parts of a copy: reads the words, one at a time and in whatever order, while others may write to the page;
 * and then maps what it has read. EEXIST: something was mapped there meanwhile. Source: memcpy(3), which promises no order.
 */
const copyOn = (state: Remap, rest: PendingCall & { tag: 'rest of copy' }): Outcomes => {
  const { from, into, read, to, at, answer } = rest;
  const unread = [...read.keys()].filter((offset) => read[offset] === null);
  if (unread.length > 0) {
    return unread.flatMap((offset) =>
      continues({ ...rest, read: read.with(offset, state.frames[from]?.[offset] ?? 0) }),
    );
  }
  const isTaken = mappingAt(state, to, at) !== null;
  return returns(isTaken ? { tag: 'failed', errno: 'EEXIST' } : answer, (draft) => {
    draft.frames[into] = isTaken ? null : read.map((word) => word ?? 0);
    if (!isTaken) set(draft, to, at, { frame: into, writable: true });
  });
};

/**
 * Sends a page, by remapping or by copying, as the kernel likes; by copying if it is mapped elsewhere too. EINVAL, EFAULT,
 * EEXIST; ENOMEM: it had to be copied. Source: seed 002 (which of the two is better depends).
 */
const send = (state: Remap, caller: ThreadId, page: PageNumber, to: SpaceId, at: PageNumber): Outcomes => {
  const moved = remap(state, caller, page, 1, to, at, { tag: 'sent', by: 'remap' });
  const copied = copy(state, caller, page, to, at, { tag: 'sent', by: 'copy' });
  const [first] = moved;
  if (first?.tag === 'returns' && first.answer.tag === 'failed') return first.answer.errno === 'EBUSY' ? copied : moved;
  return state.frames.includes(null) ? [...moved, ...copied] : moved;
};

/** Takes a page out of the caller's space. EFAULT. Source: munmap(2). */
const unmap = (state: Remap, caller: ThreadId, page: PageNumber): Outcomes => {
  const space = spaceOf(state, caller);
  if (!mappingAt(state, space, page)) return fails('EFAULT');
  return returns(done, (draft) => {
    clear(draft, space, page);
  });
};

/** From now on a page may be written, or not. EFAULT. Source: mprotect(2). */
const protect = (state: Remap, caller: ThreadId, page: PageNumber, writable: boolean): Outcomes => {
  const space = spaceOf(state, caller);
  if (!mappingAt(state, space, page)) return fails('EFAULT');
  return returns(done, (draft) => {
    const mapping = mappingAt(draft, space, page);
    if (mapping) mapping.writable = writable;
  });
};

/**
 * From now on nobody may write to a page, whatever it is mapped as: so that it can be checked, and used where it is.
 * EFAULT. Source: Linux, mm/memfd.c (F_SEAL_WRITE, refused while there is a writable mapping; here they are taken away).
 */
const freeze = (state: Remap, caller: ThreadId, page: PageNumber): Outcomes => {
  const frozen = mappingAt(state, spaceOf(state, caller), page);
  if (!frozen) return fails('EFAULT');
  return returns(done, (draft) => {
    for (const mapping of draft.spaces.flat()) if (mapping?.frame === frozen.frame) mapping.writable = false;
  });
};

/**
 * Takes all its pages away from a space, though threads may run in it. EINVAL.
 * Source: Linux, mm/oom_kill.c, __oom_reap_task_mm.
 */
const reap = (state: Remap, space: SpaceId): Outcomes => {
  const pages = state.spaces[space];
  if (!pages) return fails('EINVAL');
  return returns(done, (draft) => {
    for (const page of pages.keys()) clear(draft, space, page);
  });
};

/** The caller goes on in another space. EINVAL. Source: Linux, kernel/kthread.c, kthread_use_mm. */
const enter = (state: Remap, caller: ThreadId, space: SpaceId): Outcomes => {
  if (!state.spaces[space]) return fails('EINVAL');
  return returns(done, (draft) => {
    draft.where[caller] = space;
  });
};

/** The caller does nothing for a while, in whatever space it is. Source: sched_yield(2). */
const pause = (): Outcomes => returns(done);
