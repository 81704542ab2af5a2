/**
 * Moving pages between address spaces: out of the sender's page table, a shootdown, into the receiver's. Both tables are
 * locked from the first to the last, so that whoever meets a page that is on its way waits in its page fault.
 *
 * A page is never in the receiver's table while some core may still reach it by the sender's; and a frame is never free
 * while some core may still reach it at all.
 * Source: Linux, mm/mremap.c (move_page_tables) and mm/mmu_gather.c (flush before free); seed 002 (page remapping).
 */
import { dropFrame, type Frames, isShared, layoutFrames, takeFrame } from '#impl/kernel/frames.ts';
import { isCopyCheaper } from '#impl/kernel/remap-cost.ts';
import {
  countOthers,
  layoutShootdown,
  leaveSpace,
  lockSpace,
  type Shootdown,
  serve,
  shootDown,
  unlockSpace,
  useSpace,
} from '#impl/kernel/shootdown.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  entryAddress,
  entryOf,
  frameOf,
  isWritable,
  layoutMmu,
  notMapped,
  userLoad,
  userStore,
} from '#impl/machine/mmu.ts';
import {
  type Address,
  copyOut,
  load,
  maskInterrupts,
  type Routine,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { PageNumber, RemapParameters, SpaceId } from '#spec/abi/kernel/remap.ts';

/** What callers are told, as Linux numbers them. */
const Failure = { noMemory: -12, badAddress: -14, busy: -16, exists: -17, invalid: -22 } as const;

/** What `send` answers. */
const Sent = { byRemap: 0, byCopy: 1 } as const;

export interface Kernel {
  readonly pageWords: number;
  readonly pages: number;
  readonly shootdown: Shootdown;
  readonly frames: Frames;
  /** For each thread the space that it is in; it alone writes it. */
  readonly where: readonly Address[];
}

/** Lays everything out. */
export const boot = (
  memory: Allocator,
  parameters: RemapParameters,
  machine: { readonly cores: number; readonly threads: number },
): Kernel => {
  const { pageWords, spaces, homes } = parameters;
  const pages = Math.max(...spaces.map((space) => space.length));
  const frames = layoutFrames(memory, parameters);
  const mmu = layoutMmu(memory, {
    cores: machine.cores,
    spaces: spaces.length,
    pages,
    pageWords,
    entryAtBoot: (space, page) => {
      const mapping = spaces[space]?.[page];
      const frame = mapping && frames.frames[mapping.frame];
      return frame ? entryOf(frame.page.address, mapping.writable) : notMapped;
    },
  });
  return {
    pageWords,
    pages,
    frames,
    shootdown: layoutShootdown(memory, mmu),
    where: Array.from({ length: machine.threads }, (_, id) => memory.word(`T${id}.space`, homes[id] ?? 0)),
  };
};

/** What a core does that another interrupts. */
export function* interrupted(kernel: Kernel): Routine {
  yield* serve(kernel.shootdown);
}

function* spaceOf(self: Thread, kernel: Kernel): Routine<SpaceId> {
  return yield load(kernel.where[self.id] as Address, 'plain');
}

const hasSpace = (kernel: Kernel, space: SpaceId): boolean => kernel.shootdown.spaces[space] !== undefined;

/** The entry of a page, or `notMapped` if there is no such page. */
function* entryAt({ shootdown, pages }: Kernel, space: SpaceId, page: PageNumber): Routine<Word> {
  if (page < 0 || page >= pages) return notMapped;
  return yield load(entryAddress(shootdown.mmu, space, page), 'relaxed');
}

/** User code reads a word: into the user's buffer. 0, or why not. */
export function* read(self: Thread, kernel: Kernel, page: PageNumber, offset: number): Routine<Word> {
  if (offset < 0 || offset >= kernel.pageWords) return Failure.badAddress;
  for (;;) {
    const word = yield* readOnce(self, kernel, page, offset);
    if (word !== null) {
      yield copyOut(0, word);
      return 0;
    }
    if (!(yield* isRepaired(self, kernel, page, false))) return Failure.badAddress;
  }
}

function* readOnce(self: Thread, kernel: Kernel, page: PageNumber, offset: number): Routine<Word | null> {
  const { mmu } = kernel.shootdown;
  yield maskInterrupts(); // so that the core is in our space as it reads
  yield* useSpace(kernel.shootdown, yield* spaceOf(self, kernel));
  const word = yield* userLoad(mmu, page * mmu.pageWords + offset, 'relaxed', 'remap.userLoad');
  yield unmaskInterrupts();
  return word;
}

/** User code writes a word. 0, or why not. */
export function* write(self: Thread, kernel: Kernel, page: PageNumber, offset: number, word: Word): Routine<Word> {
  if (offset < 0 || offset >= kernel.pageWords) return Failure.badAddress;
  while (!(yield* writeOnce(self, kernel, page, offset, word))) {
    if (!(yield* isRepaired(self, kernel, page, true))) return Failure.badAddress;
  }
  return 0;
}

function* writeOnce(self: Thread, kernel: Kernel, page: PageNumber, offset: number, word: Word): Routine<boolean> {
  const { mmu } = kernel.shootdown;
  yield maskInterrupts();
  yield* useSpace(kernel.shootdown, yield* spaceOf(self, kernel));
  const isDone = yield* userStore(mmu, page * mmu.pageWords + offset, word, 'relaxed', 'remap.userStore');
  yield unmaskInterrupts();
  return isDone;
}

/** A page fault: waits for whoever changes the table, and then looks whether the access is allowed after all. */
function* isRepaired(self: Thread, kernel: Kernel, page: PageNumber, isWrite: boolean): Routine<boolean> {
  const space = yield* spaceOf(self, kernel);
  yield* lockSpace(kernel.shootdown, space);
  const entry = yield* entryAt(kernel, space, page);
  yield* unlockSpace(kernel.shootdown, space);
  return entry !== notMapped && (!isWrite || isWritable(entry));
}

/** Locks two spaces, in the order of their numbers, or two might each wait for what the other has. */
function* lockBoth({ shootdown }: Kernel, a: SpaceId, b: SpaceId): Routine {
  yield* lockSpace(shootdown, Math.min(a, b));
  yield* lockSpace(shootdown, Math.max(a, b));
}

function* unlockBoth({ shootdown }: Kernel, a: SpaceId, b: SpaceId): Routine {
  yield* unlockSpace(shootdown, Math.max(a, b));
  yield* unlockSpace(shootdown, Math.min(a, b));
}

/** Moves pages to another space. 0, or why not. */
export function* remap(
  self: Thread,
  kernel: Kernel,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  if (!hasSpace(kernel, to) || to === space || count < 1) return Failure.invalid;
  yield* lockBoth(kernel, space, to);
  let result = yield* whyNot(kernel, space, page, count, to, at);
  if (result === 0) result = yield* remapLocked(kernel, space, page, count, to, at);
  yield* unlockBoth(kernel, space, to);
  return result;
}

/** Why pages cannot go to where they shall; 0: they can. The caller holds both locks. */
function* whyNot(
  kernel: Kernel,
  space: SpaceId,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
): Routine<Word> {
  for (let i = 0; i < count; i++) {
    if ((yield* entryAt(kernel, space, page + i)) === notMapped) return Failure.badAddress;
    if (at + i < 0 || at + i >= kernel.pages) return Failure.badAddress;
    if ((yield* entryAt(kernel, to, at + i)) !== notMapped) return Failure.exists;
  }
  return 0;
}

/** The caller holds both locks, and has found no reason why not. */
function* remapLocked(
  kernel: Kernel,
  space: SpaceId,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
): Routine<Word> {
  const { mmu } = kernel.shootdown;
  const moved: Address[] = [];
  for (let i = 0; i < count; i++) {
    const frame = frameOf(yield* entryAt(kernel, space, page + i));
    if (yield* isShared(kernel.frames, frame)) return Failure.busy;
    moved.push(frame);
  }
  for (let i = 0; i < count; i++) yield store(entryAddress(mmu, space, page + i), notMapped, 'relaxed', 'remap.clear');
  yield* shootDown(kernel.shootdown, space, page, count); // once for all of them
  for (const [i, frame] of moved.entries()) {
    yield store(entryAddress(mmu, to, at + i), entryOf(frame, true), 'release', 'remap.install'); // pairs with the walk
  }
  return 0;
}

/** Copies a page to another space. 0, or why not. */
export function* copy(self: Thread, kernel: Kernel, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  if (!hasSpace(kernel, to) || to === space) return Failure.invalid;
  yield* lockBoth(kernel, space, to);
  let result = yield* whyNot(kernel, space, page, 1, to, at);
  if (result === 0) result = yield* copyLocked(kernel, space, page, to, at);
  yield* unlockBoth(kernel, space, to);
  return result;
}

/** The caller holds both locks, and has found no reason why not. */
function* copyLocked(kernel: Kernel, space: SpaceId, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  const source = frameOf(yield* entryAt(kernel, space, page));
  const target = yield* takeFrame(kernel.frames);
  if (target === 0) return Failure.noMemory;
  for (let offset = 0; offset < kernel.pageWords; offset++) {
    const word = yield load(source + offset, 'relaxed', 'remap.copy');
    yield tracepoint('word copied', word);
    yield store(target + offset, word, 'plain');
  }
  const entry = entryAddress(kernel.shootdown.mmu, to, at);
  yield store(entry, entryOf(target, true), 'release', 'remap.install'); // pairs with the walk
  return 0;
}

/** Sends a page, by whichever costs less. 0: by remapping, 1: by copying, or why not. */
export function* send(self: Thread, kernel: Kernel, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  if (!hasSpace(kernel, to) || to === space) return Failure.invalid;
  yield* lockBoth(kernel, space, to);
  let result = yield* whyNot(kernel, space, page, 1, to, at);
  if (result === 0) result = yield* sendLocked(kernel, space, page, to, at);
  yield* unlockBoth(kernel, space, to);
  return result;
}

/** The caller holds both locks, and has found no reason why not. */
function* sendLocked(kernel: Kernel, space: SpaceId, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  const others = yield* countOthers(kernel.shootdown, space);
  const isCopied = isCopyCheaper(kernel.pageWords, others);
  if (isCopied && (yield* copyLocked(kernel, space, page, to, at)) === 0) return Sent.byCopy;
  if ((yield* remapLocked(kernel, space, page, 1, to, at)) === 0) return Sent.byRemap;
  const copied = yield* copyLocked(kernel, space, page, to, at); // it is mapped elsewhere too
  return copied === 0 ? Sent.byCopy : copied;
}

/** Takes a page out of the caller's space. 0, or why not. */
export function* unmap(self: Thread, kernel: Kernel, page: PageNumber): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  yield* lockSpace(kernel.shootdown, space);
  const entry = yield* entryAt(kernel, space, page);
  if (entry !== notMapped) yield* clearLocked(kernel, space, page, [entry]);
  yield* unlockSpace(kernel.shootdown, space);
  return entry === notMapped ? Failure.badAddress : 0;
}

