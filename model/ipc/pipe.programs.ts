import * as fc from 'fast-check';
import {
  both,
  type Call,
  closes,
  forks,
  type Holdings,
  kills,
  neither,
  type Parameters,
  reader,
  reads,
  writer,
  writes,
} from '#model/ipc/pipe.calls.ts';
import type { Program, ProgramSize } from '#model/subject.ts';
import type { Byte, PipeCall, ThreadId } from '#spec/abi.ts';

/** Bytes that tell who wrote them and when: thread t's k-th call writes 64 t + 16 k and what follows. */
const numbered = (thread: ThreadId, index: number, count: number): Byte[] =>
  Array.from({ length: count }, (_, i) => 64 * thread + 16 * index + i);

/** A call before it knows who makes it, and what that process holds at boot. */
type Drawn = (thread: ThreadId, index: number, holding: Holdings[number]) => PipeCall;

export const drawnCall = (variant: string, threads: number): fc.Arbitrary<Drawn> => {
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

export const drawnParameters = (variant: string, threads: number): fc.Arbitrary<Parameters> =>
  fc.record({
    capacitySlots: fc.constantFrom(1, 2, 2, 4),
    slotBytes: variant === 'xv6' ? fc.constant(1) : fc.constantFrom(1, 2, 4, 4),
    carriedBytes: fc.constantFrom(0, 0, 1, 3, 0x7fffffff, -1),
    holdings: drawnHoldings(threads),
  });

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
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
      threads: withoutHastyForks(
        threads.map((calls, thread) =>
          calls.map((call, index) => call(thread, index, parameters.holdings[thread] ?? neither)),
        ),
        parameters.holdings,
      ),
    }));

/**
 * Leaves out forks into a process that may just be closing, or making a pipe: a real fork makes its child, and so never meets one that
 * does something. A child makes no pipe; it may close if it holds nothing before the one fork that names it.
 */
const withoutHastyForks = (
  threads: readonly (readonly PipeCall[])[],
  holdings: Holdings,
): readonly (readonly PipeCall[])[] => {
  const forksInto = (child: ThreadId): number =>
    threads.flat().filter((call) => call.tag === 'fork' && call.child === child).length;
  const mayFork = (child: ThreadId): boolean => {
    const own = threads[child] ?? [];
    if (own.some((call) => call.tag === 'pipe')) return false;
    const isFresh = !holdings[child]?.read && !holdings[child]?.write;
    return !own.some((call) => call.tag === 'close') || (isFresh && forksInto(child) === 1);
  };
  return threads.map((calls) => calls.filter((call) => call.tag !== 'fork' || mayFork(call.child)));
};

/** The call with a smaller argument, if it has one. One byte is simpler than none: it can be seen coming through. */
export const simplerCall = (call: Call): Call[] => {
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

export const simplerParameters = (parameters: Parameters): Parameters[] => [
  ...(parameters.carriedBytes === 0 ? [] : [{ ...parameters, carriedBytes: 0 }]),
  ...(parameters.capacitySlots > 1 ? [{ ...parameters, capacitySlots: parameters.capacitySlots / 2 }] : []),
  ...(parameters.slotBytes > 1 ? [{ ...parameters, slotBytes: parameters.slotBytes / 2 }] : []),
  ...(parameters.holdings.every(({ read, write }) => read && write)
    ? []
    : [{ ...parameters, holdings: parameters.holdings.map(() => ({ read: true, write: true })) }]), // as forks leave it
];
