/**
 * Long messages: the sender copies its texts straight into the receiver's buffers, once, through a window.
 *
 * The window is a page of the sender's own space in which the kernel maps a page of the receiver's while it copies. Each
 * core has one. It is mapped for one page at a time, with interrupts off, and is gone before anybody else runs on the core:
 * so it never outlives what it was mapped for. Where a page is missing, on either side, the sender sleeps until a pager
 * brings it, and maps the window anew.
 *
 * Source: Liedtke, SOSP 1993, section 3.2 (direct transfer by temporary mapping); L4 X.2 reference manual, 5.6.
 */
import {
  Activity,
  addressIn,
  blockOf,
  Failure,
  frameAt,
  isOwnIn,
  type Kernel,
  lengthIn,
  pageIn,
  pageWord,
  pageWords,
  portOf,
  rangesIn,
  spaceIn,
  windowOf,
} from '#impl/ipc/l4.layout.ts';
import { giveUp, handOver, late, lockThread, unlockThread } from '#impl/ipc/l4.rendezvous.ts';
import { entryAddress, entryOf, invalidatePage, notMapped, userLoad, userStore } from '#impl/machine/mmu.ts';
import {
  activate,
  coreNumber,
  load,
  maskInterrupts,
  type Routine,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { standBy, wake } from '#impl/sync/dispatcher.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What is copied, and where to. Addresses are virtual, each in its own space. */
interface Transfer {
  readonly port: number;
  readonly receiver: ThreadId;
  readonly texts: Word;
  readonly buffers: Word;
}

/**
 * Copies the texts of the caller's message, and hands it over; or gives it up. The caller holds no lock; on return it holds
 * the port's and its own, and its call is over or waits for a reply.
 */
export function* transfer(self: Thread, kernel: Kernel, port: number): Routine {
  const mine = blockOf(kernel, self.id);
  const receiver = yield load(mine.partner, 'plain');
  const texts = yield load(mine.texts, 'plain');
  const going = { port, receiver, texts, buffers: yield load(blockOf(kernel, receiver).buffers, 'plain') };
  let before = 0;
  for (let index = 0; index < rangesIn(texts); index++) {
    const fits = Math.min(lengthIn(texts, index), lengthIn(going.buffers, index));
    for (let at = 0; at < fits; ) {
      const { copied, missing } = yield* copyRun(self, kernel, going, index, at, fits);
      at += copied;
      if (missing !== 0 && !(yield* waitForPage(self, kernel, going, missing, before + at))) return;
    }
    before += fits;
    if (fits < lengthIn(texts, index)) {
      yield* end(self, kernel, going, before);
      return;
    }
  }
  yield* end(self, kernel, going, -1);
}

/** All is copied, or (`overflowAt`) what fits: the receiver is woken, and the caller's call goes on. */
function* end(self: Thread, kernel: Kernel, { port, receiver }: Transfer, overflowAt: number): Routine {
  const [mine, theirs] = [blockOf(kernel, self.id), blockOf(kernel, receiver)];
  yield* acquire(portOf(kernel, port).lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  yield* acquire(wordsOf(self.table, receiver).lock);
  if (overflowAt < 0) {
    yield store(mine.port, 0, 'relaxed');
    yield store(theirs.port, 0, 'relaxed');
    yield* handOver(self, kernel, self.id, receiver);
  } else {
    yield store(mine.done, overflowAt, 'plain');
    yield* giveUp(kernel, self.id, receiver, Failure.overflow, Failure.overflow);
    yield* wake(self.table, receiver);
  }
  yield* release(wordsOf(self.table, receiver).lock);
}

/**
 * Copies words of one text until a page ends, on either side, with interrupts off. Gives how many, and the page that the
 * next one needs if that is missing (`pageWord`).
 */
function* copyRun(
  self: Thread,
  kernel: Kernel,
  { receiver, texts, buffers }: Transfer,
  index: number,
  at: number,
  end: number,
): Routine<{ readonly copied: number; readonly missing: Word }> {
  const own = kernel.spaceOf[self.id] as number;
  const theirs = kernel.spaceOf[receiver] as number;
  const page = Math.floor((addressIn(buffers, index) + at) / pageWords);
  yield maskInterrupts();
  yield activate(own); // a timer may have let others run on this core
  const window = windowOf(yield coreNumber());
  let copied = 0;
  let missing = 0;
  while (missing === 0 && at + copied < end) {
    const [from, to] = [addressIn(texts, index) + at + copied, addressIn(buffers, index) + at + copied];
    if (Math.floor(to / pageWords) !== page) break;
    const word = yield* userLoad(kernel.mmu, from, 'plain');
    if (word === null) missing = pageWord(own, Math.floor(from / pageWords), true);
    else if (copied === 0 && !(yield* mapWindow(kernel, own, window, theirs, page)))
      missing = pageWord(theirs, page, false);
    else {
      yield* userStore(kernel.mmu, window * pageWords + (to - page * pageWords), word, 'plain');
      copied++;
    }
  }
  if (copied > 0) yield* unmapWindow(kernel, own, window, copied);
  yield unmaskInterrupts();
  return { copied, missing };
}

/** Maps a page of the receiver's into the window. False: it is not there. */
function* mapWindow(kernel: Kernel, own: number, window: number, theirs: number, page: number): Routine<boolean> {
  const entry = yield load(entryAddress(kernel.mmu, theirs, page), 'relaxed');
  if (entry === notMapped) return false;
  yield tracepoint('window mapped', page);
  yield store(entryAddress(kernel.mmu, own, window), entry, 'relaxed'); // only this core uses it
  return true;
}

/** The window is no more: neither in the page table, nor in what the core remembers of it. */
function* unmapWindow(kernel: Kernel, own: number, window: number, copied: number): Routine {
  yield tracepoint('copied through the window', copied);
  yield store(entryAddress(kernel.mmu, own, window), notMapped, 'relaxed');
  yield* invalidatePage(kernel.mmu, window);
  yield tracepoint('window unmapped', window);
}

/** Why a message is given up rather than wait for a page: what sender and receiver are told; null: it may wait. */
function* whyNotToWait(
  self: Thread,
  kernel: Kernel,
  { receiver }: Transfer,
  missing: Word,
): Routine<readonly [Word, Word] | null> {
  const mine = blockOf(kernel, self.id);
  if ((yield load(mine.dead, 'plain')) !== 0) return [Failure.withdrawn, Failure.aborted];
  if ((yield load(blockOf(kernel, receiver).dead, 'plain')) !== 0) return [Failure.aborted, Failure.withdrawn];
  return (yield load(mine.transferTicks, 'plain')) === 0 ? late(isOwnIn(missing)) : null;
}

/**
 * Sleeps until a page is there. False: the message was given up meanwhile, and the caller holds the port's lock and its own.
 */
function* waitForPage(self: Thread, kernel: Kernel, going: Transfer, missing: Word, done: number): Routine<boolean> {
  const { table, id } = self;
  const mine = blockOf(kernel, id);
  const port = portOf(kernel, going.port);
  yield* acquire(port.lock);
  yield* acquire(wordsOf(table, id).lock);
  yield store(mine.done, done, 'plain');
  const isThere = (yield load(entryAddress(kernel.mmu, spaceIn(missing), pageIn(missing)), 'relaxed')) !== notMapped;
  const why = isThere ? null : yield* whyNotToWait(self, kernel, going, missing);
  if (why) {
    yield* acquire(wordsOf(table, going.receiver).lock);
    yield* giveUp(kernel, id, going.receiver, why[0], why[1]);
    yield* wake(table, going.receiver);
    yield* release(wordsOf(table, going.receiver).lock);
    return false;
  }
  if (!isThere) {
    yield store(mine.missing, missing, 'plain');
    yield store(mine.ticks, yield load(mine.transferTicks, 'plain'), 'plain');
  }
  yield* release(port.lock);
  if (!isThere) {
    yield store(wordsOf(table, id).state, State.sleeping, 'relaxed');
    yield* standBy(self);
  }
  const isOver = (yield load(mine.activity, 'plain')) === Activity.none;
  yield* release(wordsOf(table, id).lock);
  if (!isOver) return true;
  yield* acquire(port.lock);
  yield* acquire(wordsOf(table, id).lock);
  return false;
}

/** A pager brings a page: who waits for it to go on copying is woken. */
export function* bring(self: Thread, kernel: Kernel, space: number, page: number): Routine {
  const { table } = self;
  const entry = entryOf(frameAt(kernel, space, page), true);
  yield store(entryAddress(kernel.mmu, space, page), entry, 'relaxed'); // before the locks: who has yet to wait finds it
  for (const [id, block] of kernel.threads.entries()) {
    const port = yield* lockThread(kernel, table, id);
    const missing = yield load(block.missing, 'plain');
    if (missing !== 0 && spaceIn(missing) === space && pageIn(missing) === page) {
      yield store(block.missing, 0, 'plain');
      yield store(block.transferTicks, yield load(block.ticks, 'plain'), 'plain');
      yield store(block.ticks, 0, 'plain');
      yield* wake(table, id);
    }
    yield* unlockThread(kernel, table, id, port);
  }
}
