/**
 * TLB shootdown: after a page table entry was changed, the cores that may still translate by the old one are told to
 * forget it, and waited for.
 *
 * Of each space it is kept which cores run it, as a bitmap, and its generation: how often its translations have become
 * out of date. A core that runs none of its threads for a while takes itself out of the bitmap, and is not told; it keeps
 * what it remembers, and the generation that this is good for, and compares when it comes back (a lazy TLB).
 *
 * Who changes a table raises the generation and then reads the bitmap; who comes back enters the bitmap and then reads the
 * generation. So one of the two sees the other: that takes `seq_cst` on all four. Whoever waits, for an answer or for a
 * lock, has its interrupts masked, and serves what is asked of its core meanwhile.
 *
 * Source: Linux, arch/x86/mm/tlb.c (switch_mm_irqs_off, flush_tlb_func, tlb_gen); Black et al., ASPLOS 1989.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { invalidateAll, invalidatePage, type Mmu } from '#impl/machine/mmu.ts';
import {
  type Address,
  activate,
  awaitOther,
  compareAndSwap,
  coreNumber,
  fetchAdd,
  load,
  maskInterrupts,
  type Routine,
  sendInterrupt,
  store,
  swap,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import type { SpaceId } from '#spec/abi/kernel/remap.ts';

/** Cores in one word of a bitmap: few, so that machines of our size have more than one word. */
const coresPerWord = 2;

/** Values of a space's lock. */
const Lock = { free: 0, held: 1, wanted: 2 } as const;

/** What is kept of a space. All but `running` is written by who holds `lock`. */
interface SpaceWords {
  readonly lock: Address;
  readonly generation: Address;
  /** Which cores run it: a bit each. */
  readonly running: readonly Address[];
  /** Of the last change: the first page, how many, and the core that waits for the others. */
  readonly first: Address;
  readonly count: Address;
  readonly from: Address;
}

/** What is kept of a core. It alone writes `current`, `flushed` and `acknowledged`. */
interface CoreWords {
  /** Changes whenever something has happened that the core may wait for. */
  readonly bell: Address;
  /** In the bitmap of which space it is, plus 1, or 0. */
  readonly current: Address;
  /** For each space: the generation that what it remembers is good for. */
  readonly flushed: readonly Address[];
  /** For each space: the generation for which others have asked it to forget, and for which it has answered. */
  readonly requested: readonly Address[];
  readonly acknowledged: readonly Address[];
}

export interface Shootdown {
  readonly mmu: Mmu;
  readonly spaces: readonly SpaceWords[];
  readonly cores: readonly CoreWords[];
}

/** Lays it out for the spaces and cores of an MMU. Nobody runs anything yet. */
export const layoutShootdown = (memory: Allocator, mmu: Mmu): Shootdown => {
  const cores = mmu.buffers.map((_, core) => core);
  return {
    mmu,
    spaces: mmu.tables.map((_, space) => {
      const word = (name: string) => memory.word(`space${space}.${name}`);
      const bitmapWords = Math.ceil(cores.length / coresPerWord);
      return {
        lock: word('lock'),
        generation: word('generation'),
        running: Array.from({ length: bitmapWords }, (_, i) => word(`running[${i}]`)),
        first: word('first'),
        count: word('count'),
        from: word('from'),
      };
    }),
    cores: cores.map((core) => {
      const ofSpaces = (name: string) => mmu.tables.map((_, space) => memory.word(`core${core}.${name}[${space}]`));
      return {
        bell: memory.word(`core${core}.bell`),
        current: memory.word(`core${core}.space`),
        flushed: ofSpaces('flushed'),
        requested: ofSpaces('requested'),
        acknowledged: ofSpaces('acknowledged'),
      };
    }),
  };
};

const spaceWords = (shootdown: Shootdown, space: SpaceId): SpaceWords => shootdown.spaces[space] as SpaceWords;

