import * as fc from 'fast-check';
import type * as linux from '#impl/ipc/pipe.linux.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Program, ProgramSize, Services, Subject } from '#model/subject.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  powerOfTwoUpTo,
  recordOf,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { Byte, Errno, PipeAnswer, PipeCall, ThreadId } from '#spec/abi.ts';
import * as spec from '#spec/ipc/pipe.ts';

/** What an implementation exports. One that knows no non-blocking calls takes one argument less. */
export type Module = Pick<typeof linux, 'boot' | 'pipe' | 'read' | 'write' | 'close' | 'fork'>;
type Layout = linux.Pipe;

export type Parameters = linux.PipeParameters;
type Call = spec.PendingCall;
type Holdings = Parameters['holdings'];

const errnos: ReadonlyMap<Word, Errno> = new Map([
  [-4, 'EINTR'],
  [-9, 'EBADF'],
  [-11, 'EAGAIN'],
  [-14, 'EFAULT'],
  [-23, 'ENFILE'],
  [-32, 'EPIPE'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'pipe':
      return yield* module.pipe(self, layout);
    case 'read':
      return yield* module.read(self, layout, call.descriptor, call.maxBytes, call.blocking);
    case 'write':
      return yield* module.write(self, layout, call.descriptor, call.bytes.length, call.blocking);
    case 'close':
      return yield* module.close(self, layout, call.descriptor);
    case 'fork':
      return yield* module.fork(self, layout, call.child);
    case 'kill':
      yield* services.kill(self, call.target);
      return 0;
    case 'rest of write':
      return -1; // no thread asks for this: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (variant: string, call: Call, result: Word, bytes: readonly Byte[]): PipeAnswer => {
  const isCount = call.tag === 'read' || call.tag === 'write';
  if (!(Number.isInteger(result) && (isCount ? result >= 0 : result === 0))) {
    return { tag: 'failed', errno: ((variant === 'linux' && errnos.get(result)) || String(result)) as Errno };
  }
  switch (call.tag) {
    case 'pipe':
      return { tag: 'descriptors', read: bytes[0] ?? -1, write: bytes[1] ?? -1 };
    case 'read':
      if (bytes.length > call.maxBytes) return { tag: 'failed', errno: 'wrote beyond the buffer' as Errno };
      return { tag: 'bytes', bytes: Array.from({ length: result }, (_, i) => bytes[i] ?? -1) };
    case 'write':
      return { tag: 'count', countBytes: result };
    default:
      return { tag: 'ok' };
  }
};

/** How much is mapped where the buffer does not end early: more than the call may touch, so that it is seen if it does. */
const mappedAround = (mapped: number, wanted: number): number => (mapped < wanted ? mapped : wanted + 8);

const reads = (maxBytes: number, rest: Partial<PipeCall & { tag: 'read' }> = {}): PipeCall => ({
  tag: 'read',
  descriptor: 0,
  maxBytes,
  mappedBytes: maxBytes,
  blocking: true,
  ...rest,
});

const writes = (bytes: readonly Byte[], rest: Partial<PipeCall & { tag: 'write' }> = {}): PipeCall => ({
  tag: 'write',
  descriptor: 1,
  bytes,
  mappedBytes: bytes.length,
  blocking: true,
  ...rest,
});

const closes = (descriptor: number): PipeCall => ({ tag: 'close', descriptor });
const forks = (child: ThreadId): PipeCall => ({ tag: 'fork', child });
const kills = (target: ThreadId): PipeCall => ({ tag: 'kill', target });
const pipes: PipeCall = { tag: 'pipe', mapped: true };

const reader = { read: true, write: false };
const writer = { read: false, write: true };
const both = { read: true, write: true };
const neither = { read: false, write: false };

const program = (
  variant: string,
  holdings: Holdings,
  threads: readonly (readonly PipeCall[])[],
  rest: Partial<Parameters> = {},
): Program<Call, Parameters> => ({
  variant,
  cores: 2,
  threads,
  parameters: { capacitySlots: 2, slotBytes: variant === 'xv6' ? 1 : 2, carriedBytes: 0, holdings, ...rest },
});

/** Programs of one process: what happens at each border, one call after the other. */
const aloneScenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const alone = (holding: Holdings[number], calls: readonly PipeCall[], rest: Partial<Parameters> = {}) =>
    program(variant, [holding], [calls], { capacitySlots: 4, slotBytes: variant === 'xv6' ? 1 : 4, ...rest });
  const aroundTheRing = [writes([1, 2, 3, 4]), reads(3), writes([5, 6, 7]), reads(9), writes([8, 9]), reads(1)];
  const bytewise = { capacitySlots: 4, slotBytes: 1 };
  const unmapped: PipeCall = { tag: 'pipe', mapped: false };
  return [
    { name: 'alone: around the ring', program: alone(both, aroundTheRing, bytewise) },
    { name: 'alone: counters pass zero', program: alone(both, aroundTheRing, { ...bytewise, carriedBytes: -2 }) },
    {
      name: 'alone: counters become negative',
      program: alone(both, aroundTheRing, { ...bytewise, carriedBytes: 0x7ffffffe }),
    },
    {
      name: 'alone: buffers that end',
      program: alone(both, [
        writes([1, 2, 3], { mappedBytes: 1 }),
        writes([4]),
        writes([5, 6], { mappedBytes: 1 }),
        reads(3, { mappedBytes: 0 }),
        reads(3, { mappedBytes: 1 }),
        writes([7, 8], { mappedBytes: 0 }),
        writes([9]),
        reads(9),
      ]),
    },
    { name: 'alone: calls of no bytes', program: alone(both, [writes([]), writes([1]), reads(0), reads(1)]) },
    { name: 'alone: killed', program: alone(both, [writes([1]), kills(0), reads(1), reads(1)]) },
    {
      name: 'alone: killed at the brim',
      program: alone(both, [writes([1, 2, 3, 4]), kills(0), writes([5]), reads(4)], bytewise),
    },
    {
      name: 'alone: no writer left',
      program: alone(both, [
        writes([1, 2]),
        closes(1),
        writes([3]),
        reads(1),
        reads(2),
        reads(1),
        closes(1),
        closes(0),
      ]),
    },
    {
      name: 'alone: no reader left',
      program: alone(both, [
        writes([1]),
        closes(0),
        writes([2]),
        writes([3, 4, 5, 6]),
        writes([]),
        reads(1),
        closes(0),
      ]),
    },
    {
      name: 'alone: one pipe after another',
      program: alone(neither, [
        unmapped,
        pipes,
        pipes,
        writes([1]),
        closes(0),
        closes(1),
        closes(1),
        unmapped,
        pipes,
        writes([2]),
        reads(4),
        forks(0),
        closes(1),
        reads(1),
      ]),
    },
    ...(variant === 'linux'
      ? [
          {
            name: 'alone: pages joined, filled and cut',
            program: alone(both, [
              writes([1, 2, 3]),
              writes([4]),
              reads(2),
              writes([5, 6]),
              writes([7, 8, 9, 10, 11]),
              writes([12, 13, 14, 15]),
              reads(5),
              writes([16, 17, 18, 19, 20]),
              reads(99),
            ]),
          },
          {
            name: 'alone: a long write that does not wait',
            program: alone(
              both,
              [
                writes([1, 2, 3, 4, 5, 6, 7], { blocking: false, mappedBytes: 6 }),
                writes([8, 9, 10, 11, 12, 13], { blocking: false }),
                writes([14], { blocking: false }),
                reads(3, { blocking: false, mappedBytes: 2 }),
                reads(20, { blocking: false, mappedBytes: 5 }),
                reads(20, { blocking: false }),
                reads(1, { blocking: false }),
                closes(1),
                reads(1, { blocking: false }),
              ],
              { capacitySlots: 2 },
            ),
          },
        ]
      : []),
  ];
};

/** Small programs, each about one thing that pipes get wrong. */
const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = program.bind(null, variant);
  const one = { capacitySlots: 1 };
  const oneByte = { capacitySlots: 1, slotBytes: 1 };
  const twoBytes = { capacitySlots: 2, slotBytes: 1 };
  const onePage = { capacitySlots: 1, slotBytes: 4 };
  const atOnce = { blocking: false };
  return [
    ...aloneScenarios(variant),
    { name: 'a write meets a read', program: of([writer, reader], [[writes([1])], [reads(1)]]) },
    {
      name: 'a write larger than the pipe',
      program: of([writer, reader], [[writes([1, 2, 3])], [reads(2), reads(2)]], one),
    },
    { name: 'two readers, one byte', program: of([writer, reader, reader], [[writes([1])], [reads(1)], [reads(1)]]) },
    {
      name: 'two readers share what one write brings',
      program: of([writer, reader, reader], [[writes([1, 2])], [reads(1)], [reads(1)]]),
    },
    {
      name: 'two writers on a full pipe',
      program: of([writer, writer, reader], [[writes([1, 2])], [writes([3, 4])], [reads(2), reads(2)]], one),
    },
    {
      name: 'writes stay whole',
      program: of([writer, writer, both], [[writes([1, 2])], [writes([3, 4])], [reads(1), reads(3)]]),
    },
    { name: 'the last writer closes on a reader', program: of([writer, reader], [[closes(1)], [reads(1)]]) },
    {
      name: 'the last reader closes on a writer',
      program: of([writer, reader], [[writes([1, 2, 3, 4, 5])], [reads(1), closes(0)]], one),
    },
    { name: 'both ends close at once', program: of([writer, reader], [[closes(1)], [closes(0)]]) },
    { name: 'a reader is killed', program: of([both, neither], [[reads(1)], [kills(0)]]) },
    {
      name: 'a writer is killed',
      program: of([both, reader, neither], [[writes([1, 2, 3, 4, 5])], [reads(2)], [kills(0)]], one),
    },
    {
      name: 'a child writes and both let go',
      program: of(
        [both, neither],
        [
          [forks(1), closes(1), reads(2)],
          [closes(0), writes([1]), closes(1)],
        ],
      ),
    },
    {
      name: 'everybody blocks in turn on one slot',
      program: of(
        [writer, writer, reader, reader],
        [[writes([1])], [writes([2, 3])], [reads(1)], [reads(1), reads(1)]],
        oneByte,
      ),
    },
    {
      name: 'a long write from a buffer that ends',
      program: of(
        [writer, reader],
        [
          [writes([1, 2, 3, 4], { mappedBytes: 3 }), writes([5])],
          [reads(1), reads(1), reads(2)],
        ],
        twoBytes,
      ),
    },
    {
      name: 'one read makes room for two writers',
      program: of([writer, writer, reader], [[writes([1, 2]), writes([3])], [writes([4])], [reads(2)]], twoBytes),
    },
    {
      name: 'the last reader closes on a writer that has stored nothing',
      program: of([writer, reader], [[writes([1]), writes([2])], [closes(0)]], oneByte),
    },
    {
      name: 'the reader that was woken is killed',
      program: of([reader, reader, writer, neither], [[reads(1)], [reads(1)], [writes([1])], [kills(0)]]),
    },
    {
      name: 'the reader that is first in the queue is killed before it is woken',
      program: of([reader, reader, writer], [[reads(1)], [reads(1)], [kills(0), writes([1])]]),
    },
    {
      name: 'the writer that was woken is killed',
      program: of(
        [writer, both, reader, neither],
        [[writes([2])], [writes([1]), writes([3])], [reads(1)], [kills(0)]],
        oneByte,
      ),
    },
    {
      name: 'three readers wait and the second is killed',
      program: of(
        [reader, reader, reader, writer],
        [[reads(1), reads(1)], [reads(1)], [reads(1)], [kills(1), writes([1]), writes([2, 3])]],
      ),
    },
    {
      name: 'two processes read and write in turn',
      program: of(
        [both, both],
        [
          [reads(1), writes([2, 3])],
          [writes([1]), reads(1), reads(1)],
        ],
        oneByte,
      ),
    },
    {
      name: 'a pipe is made again',
      program: of(
        [both, neither],
        [
          [closes(0), closes(1)],
          [pipes, forks(0), writes([7])],
        ],
      ),
    },
    {
      name: 'two make a pipe at once',
      program: of(
        [neither, neither],
        [
          [pipes, writes([1]), reads(1)],
          [pipes, closes(0)],
        ],
      ),
    },
    {
      name: 'a new pipe is passed on',
      program: of(
        [neither, neither],
        [
          [pipes, forks(1), closes(0), writes([1]), closes(1)],
          [closes(1), reads(1), reads(1)],
        ],
      ),
    },
    { name: 'two fork into one child', program: of([both, reader, neither], [[forks(2)], [forks(2), closes(0)], []]) },
    {
      name: 'one forks while others close',
      program: of([both, both, neither], [[forks(2), closes(1), reads(1)], [closes(1)], [closes(1)]]),
    },
    {
      name: 'a fork that fails leaves nothing behind',
      program: of([both, both], [[forks(1), closes(1), reads(1), closes(0)], [closes(1)]]),
    },
    {
      name: 'a fork into a process that closes',
      program: of([reader, writer], [[closes(0)], [forks(0), writes([1])]]),
    },
    {
      name: 'a read into a buffer that ends',
      program: of([writer, reader], [[writes([1, 2, 3])], [reads(3, { mappedBytes: 1 }), reads(3)]], {
        capacitySlots: 4,
      }),
    },
    {
      name: 'a writer is killed between two bytes',
      program: { ...of([writer, reader, neither], [[writes([1, 2])], [reads(1)], [kills(0)]], oneByte), cores: 3 },
    },
    {
      name: 'two writers close on a reader',
      program: of([writer, writer, reader], [[closes(1)], [closes(1)], [reads(1)]]),
    },
    {
      name: 'the last writer closes on two readers',
      program: of([writer, reader, reader], [[closes(1)], [reads(1)], [reads(1)]]),
    },
    {
      name: 'two readers wait and one writer writes twice',
      program: of([reader, reader, writer], [[reads(1)], [reads(1)], [writes([1]), writes([2])]], oneByte),
    },
    {
      name: 'an end is used by who does not hold it',
      program: of([both, neither], [[writes([1]), reads(1, { descriptor: 1 })], [reads(1)]]),
    },
    ...(variant === 'linux'
      ? [
          {
            name: 'a small write meets a full page',
            program: of(
              [writer, reader, writer],
              [[writes([1, 2, 3]), writes([4, 5])], [reads(4), reads(1), reads(1)], [writes([6])]],
              onePage,
            ),
          },
          {
            name: 'a small write that may not wait meets a full page',
            program: of([writer, reader], [[writes([1, 2, 3]), writes([4, 5], atOnce)], [reads(3)]], onePage),
          },
          {
            name: 'a write joins a page that was read in part',
            program: of(
              [writer, reader],
              [
                [writes([1, 2, 3]), writes([4])],
                [reads(1), reads(3)],
              ],
              onePage,
            ),
          },
          {
            name: 'a full page is read in part',
            program: of([writer, reader], [[writes([1, 2, 3, 4])], [reads(1), reads(1)]], one),
          },
          {
            name: 'a token is put back into a page that was read in part',
            program: of([both], [[writes([1, 2]), reads(1), writes([3])]]),
          },
          {
            name: 'a page goes through while a writer looks',
            program: {
              ...of([writer, reader, writer], [[writes([1, 2, 3])], [reads(2), reads(1)], [writes([4])]], twoBytes),
              cores: 3,
            },
          },
          {
            name: 'a read that may not wait is followed by one that may',
            program: of([both, reader], [[reads(1, atOnce), writes([1])], [reads(1)]]),
          },
          {
            name: 'calls that do not wait',
            program: of(
              [both, both],
              [
                [writes([1, 2, 3], atOnce), reads(1, atOnce)],
                [reads(2, atOnce), writes([4], atOnce), closes(0)],
              ],
              one,
            ),
          },
          {
            name: 'writes join a page',
            program: of([writer, writer, reader], [[writes([1])], [writes([2, 3])], [reads(1), reads(3)]], {
              capacitySlots: 1,
              slotBytes: 4,
            }),
          },
        ]
      : []),
  ];
};

