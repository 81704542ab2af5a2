import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type { RemoteParameters } from '#impl/sync/remote-call.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Program, Scenario, Subject } from '#model/subject.ts';
import { mismatch, mismatchedCall, positiveUpTo, wholeNumberBelow } from '#model/validate.ts';
import type { CoreMask, RemoteAnswer } from '#spec/abi/sync/remote-call.ts';
import * as spec from '#spec/sync/remote-call.ts';

export type Parameters = RemoteParameters;

/** What an implementation exports. The words of the cores are whatever its `boot` gives. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters, cores: number): unknown;
  add(self: Thread, cores: unknown, mask: CoreMask, counter: number, amount: number): Routine<Word>;
  interrupted(cores: unknown): Routine;
}

type Call = spec.PendingCall;

const countersMax = 3;

const adds = (cores: CoreMask, counter = 0, amount = 1): Call => ({ tag: 'add', cores, counter, amount });

const scenarios = (variant: string): Scenario<Call, Parameters>[] => {
  const program = (cores: number, ...threads: readonly (readonly Call[])[]): Program<Call, Parameters> => ({
    variant,
    cores,
    threads,
    parameters: { counters: 2 },
  });
  return [
    { name: 'a core asks itself', program: program(1, [adds(0b1), adds(0b1, 1, 5), adds(0b1, 0, 0)]) },
    { name: 'a core asks another', program: program(2, [adds(0b10, 1, 5), adds(0b10, 1, 0)]) },
    { name: 'a core asks all, again and again', program: program(2, [adds(0b11, 0, 5), adds(0b11, 1, 7), adds(0b11)]) },
    { name: 'a core asks nobody', program: program(2, [adds(0b100), adds(0), adds(0b10)]) },
    { name: 'two ask each other', program: program(2, [adds(0b10, 0, 1)], [adds(0b01, 1, 2)]) },
    {
      name: 'one asks twice, and is asked once',
      program: program(2, [adds(0b10, 0, 1), adds(0b10, 1, 2)], [adds(0b01)]),
    },
    { name: 'one asks the other, who asks itself', program: program(2, [adds(0b10, 0, 3)], [adds(0b10), adds(0b10)]) },
    { name: 'both ask both', program: program(2, [adds(0b11, 0, 1)], [adds(0b11, 0, 2)]) },
    { name: 'one asks two', program: program(3, [adds(0b110, 1, 2), adds(0b110, 1, 0)]) },
    { name: 'two ask a third', program: program(3, [adds(0b100, 0, 1)], [adds(0b100, 1, 2)]) },
    { name: 'one asks two, of whom one asks back', program: program(3, [adds(0b110, 0, 1)], [adds(0b001, 1, 2)]) },
  ];
};

const drawnCall = (counters: number): fc.Arbitrary<Call> =>
  fc
    .record({
      cores: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 15 }) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      counter: fc.nat({ max: counters - 1 }),
      amount: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ cores, counter, amount }) => adds(cores, counter, amount));

/** The call with smaller arguments: fewer cores, the first counter, 1 for any more. */
const simplerCall = (call: Call): Call[] => [
  ...[0, 1, 2, 3].flatMap((core) => ((call.cores >> core) & 1 ? [{ ...call, cores: call.cores & ~(1 << core) }] : [])),
  ...(call.counter > 0 ? [{ ...call, counter: call.counter - 1 }] : []),
  ...(call.amount > 1 ? [{ ...call, amount: 1 }] : []),
];

export const remoteCall: Subject<spec.Counters, Call, RemoteAnswer, Parameters, Module, unknown> = {
  id: 'sync/remote-call',
  summary: 'A core has others do what only they can do, and waits until all have done it.',
  variants: [
    { name: 'mailboxes', module: 'sync/remote-call.ts' },
    { name: 'big-lock', module: 'sync/remote-call.big-lock.ts', baselineOf: 'mailboxes' },
  ],
  exports: ['boot', 'add', 'interrupted'],
  examples: ['a core asks another'],
  scenarios,
  programs: (variant, size) =>
    fc
      .record({ counters: fc.integer({ min: 1, max: 2 }), cores: fc.constantFrom(1, 2, 2, 2, 3, 4) })
      .chain(({ counters, cores }) =>
        fc
          .array(fc.array(drawnCall(counters), { maxLength: size.calls }), {
            minLength: size.threads,
            maxLength: size.threads,
          })
          .map((threads) => ({ variant, cores, parameters: { counters }, threads })),
      ),
  sequences: () => ({
    parameters: fc.constant({ counters: 2 }),
    threads: 3, // of whom one calls: the cores of the others answer whenever they are asked
    calls: drawnCall(2).map((call) => ({ thread: 0, call })),
  }),
  exploration: (_variant, threads) => ({
    parameters: { counters: 2 },
    threads: Array.from({ length: threads }, (_, id) => ({
      tag: 'in order',
      calls: id === 0 ? [adds(0b111, 0, 1)] : [adds(0b11, 0, 1)],
    })),
    mayWait: () => false,
  }),
  *simpler(current) {
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ parameters, threads }) => {
    const { counters } = parameters as Partial<Parameters>;
    return (
      mismatch(parameters, { counters: positiveUpTo(countersMax) }) ??
      mismatchedCall(threads, {
        add: {
          cores: wholeNumberBelow(256),
          counter: wholeNumberBelow(Number(counters)),
          amount: wholeNumberBelow(1000),
        },
      })
    );
  },
  initial: (_variant, { counters }, _threads, cores) => spec.initial(cores, counters),
  outcomes: (state, _caller, call) => spec.outcomes(state, call),
  areCallersAlike: true,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, { cores }) => module.boot(memory, parameters, cores),
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform: (module, _services, self, layout, { cores, counter, amount }) =>
    module.add(self, layout, cores, counter, amount),
  interrupted: (module, layout) => module.interrupted(layout),
  answer: (_variant, _call, result) => result,
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: ({ cores, counter, amount }) => `add(cores ${showMask(cores)}, counter ${counter}, ${amount})`,
  showAnswer: (answer) => `${answer}`,
  showState: ({ cores }) => cores.map((counters, core) => `core ${core}: ${counters.join(' ')}`).join(', '),
};

const showMask = (mask: CoreMask): string =>
  `{${[0, 1, 2, 3, 4, 5, 6, 7].filter((core) => ((mask >> core) & 1) === 1).join(' ')}}`;

/** What the words of our two implementations mean when nobody is inside. Undefined: other words. */
const abstract = (
  layout: unknown,
  latest: (address: Address) => Word,
  before: spec.Counters,
): spec.Counters | undefined => {
  const { counters } = layout as { readonly counters?: readonly Address[] };
  const first = Array.isArray(layout)
    ? (layout as readonly { readonly counters?: Address }[]).map((core) => core.counters)
    : counters;
  if (first === undefined || first.some((address) => typeof address !== 'number')) return undefined;
  return {
    cores: before.cores.map((each, core) => each.map((_, counter) => latest((first[core] as Address) + counter))),
  };
};
