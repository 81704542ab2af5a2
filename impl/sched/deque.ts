/**
 * The work-stealing deque of Chase and Lev: an array without a lock, of which the owner moves one end and thieves the
 * other. The task of index i lies at i modulo the array's size; indices only grow, and may wrap.
 *
 * `top` moves by compare-and-swap, and who moves it past an index has that task. The owner takes from `bottom` without
 * one, unless thief and owner want the same task, the last. Both ends announce what they want and then look at the other
 * end, with a full fence between: so one of them sees the other.
 *
 * Sources: Chase and Lev, "Dynamic circular work-stealing deque", SPAA 2005; Lê, Pop, Cohen and Zappa Nardelli, PPoPP
 * 2013, figure 1. Its orders with three changes. Where they have a release fence in push, `bottom` is stored by release:
 * their fence covers what the same core stores later, and a thread may be moved to another. The array is loaded by
 * acquire, not consume. And what only forbids that a load takes effect after a later store (acquire of `top` in push) is
 * left out, and seq_cst of the swaps: RC11 forbids that by itself, ARMv8 does not. The limit is ours, and so is its fence.
 */
import type { Allocator, Page } from '#impl/machine/allocator.ts';
import {
  type Address,
  allocate,
  compareAndSwap,
  fence,
  load,
  type Routine,
  store,
  type Word,
} from '#impl/machine/ops.ts';
import type { Task } from '#spec/abi/sched/deque.ts';

export interface DequeParameters {
  /** How many tasks the first array has room for; a power of two. */
  readonly arrayTasks: number;
  /** How many arrays there may be, each twice as large as the one before. */
  readonly arrays: number;
  /** How many tasks have passed through before boot: where the indices begin. */
  readonly carriedTasks: number;
}

interface TaskArray extends Page {
  readonly size: number;
  readonly slots: Address;
}

export interface Deque {
  /** The index of the oldest task. */
  readonly top: Address;
  /** The index behind the youngest task; only the owner writes it. */
  readonly bottom: Address;
  /** The number of the array in use; only the owner writes it. */
  readonly array: Address;
  readonly arrays: readonly TaskArray[];
}

/** What a routine gives instead of a task. */
const empty = -1;
const noSpace = -28;

/** Lays an empty deque out. Only the smallest array is allocated. */
export const boot = (memory: Allocator, parameters: DequeParameters): Deque => layoutDeque(memory, '', parameters, []);

/** Lays a deque out with tasks in it, the oldest first, as many as the first array has room for; names begin with `prefix`. */
export const layoutDeque = (
  memory: Allocator,
  prefix: string,
  { arrayTasks, arrays, carriedTasks }: DequeParameters,
  tasks: readonly Task[],
): Deque => ({
  top: memory.word(`${prefix}top`, carriedTasks),
  bottom: memory.word(`${prefix}bottom`, (carriedTasks + tasks.length) | 0),
  array: memory.word(`${prefix}array`),
  arrays: Array.from({ length: arrays }, (_, number) => {
    const size = arrayTasks << number;
    return memory.page(number === 0, (page) => {
      const at = (slot: number): number => (slot - carriedTasks) & (size - 1);
      const words = Array.from({ length: size }, (_none, slot) =>
        page.word(`${prefix}array${number}[${slot}]`, number === 0 ? tasks[at(slot)] : 0),
      );
      return { size, slots: words[0] as Address };
    });
  }),
});

const slotOf = ({ size, slots }: TaskArray, index: Word): Address => slots + (index & (size - 1));

const arrayOf = (deque: Deque, number: Word): TaskArray => deque.arrays[number] as TaskArray;

/** Puts a task at the young end. 0, or ENOSPC. Called by the owner. */
export function* push(_self: unknown, deque: Deque, task: Task): Routine<Word> {
  const bottom = yield load(deque.bottom, 'relaxed');
  const top = yield load(deque.top, 'relaxed', 'deque.room');
  let array = arrayOf(deque, yield load(deque.array, 'relaxed'));
  if (((bottom - top) | 0) >= array.size) {
    const larger = yield* grow(deque, top, bottom);
    if (larger === null) {
      yield fence('seq_cst', 'deque.full'); // pairs with steal: a thief that finds more taken than we do sees all that we pushed
      if (((bottom - (yield load(deque.top, 'relaxed'))) | 0) >= array.size) return noSpace;
    } else array = larger;
  }
  yield store(slotOf(array, bottom), task, 'relaxed', 'deque.put');
  yield store(deque.bottom, (bottom + 1) | 0, 'release', 'deque.push'); // pairs with steal: shows the task
  return 0;
}

/**
 * Copies the tasks from `top` to `bottom` to an array of twice the size and puts that into use; null: there is none. The
 * old one stays allocated: a thief may still be reading it.
 */
function* grow(deque: Deque, top: Word, bottom: Word): Routine<TaskArray | null> {
  const number = yield load(deque.array, 'relaxed');
  const [array, larger] = [arrayOf(deque, number), deque.arrays[number + 1]];
  if (larger === undefined) return null;
  yield allocate(larger.address, larger.words);
  for (let index = top; index !== bottom; index = (index + 1) | 0) {
    yield store(slotOf(larger, index), yield load(slotOf(array, index), 'relaxed'), 'relaxed', 'deque.copy');
  }
  yield store(deque.array, number + 1, 'release', 'deque.publish'); // pairs with steal: shows the array and what is in it
  return larger;
}

/** Takes the task at the young end, or -1: there is none. Called by the owner. */
export function* pop(_self: unknown, deque: Deque): Routine<Word> {
  const bottom = ((yield load(deque.bottom, 'relaxed')) - 1) | 0;
  const array = arrayOf(deque, yield load(deque.array, 'relaxed'));
  yield store(deque.bottom, bottom, 'release', 'deque.claim'); // pairs with steal: shows the tasks before it
  yield fence('seq_cst', 'deque.claimed'); // pairs with steal: of an owner and a thief, one sees what the other wants
  const top = yield load(deque.top, 'relaxed');
  const left = (bottom - top) | 0;
  if (left > 0) return yield load(slotOf(array, bottom), 'relaxed', 'deque.get'); // no thief comes this far
  let task: Word = empty;
  if (left === 0) {
    const last = yield load(slotOf(array, bottom), 'relaxed', 'deque.get-last');
    if ((yield compareAndSwap(deque.top, top, (top + 1) | 0, 'relaxed', 'deque.take-last')) === top) task = last;
  }
  yield store(deque.bottom, (bottom + 1) | 0, 'relaxed', 'deque.restore'); // shows no task: `top` is there already
  return task;
}

/** Takes the task at the old end, or -1: there was a moment at which there was none. Called by anybody. */
export function* steal(_self: unknown, deque: Deque): Routine<Word> {
  for (;;) {
    const top = yield load(deque.top, 'relaxed', 'deque.oldest'); // the fence makes it acquire
    yield fence('seq_cst', 'deque.looked'); // pairs with pop
    const bottom = yield load(deque.bottom, 'acquire', 'deque.seen'); // pairs with push: shows the task
    if (((bottom - top) | 0) <= 0) return empty;
    const array = arrayOf(deque, yield load(deque.array, 'acquire', 'deque.enter')); // pairs with grow: shows its tasks
    const task = yield load(slotOf(array, top), 'relaxed', 'deque.read'); // before the swap: after it the owner may write
    if ((yield compareAndSwap(deque.top, top, (top + 1) | 0, 'relaxed', 'deque.steal')) === top) return task;
  }
}
