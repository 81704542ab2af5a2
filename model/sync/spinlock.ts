import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Program, Subject } from '#model/subject.ts';
import { mismatch, mismatchedCall, wholeNumberBelow } from '#model/validate.ts';
import type { CounterId, SpinlockAnswer, SpinlockCall } from '#spec/abi.ts';
import * as spec from '#spec/sync/spinlock.ts';

/** What an implementation exports. A lock is whatever its `layoutLock` gives. */
export interface Module {
  layoutLock(memory: Allocator, name: string, cores: number): unknown;
  acquire(lock: unknown): Routine;
  release(lock: unknown): Routine;
}

export interface Parameters {
  /** How many counters there are, each with its lock. */
  readonly counters: number;
}

interface Layout {
  readonly locks: readonly unknown[];
  readonly counters: readonly Address[];
}

type Call = SpinlockCall;

/** What locks are laid out for: as many cores as any program has. */
const coresOfAll = 3;

/** Dekker's lock knows two cores. */
const coresMax = (variant: string): number => (variant === 'dekker' ? 2 : coresOfAll);

const adds = (counter: CounterId, amount = 1): Call => ({ tag: 'add', counter, amount });
const sums: Call = { tag: 'sum' };

/** Reads the counter and writes it, under its lock. */
function* add(module: Module, layout: Layout, counter: CounterId, amount: number): Routine<Word> {
  const [lock, address] = [layout.locks[counter], layout.counters[counter] as Address];
  yield* module.acquire(lock);
  const before = yield load(address, 'plain', 'add.read');
  yield store(address, (before + amount) | 0, 'plain', 'add.write');
  yield* module.release(lock);
  return before;
}

/** Reads all counters, under all locks, taken in the order of their numbers. */
function* sum(module: Module, layout: Layout): Routine<Word> {
  for (const lock of layout.locks) yield* module.acquire(lock);
  let total = 0;
  for (const counter of layout.counters) total += yield load(counter, 'plain', 'sum.read');
  for (const lock of layout.locks.toReversed()) yield* module.release(lock);
  return total;
}

const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const program = (counters: number, threads: readonly (readonly Call[])[], cores = 2) => ({
    variant,
    cores: Math.min(cores, coresMax(variant)),
    threads,
    parameters: { counters },
  });
  return [
    { name: 'one adds again and again', program: program(1, [[adds(0), adds(0), sums]]) },
    { name: 'two add to one counter', program: program(1, [[adds(0)], [adds(0)]]) },
    { name: 'one adds twice while another adds', program: program(1, [[adds(0), adds(0)], [adds(0)]]) },
    {
      name: 'two add twice',
      program: program(1, [
        [adds(0), adds(0)],
        [adds(0), adds(0)],
      ]),
    },
    { name: 'three add to one counter', program: program(1, [[adds(0)], [adds(0)], [adds(0)]], 3) },
    { name: 'three on two cores', program: program(1, [[adds(0)], [adds(0)], [adds(0)]]) },
    { name: 'a sum of two counters between two adds', program: program(2, [[adds(0), adds(1)], [sums]]) },
    { name: 'two sums and an add', program: program(2, [[sums], [sums], [adds(1)]], 3) },
  ];
};

const callOf = (counters: number): fc.Arbitrary<Call> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({ counter: fc.nat({ max: counters - 1 }), amount: fc.integer({ min: 1, max: 9 }) })
        .map(({ counter, amount }) => adds(counter, amount)),
    },
    { weight: 1, arbitrary: fc.constant(sums) },
  );

/** The call with smaller arguments, if it has any. */
const simplerCall = (call: Call): Call[] => {
  if (call.tag === 'sum') return [adds(0)];
  return [
    ...(call.amount > 1 ? [adds(call.counter, 1)] : []),
    ...(call.counter > 0 ? [adds(call.counter - 1, call.amount)] : []),
  ];
};

export const spinlock: Subject<spec.Counters, Call, SpinlockAnswer, Parameters, Module, Layout> = {
  id: 'sync/spinlock',
  summary: 'A lock whose waiters poll: by test-and-set, with tickets, as a queue, and from loads and stores alone.',
  variants: [
    { name: 'test-and-set', module: 'sync/spinlock.ts' },
    { name: 'ticket', module: 'sync/spinlock.ticket.ts' },
    { name: 'mcs', module: 'sync/spinlock.mcs.ts' },
    { name: 'dekker', module: 'sync/spinlock.dekker.ts' },
  ],
  exports: ['layoutLock', 'acquire', 'release'],
  scenarios,
  programs: (variant, size) =>
    fc
      .record({ counters: fc.integer({ min: 1, max: 2 }), cores: fc.integer({ min: 1, max: coresMax(variant) }) })
      .chain(({ counters, cores }) =>
        fc
          .array(fc.array(callOf(counters), { maxLength: size.calls }), {
            minLength: size.threads,
            maxLength: size.threads,
          })
          .map((threads) => ({ variant, cores, parameters: { counters }, threads })),
      ),
  sequences: (variant) => ({
    parameters: fc.constant({ counters: 2 }),
    threads: coresMax(variant),
    calls: fc.record({ thread: fc.nat({ max: coresMax(variant) - 1 }), call: callOf(2) }),
  }),
  exploration: (_variant, threads) => ({
    parameters: { counters: 2 },
    threads: Array.from({ length: threads }, () => ({
      tag: 'in order',
      calls: [adds(0), adds(0, 9), adds(1, 2), sums, adds(1)],
    })),
    symmetry: { groups: Array.from({ length: threads }, (_, thread) => [thread]), lists: [], ids: [] },
    mayWait: () => false,
  }),
  *simpler(current) {
    const { counters } = current.parameters;
    const inUse = current.threads.flat().map((call) => (call.tag === 'add' ? call.counter : 0));
    if (counters > 1 && Math.max(0, ...inUse) < counters - 1) {
      yield { ...current, parameters: { counters: counters - 1 } };
    }
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ variant, cores, parameters, threads }) => {
    if (cores > coresMax(variant)) return `cores is ${cores}, and the variant ${variant} knows ${coresMax(variant)}`;
    const { counters } = parameters as Partial<Parameters>;
    return (
      mismatch(parameters, { counters: wholeNumberBelow(4) }) ??
      mismatchedCall(threads, {
        add: { counter: wholeNumberBelow(Number(counters)), amount: wholeNumberBelow(1000) },
        sum: {},
      })
    );
  },
  initial: (_variant, parameters) => spec.initial(parameters.counters),
  outcomes: spec.outcomes,
  areCallersAlike: true,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, { counters }) => {
    const each = Array.from({ length: counters }, (_, i) => i);
    return {
      locks: each.map((i) => module.layoutLock(memory, `lock${i}`, coresOfAll)),
      counters: each.map((i) => memory.word(`counter${i}`)),
    };
  },
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform: (module, _services, _self, layout, call) =>
    call.tag === 'add' ? add(module, layout, call.counter, call.amount) : sum(module, layout),
  answer: (_variant, _call, result) => result,
  abstract: (layout, latest) => ({ counts: layout.counters.map(latest) }),
  showCall: (call) => (call.tag === 'add' ? `add(counter ${call.counter}, ${call.amount})` : 'sum()'),
  showAnswer: (answer) => `${answer}`,
  showState: (state) => state.counts.map((count, i) => `counter ${i} is ${count}`).join(', '),
};
