import { compareAndSwap, fetchAdd, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';

/**
 * Tests of GenMC without locks or waiting, as routines. Source: Kokologiannakis, Lahav, Sagonas, Vafeiadis, "Effective
 * stateless model checking for C/C++ concurrency", POPL 2018, and GenMC's own tests of the same names.
 */

/** So many words that are 0, and so many threads that differ by their number, after some others. */
export const threadsOf = (
  name: string,
  words: number,
  others: readonly (() => Routine)[],
  count: number,
  thread: (number: number) => Routine,
): GraphProgram => ({
  name,
  initial: new Array<Word>(words).fill(0),
  threads: [...others, ...Array.from({ length: count }, (_, number) => () => thread(number))],
});

const [x, y, z, w] = [0, 1, 2, 3] as const;

export const readers = (n: number): GraphProgram =>
  threadsOf(
    'readers',
    1,
    [
      function* () {
        yield store(x, 42, 'release');
      },
    ],
    n,
    function* () {
      yield load(x, 'acquire');
    },
  );

/** One thread looks for the last word that is 0, the others write one each. */
export const lastZero = (n: number): GraphProgram =>
  threadsOf(
    'lastzero',
    n + 1,
    [
      function* () {
        for (let i = n; (yield load(i, 'acquire')) !== 0; i--);
      },
    ],
    n,
    function* (number) {
      const before = yield load(number, 'acquire');
      yield store(number + 1, before + 1, 'release');
    },
  );

const indexerWords = 128;

/** Threads put four messages each into a hash table. */
export const indexer = (n: number): GraphProgram =>
  threadsOf('indexer', indexerWords, [], n, function* (number) {
    for (let i = 0; i < 4; i++) {
      const message = i * 11 + number;
      let at = (message * 7) % indexerWords;
      while ((yield compareAndSwap(at, 0, message, 'relaxed')) !== 0) at = (at + 1) % indexerWords;
    }
  });

const fibonacciRounds = 5;

function* addUp(to: number): Routine {
  for (let i = 0; i < fibonacciRounds; i++) {
    const [left, right] = [yield load(x, 'acquire'), yield load(y, 'acquire')];
    yield store(to, left + right, 'release');
  }
}

export const fibBench: GraphProgram = {
  name: 'fib_bench',
  initial: [1, 1],
  threads: [
    () => addUp(x),
    () => addUp(y),
    function* () {
      if ((yield load(x, 'acquire')) > 144) return;
      yield load(y, 'acquire');
    },
  ],
};

/** Each thread increments so many words: ainc, binc, cinc. */
export const increments =
  (name: string, words: number) =>
  (n: number): GraphProgram =>
    threadsOf(name, words, [], n, function* () {
      for (let word = 0; word < words; word++) yield fetchAdd(word, 1, 'relaxed');
    });

/** In two steps. */
export const inc = (n: number): GraphProgram =>
  threadsOf('inc', 1, [], n, function* (number) {
    const before = yield load(x, 'relaxed');
    yield store(x, before + (1 << number), 'release');
  });

export const rw = (n: number): GraphProgram =>
  threadsOf('rw', 1, [], n, function* (number) {
    yield load(x, 'relaxed');
    yield store(x, number, 'release');
  });

export const wainc = (n: number): GraphProgram =>
  threadsOf(
    'wainc',
    1,
    [
      function* () {
        yield store(x, 42, 'release');
      },
    ],
    n,
    function* () {
      yield fetchAdd(x, 1, 'relaxed');
    },
  );

/** Writes its own number, so 0 leaves things as they are. */
export const cas = (n: number): GraphProgram =>
  threadsOf('cas', 1, [], n, function* (number) {
    yield compareAndSwap(x, 0, number + 1, 'relaxed');
  });

export const casw = (n: number): GraphProgram =>
  threadsOf('casw', 1, [], n, function* (number) {
    yield compareAndSwap(x, 0, 1, 'relaxed');
    yield store(x, number + 3, 'release');
  });

export const casrot = (n: number): GraphProgram =>
  threadsOf('casrot', 1, [], n, function* (number) {
    yield compareAndSwap(x, number, number + 1, 'relaxed');
  });

export const wcas = (n: number): GraphProgram =>
  threadsOf(
    'wcas',
    1,
    [
      function* () {
        yield store(x, 2, 'release');
      },
    ],
    n,
    function* () {
      yield compareAndSwap(x, 2, 3, 'relaxed');
    },
  );

export const coA = (n: number): GraphProgram =>
  threadsOf(
    'CoA',
    3,
    [y, z].map(
      (other, number) =>
        function* (): Routine {
          yield store(x, number + 1, 'release');
          yield load(other, 'acquire');
          yield load(x, 'acquire');
        },
    ),
    n - 1,
    function* (number) {
      yield store(y, number, 'release');
      yield store(z, number, 'release');
    },
  );

export const nWriters = (n: number): GraphProgram =>
  threadsOf(
    'N-writers',
    1,
    [
      function* () {
        yield load(x, 'acquire');
      },
    ],
    n + 1,
    function* (number) {
      yield store(x, number, 'release');
    },
  );

function* loads(...words: readonly number[]): Routine {
  for (const word of words) yield load(word, 'acquire');
}

function* stores(first: number, last: number, ...words: readonly number[]): Routine {
  for (let value = first; value <= last; value++) for (const word of words) yield store(word, value, 'release');
}

const big = (name: string, words: number, ...threads: readonly (() => Routine)[]): GraphProgram =>
  threadsOf(name, words, threads, 0, () => loads());

export const big0 = big(
  'big0',
  4,
  () => loads(x, y, z, w, x, y, z),
  () => loads(x, y, z),
  () => stores(1, 3, x, y),
  () => stores(1, 3, z, w),
);

export const big1 = big(
  'big1',
  4,
  () => loads(x, y, z, w, x, y, z, w),
  () => loads(x, y, z, w, x, y),
  () => stores(1, 3, x, y),
  () => stores(1, 3, z, w),
);

export const big2 = big(
  'big2',
  3,
  () => loads(x, y, z, x, y),
  () => loads(x, y, z, x),
  () => stores(1, 2, x, y, z),
  () => stores(3, 4, x, y, z),
);

/** Two threads each point p at one word, read the other so often, and add to where p points. */
export const sharedPointer = (n: number): GraphProgram => {
  const p = z;
  const thread = (own: number, other: number) =>
    function* (): Routine {
      yield store(p, other, 'release');
      for (let i = 0; i < n; i++) yield load(own, 'acquire');
      const to = yield load(p, 'acquire');
      const before = yield load(to, 'acquire');
      yield store(to, before + 3, 'release');
    };
  return { name: 'SharedPtr', initial: [3, 4, x], threads: [thread(x, y), thread(y, x)] };
};

/** Two long threads that meet once. */
export const parLength = (n: number): GraphProgram =>
  threadsOf('par_length', 3, [], 2, function* (number) {
    for (let i = 0; i < n; i++) {
      yield store(1 + number, i, 'seq_cst');
      yield load(1 + number, 'seq_cst');
    }
    yield store(x, number, 'seq_cst');
    yield load(x, 'seq_cst');
  });

const looksMax = 41;

export const publish: GraphProgram = {
  name: 'publish',
  initial: [0, 0],
  threads: [
    function* () {
      yield store(x, 42, 'release');
      yield store(y, 1, 'release');
    },
    function* () {
      for (let looks = 0; looks < looksMax; looks++) {
        if ((yield load(y, 'acquire')) !== 1) continue;
        yield load(x, 'acquire');
        return;
      }
    },
  ],
};

export const eratosthenes = (n: number): GraphProgram =>
  threadsOf('eratosthenes', n, [], 2, function* () {
    for (let i = 0; i < n; i++) {
      if ((yield load(i, 'acquire')) !== 0) continue;
      yield store(i, 1, 'release');
      for (let j = 2 * i + 2; j < n; j += i + 2) yield store(j, 2, 'release');
    }
  });

export const wrc11Fp: GraphProgram = {
  name: 'wrc11_fp',
  initial: [0],
  threads: [
    function* () {
      yield store(x, 1, 'release');
    },
    function* () {
      yield store(x, 2, 'release');
      yield load(x, 'acquire');
      yield load(x, 'acquire');
    },
  ],
};
