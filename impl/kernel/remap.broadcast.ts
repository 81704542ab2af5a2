/**
 * The same, as simply as it can be: one lock for all spaces, and whatever changes, every core is told to forget all that
 * it remembers. Nobody keeps which core runs which space, and nobody is left out.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  entryAddress,
  entryOf,
  frameOf,
  invalidateAll,
  isWritable,
  layoutMmu,
  type Mmu,
  notMapped,
  userLoad,
  userStore,
} from '#impl/machine/mmu.ts';
import {
  type Address,
  activate,
  allocate,
  awaitOther,
  compareAndSwap,
  copyOut,
  coreNumber,
  fetchAdd,
  free,
  load,
  maskInterrupts,
  type Routine,
  sendInterrupt,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { PageNumber, RemapParameters, SpaceId } from '#spec/abi/kernel/remap.ts';

export interface Kernel {
  readonly parameters: RemapParameters;
  readonly mmu: Mmu;
  readonly frames: readonly Address[];
  /** 1 if the frame is in use. */
  readonly used: readonly Address[];
  /** The space of each thread. */
  readonly where: readonly Address[];
  readonly lock: Address;
  /** Counts everything that happened: whoever waits for anything waits for it to change. */
  readonly happened: Address;
  /** How often the cores were told to forget; and for each core, how often it has. */
  readonly told: Address;
  readonly forgot: readonly Address[];
}

/** Lays everything out. */
export const boot = (
  memory: Allocator,
  parameters: RemapParameters,
  machine: { readonly cores: number; readonly threads: number },
): Kernel => {
  const { spaces, pageWords, homes } = parameters;
  const isUsed = (frame: number) => spaces.flat().some((mapping) => mapping?.frame === frame);
  const frames = Array.from({ length: parameters.frames }, (_, frame) =>
    memory.page(isUsed(frame), (page) => {
      for (let i = 0; i < pageWords; i++) page.word(`frame${frame}[${i}]`, 10 * (frame + 1) + i);
      return {};
    }),
  ).map(({ address }) => address);
  return {
    parameters,
    frames,
    used: frames.map((_, frame) => memory.word(`frame${frame}.used`, isUsed(frame) ? 1 : 0)),
    mmu: layoutMmu(memory, {
      cores: machine.cores,
      spaces: spaces.length,
      pages: spaces[0]?.length ?? 0,
      pageWords,
      entryAtBoot: (space, page) => {
        const mapping = spaces[space]?.[page];
        return mapping ? entryOf(frames[mapping.frame] as Address, mapping.writable) : notMapped;
      },
    }),
    where: Array.from({ length: machine.threads }, (_, id) => memory.word(`T${id}.space`, homes[id] ?? 0)),
    lock: memory.word('lock'),
    happened: memory.word('happened'),
    told: memory.word('told'),
    forgot: Array.from({ length: machine.cores }, (_, core) => memory.word(`core${core}.forgot`)),
  };
};

/** Forgets everything, if this core was told to and has not yet. Interrupts are masked. */
function* forget(kernel: Kernel): Routine {
  const forgot = kernel.forgot[yield coreNumber()] as Address;
  const told = yield load(kernel.told, 'seq_cst');
  if ((yield load(forgot, 'seq_cst')) === told) return;
  yield* invalidateAll(kernel.mmu);
  yield store(forgot, told, 'seq_cst');
  yield fetchAdd(kernel.happened, 1, 'seq_cst');
}

/** What a core does that another interrupts. */
export function* interrupted(kernel: Kernel): Routine {
  yield* forget(kernel);
}

/** Takes the lock; meanwhile this core forgets what it is told to. */
function* acquire(kernel: Kernel): Routine {
  yield maskInterrupts();
  for (;;) {
    const seen = yield load(kernel.happened, 'seq_cst');
    yield* forget(kernel);
    if ((yield compareAndSwap(kernel.lock, 0, 1, 'seq_cst')) === 0) return;
    yield awaitOther(kernel.happened, seen, 'seq_cst');
  }
}

function* release(kernel: Kernel): Routine {
  yield store(kernel.lock, 0, 'seq_cst');
  yield fetchAdd(kernel.happened, 1, 'seq_cst');
  yield unmaskInterrupts();
}

/** Does `work` while nobody else does any. */
function* alone(kernel: Kernel, work: () => Routine<Word>): Routine<Word> {
  yield* acquire(kernel);
  const result = yield* work();
  yield* release(kernel);
  return result;
}

/** Tells every core to forget, and waits until all have. The caller holds the lock. */
function* everybodyForgets(kernel: Kernel): Routine {
  const me = yield coreNumber();
  const told = (yield fetchAdd(kernel.told, 1, 'seq_cst')) + 1;
  for (const core of kernel.forgot.keys()) {
    if (core !== me) yield sendInterrupt(core);
  }
  yield* forget(kernel);
  for (const forgot of kernel.forgot) {
    for (;;) {
      const seen = yield load(kernel.happened, 'seq_cst');
      if ((yield load(forgot, 'seq_cst')) === told) break;
      yield awaitOther(kernel.happened, seen, 'seq_cst');
    }
  }
}