/** Takes all its pages away from a space, whoever runs in it. 0, or why not. */
export function* reap(_self: Thread, kernel: Kernel, space: SpaceId): Routine<Word> {
  if (!hasSpace(kernel, space)) return Failure.invalid;
  yield* lockSpace(kernel.shootdown, space);
  const entries: Word[] = [];
  for (let page = 0; page < kernel.pages; page++) entries.push(yield* entryAt(kernel, space, page));
  yield* clearLocked(kernel, space, 0, entries);
  yield* unlockSpace(kernel.shootdown, space);
  return 0;
}

/** Takes pages from `first` on out of a space whose lock the caller holds; these were their entries. */
function* clearLocked(kernel: Kernel, space: SpaceId, first: PageNumber, entries: readonly Word[]): Routine {
  const { mmu } = kernel.shootdown;
  for (const [i, entry] of entries.entries()) {
    if (entry !== notMapped) yield store(entryAddress(mmu, space, first + i), notMapped, 'relaxed', 'remap.clear');
  }
  yield* shootDown(kernel.shootdown, space, first, entries.length);
  for (const entry of entries) if (entry !== notMapped) yield* dropFrame(kernel.frames, frameOf(entry));
}

/** A page of the caller's may be written from now on, or not. 0, or why not. */
export function* protect(self: Thread, kernel: Kernel, page: PageNumber, writable: boolean): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  yield* lockSpace(kernel.shootdown, space);
  const entry = yield* entryAt(kernel, space, page);
  if (entry !== notMapped) yield* protectLocked(kernel, space, page, entry, writable);
  yield* unlockSpace(kernel.shootdown, space);
  return entry === notMapped ? Failure.badAddress : 0;
}