/** Bytes that tell who wrote them and when: thread t's k-th call writes 64 t + 16 k and what follows. */
const numbered = (thread: ThreadId, index: number, count: number): Byte[] =>
  Array.from({ length: count }, (_, i) => 64 * thread + 16 * index + i + 1);

/** A call before it knows who makes it, and what that process holds at boot. */
type Drawn = (thread: ThreadId, index: number, holding: Holdings[number]) => PipeCall;

const drawnCall = (variant: string, threads: number): fc.Arbitrary<Drawn> => {
  const oneIn = (odds: number): fc.Arbitrary<boolean> => fc.nat({ max: odds - 1 }).map((n) => n === odds - 1);
  const transfer = fc.record({
    count: fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 5 }) }, { weight: 1, arbitrary: fc.nat({ max: 9 }) }),
    mapped: fc.oneof({ weight: 4, arbitrary: fc.constant(99) }, { weight: 1, arbitrary: fc.nat({ max: 4 }) }),
    blocking: variant === 'xv6' ? fc.constant(true) : fc.boolean(),
    takes: fc.boolean(),
    isContrary: oneIn(12),
    isMistaken: oneIn(20),
  });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: transfer.map(
        ({ count, mapped, blocking, takes, isContrary, isMistaken }) =>
          (thread: ThreadId, index: number, holding: Holdings[number]) => {
            const isReader = (holding.read === holding.write ? takes : holding.read) !== isContrary;
            const descriptor = isReader === isMistaken ? 1 : 0;
            const rest = { descriptor, blocking, mappedBytes: Math.min(mapped, count) };
            return isReader ? reads(count, rest) : writes(numbered(thread, index, count), rest);
          },
      ),
    },
    { weight: 3, arbitrary: fc.nat({ max: 1 }).map((end) => () => closes(end)) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map((child) => () => forks(child)) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map((target) => () => kills(target)) },
    {
      weight: 1,
      arbitrary: oneIn(4).map(
        (isUnmapped): Drawn =>
          () => ({ tag: 'pipe', mapped: !isUnmapped }),
      ),
    },
  );
};