function* spaceOf(self: Thread, kernel: Kernel): Routine<SpaceId> {
  return yield load(kernel.where[self.id] as Address, 'plain');
}

const pagesOf = ({ parameters }: Kernel): number => parameters.spaces[0]?.length ?? 0;

function* entryAt(kernel: Kernel, space: SpaceId, page: PageNumber): Routine<Word> {
  if (page < 0 || page >= pagesOf(kernel)) return notMapped;
  return yield load(entryAddress(kernel.mmu, space, page), 'seq_cst');
}

function* setEntry(kernel: Kernel, space: SpaceId, page: PageNumber, entry: Word): Routine {
  yield store(entryAddress(kernel.mmu, space, page), entry, 'seq_cst');
}

/** One try of user code to read a word or, if `word` is not null, to write it. Null: a page fault. */
function* attempt(
  self: Thread,
  kernel: Kernel,
  page: PageNumber,
  offset: number,
  word: Word | null,
): Routine<Word | null> {
  const virtual = page * kernel.parameters.pageWords + offset;
  yield maskInterrupts();
  yield activate(yield* spaceOf(self, kernel));
  const read = word === null ? yield* userLoad(kernel.mmu, virtual, 'relaxed') : null;
  const isWritten = word !== null && (yield* userStore(kernel.mmu, virtual, word, 'relaxed'));
  yield unmaskInterrupts();
  return isWritten ? 0 : read;
}

/** The same until it is done, or the page table says that it must not be. Null: so it is. */
function* access(
  self: Thread,
  kernel: Kernel,
  page: PageNumber,
  offset: number,
  word: Word | null,
): Routine<Word | null> {
  if (offset < 0 || offset >= kernel.parameters.pageWords) return null;
  for (;;) {
    const result = yield* attempt(self, kernel, page, offset, word);
    if (result !== null) return result;
    yield* acquire(kernel);
    const entry = yield* entryAt(kernel, yield* spaceOf(self, kernel), page);
    yield* release(kernel);
    if (entry === notMapped || (word !== null && !isWritable(entry))) return null;
  }
}

/** 0, and copies the word out; -14: not mapped. */
export function* read(self: Thread, kernel: Kernel, page: PageNumber, offset: number): Routine<Word> {
  const word = yield* access(self, kernel, page, offset, null);
  if (word === null) return -14;
  yield copyOut(0, word);
  return 0;
}

/** 0; -14: not mapped, or not to be written. */
export function* write(self: Thread, kernel: Kernel, page: PageNumber, offset: number, word: Word): Routine<Word> {
  return (yield* access(self, kernel, page, offset, word)) === null ? -14 : 0;
}

/** In how many places a frame is mapped. */
function* timesMapped(kernel: Kernel, frame: Address): Routine<number> {
  let times = 0;
  for (const space of kernel.parameters.spaces.keys()) {
    for (let page = 0; page < pagesOf(kernel); page++) {
      const entry = yield* entryAt(kernel, space, page);
      if (entry !== notMapped && frameOf(entry) === frame) times++;
    }
  }
  return times;
}

/** Why pages cannot go from a space to another; 0: they can. */
function* whyNot(
  kernel: Kernel,
  space: SpaceId,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
): Routine<Word> {
  if (!kernel.parameters.spaces[to] || to === space || count < 1) return -22;
  for (let i = 0; i < count; i++) {
    if ((yield* entryAt(kernel, space, page + i)) === notMapped) return -14;
    if (at + i < 0 || at + i >= pagesOf(kernel)) return -14;
    if ((yield* entryAt(kernel, to, at + i)) !== notMapped) return -17;
  }
  return 0;
}

/** 0; -22, -14, -17: it cannot go there, -16: mapped elsewhere too. */
export function* remap(
  self: Thread,
  kernel: Kernel,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
): Routine<Word> {
  return yield* alone(kernel, () => remapAlone(self, kernel, page, count, to, at));
}

function* remapAlone(
  self: Thread,
  kernel: Kernel,
  page: PageNumber,
  count: number,
  to: SpaceId,
  at: PageNumber,
): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  const errno = yield* whyNot(kernel, space, page, count, to, at);
  if (errno !== 0) return errno;
  const frames: Address[] = [];
  for (let i = 0; i < count; i++) frames.push(frameOf(yield* entryAt(kernel, space, page + i)));
  for (const frame of frames) if ((yield* timesMapped(kernel, frame)) > 1) return -16;
  for (let i = 0; i < count; i++) yield* setEntry(kernel, space, page + i, notMapped);
  yield* everybodyForgets(kernel);
  for (const [i, frame] of frames.entries()) yield* setEntry(kernel, to, at + i, entryOf(frame, true));
  return 0;
}

/** 0; -22, -14, -17: it cannot go there, -12: no free frame. */
export function* copy(self: Thread, kernel: Kernel, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  return yield* alone(kernel, () => copyAlone(self, kernel, page, to, at));
}

