import {
  awaitOther,
  awaitWord,
  compareAndSwap,
  fence,
  fetchAdd,
  load,
  type Routine,
  store,
  swap,
} from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';
import { threadsOf } from '#properties/graph/named-straight.ts';
import type { Orders } from '#properties/graph/orders.ts';

/** Tests of GenMC in which threads exclude one another or wait, as routines. */

/** Goes no further unless it is so. `never`: a word that is 0 for good. */
export function* assume(isSo: boolean, never: number): Routine {
  if (!isSo) yield awaitWord(never, 1, 'relaxed');
}

/** Enters, or not, as others may: each thread raises its flag and looks whether it sees the other's. */
export const dekker: GraphProgram = {
  name: 'dekker_f',
  initial: [0, 0, 0],
  threads: [0, 1].map(
    (own) =>
      function* () {
        const inside = 2;
        yield store(own, 1, 'relaxed');
        yield fence('seq_cst');
        if ((yield load(1 - own, 'relaxed')) !== 0) return;
        yield store(inside, own, 'relaxed');
        yield load(inside, 'relaxed');
      },
  ),
};

/** Two who raise flags, and two who would write and read so often, if ever both had entered. */
export const dekkerFixed = (n: number): GraphProgram => {
  const [x, y, z1, z2] = [0, 1, 2, 3] as const;
  const flags = (own: number, other: number, inside: number) =>
    function* (): Routine {
      yield store(own, 1, 'seq_cst');
      if ((yield load(other, 'seq_cst')) === 0) yield store(inside, 1, 'relaxed');
    };
  const both = function* (then: () => Routine): Routine {
    if ((yield load(z1, 'relaxed')) === 0 || (yield load(z2, 'relaxed')) === 0) return;
    for (let i = 0; i < n; i++) yield* then();
  };
  const writes = function* (): Routine {
    yield store(x, 7, 'relaxed');
  };
  const reads = function* (): Routine {
    yield load(x, 'relaxed');
  };
  return {
    name: 'dekker2-fixed',
    initial: [0, 0, 0, 0],
    threads: [flags(y, x, z1), flags(x, y, z2), () => both(writes), () => both(reads)],
  };
};

/** `writeOrder` and `readOrder`: of every access. */
export const peterson = (name: string, writeOrder: Order, readOrder: Order): GraphProgram => {
  const [turn, inside, never] = [2, 3, 4] as const;
  const thread = (own: number) =>
    function* (): Routine {
      yield store(own, 1, writeOrder);
      yield store(turn, 1 - own, writeOrder);
      const isFree = (yield load(1 - own, readOrder)) !== 1 || (yield load(turn, readOrder)) !== 1 - own;
      yield* assume(isFree, never);
      yield store(inside, own, writeOrder);
      yield load(inside, readOrder);
      yield store(own, 0, writeOrder);
    };
  return { name, initial: [0, 0, 0, 0, 0], threads: [thread(0), thread(1)] };
};

export const szymanski: GraphProgram = {
  name: 'szymanski',
  initial: [0, 0, 0, 0],
  threads: [0, 1].map(
    (own) =>
      function* () {
        const [inside, never] = [2, 3] as const;
        const other = 1 - own;
        yield store(own, 1, 'relaxed');
        yield fence('seq_cst');
        yield* assume((yield load(other, 'relaxed')) < 3, never);
        yield store(own, 3, 'relaxed');
        yield fence('seq_cst');
        if ((yield load(other, 'relaxed')) === 1) {
          yield store(own, 2, 'relaxed');
          yield fence('seq_cst');
          yield* assume((yield load(other, 'relaxed')) === 4, never);
        }
        yield store(own, 4, 'relaxed');
        yield fence('seq_cst');
        yield* assume((yield load(other, 'relaxed')) < 2, never);
        yield store(inside, own, 'relaxed');
        yield load(inside, 'relaxed');
        yield load(inside, 'relaxed');
        yield fence('seq_cst');
        yield* assume((yield load(other, 'relaxed')) < 2 || (yield load(other, 'relaxed')) > 3, never);
        yield store(own, 0, 'relaxed');
      },
  ),
};

