/** The words that programs on the shared region are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { RegionParameters } from '#impl/ipc/shm-polling.ts';
import type { Program, ProgramSize } from '#model/subject.ts';
import type { Byte, ShmPollingCall } from '#spec/abi.ts';
import { messageLimitBytes, type PendingCall } from '#spec/ipc/shm-polling.ts';

export type Parameters = RegionParameters;
export type Call = PendingCall;

export const calls = (...bytes: Byte[]): ShmPollingCall => ({ tag: 'call', bytes });
export const serves: ShmPollingCall = { tag: 'serve' };
export const forges = (lengthBytes: number): ShmPollingCall => ({ tag: 'forge', lengthBytes });

/** The sender, the receiver, and the sender's second thread, which forges. */
const threadsMax = 3;

const program = (threads: readonly (readonly ShmPollingCall[])[], limitBytes = 2): Program<Call, Parameters> => ({
  variant: 'two-slots',
  cores: threads.length,
  threads,
  parameters: { limitBytes },
});

/** Small programs, each about one thing that such protocols get wrong. */
export const scenarios = (): { name: string; program: Program<Call, Parameters> }[] => [
  { name: 'a request meets the receiver', program: program([[calls(1)], [serves]]) },
  { name: 'two bytes', program: program([[calls(1, 2)], [serves]]) },
  {
    name: 'two calls in a row',
    program: program([
      [calls(1), calls(2)],
      [serves, serves],
    ]),
  },
  {
    name: 'a long call, then a short one',
    program: program([
      [calls(1, 2), calls(3)],
      [serves, serves],
    ]),
  },
  { name: 'the receiver comes again', program: program([[calls(1)], [serves, serves]]) },
  { name: 'the receiver comes first, and alone', program: program([[], [serves]]) },
  { name: 'the receiver stops too soon', program: program([[calls(1), calls(2)], [serves]]) },
  { name: 'nothing at all is a message', program: program([[calls()], [serves]]) },
  { name: 'a message too long', program: program([[calls(1, 2, 3), calls(4)], [serves]]) },
  { name: 'the longest messages are those of the notes', program: program([[calls(1)], [serves]], messageLimitBytes) },
  { name: 'a length that is too long is forged', program: program([[calls(1)], [serves], [forges(3)]]) },
  { name: 'a length that fits is forged', program: program([[calls(1)], [serves], [forges(2)]]) },
  {
    name: 'a length is forged between two calls',
    program: program([[calls(1), calls(2)], [serves, serves], [forges(0)]]),
  },
  { name: 'a negative length is forged', program: program([[calls(1)], [serves], [forges(-1)]]) },
];

/** Requests tell which they are: the k-th has bytes 16 k and what follows. */
const numbered = (index: number, count: number): Byte[] => Array.from({ length: count }, (_, i) => 16 * index + i);

const drawnCall: fc.Arbitrary<(index: number) => ShmPollingCall> = fc
  .oneof({ weight: 6, arbitrary: fc.nat({ max: 3 }) }, { weight: 1, arbitrary: fc.nat({ max: 5 }) })
  .map((count) => (index) => calls(...numbered(index, count)));

export const drawnParameters: fc.Arbitrary<Parameters> = fc.record({ limitBytes: fc.integer({ min: 1, max: 4 }) });

export const programs = (size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc
    .record({
      parameters: drawnParameters,
      requests: fc.array(drawnCall, { maxLength: size.calls }),
      services: fc.nat({ max: size.calls }),
      forged: fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: size.threads >= threadsMax ? size.calls : 0 }),
    })
    .map(({ parameters, requests, services, forged }) => ({
      variant: 'two-slots',
      cores: threadsMax,
      parameters,
      threads: [
        requests.map((request, index) => request(index)),
        Array.from({ length: services }, () => serves),
        forged.map(forges),
      ],
    }));

/** The call with a smaller argument, if it has one. One byte is simpler than none: it can be seen coming through. */
export const simplerCall = (call: Call): Call[] =>
  call.tag === 'call' && call.bytes.length > 1 ? [{ ...call, bytes: call.bytes.slice(0, -1) }] : [];