/** Who holds what at boot: many, few, one process that may fork, or nobody yet. */
const drawnHoldings = (threads: number): fc.Arbitrary<Holdings> => {
  const each = (...of: Holdings): fc.Arbitrary<Holdings> =>
    fc.array(fc.constantFrom(...of), { minLength: threads, maxLength: threads });
  return fc.oneof(
    { weight: 5, arbitrary: each(reader, writer, both, both) },
    { weight: 3, arbitrary: each(reader, writer, reader, writer, neither) },
    {
      weight: 1,
      arbitrary: fc
        .nat({ max: threads - 1 })
        .map((holder) => Array.from({ length: threads }, (_, id) => (id === holder ? both : neither))),
    },
    { weight: 1, arbitrary: each(neither) },
  );
};

const drawnParameters = (variant: string, threads: number): fc.Arbitrary<Parameters> =>
  fc.record({
    capacitySlots: fc.constantFrom(1, 2, 2, 4),
    slotBytes: variant === 'xv6' ? fc.constant(1) : fc.constantFrom(1, 2, 4, 4),
    carriedBytes: fc.constantFrom(0, 0, 1, 3, 0x7fffffff, -1),
    holdings: drawnHoldings(threads),
  });

const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc
    .record({
      parameters: drawnParameters(variant, size.threads),
      cores: fc.integer({ min: 1, max: 3 }),
      threads: fc.array(fc.array(drawnCall(variant, size.threads), { maxLength: size.calls }), {
        minLength: size.threads,
        maxLength: size.threads,
      }),
    })
    .map(({ parameters, cores, threads }) => ({
      variant,
      cores,
      parameters,
      threads: threads.map((calls, thread) =>
        calls.map((call, index) => call(thread, index, parameters.holdings[thread] ?? neither)),
      ),
    }));

