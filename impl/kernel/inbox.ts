/**
 * What arrives at a process, in order: a ring under a lock, on which its owner sleeps while it is empty.
 *
 * Words and notices stand in the one ring, so that a notice comes after what was sent before it. There is always room for a
 * notice: whoever asks for one keeps a place free. Source: Linux, drivers/android/binder.c (the todo list of a process).
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { wake } from '#impl/sync/dispatcher.ts';
import { sleep } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import { State, type Thread, type ThreadTable, wordsOf } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What has arrived: a kind, and three words that mean what the kind says. */
export interface Arrival {
  readonly kind: number;
  readonly words: readonly [Word, Word, Word];
}

/** Kinds of arrivals. Words: who sent it, in which life, and what. Notices: the length of the name, and its bytes. */
export const Kind = { message: 1, reply: 2, registered: 3, unregistered: 4, died: 5 } as const;

export const isNotice = (kind: number): boolean => kind >= Kind.registered;

/** The inbox of a process. All is guarded by `lock`, and `life` may be read without it. */
export interface Inbox {
  readonly owner: ThreadId;
  readonly lock: Address;
  /** How many processes have had this number. */
  readonly life: Address;
  /** How many words are in it, and how many there may be. */
  readonly words: Address;
  readonly wordsMax: number;
  /** Where the oldest is, and how many there are; the owner sleeps on `count`. */
  readonly first: Address;
  readonly count: Address;
  /** Four words each. */
  readonly ring: Address;
  readonly size: number;
}

const wordsEach = 4;

/** Lays out an inbox with nothing in it. */
export const layoutInbox = (memory: Allocator, owner: ThreadId, wordsMax: number, noticesMax: number): Inbox => ({
  owner,
  lock: layoutLock(memory, `P${owner}.lock`),
  life: memory.word(`P${owner}.life`, 1),
  words: memory.word(`P${owner}.words`),
  wordsMax,
  first: memory.word(`P${owner}.first`),
  count: memory.word(`P${owner}.count`),
  ring: memory.words(`P${owner}.ring`, (wordsMax + noticesMax) * wordsEach),
  size: wordsMax + noticesMax,
});

/** Puts a word into an inbox, if its owner is in that life still and there is room. */
export function* deliverWord(
  table: ThreadTable,
  inbox: Inbox,
  life: number,
  arrival: Arrival,
): Routine<'delivered' | 'dead' | 'full'> {
  yield* acquire(inbox.lock);
  const isAlive = (yield load(inbox.life, 'relaxed')) === life;
  const words = yield load(inbox.words, 'plain');
  const isFull = words >= inbox.wordsMax;
  if (isAlive && !isFull) {
    yield store(inbox.words, words + 1, 'plain');
    yield* append(table, inbox, arrival);
  }
  yield* release(inbox.lock);
  return isAlive ? (isFull ? 'full' : 'delivered') : 'dead';
}

/** Puts a notice into an inbox: a place is free. */
export function* deliverNotice(table: ThreadTable, inbox: Inbox, notice: Arrival): Routine {
  yield* acquire(inbox.lock);
  yield* append(table, inbox, notice);
  yield* release(inbox.lock);
}

/** The caller holds the lock. */
function* append(table: ThreadTable, inbox: Inbox, { kind, words }: Arrival): Routine {
  const count = yield load(inbox.count, 'plain');
  const at = inbox.ring + (((yield load(inbox.first, 'plain')) + count) % inbox.size) * wordsEach;
  yield store(at, kind, 'plain');
  for (const [index, word] of words.entries()) yield store(at + 1 + index, word, 'plain');
  yield store(inbox.count, count + 1, 'plain');
  if (count === 0) yield* wakeOwner(table, inbox);
}

/** Wakes the owner if it sleeps for something to arrive: nobody else does. The caller holds the lock. */
function* wakeOwner(table: ThreadTable, { owner, count }: Inbox): Routine {
  const thread = wordsOf(table, owner);
  yield* acquire(thread.lock);
  const isAsleep = (yield load(thread.state, 'relaxed')) === State.sleeping;
  if (isAsleep && (yield load(thread.channel, 'relaxed')) === count) yield* wake(table, owner);
  yield* release(thread.lock);
}

/** Takes the oldest out of the caller's inbox. Nothing is in it: waits, or gives null. */
export function* takeFirst(self: Thread, inbox: Inbox, isWaiting: boolean): Routine<Arrival | null> {
  yield* acquire(inbox.lock);
  let count = yield load(inbox.count, 'plain');
  while (count === 0 && isWaiting) {
    yield* sleep(self, inbox.count, inbox.lock);
    count = yield load(inbox.count, 'plain');
  }
  const arrival = count === 0 ? null : yield* removeFirst(inbox, count);
  yield* release(inbox.lock);
  return arrival;
}

/** The caller holds the lock. */
function* removeFirst(inbox: Inbox, count: number): Routine<Arrival> {
  const first = yield load(inbox.first, 'plain');
  const at = inbox.ring + first * wordsEach;
  const kind = yield load(at, 'plain');
  const words = [yield load(at + 1, 'plain'), yield load(at + 2, 'plain'), yield load(at + 3, 'plain')] as const;
  yield store(inbox.first, (first + 1) % inbox.size, 'plain');
  yield store(inbox.count, count - 1, 'plain');
  if (!isNotice(kind)) yield store(inbox.words, (yield load(inbox.words, 'plain')) - 1, 'plain');
  return { kind, words };
}

/** Begins the next life: what is in the inbox is gone, and words to the last one are refused from here on. */
export function* endLife(inbox: Inbox): Routine {
  yield* acquire(inbox.lock);
  yield store(inbox.life, (yield load(inbox.life, 'relaxed')) + 1, 'relaxed');
  yield store(inbox.words, 0, 'plain');
  yield store(inbox.count, 0, 'plain');
  yield* release(inbox.lock);
}

/** Drops what has arrived. */
export function* dropAll(inbox: Inbox): Routine {
  yield* acquire(inbox.lock);
  yield store(inbox.count, 0, 'plain');
  yield* release(inbox.lock);
}
