/** The words that programs with lightweight remote procedure calls are written in, and how they are drawn. */
import * as fc from 'fast-check';
import { crowded, keeps, keepsBehind, nested, simple, strangers, unbound } from '#model/ipc/lrpc.worlds.ts';
import type { Program, ProgramSize } from '#model/subject.ts';
import type { LrpcCall, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { PendingCall } from '#spec/ipc/lrpc.state.ts';

export type Parameters = LrpcParameters;
export type Call = PendingCall;

/** Where no code lies, and which is no A-stack: what may be written on a thread's own stack. */
export const nowhere = 5000;

export const calls = (
  binding: number,
  procedure: number,
  argument: number,
  aStack: number | null = null,
): LrpcCall => ({
  tag: 'call',
  binding,
  procedure,
  argument,
  aStack,
});
export const terminates = (domain: number): LrpcCall => ({ tag: 'terminate', domain });
export const aborts = (target: number): LrpcCall => ({ tag: 'abort', target });
export const imports = (server: number): LrpcCall => ({ tag: 'import', server });
export const stomps = (page: number, offset: number, word: number): LrpcCall => ({ tag: 'stomp', page, offset, word });
export const exports: LrpcCall = { tag: 'export' };
export const releases: LrpcCall = { tag: 'release' };
export const identifies: LrpcCall = { tag: 'identify' };
export const returnsUncalled: LrpcCall = { tag: 'return' };

/** How many A-stacks there are at boot. */
export const aStacksAtBoot = ({ bindings, domains }: Parameters): number =>
  bindings.reduce(
    (sum, { server }) => sum + (domains[server]?.procedures ?? []).reduce((all, { aStacks }) => all + aStacks, 0),
    0,
  );

/** Whose page it is, if it is an E-stack's or a domain's data. */
const ownerOf = (parameters: Parameters, page: number): number => {
  const { threads, domains, spareAStacks, eStacks } = parameters;
  const index = page - threads.length - aStacksAtBoot(parameters) - spareAStacks;
  if (index < 0) return -1;
  const data = index - domains.length * eStacks;
  return data < 0 ? Math.floor(index / eStacks) : data;
};

/** Whether a thread may make a call in a program: what it does to memory of its own domain is nobody's business. */
export const isAllowed = (parameters: Parameters, thread: number, call: Call): boolean =>
  call.tag !== 'stomp' ||
  (call.page < parameters.threads.length
    ? call.word === nowhere
    : ownerOf(parameters, call.page) !== parameters.threads[thread]?.home);

const worlds: fc.Arbitrary<Parameters> = fc.constantFrom(
  simple(2),
  simple(2, 3),
  nested([0, 0, 1]),
  nested([0, 1, 2]),
  keeps([0, 0, 1]),
  keepsBehind([0, 0, 2]),
  strangers([0, 0, 2]),
  unbound([0, 1, 2], true),
  crowded,
);

/** So many threads, the first ones of the world's; where there are more, they are of the same domains again. */
const withThreads = (parameters: Parameters, threads: number, abortsMax: number): Parameters => ({
  ...parameters,
  threads: Array.from({ length: threads }, (_, t) => ({
    home: parameters.threads[t % parameters.threads.length]?.home ?? 0,
    priority: t + 1,
  })),
  eStacks: threads + abortsMax,
});

export const drawnParameters = (threads: number): fc.Arbitrary<Parameters> =>
  worlds.map((parameters) => withThreads(parameters, threads, 2));

const small = fc.nat({ max: 3 });

/** A call that means something in most worlds, and something else in others. */
export const drawnCall: fc.Arbitrary<LrpcCall> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 0, 0, 1, 2), fc.constantFrom(0, 0, 0, 1, 2), fc.integer({ min: -1, max: 9 }))
      .map(([binding, procedure, argument]) => calls(binding, procedure, argument)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1), fc.nat({ max: 9 }), small)
      .map(([binding, procedure, argument, aStack]) => calls(binding, procedure, argument, aStack)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat({ max: 4 }), fc.nat({ max: 2 }))
      .map(([where, offset]) => stomps(where, offset, nowhere)),
  },
  { weight: 2, arbitrary: small.map(terminates) },
  { weight: 1, arbitrary: fc.nat({ max: 2 }).map(aborts) },
  { weight: 1, arbitrary: small.map(imports) },
  { weight: 1, arbitrary: fc.constantFrom(exports, returnsUncalled) },
  { weight: 1, arbitrary: fc.constantFrom(releases, identifies) },
);

/** The calls of a thread that it may make. At most two calls are given up in a program: each may need an E-stack more. */
const withinLimits = (parameters: Parameters, threads: readonly (readonly LrpcCall[])[]): LrpcCall[][] => {
  let aborted = 0;
  return threads.map((made, thread) =>
    made.filter((call) => {
      const isDomain = call.tag !== 'terminate' || call.domain < parameters.domains.length;
      const isServer = call.tag !== 'import' || call.server < parameters.domains.length;
      const isThread = call.tag !== 'abort' || (call.target < threads.length && ++aborted <= 2);
      return isDomain && isServer && isThread && isAllowed(parameters, thread, call);
    }),
  );
};

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc
    .record({
      cores: fc.integer({ min: 1, max: 4 }),
      parameters: drawnParameters(size.threads),
      threads: fc.array(fc.array(drawnCall, { maxLength: size.calls }), {
        minLength: size.threads,
        maxLength: size.threads,
      }),
    })
    .map(({ cores, parameters, threads }) => ({
      variant,
      cores,
      parameters,
      threads: withinLimits(parameters, threads),
    }));

/** The call with a simpler argument, if it has one. */
export const simplerCall = (call: Call): Call[] => {
  if (call.tag !== 'call') return [];
  return [
    ...(call.aStack !== null ? [{ ...call, aStack: null }] : []),
    ...(call.argument > 1 ? [{ ...call, argument: 1 }] : []),
  ];
};