/** The call with a smaller argument, if it has one. One byte is simpler than none: it can be seen coming through. */
const simplerCall = (call: Call): Call[] => {
  switch (call.tag) {
    case 'read':
      return [
        ...(call.maxBytes > 1
          ? [{ ...call, maxBytes: call.maxBytes - 1, mappedBytes: Math.min(call.mappedBytes, call.maxBytes - 1) }]
          : []),
        ...(call.mappedBytes < call.maxBytes ? [{ ...call, mappedBytes: call.maxBytes }] : []),
        ...(call.blocking ? [] : [{ ...call, blocking: true }]),
      ];
    case 'write':
      return [
        ...(call.bytes.length > 1
          ? [
              {
                ...call,
                bytes: call.bytes.slice(0, -1),
                mappedBytes: Math.min(call.mappedBytes, call.bytes.length - 1),
              },
            ]
          : []),
        ...(call.mappedBytes < call.bytes.length ? [{ ...call, mappedBytes: call.bytes.length }] : []),
        ...(call.blocking ? [] : [{ ...call, blocking: true }]),
      ];
    default:
      return [];
  }
};

const simplerParameters = (parameters: Parameters): Parameters[] => [
  ...(parameters.carriedBytes === 0 ? [] : [{ ...parameters, carriedBytes: 0 }]),
  ...(parameters.capacitySlots > 1 ? [{ ...parameters, capacitySlots: parameters.capacitySlots / 2 }] : []),
  ...(parameters.slotBytes > 1 ? [{ ...parameters, slotBytes: parameters.slotBytes / 2 }] : []),
];