/** Lamport's fast mutex; threads are numbered from 1. */
export const lamport = (n: number): GraphProgram => {
  const [x, y] = [0, 1] as const;
  const flag = (number: number): number => 1 + number;
  return threadsOf('lamport', n + 2, [], n, function* (index) {
    const own = index + 1;
    for (;;) {
      yield store(flag(own), 1, 'seq_cst');
      yield store(x, own, 'seq_cst');
      if ((yield load(y, 'seq_cst')) !== 0) {
        yield store(flag(own), 0, 'seq_cst');
        yield awaitWord(y, 0, 'seq_cst');
        continue;
      }
      yield store(y, own, 'seq_cst');
      if ((yield load(x, 'seq_cst')) !== own) {
        yield store(flag(own), 0, 'seq_cst');
        for (let other = 1; other <= n; other++) yield awaitWord(flag(other), 0, 'seq_cst');
        if ((yield load(y, 'seq_cst')) !== own) {
          yield awaitWord(y, 0, 'seq_cst');
          continue;
        }
      }
      break;
    }
    yield store(y, 0, 'seq_cst');
    yield store(flag(own), 0, 'seq_cst');
  });
};

/** Threads that add to so many words under one mutex: lockinc, lock2inc. */
export const underLock =
  (name: string, words: number) =>
  (n: number): GraphProgram => {
    const [mutex, never] = [words, words + 1];
    return threadsOf(name, words + 2, [], n, function* () {
      yield* assume((yield compareAndSwap(mutex, 0, 1, 'acquire')) === 0, never);
      for (let word = 0; word < words; word++) {
        const before = yield load(word, 'relaxed');
        yield store(word, before + 1, 'relaxed');
      }
      yield store(mutex, 0, 'release');
    });
  };

const shared = 0;

function* critical(number: number): Routine {
  yield store(shared, number, 'plain');
  yield load(shared, 'plain');
}

export const ticketLock = (n: number): GraphProgram =>
  threadsOf('ticketlock', 3, [], n, function* (number) {
    const [next, owner] = [1, 2] as const;
    const ticket = yield fetchAdd(next, 1, 'relaxed');
    yield awaitWord(owner, ticket, 'acquire');
    yield* critical(number);
    const now = yield load(owner, 'relaxed');
    yield store(owner, now + 1, 'release');
  });

/** GenMC goes round once: who has waited and then finds the lock taken is blocked, for he would wait again. */
const lockOf =
  (name: string, take: (state: number) => Routine<number>) =>
  (n: number): GraphProgram => {
    const [state, never] = [1, 2] as const;
    return threadsOf(name, 3, [], n, function* (number) {
      yield awaitWord(state, 0, 'relaxed');
      yield* assume((yield* take(state)) === 0, never);
      yield* critical(number);
      yield store(state, 0, 'release');
    });
  };

export const ttasLock = lockOf('ttaslock', function* (state) {
  return yield swap(state, 1, 'acquire');
});

export const spinLock = lockOf('spinlock', function* (state) {
  return yield compareAndSwap(state, 0, 1, 'acquire');
});

/** A ticket lock whose far waiters look elsewhere; of two threads none is far. */
export const twaLock: GraphProgram = threadsOf('twalock', 6, [], 2, function* (number) {
  const [ticket, grant, waiting] = [1, 2, 3] as const;
  const own = yield fetchAdd(ticket, 1, 'relaxed');
  if ((yield load(grant, 'acquire')) !== own) yield awaitWord(grant, own, 'acquire');
  yield* critical(number);
  const next = (yield load(grant, 'relaxed')) + 1;
  yield store(grant, next, 'release');
  yield fetchAdd(waiting + next, 1, 'release');
});