/** A core that thinks it may not write looks again in the table; one that thinks it may does not. */
function* protectLocked(
  { shootdown }: Kernel,
  space: SpaceId,
  page: PageNumber,
  entry: Word,
  writable: boolean,
): Routine {
  if (isWritable(entry) === writable) return;
  yield store(entryAddress(shootdown.mmu, space, page), entryOf(frameOf(entry), writable), 'relaxed', 'remap.protect');
  if (!writable) yield* shootDown(shootdown, space, page, 1);
}

/** Nobody may write to a page of the caller's from now on, by whatever page of whatever space. 0, or why not. */
export function* freeze(self: Thread, kernel: Kernel, page: PageNumber): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  const { shootdown } = kernel;
  for (const each of shootdown.spaces.keys()) yield* lockSpace(shootdown, each);
  const entry = yield* entryAt(kernel, space, page);
  if (entry !== notMapped) {
    for (const each of shootdown.spaces.keys()) yield* freezeLocked(kernel, each, frameOf(entry));
  }
  for (const each of [...shootdown.spaces.keys()].reverse()) yield* unlockSpace(shootdown, each);
  return entry === notMapped ? Failure.badAddress : 0;
}

/** Takes the right to write to a frame away from all pages of a space whose lock the caller holds. */
function* freezeLocked(kernel: Kernel, space: SpaceId, frame: Address): Routine {
  const { mmu } = kernel.shootdown;
  let wasWritable = false;
  for (let page = 0; page < kernel.pages; page++) {
    const entry = yield* entryAt(kernel, space, page);
    if (entry === notMapped || frameOf(entry) !== frame || !isWritable(entry)) continue;
    yield store(entryAddress(mmu, space, page), entryOf(frame, false), 'relaxed', 'remap.freeze');
    wasWritable = true;
  }
  if (wasWritable) yield* shootDown(kernel.shootdown, space, 0, kernel.pages);
}

/** The thread goes on in another space. 0, or why not. */
export function* enter(self: Thread, kernel: Kernel, space: SpaceId): Routine<Word> {
  if (!hasSpace(kernel, space)) return Failure.invalid;
  yield maskInterrupts();
  yield store(kernel.where[self.id] as Address, space, 'plain');
  yield* useSpace(kernel.shootdown, space);
  yield unmaskInterrupts();
  return 0;
}

/** The thread needs no space for a while, and its core is not to be told what becomes of its own. 0. */
export function* rest(_self: Thread, kernel: Kernel): Routine<Word> {
  yield maskInterrupts();
  yield* leaveSpace(kernel.shootdown);
  yield unmaskInterrupts();
  return 0;
}