const showBytes = (bytes: readonly Byte[]): string => `[${bytes.join(' ')}]`;

const showMapped = (mapped: number, wanted: number): string => (mapped < wanted ? `, ${mapped} mapped` : '');

const showEnds = (pipe: spec.Pipe): string =>
  pipe.processes
    .map(({ holdsRead, holdsWrite, killed }, id) => {
      const ends = [...(holdsRead ? ['r'] : []), ...(holdsWrite ? ['w'] : [])].join('');
      return `T${id}:${ends || '-'}${killed ? ' killed' : ''}`;
    })
    .join(' ');

export const pipe: Subject<spec.Pipe, Call, PipeAnswer, Parameters, Module, Layout> = {
  id: 'ipc/pipe',
  summary: 'A byte stream with a read end and a write end, as xv6 and Linux make it.',
  variants: [
    { name: 'xv6', module: 'ipc/pipe.ts' },
    { name: 'linux', module: 'ipc/pipe.linux.ts' },
  ],
  exports: ['boot', 'pipe', 'read', 'write', 'close', 'fork'],
  scenarios,
  programs,
  sequences: (variant) => ({
    parameters: drawnParameters(variant, 3),
    threads: 3,
    calls: fc
      .record({ thread: fc.nat({ max: 2 }), drawn: drawnCall(variant, 3), index: fc.nat({ max: 3 }) })
      .map(({ thread, drawn, index }) => ({ thread, call: drawn(thread, index, both) })),
  }),
  *simpler(current) {
    for (const parameters of simplerParameters(current.parameters)) yield { ...current, parameters };
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ parameters, threads }) => {
    const thread = wholeNumberBelow(threads.length);
    const bytes = wholeNumberBelow(1000);
    const holding = recordOf({ read: yesOrNo, write: yesOrNo });
    return (
      mismatch(parameters, {
        capacitySlots: powerOfTwoUpTo(1024),
        slotBytes: powerOfTwoUpTo(4096),
        carriedBytes: word,
        holdings: listOf(holding, threads.length, threads.length),
      }) ??
      mismatchedCall(threads, {
        pipe: { mapped: yesOrNo },
        read: { descriptor: wholeNumberBelow(2), maxBytes: bytes, mappedBytes: bytes, blocking: yesOrNo },
        write: {
          descriptor: wholeNumberBelow(2),
          bytes: listOf(wholeNumberBelow(256), 0, 1000),
          mappedBytes: bytes,
          blocking: yesOrNo,
        },
        close: { descriptor: wholeNumberBelow(2) },
        fork: { child: thread },
        kill: { target: thread },
      })
    );
  },
  initial: (variant, { capacitySlots, slotBytes, holdings }) => ({
    variant: variant as spec.Pipe['variant'],
    capacitySlots,
    slotBytes,
    slots: [],
    processes: holdings.map((holding) => ({ holdsRead: holding.read, holdsWrite: holding.write, killed: false })),
  }),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: (call) => {
    if (call.tag === 'read') return { bytes: [], mappedBytes: mappedAround(call.mappedBytes, call.maxBytes) };
    if (call.tag === 'write') {
      return { bytes: [...call.bytes], mappedBytes: mappedAround(call.mappedBytes, call.bytes.length) };
    }
    return { bytes: [], mappedBytes: call.tag === 'pipe' && call.mapped ? 2 : 0 };
  },
  perform,
  answer: (variant, call, result, buffer) => answerOf(variant, call, result, buffer.bytes),
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: (call) => {
    switch (call.tag) {
      case 'read':
        return `read(${call.descriptor}, ${call.maxBytes} bytes${showMapped(call.mappedBytes, call.maxBytes)}${call.blocking ? '' : ', non-blocking'})`;
      case 'write':
        return `write(${call.descriptor}, ${showBytes(call.bytes)}${showMapped(call.mappedBytes, call.bytes.length)}${call.blocking ? '' : ', non-blocking'})`;
      case 'rest of write':
        return `rest of write(${showBytes(call.bytes)}) after ${call.storedBytes}`;
      case 'close':
        return `close(${call.descriptor})`;
      case 'fork':
        return `fork(T${call.child})`;
      case 'kill':
        return `kill(T${call.target})`;
      case 'pipe':
        return call.mapped ? 'pipe()' : 'pipe(unmapped)';
    }
  },
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'bytes':
        return answer.bytes.length === 0 ? 'no bytes' : showBytes(answer.bytes);
      case 'count':
        return `${answer.countBytes}`;
      case 'descriptors':
        return `read end ${answer.read}, write end ${answer.write}`;
      case 'ok':
        return 'ok';
      case 'failed':
        return answer.errno;
    }
  },
  showState: (state) => `${state.slots.map((slot) => showBytes(slot.bytes)).join('') || 'empty'}; ${showEnds(state)}`,
};