const coreWords = (shootdown: Shootdown, core: number): CoreWords => shootdown.cores[core] as CoreWords;

const runningWord = ({ running }: SpaceWords, core: number): Address =>
  running[Math.floor(core / coresPerWord)] as Address;

const bitOf = (core: number): Word => 1 << (core % coresPerWord);

/** Makes this core translate by `space`, as on the way back to user code. Interrupts are masked. */
export function* useSpace(shootdown: Shootdown, space: SpaceId): Routine {
  const core = yield coreNumber();
  const mine = coreWords(shootdown, core);
  if ((yield load(mine.current, 'plain')) === space + 1) return;
  yield* leaveSpace(shootdown);
  const words = spaceWords(shootdown, space);
  yield fetchAdd(runningWord(words, core), bitOf(core), 'seq_cst', 'shootdown.enter'); // pairs with shootDown, crosswise
  const generation = yield load(words.generation, 'seq_cst', 'shootdown.isBehind');
  const flushed = mine.flushed[space] as Address;
  if ((yield load(flushed, 'plain')) !== generation) {
    yield* invalidateAll(shootdown.mmu);
    yield store(flushed, generation, 'plain');
  }
  yield store(mine.current, space + 1, 'plain');
  yield activate(space);
}

/** This core needs no space for a while: nobody is to tell it of changes. Interrupts are masked. */
export function* leaveSpace(shootdown: Shootdown): Routine {
  const core = yield coreNumber();
  const { current } = coreWords(shootdown, core);
  const space = (yield load(current, 'plain')) - 1;
  if (space < 0) return;
  const word = runningWord(spaceWords(shootdown, space), core);
  yield fetchAdd(word, -bitOf(core), 'release', 'shootdown.leave'); // pairs with shootDown: our accesses are over
  yield store(current, 0, 'plain');
}

/** Takes the lock of a space's page table. Interrupts are masked from here to `unlockSpace`. */
export function* lockSpace(shootdown: Shootdown, space: SpaceId): Routine {
  yield maskInterrupts();
  const { lock } = spaceWords(shootdown, space);
  if ((yield compareAndSwap(lock, Lock.free, Lock.held, 'acquire', 'shootdown.lock')) === Lock.free) return;
  const { bell } = coreWords(shootdown, yield coreNumber());
  for (;;) {
    const seen = yield load(bell, 'acquire', 'shootdown.hear');
    yield* serve(shootdown); // who holds the lock may wait for us
    if ((yield swap(lock, Lock.wanted, 'acquire', 'shootdown.lockWanted')) === Lock.free) return;
    yield awaitOther(bell, seen, 'relaxed');
  }
}

/** Gives the lock up, and tells those who may wait for it. */
export function* unlockSpace(shootdown: Shootdown, space: SpaceId): Routine {
  const { lock } = spaceWords(shootdown, space);
  if ((yield swap(lock, Lock.free, 'release', 'shootdown.unlock')) === Lock.wanted) {
    const me = yield coreNumber();
    for (const [core, { bell }] of shootdown.cores.entries()) if (core !== me) yield* ring(bell);
  }
  yield unmaskInterrupts();
}

/** Whoever waits at this bell looks again, and then sees what was done before. */
function* ring(bell: Address): Routine {
  yield fetchAdd(bell, 1, 'release', 'shootdown.ring'); // pairs with hear
}

/**
 * Returns when no core translates by what was in the entries of `count` pages from `first` on. The caller has changed the
 * entries, and holds the lock of the space.
 */
