/** Random programs of ChCore's IPC, and simpler ones. */
import * as fc from 'fast-check';
import type { Call } from '#model/ipc/chcore.programs.ts';
import {
  accepts,
  atFirst,
  calls,
  clientPage,
  closes,
  confused,
  connected,
  gets,
  gift,
  kills,
  nested,
  oneConnection,
  otherServerPage,
  reads,
  recycles,
  refuses,
  registersClient,
  registersServer,
  returns,
  serverPage,
  serves,
  sets,
  twoConnections,
  unconnected,
  watched,
  writes,
  yields,
} from '#model/ipc/chcore.setups.ts';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { ChcoreCall, ChcoreParameters, ChcoreThreadAtBoot } from '#spec/abi/ipc/chcore.ts';
import { type Chcore, isAlive, processOf } from '#spec/ipc/chcore.state.ts';

/** Setups by how many threads they have. */
const setups: readonly ChcoreParameters[] = [
  oneConnection(1),
  oneConnection(2),
  watched(1),
  twoConnections(),
  { ...oneConnection(2), floatingPoint: [0] },
  oneConnection(3),
  watched(2),
  twoConnections(true),
  nested,
  unconnected(1),
  atFirst,
  confused,
];

const slot = fc.nat({ max: 4 });
const connection = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: slot });
const index = fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 1 }) }, { weight: 1, arbitrary: fc.constantFrom(2, 15) });
const count = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 3 }) });
const page = fc.constantFrom(0, clientPage, serverPage, otherServerPage);
const field = fc.constantFrom('word' as const, 'count' as const);
const value = fc.nat({ max: 3 });
const process = fc.nat({ max: 1 });

type Weighted = fc.WeightedArbitrary<ChcoreCall>;
const often = (weight: number, arbitrary: fc.Arbitrary<ChcoreCall>): Weighted => ({ weight, arbitrary });

/** What any thread may ask for, wherever it runs. */
const anybodys: readonly Weighted[] = [
  often(1, fc.constant(yields)),
  often(1, process.map(kills)),
  often(1, process.map(recycles)),
];

const clients: readonly Weighted[] = [
  often(
    8,
    fc.tuple(connection, count, fc.constantFrom(1, 1, 2)).map(([a, b, c]) => calls(a, b, c)),
  ),
  often(
    3,
    fc.tuple(connection, index, slot).map(([a, b, c]) => sets(a, b, c)),
  ),
  often(
    3,
    fc.tuple(connection, index).map(([a, b]) => gets(a, b)),
  ),
  often(2, connection.map(closes)),
  often(
    3,
    fc.tuple(fc.constantFrom(0, 0, 3, 4), slot, page).map(([a, b, c]) => registersClient(a, b, c)),
  ),
  often(1, slot.map(registersServer)),
  often(
    2,
    fc.tuple(page, field).map(([a, b]) => reads(a, b)),
  ),
  often(
    2,
    fc.tuple(page, value, field).map(([a, b, c]) => writes(a, b, c)),
  ),
  ...anybodys,
];

const handlers: readonly Weighted[] = [
  often(8, value.map(returns)),
  often(
    3,
    fc.tuple(index, slot).map(([a, b]) => sets(null, a, b)),
  ),
  often(
    3,
    index.map((at) => gets(null, at)),
  ),
  often(
    2,
    field.map((at) => reads(null, at)),
  ),
  often(
    2,
    fc.tuple(value, field).map(([a, b]) => writes(null, a, b)),
  ),
  often(
    1,
    fc.tuple(slot, count).map(([a, b]) => calls(a, b)),
  ),
  often(1, fc.constant(serves)),
  ...anybodys,
];

const registers: readonly Weighted[] = [
  often(
    5,
    fc.tuple(fc.constantFrom(1, 1, 1, 0, 2), page).map(([a, b]) => accepts(a, b)),
  ),
  often(2, fc.constant(refuses)),
  often(1, fc.constant(serves)),
  ...anybodys,
];

const weighted = { user: clients, handler: handlers, register: registers };

/** What a thread of this kind may ask for. */
const callOf = (kind: ChcoreThreadAtBoot['kind']): fc.Arbitrary<ChcoreCall> => fc.oneof(...weighted[kind]);

/** The calls of a thread; one that serves begins with that. */
const callsOf = (kind: ChcoreThreadAtBoot['kind'], most: number): fc.Arbitrary<ChcoreCall[]> =>
  fc
    .array(callOf(kind), { maxLength: most })
    .map((drawn) => (kind === 'user' || drawn.length === 0 ? drawn : [serves, ...drawn].slice(0, Math.max(most, 2))));

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, ChcoreParameters>> =>
  fc.constantFrom(...setups.filter(({ threads }) => threads.length <= Math.max(size.threads, 2))).chain((parameters) =>
    fc.record({
      variant: fc.constant(variant),
      cores: fc.integer({ min: 1, max: 4 }),
      parameters: fc.constant(parameters),
      threads: fc.tuple(...parameters.threads.map(({ kind }) => callsOf(kind, size.calls))),
    }),
  );

/** For calls made one after the other, by the threads of one setup. */
export const sequences = {
  parameters: fc.constantFrom(...setups.filter(({ threads }) => threads.length === 4)),
  threads: 4,
  calls: fc.nat({ max: 3 }).chain((thread) =>
    fc.record({
      thread: fc.constant(thread),
      call: fc.oneof(
        { weight: 3, arbitrary: callOf('user') },
        { weight: 1, arbitrary: callOf('handler') },
        { weight: 1, arbitrary: callOf('register') },
      ),
    }),
  ),
};

/**
 * A handler, clients that share a connection, and a thread that kills and recycles: each does what it likes, for ever.
 * Nobody waits for ever whose process lives, and whose server goes on: only those who wait to be asked may.
 */
export const exploration = (threads: number): Exploration<Chcore, Call, ChcoreParameters> => {
  const clientThreads = Math.max(1, threads - 2);
  return {
    parameters: watched(clientThreads),
    threads: [
      { tag: 'any', calls: [serves, returns(1)] },
      ...Array.from({ length: clientThreads }, () => ({
        tag: 'any' as const,
        calls: [calls(connected), sets(connected, 0, gift), closes(connected)],
      })),
      { tag: 'any', calls: [kills(0), kills(1), recycles(0), recycles(1)] },
    ],
    mayWait: (state, caller, { tag }) => tag !== 'blocked' || !isAlive(state, processOf(state, caller)),
  };
};

/** The call with a smaller argument, if it has one. */
export const simplerCall = (call: Call): Call[] => {
  switch (call.tag) {
    case 'call':
      return [
        ...(call.count > 0 ? [{ ...call, count: call.count - 1 }] : []),
        ...(call.attempts > 1 ? [{ ...call, attempts: call.attempts - 1 }] : []),
      ];
    case 'write':
      return call.value > 1 ? [{ ...call, value: 1 }] : [];
    case 'return':
      return call.result > 0 ? [{ ...call, result: 0 }] : [];
    case 'get':
    case 'set':
      return call.index > 0 ? [{ ...call, index: call.index - 1 }] : [];
    default:
      return [];
  }
};