/** The words of the two reference pipes. */
interface KnownLayout {
  readonly ring: Readonly<Record<'readOpen' | 'writeOpen' | 'data', Address>> &
    Readonly<Partial<Record<'nread' | 'nwrite' | 'headTail' | 'offset' | 'length', Address>>>;
  readonly descriptors: linux.Pipe['descriptors'];
  readonly capacity?: number;
  readonly slots?: number;
  readonly slotBytes?: number;
}

const isKnown = (layout: unknown): layout is KnownLayout => {
  const { ring, descriptors } = layout as { ring?: Partial<KnownLayout['ring']>; descriptors?: Partial<linux.Pipe> };
  const words = [ring?.readOpen, ring?.writeOpen, ring?.data];
  return words.every((address) => typeof address === 'number') && !!descriptors && 'references' in descriptors;
};

/**
 * What the words of the two reference pipes mean. An end is open iff its flag says so, and as many processes hold it as
 * are counted; where these disagree, the end is shown as held by one process too many. Undefined: other words.
 */
const abstract = (layout: unknown, latest: (address: Address) => Word, before: spec.Pipe): spec.Pipe | undefined => {
  if (!isKnown(layout)) return undefined;
  const { held, references } = layout.descriptors;
  const holders = (end: 0 | 1): boolean[] => held.map((address) => ((latest(address) >> end) & 1) === 1);
  const agrees = (end: 0 | 1): boolean => {
    const count = holders(end).filter((holds) => holds).length;
    const flag = latest(end === 0 ? layout.ring.readOpen : layout.ring.writeOpen) !== 0;
    return flag === count > 0 && latest(references[end]) === count;
  };
  const inUse = holders(0).includes(true) || holders(1).includes(true);
  const slots = inUse ? slotsOf(layout, latest) : [];
  const tooMany = { holdsRead: !agrees(0), holdsWrite: !agrees(1), killed: false };
  return (
    slots && {
      ...before,
      slots,
      processes: [
        ...before.processes.map((process, id) => ({
          ...process,
          holdsRead: holders(0)[id] === true,
          holdsWrite: holders(1)[id] === true,
        })),
        ...(tooMany.holdsRead || tooMany.holdsWrite ? [tooMany] : []),
      ],
    }
  );
};