export function* shootDown(shootdown: Shootdown, space: SpaceId, first: number, count: number): Routine {
  const words = spaceWords(shootdown, space);
  const me = yield coreNumber();
  const generation = ((yield load(words.generation, 'relaxed')) + 1) | 0;
  yield store(words.first, first, 'plain');
  yield store(words.count, count, 'plain');
  yield store(words.from, me, 'plain');
  yield store(words.generation, generation, 'seq_cst', 'shootdown.generation'); // pairs with useSpace, crosswise
  const told: number[] = [];
  let isMine = false;
  for (let core = 0; core < shootdown.cores.length; core += coresPerWord) {
    const running = yield load(runningWord(words, core), 'seq_cst', 'shootdown.running');
    for (let other = core; other < Math.min(core + coresPerWord, shootdown.cores.length); other++) {
      if ((running & bitOf(other)) === 0) continue;
      if (other === me) isMine = true;
      else told.push(other);
    }
  }
  for (const other of told) yield* tell(shootdown, space, other, generation);
  if (isMine) yield* catchUp(shootdown, me, space, generation);
  for (const other of told) yield* awaitAnswer(shootdown, space, other, generation);
}

/** How many other cores run a space just now, and would have to be told. */
export function* countOthers(shootdown: Shootdown, space: SpaceId): Routine<number> {
  const words = spaceWords(shootdown, space);
  const me = yield coreNumber();
  let others = 0;
  for (const core of shootdown.cores.keys()) {
    const running = yield load(runningWord(words, core), 'relaxed'); // to estimate a cost: it may be out of date
    if (core !== me && (running & bitOf(core)) !== 0) others++;
  }
  return others;
}

/** Asks another core to forget. */
function* tell(shootdown: Shootdown, space: SpaceId, core: number, generation: Word): Routine {
  const other = coreWords(shootdown, core);
  yield tracepoint('core told', core);
  yield store(other.requested[space] as Address, generation, 'release', 'shootdown.request'); // pairs with serve
  yield* ring(other.bell); // it may be waiting for something itself
  yield sendInterrupt(core, 'shootdown.interrupt');
}

/** Waits until another core has forgotten, and does meanwhile what is asked of this one. */
function* awaitAnswer(shootdown: Shootdown, space: SpaceId, core: number, generation: Word): Routine {
  const { bell } = coreWords(shootdown, yield coreNumber());
  const answer = coreWords(shootdown, core).acknowledged[space] as Address;
  for (;;) {
    const seen = yield load(bell, 'acquire', 'shootdown.hear');
    yield* serve(shootdown); // or two that wait for each other would do so for ever
    if ((yield load(answer, 'acquire', 'shootdown.answer')) === generation) return; // pairs with serve
    yield awaitOther(bell, seen, 'relaxed');
  }
}

/** Does what is asked of this core, and answers. Interrupts are masked. */
export function* serve(shootdown: Shootdown): Routine {
  const core = yield coreNumber();
  const mine = coreWords(shootdown, core);
  for (const [space, words] of shootdown.spaces.entries()) {
    const answer = mine.acknowledged[space] as Address;
    const generation = yield load(mine.requested[space] as Address, 'acquire', 'shootdown.asked'); // pairs with tell
    if (generation === (yield load(answer, 'relaxed'))) continue;
    const { bell } = coreWords(shootdown, yield load(words.from, 'plain')); // read before it may be another's
    yield* catchUp(shootdown, core, space, generation);
    yield store(answer, generation, 'release', 'shootdown.acknowledge'); // pairs with awaitAnswer: our accesses are over
    yield* ring(bell);
  }
}

/** Makes this core forget what is out of date in generation `generation` of a space, of which it has just learnt. */
function* catchUp(shootdown: Shootdown, core: number, space: SpaceId, generation: Word): Routine {
  const flushed = coreWords(shootdown, core).flushed[space] as Address;
  const before = yield load(flushed, 'plain');
  if (before === generation) return; // it has come back since, and seen it itself
  if (before === ((generation - 1) | 0)) {
    const { first, count } = spaceWords(shootdown, space);
    const page = yield load(first, 'plain');
    const end = page + (yield load(count, 'plain'));
    for (let out = page; out < end; out++) yield* invalidatePage(shootdown.mmu, out);
  } else {
    yield* invalidateAll(shootdown.mmu);
  }
  yield store(flushed, generation, 'plain');
}
