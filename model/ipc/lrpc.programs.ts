/** The words that programs with lightweight remote procedure calls are written in, and how they are drawn. */
import * as fc from 'fast-check';
import {
  crowded,
  diamond,
  keeps,
  keepsBehind,
  nested,
  nestedBackwards,
  simple,
  strangers,
  unbound,
  unboundAdds,
  unboundKeeps,
} from '#model/ipc/lrpc.worlds.ts';
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

const program = (parameters: Parameters, threads: readonly (readonly LrpcCall[])[]): Program<Call, Parameters> => ({
  variant: 'lock-free',
  cores: Math.max(1, threads.filter((made) => made.length > 0).length),
  threads,
  parameters,
});

const page = (parameters: Parameters, aStack: number): number => parameters.threads.length + aStack;

/** Small programs, each about one thing that can go wrong. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = (name: string, parameters: Parameters, ...threads: readonly (readonly LrpcCall[])[]) => ({
    name,
    program: { ...program(parameters, threads), variant },
  });
  const one = simple(1);
  const two = simple(2);
  const alone = strangers([0]);
  const three = [0, 0, 1];
  const between = nested(three);
  return [
    of('alone: calls, one after the other', simple(2, 1), [calls(0, 0, 1), calls(0, 0, 8), calls(0, 0, 2)]),
    of('alone: what is wrong is found in order', alone, [
      calls(7, 9, 1, 9),
      calls(1, 9, 1, 9),
      calls(0, 9, 1, 9),
      calls(0, 0, 1, 9),
      calls(0, 0, 1, 1),
      calls(0, 0, 1, 6),
      calls(0, 0, 1, 0),
      returnsUncalled,
    ]),
    of(
      'alone: what is wrong with domains that have ended, and those of others',
      strangers([0, 2]),
      [
        aborts(1),
        terminates(1),
        terminates(1),
        calls(0, 9, 1, 9),
        calls(0, 0, 1),
        calls(2, 0, 1),
        imports(1),
        terminates(0),
        imports(3),
      ],
      [],
    ),
    of('alone: as whom it runs, until the server crashes', alone, [
      calls(0, 1, 0),
      identifies,
      calls(0, 2, 0),
      calls(0, 0, 1),
      calls(2, 0, 1),
    ]),
    of('alone: a call in a call', nested([0]), [calls(0, 0, 1), calls(0, 0, 9), calls(0, 1, 2)]),
    of('alone: one E-stack for several A-stacks', strangers([0], 1), [
      calls(0, 0, 1),
      calls(0, 1, 0),
      calls(0, 0, 2),
      calls(0, 0, 3, 0),
    ]),
    of('alone: stores, here and there', alone, [
      stomps(page(alone, 0), 0, 5),
      stomps(page(alone, 3), 0, 5),
      stomps(page(alone, 8), 0, 5),
      stomps(page(alone, 12), 0, 5),
      stomps(0, 0, nowhere),
      calls(0, 0, 1),
    ]),
    of('alone: bound, and bound again', unbound([0], true), [
      calls(0, 0, 3),
      imports(1),
      imports(2),
      imports(0),
      calls(0, 0, 3),
      imports(1),
      imports(1),
      calls(1, 1, 0),
    ]),
    of('two call', two, [calls(0, 0, 1)], [calls(0, 0, 2)]),
    of(
      'a result is changed by one that has called since',
      two,
      [calls(0, 0, 1)],
      [stomps(page(two, 0), 1, nowhere), calls(0, 0, 1)],
    ),
    of('two call, and there is one A-stack', one, [calls(0, 0, 1)], [calls(0, 0, 2)]),
    of('two use the same A-stack', one, [calls(0, 0, 1, 0)], [calls(0, 0, 2, 0), aborts(0)]),
    of('one uses an A-stack that the other has taken', one, [calls(0, 0, 1), calls(0, 0, 1)], [calls(0, 0, 2, 0)]),
    of('an argument is changed', one, [calls(0, 0, 1)], [stomps(page(one, 0), 0, 99)]),
    of('a result is changed', one, [calls(0, 0, 1)], [stomps(page(one, 0), 1, 99)]),
    of(
      'a result is changed, and then the argument',
      one,
      [calls(0, 0, 1)],
      [stomps(page(one, 0), 1, nowhere), stomps(page(one, 0), 0, 99)],
    ),
    of(
      'all of an A-stack is written on',
      one,
      [calls(0, 0, 1)],
      [stomps(page(one, 0), 2, nowhere), stomps(page(one, 0), 4, nowhere), calls(0, 0, 1)],
    ),
    of(
      'an E-stack is written on, if it can be',
      one,
      [calls(0, 0, 1)],
      [stomps(page(one, 3), 0, 99), stomps(page(one, 3), 2, nowhere)],
    ),
    of('a return address of its own is changed', one, [calls(0, 0, 1)], [stomps(0, 0, nowhere)]),
    of('what a stub has saved is changed', one, [calls(0, 0, 1)], [stomps(0, 1, nowhere), calls(0, 0, 2)]),
    of('the server ends, and its client calls again', two, [calls(0, 0, 1), calls(0, 9, 1)], [terminates(1)]),
    of('the client ends, and the server', two, [calls(0, 0, 1)], [terminates(0), terminates(1)]),
    of(
      'the server ends while one waits for an A-stack',
      keeps([0, 0, 0]),
      [calls(0, 0, 0)],
      [calls(0, 0, 0)],
      [terminates(1)],
    ),
    of('the server crashes while another is in it', strangers([0, 2]), [calls(0, 0, 1)], [calls(1, 2, 0)]),
    of('a call in a call, and the server in the middle ends', nested([0, 0]), [calls(0, 0, 1)], [terminates(1)]),
    of(
      'a call in a call whose A-stack comes first, and the server in the middle ends',
      nestedBackwards([0, 0]),
      [calls(1, 0, 1)],
      [terminates(1)],
    ),
    of(
      'a call in a call, the server in the middle ends, and both call the other again',
      diamond([0, 0]),
      [calls(0, 0, 1), calls(2, 1, 0)],
      [terminates(1), calls(2, 0, 1)],
    ),
    of('a call in a call, and the client ends', nested([0, 0]), [calls(0, 0, 1)], [terminates(0)]),
    of(
      'a call in a call, and who knows that its server ends changes the argument',
      between,
      [calls(0, 0, 1)],
      [terminates(2)],
      [calls(1, 0, 1, 3), stomps(page(between, 0), 0, nowhere)],
    ),
    of('a server keeps its caller, and lets it go', keeps([0, 1]), [calls(0, 0, 0)], [releases]),
    of('a server keeps its caller, and the client ends', keeps(three), [calls(0, 0, 0)], [terminates(0)], [releases]),
    of('a call is given up', keeps([0, 0]), [calls(0, 0, 0), identifies], [aborts(0)]),
    of(
      'a call is given up of which the end of its domain has told',
      keeps([0, 0]),
      [calls(0, 0, 0)],
      [terminates(0), aborts(0)],
    ),
    of(
      'a call is given up, and the next one too',
      keeps([0, 0], 2),
      [calls(0, 0, 0), calls(0, 0, 0)],
      [aborts(0), aborts(0)],
    ),
    of('a call is given up, and then the server ends', keeps([0, 0]), [calls(0, 0, 0)], [aborts(0), terminates(1)]),
    of(
      'a call is given up, and its A-stack is used again',
      keeps(three),
      [calls(0, 0, 0), calls(0, 0, 0)],
      [aborts(0)],
      [releases],
    ),
    of(
      'a call is given up whose A-stack was chosen, and two call again',
      keeps([0, 0, 1, 0]),
      [calls(0, 0, 0, 0), calls(0, 0, 0)],
      [aborts(0)],
      [releases],
      [calls(0, 0, 0)],
    ),
    of(
      'a call is given up, two call again, and two let all go',
      keeps([0, 0, 1, 1]),
      [calls(0, 0, 0), calls(0, 0, 0)],
      [aborts(0), calls(0, 0, 0)],
      [releases],
      [releases],
    ),
    of('kept behind a server that ends', keepsBehind([0, 0, 2]), [calls(0, 0, 0)], [terminates(1)], [releases]),
    of('kept behind a server, and given up', keepsBehind([0, 0, 2]), [calls(0, 0, 0)], [aborts(0)], [releases]),
    of(
      'kept behind a server, given up, and kept again',
      keepsBehind([0, 0, 2]),
      [calls(0, 0, 0), calls(0, 0, 0)],
      [aborts(0)],
      [releases],
    ),
    of('exported and imported', unbound([0, 1], false), [imports(1), calls(0, 0, 1)], [exports, exports]),
    of('two import', unbound([0, 2], true), [imports(1), calls(0, 0, 1)], [imports(1), calls(0, 0, 2)]),
    of('imported from a server that ends', unbound([0, 0], true), [imports(1), calls(0, 0, 1)], [terminates(1)]),
    of('imported, and kept by a server that ends', unboundKeeps([0, 0]), [imports(1), calls(0, 0, 0)], [terminates(1)]),
    of('imported, and used by another thread', unbound([0, 0], true), [imports(1)], [calls(0, 0, 1)]),
    of('imported, and two use it', unboundKeeps([0, 0, 0]), [imports(1)], [calls(0, 0, 1)], [calls(0, 0, 1)]),
    of(
      'imported, and two use it, an A-stack for each',
      unboundAdds([0, 0], 2),
      [imports(1), calls(0, 0, 1)],
      [calls(0, 0, 2)],
    ),
    of('imported, and found by guessing', unbound([0, 0], true), [imports(1)], [stomps(2, 0, nowhere), calls(0, 0, 1)]),
    of('E-stacks change hands', crowded, [calls(0, 0, 1), calls(0, 2, 2)], [calls(0, 1, 0)]),
    of(
      'E-stacks change hands, and one is taken again',
      crowded,
      [calls(0, 0, 1), calls(0, 2, 2), calls(0, 0, 3)],
      [calls(0, 1, 0)],
    ),
  ];
};

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
      .tuple(fc.constantFrom(0, 0, 0, 1, 2), fc.constantFrom(0, 0, 0, 1, 2), fc.nat({ max: 9 }))
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
