/** Lists of waiting threads, the most urgent first; among equals, who came first. Guarded by the wait lock. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store } from '#impl/machine/ops.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What a thread's place in a list depends on. A thread stands in one list at most. */
export interface Place {
  /** Its priority, with what it is lent. Dispatchers read it without the lock. */
  readonly effective: Address;
  /** When it came: a number that grows. */
  readonly arrival: Address;
  /** The thread behind it plus 1, or 0. */
  readonly behind: Address;
}

/** The first thread plus 1, or 0. */
export interface List {
  readonly first: Address;
}

export const layoutList = (memory: Allocator, name: string): List => ({ first: memory.word(name) });

/** The most urgent thread plus 1, or 0. */
export function* firstOf(list: List): Routine<number> {
  return yield load(list.first, 'plain');
}

/** Puts a thread in its place. */
export function* enter(places: readonly Place[], list: List, thread: ThreadId): Routine {
  const mine = places[thread] as Place;
  let link = list.first;
  for (let at = yield load(link, 'plain'); at !== 0; at = yield load(link, 'plain')) {
    const other = places[at - 1] as Place;
    if (yield* isMoreUrgent(mine, other)) break;
    link = other.behind;
  }
  yield store(mine.behind, yield load(link, 'plain'), 'plain');
  yield store(link, thread + 1, 'plain');
}

function* isMoreUrgent(one: Place, other: Place): Routine<boolean> {
  const [priority, others] = [yield load(one.effective, 'relaxed'), yield load(other.effective, 'relaxed')];
  if (priority !== others) return priority > others;
  return (yield load(one.arrival, 'plain')) < (yield load(other.arrival, 'plain'));
}

/** Takes a thread out that stands in the list. */
export function* leave(places: readonly Place[], list: List, thread: ThreadId): Routine {
  let link = list.first;
  for (let at = yield load(link, 'plain'); at !== thread + 1; at = yield load(link, 'plain')) {
    link = (places[at - 1] as Place).behind;
  }
  yield store(link, yield load((places[thread] as Place).behind, 'plain'), 'plain');
}