export const mcsLock = (n: number): GraphProgram => {
  const tail = 1;
  // The node of thread number i is named i + 1; 0 is none.
  const next = (name: number): number => 2 * name;
  const locked = (name: number): number => 2 * name + 1;
  return threadsOf('mcs_spinlock', 2 * n + 2, [], n, function* (number) {
    const own = number + 1;
    yield store(locked(own), 0, 'relaxed');
    yield store(next(own), 0, 'relaxed');
    const before = yield swap(tail, own, 'acq_rel');
    if (before !== 0) {
      yield store(next(before), own, 'relaxed');
      yield awaitOther(locked(own), 0, 'acquire');
    }
    yield store(shared, 42, 'plain');
    let successor = yield load(next(own), 'relaxed');
    if (successor === 0) {
      if ((yield compareAndSwap(tail, own, 0, 'release')) === own) return;
      yield awaitOther(next(own), 0, 'relaxed');
      successor = yield load(next(own), 'relaxed');
    }
    yield store(locked(successor), 1, 'release');
  });
};

/** A barrier for two, and data written before it and read after. */
export const barrier: GraphProgram = {
  name: 'barrier',
  initial: [0, 0, 0],
  threads: [true, false].map(
    (isWriter) =>
      function* () {
        const [waiting, step] = [1, 2] as const;
        if (isWriter) yield store(shared, 42, 'plain');
        const before = yield load(step, 'seq_cst');
        if ((yield fetchAdd(waiting, 1, 'seq_cst')) === 1) {
          yield store(waiting, 0, 'seq_cst');
          yield fetchAdd(step, 1, 'seq_cst');
        } else {
          yield awaitOther(step, before, 'seq_cst');
        }
        if (!isWriter) yield load(shared, 'plain');
      },
  ),
};

const bias = 0x100000;

/** Linux's old read-write lock. Each thread reads, then writes. Who fails is blocked: he would undo it and try again. */
export const linuxRwLocks: GraphProgram = {
  name: 'linuxrwlocks',
  initial: [0, bias, 0],
  threads: [0, 1].map(
    () =>
      function* () {
        const [lock, never] = [1, 2] as const;
        yield* assume((yield fetchAdd(lock, -1, 'acquire')) > 0, never);
        yield load(shared, 'plain');
        yield fetchAdd(lock, 1, 'release');
        yield* assume((yield fetchAdd(lock, -bias, 'acquire')) === bias, never);
        yield store(shared, 1, 'plain');
        yield fetchAdd(lock, bias, 'release');
      },
  ),
};

/**
 * A sequence lock, as Linux has it: writers under a lock make the sequence odd and even again, and readers look whether
 * it stayed as it was. Who would read again is blocked. Threads that write, then threads that read.
 */
export const seqLock = (
  name: string,
  { relaxed, acquire, release }: Orders,
  writers: number,
  readers: number,
): GraphProgram => {
  const [sequence, lock, left, right, never] = [0, 1, 2, 3, 4] as const;
  function* write(): Routine {
    yield* assume((yield compareAndSwap(lock, 0, 1, acquire)) === 0, never);
    const before = yield load(sequence, relaxed);
    yield store(sequence, before + 1, relaxed);
    yield fence('release');
    yield store(left, before + 1, relaxed);
    yield store(right, before + 1, relaxed);
    yield store(sequence, before + 2, release);
    yield store(lock, 0, release);
  }
  function* read(): Routine {
    const before = yield load(sequence, acquire);
    yield* assume(before % 2 === 0, never);
    yield load(left, relaxed);
    yield load(right, relaxed);
    yield fence('acquire');
    yield* assume((yield load(sequence, relaxed)) === before, never);
  }
  const writing = Array.from({ length: writers }, () => write);
  return threadsOf(name, 5, writing, readers, read);
};
