/** A right pipe that uses nothing given but the lock, sleep and wakeup: who holds what is counted anew each time. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyIn, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { isKilled, sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';

interface Parameters {
  readonly capacitySlots: number;
  readonly holdings: readonly { readonly read: boolean; readonly write: boolean }[];
}

export const boot = (memory: Allocator, { capacitySlots, holdings }: Parameters) => ({
  room: capacitySlots,
  mutex: memory.word('mutex'),
  /** Of each process: 1 holds the read end, 2 the write end, 3 both. */
  held: holdings.map(({ read, write }, id) => memory.word(`process ${id} holds`, (read ? 1 : 0) | (write ? 2 : 0))),
  head: memory.word('head'),
  tail: memory.word('tail'),
  cells: memory.words('cells', capacitySlots + 1),
});

type Layout = ReturnType<typeof boot>;

function* isHeld({ held }: Layout, end: number): Routine<boolean> {
  for (const word of held) if (((yield load(word, 'plain')) & end) !== 0) return true;
  return false;
}

const own = ({ held }: Layout, self: Thread): Address => held[self.id] as Address;

/** Runs `body` under the lock. */
function* locked(layout: Layout, body: () => Routine<Word>): Routine<Word> {
  yield* acquire(layout.mutex);
  const result = yield* body();
  yield* release(layout.mutex);
  return result;
}

export function* pipe(self: Thread, layout: Layout): Routine<Word> {
  return yield* locked(layout, function* () {
    if (yield* isHeld(layout, 3)) return -1;
    if ((yield copyOut(0, 0)) < 0 || (yield copyOut(1, 1)) < 0) return -1;
    yield store(layout.head, 0, 'plain');
    yield store(layout.tail, 0, 'plain');
    yield store(own(layout, self), 3, 'plain');
    return 0;
  });
}

export function* write(self: Thread, layout: Layout, descriptor: number, count: number): Routine<Word> {
  return yield* locked(layout, function* () {
    if (descriptor !== 1 || ((yield load(own(layout, self), 'plain')) & 2) === 0) return -1;
    for (let i = 0; i < count; ) {
      if (!(yield* isHeld(layout, 1)) || (yield* isKilled(self))) {
        yield* wakeup(self, layout.tail);
        return -1;
      }
      const tail = yield load(layout.tail, 'plain');
      const next = (tail + 1) % (layout.room + 1);
      if (next === (yield load(layout.head, 'plain'))) {
        yield* wakeup(self, layout.tail);
        yield* sleep(self, layout.head, layout.mutex);
        continue;
      }
      const byte = yield copyIn(i);
      if (byte < 0) {
        yield* wakeup(self, layout.tail);
        return i;
      }
      yield store(layout.cells + tail, byte, 'plain');
      yield store(layout.tail, next, 'plain');
      i++;
    }
    yield* wakeup(self, layout.tail);
    return count;
  });
}

export function* read(self: Thread, layout: Layout, descriptor: number, count: number): Routine<Word> {
  return yield* locked(layout, function* () {
    if (descriptor !== 0 || ((yield load(own(layout, self), 'plain')) & 1) === 0) return -1;
    for (;;) {
      const isEmpty = (yield load(layout.head, 'plain')) === (yield load(layout.tail, 'plain'));
      if (!isEmpty || !(yield* isHeld(layout, 2))) break;
      if (yield* isKilled(self)) return -1;
      yield* sleep(self, layout.tail, layout.mutex);
    }
    let got = 0;
    for (; got < count; got++) {
      const head = yield load(layout.head, 'plain');
      if (head === (yield load(layout.tail, 'plain'))) break;
      if ((yield copyOut(got, yield load(layout.cells + head, 'plain'))) < 0) break;
      yield store(layout.head, (head + 1) % (layout.room + 1), 'plain');
    }
    yield* wakeup(self, layout.head);
    return got;
  });
}

export function* close(self: Thread, layout: Layout, descriptor: number): Routine<Word> {
  return yield* locked(layout, function* () {
    const held = yield load(own(layout, self), 'plain');
    const bit = descriptor === 0 ? 1 : descriptor === 1 ? 2 : 0;
    if ((held & bit) === 0) return -1;
    yield store(own(layout, self), held & ~bit, 'plain');
    yield* wakeup(self, layout.head);
    yield* wakeup(self, layout.tail);
    return 0;
  });
}

export function* fork(self: Thread, layout: Layout, child: number): Routine<Word> {
  return yield* locked(layout, function* () {
    const word = layout.held[child];
    if (child === self.id || word === undefined || (yield load(word, 'plain')) !== 0) return -1;
    yield store(word, yield load(own(layout, self), 'plain'), 'plain');
    return 0;
  });
}