/** The slots in use: xv6's between its counters, Linux's between tail and head. */
const slotsOf = (layout: KnownLayout, latest: (address: Address) => Word): spec.Slot[] | undefined => {
  const { nread, nwrite, headTail, offset, length, data } = layout.ring;
  const { capacity, slots, slotBytes } = layout;
  if (nread !== undefined && nwrite !== undefined && capacity !== undefined) {
    const count = Math.max((latest(nwrite) - latest(nread)) | 0, 0);
    return Array.from({ length: count }, (_, i) => ({
      bytes: [latest(data + ((latest(nread) + i) & (capacity - 1)))],
      roomBytes: 0,
    }));
  }
  if (headTail === undefined || offset === undefined || length === undefined) return undefined;
  if (slots === undefined || slotBytes === undefined) return undefined;
  const [head, tail] = [latest(headTail) >>> 16, latest(headTail) & 0xffff];
  return Array.from({ length: (head - tail) & 0xffff }, (_, i) => {
    const slot = (tail + i) & (slots - 1);
    const [first, count] = [latest(offset + slot), latest(length + slot)];
    return {
      bytes: Array.from({ length: count }, (_byte, at) => latest(data + slot * slotBytes + first + at)),
      roomBytes: slotBytes - first - count,
    };
  });
};