function* copyAlone(self: Thread, kernel: Kernel, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  const errno = yield* whyNot(kernel, space, page, 1, to, at);
  if (errno !== 0) return errno;
  const from = frameOf(yield* entryAt(kernel, space, page));
  for (const [frame, address] of kernel.frames.entries()) {
    const used = kernel.used[frame] as Address;
    if ((yield load(used, 'seq_cst')) === 1) continue;
    yield store(used, 1, 'seq_cst');
    yield allocate(address, kernel.parameters.pageWords);
    for (let i = 0; i < kernel.parameters.pageWords; i++) {
      const word = yield load(from + i, 'relaxed');
      yield tracepoint('word copied', word);
      yield store(address + i, word, 'relaxed');
    }
    yield* setEntry(kernel, to, at, entryOf(address, true));
    return 0;
  }
  return -12;
}

/** 1: it was copied. 0: there was no free frame, and it was remapped. Or why it could not go. */
export function* send(self: Thread, kernel: Kernel, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  return yield* alone(kernel, () => sendAlone(self, kernel, page, to, at));
}

function* sendAlone(self: Thread, kernel: Kernel, page: PageNumber, to: SpaceId, at: PageNumber): Routine<Word> {
  const copied = yield* copyAlone(self, kernel, page, to, at);
  if (copied === 0) return 1;
  if (copied !== -12) return copied;
  const moved = yield* remapAlone(self, kernel, page, 1, to, at);
  return moved === -16 ? -12 : moved;
}

/** Takes pages out of a space, and frees the frames that are mapped nowhere any more. */
function* clear(kernel: Kernel, space: SpaceId, pages: readonly PageNumber[]): Routine<Word> {
  const cleared: Address[] = [];
  for (const page of pages) {
    const entry = yield* entryAt(kernel, space, page);
    if (entry === notMapped) continue;
    cleared.push(frameOf(entry));
    yield* setEntry(kernel, space, page, notMapped);
  }
  yield* everybodyForgets(kernel);
  for (const address of new Set(cleared)) {
    if ((yield* timesMapped(kernel, address)) > 0) continue;
    yield free(address, kernel.parameters.pageWords);
    yield store(kernel.used[kernel.frames.indexOf(address)] as Address, 0, 'seq_cst');
  }
  return cleared.length > 0 ? 0 : -14;
}

/** 0; -14: not mapped. */
export function* unmap(self: Thread, kernel: Kernel, page: PageNumber): Routine<Word> {
  return yield* alone(kernel, () => unmapAlone(self, kernel, page));
}

function* unmapAlone(self: Thread, kernel: Kernel, page: PageNumber): Routine<Word> {
  return yield* clear(kernel, yield* spaceOf(self, kernel), [page]);
}

/** 0; -22: no such space. */
export function* reap(_self: Thread, kernel: Kernel, space: SpaceId): Routine<Word> {
  return yield* alone(kernel, () => reapAlone(kernel, space));
}

function* reapAlone(kernel: Kernel, space: SpaceId): Routine<Word> {
  const pages = kernel.parameters.spaces[space];
  if (!pages) return -22;
  yield* clear(kernel, space, [...pages.keys()]);
  return 0;
}

/** 0; -14: not mapped. */
export function* protect(self: Thread, kernel: Kernel, page: PageNumber, writable: boolean): Routine<Word> {
  return yield* alone(kernel, () => protectAlone(self, kernel, page, writable));
}

function* protectAlone(self: Thread, kernel: Kernel, page: PageNumber, writable: boolean): Routine<Word> {
  const space = yield* spaceOf(self, kernel);
  const entry = yield* entryAt(kernel, space, page);
  if (entry === notMapped) return -14;
  yield* setEntry(kernel, space, page, entryOf(frameOf(entry), writable));
  yield* everybodyForgets(kernel);
  return 0;
}

/** 0; -14: not mapped. */
export function* freeze(self: Thread, kernel: Kernel, page: PageNumber): Routine<Word> {
  return yield* alone(kernel, () => freezeAlone(self, kernel, page));
}

function* freezeAlone(self: Thread, kernel: Kernel, page: PageNumber): Routine<Word> {
  const frozen = yield* entryAt(kernel, yield* spaceOf(self, kernel), page);
  if (frozen === notMapped) return -14;
  for (const space of kernel.parameters.spaces.keys()) {
    for (let other = 0; other < pagesOf(kernel); other++) {
      const entry = yield* entryAt(kernel, space, other);
      if (entry === notMapped || frameOf(entry) !== frameOf(frozen)) continue;
      yield* setEntry(kernel, space, other, entryOf(frameOf(frozen), false));
    }
  }
  yield* everybodyForgets(kernel);
  return 0;
}

/** 0; -22: no such space. */
export function* enter(self: Thread, kernel: Kernel, space: SpaceId): Routine<Word> {
  if (!kernel.parameters.spaces[space]) return -22;
  yield store(kernel.where[self.id] as Address, space, 'plain');
  return 0;
}

/** 0: every core is told of everything, whether it rests or not. */
export function* rest(): Routine<Word> {
  return 0;
}
