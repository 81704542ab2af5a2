import { compareAndSwap, fence, fetchAdd, load, type Routine, store, swap } from '#impl/machine/ops.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';
import { assume } from '#properties/graph/named-locks.ts';
import { threadsOf } from '#properties/graph/named-straight.ts';
import type { Orders } from '#properties/graph/orders.ts';

/** Tests of GenMC with queues, as routines. */

const slotsOfHerlihyWing = 42;

/** Herlihy and Wing's queue. */
export const hwQueue: GraphProgram = (() => {
  const [back, slots] = [0, 2] as const;
  const never = 1;
  function* enqueue(item: number): Routine {
    const at = yield fetchAdd(back, 1, 'acq_rel');
    yield store(slots + at, item, 'release');
  }
  function* dequeue(): Routine {
    const end = yield load(back, 'acquire');
    for (let at = 0; ; at++) {
      yield* assume(at < end, never);
      if ((yield swap(slots + at, 0, 'acq_rel')) !== 0) return;
    }
  }
  return threadsOf(
    'hwqueue-ra',
    slots + slotsOfHerlihyWing,
    [
      function* () {
        yield* enqueue(1);
        yield* dequeue();
      },
      function* () {
        yield* enqueue(2);
        yield* enqueue(3);
      },
      function* () {
        yield* dequeue();
        yield* enqueue(4);
      },
      function* () {
        yield* dequeue();
        yield* dequeue();
      },
    ],
    0,
    () => enqueue(0),
  );
})();

const slotsOfDeque = 10;

/** The work-stealing deque of Chase and Lev, in Lê's version for C11: one thread pushes and takes, one steals. */
export const chaseLev: GraphProgram = (() => {
  const [bottom, top, buffer] = [0, 1, 2] as const;
  const slot = (at: number): number => buffer + (at % slotsOfDeque);
  function* push(item: number): Routine<boolean> {
    const b = yield load(bottom, 'relaxed');
    const t = yield load(top, 'acquire');
    if (b - t >= slotsOfDeque) return false;
    yield store(slot(b), item, 'relaxed');
    yield store(bottom, b + 1, 'release');
    return true;
  }
  function* take(): Routine {
    const b = yield load(bottom, 'relaxed');
    yield store(bottom, b - 1, 'relaxed');
    yield fence('seq_cst');
    const t = yield load(top, 'relaxed');
    if (b - t <= 0) {
      yield store(bottom, b, 'relaxed');
      return;
    }
    yield load(slot(b - 1), 'relaxed');
    if (b - t > 1) return;
    yield compareAndSwap(top, t, t + 1, 'acq_rel');
    yield store(bottom, b, 'relaxed');
  }
  function* steal(): Routine {
    const t = yield load(top, 'relaxed');
    yield fence('seq_cst');
    const b = yield load(bottom, 'acquire');
    if (b - t <= 0) return;
    yield load(slot(t), 'relaxed');
    yield compareAndSwap(top, t, t + 1, 'release');
  }
  return {
    name: 'chase-lev',
    initial: new Array<number>(buffer + slotsOfDeque).fill(0),
    threads: [
      function* () {
        let item = 1;
        for (let i = 0; i < 5; i++) if (yield* push(item)) item++;
        for (let i = 0; i < 3; i++) yield* take();
        for (let i = 0; i < 2; i++) if (yield* push(item)) item++;
      },
      () => steal(),
    ],
  };
})();

const slotsOfRing = 8;

/** FreeBSD's buf_ring: each thread puts a buffer in and takes one out. */
export const bufRing = (n: number): GraphProgram => {
  const [producerHead, producerTail, consumerHead, consumerTail, never, ring] = [0, 1, 2, 3, 4, 5] as const;
  const after = (at: number): number => (at + 1) % slotsOfRing;
  return threadsOf('buf_ring', ring + slotsOfRing, [], n, function* (number) {
    const put = yield load(producerHead, 'relaxed');
    if (after(put) !== (yield load(consumerTail, 'relaxed'))) {
      yield* assume((yield compareAndSwap(producerHead, put, after(put), 'acq_rel')) === put, never);
      yield fence('seq_cst');
      yield store(ring + put, number + 1, 'relaxed');
      yield* assume((yield load(producerTail, 'relaxed')) === put, never);
      yield store(producerTail, after(put), 'relaxed');
    }
    const taken = yield load(consumerHead, 'relaxed');
    if (taken === (yield load(producerTail, 'relaxed'))) return;
    yield* assume((yield compareAndSwap(consumerHead, taken, after(taken), 'acq_rel')) === taken, never);
    yield load(ring + taken, 'relaxed');
    yield* assume((yield load(consumerTail, 'relaxed')) === taken, never);
    yield fence('seq_cst');
    yield store(consumerTail, after(taken), 'relaxed');
  });
};

/** A node is named by a number, 0 is none; a pointer to it says how often it was changed. */
const pointerTo = (node: number, changes: number): number => changes * 256 + node;
const nodeOf = (pointer: number): number => pointer % 256;
const changesOf = (pointer: number): number => Math.floor(pointer / 256);

/**
 * The queue of Michael and Scott, PODC 1996, with so many threads that put one word in and so many that take one out.
 * Who cannot take the word that he saw is blocked: he would try again.
 */
export const msQueue = (
  name: string,
  { relaxed, acquire, release }: Orders,
  puts: number,
  takes: number,
): GraphProgram => {
  const [head, tail, never] = [0, 1, 2] as const;
  const wordOf = (node: number): number => 1 + 2 * node;
  const nextOf = (node: number): number => 2 + 2 * node;
  function* put(own: number): Routine {
    yield store(wordOf(own), own, 'plain');
    yield store(nextOf(own), pointerTo(0, 0), relaxed);
    for (;;) {
      const last = yield load(tail, acquire);
      const next = yield load(nextOf(nodeOf(last)), acquire);
      if ((yield load(tail, relaxed)) !== last) continue;
      if (nodeOf(next) === 0) {
        const linked = pointerTo(own, changesOf(next) + 1);
        if ((yield compareAndSwap(nextOf(nodeOf(last)), next, linked, release)) === next) {
          yield compareAndSwap(tail, last, pointerTo(own, changesOf(last) + 1), release);
          return;
        }
      }
      const after = nodeOf(yield load(nextOf(nodeOf(last)), acquire));
      yield compareAndSwap(tail, last, pointerTo(after, changesOf(last) + 1), release);
    }
  }
  function* take(): Routine {
    for (;;) {
      const first = yield load(head, acquire);
      const last = yield load(tail, relaxed);
      const next = yield load(nextOf(nodeOf(first)), acquire);
      if ((yield load(head, relaxed)) !== first) continue;
      if (nodeOf(first) !== nodeOf(last)) {
        yield load(wordOf(nodeOf(next)), 'plain');
        const taken = pointerTo(nodeOf(next), changesOf(first) + 1);
        yield* assume((yield compareAndSwap(head, first, taken, release)) === first, never);
        return;
      }
      if (nodeOf(next) === 0) return;
      yield compareAndSwap(tail, last, pointerTo(nodeOf(next), changesOf(last) + 1), release);
    }
  }
  const dummy = 1;
  const program = threadsOf(
    name,
    nextOf(dummy + puts) + 1,
    Array.from({ length: puts }, (_, number) => () => put(dummy + 1 + number)),
    takes,
    take,
  );
  return { ...program, initial: program.initial.with(head, pointerTo(dummy, 0)).with(tail, pointerTo(dummy, 0)) };
};
