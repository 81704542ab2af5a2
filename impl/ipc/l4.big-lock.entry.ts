/** How a thread comes out of the plain kernel, and what is written down for it. */
import {
  activity,
  badgeAt,
  blockOf,
  countAt,
  grantAt,
  intendedAt,
  type Kernel,
  status,
  wordsAt,
  wordsMax,
} from '#impl/ipc/l4.big-lock.layout.ts';
import { memoryOf } from '#impl/ipc/l4.big-lock.rendezvous.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { sleep } from '#impl/sync/sleep-wakeup.ts';
import { release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { MemoryRange } from '#spec/abi/ipc/l4.ts';

/** Sleeps until the caller's call is over; tells it what it received, and gives the lock up. */
export function* comeOut(self: Thread, kernel: Kernel): Routine<Word> {
  const block = blockOf(kernel, self.id);
  while ((yield load(block.activity, 'plain')) !== activity.none) yield* sleep(self, block.status, kernel.lock);
  const result = yield load(block.status, 'plain');
  yield copyOut(0, yield load(block.done, 'plain'));
  if (result === status.signaled) yield copyOut(0, yield load(block.message + badgeAt, 'plain'));
  if (result === status.received) {
    const count = yield load(block.message + countAt, 'plain');
    yield copyOut(0, yield load(block.message + badgeAt, 'plain'));
    const granted = yield load(block.message + grantAt, 'plain');
    yield copyOut(1, granted | ((yield load(block.message + intendedAt, 'plain')) << 4));
    yield copyOut(2, count);
    for (let i = 0; i < count; i++) yield copyOut(3 + i, yield load(block.message + wordsAt + i, 'plain'));
    yield* tellTexts(self, kernel);
  }
  yield* release(kernel.lock);
  return result;
}

/** What the buffers hold now: how many texts, and of each the length and the words. */
function* tellTexts(self: Thread, kernel: Kernel): Routine {
  const { texts, buffers } = blockOf(kernel, self.id);
  const { words } = memoryOf(kernel, self.id);
  const count = yield load(texts, 'plain');
  let at = 3 + wordsMax;
  yield copyOut(at++, count);
  for (let index = 0; index < count; index++) {
    const [buffer, length] = [yield load(buffers + 1 + 2 * index, 'plain'), yield load(texts + 2 + 2 * index, 'plain')];
    yield copyOut(at++, length);
    for (let i = 0; i < length; i++) yield copyOut(at++, yield load(words + buffer + i, 'plain'));
  }
}

/** Gives the lock up, and an error. */
export function* refuse(kernel: Kernel, why: Word): Routine<Word> {
  yield* release(kernel.lock);
  return why;
}

/** Writes down where texts or buffers are. */
export function* describe(at: Address, ranges: readonly MemoryRange[]): Routine {
  yield store(at, ranges.length, 'plain');
  for (const [index, { address, countWords }] of ranges.entries()) {
    yield store(at + 1 + 2 * index, address, 'plain');
    yield store(at + 2 + 2 * index, countWords, 'plain');
  }
}
