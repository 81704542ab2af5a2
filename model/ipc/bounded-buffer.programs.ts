/** The words that programs on bounded buffers are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { BufferParameters } from '#impl/ipc/bounded-buffer.ts';
import type { Program, ProgramSize } from '#model/subject.ts';
import type { Item, ThreadId } from '#spec/abi.ts';
import type { PendingCall } from '#spec/ipc/bounded-buffer.ts';

export type Parameters = BufferParameters;
export type Call = PendingCall;

export const puts = (...items: Item[]): Call => ({ tag: 'put', items });
export const gets = (count: number): Call => ({ tag: 'get', count });
export const finishes: Call = { tag: 'finish' };

/** As many threads as there are cores at most: whoever polls needs one. */
export const threadsMax = 3;

export const program = (
  variant: string,
  threads: readonly (readonly Call[])[],
  parameters: Partial<Parameters> = {},
): Program<Call, Parameters> => ({
  variant,
  cores: threads.length,
  threads,
  parameters: { capacity: 1, carriedItems: 0, ...parameters },
});

/** Small programs, each about one thing that buffers get wrong. Those with one producer and one consumer come first. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = program.bind(null, variant);
  const two = { capacity: 2 };
  return [
    { name: 'a put meets a get', program: of([[puts(1)], [gets(1)]]) },
    { name: 'every slot is used again', program: of([[puts(1, 2, 3)], [gets(2)]]) },
    { name: 'items of all sizes', program: of([[puts(0, 255, 128)], [gets(3)]]) },
    { name: 'a producer that is ahead', program: of([[puts(1, 2, 3)], [gets(1)]], two) },
    { name: 'a consumer that catches up', program: of([[puts(1, 2)], [gets(2)]], two) },
    { name: 'nothing comes', program: of([[puts(1)], [gets(2)]]) },
    { name: 'there is no room', program: of([[puts(1), puts(2)], []]) },
    { name: 'indices go round', program: of([[puts(1, 2, 3)], [gets(2)]], { capacity: 2, carriedItems: 2 }) },
    ...(variant === 'in-out'
      ? []
      : [
          { name: 'two producers, one slot', program: of([[puts(1)], [puts(2)]]) },
          { name: 'two producers, two slots', program: of([[puts(1)], [puts(2)], [gets(2)]], two) },
          { name: 'two producers on a full buffer', program: of([[puts(1, 3)], [puts(2)], [gets(2)]]) },
          { name: 'two consumers, one item', program: of([[puts(1)], [gets(1)], [gets(1)]]) },
          { name: 'two consumers, two items', program: of([[puts(1, 2)], [gets(1)], [gets(1)]], two) },
          { name: 'everybody does both', program: of([[puts(1), gets(1)], [puts(2), gets(1)], [gets(1)]], two) },
          {
            name: 'counters wrap',
            program: of([[puts(1)], [puts(2, 3)], [gets(2)]], { capacity: 2, carriedItems: 0x7fffffff }),
          },
        ]),
    ...(variant === 'semaphores'
      ? [
          { name: 'the end comes after the last item', program: of([[puts(1), finishes], [gets(2)]]) },
          { name: 'the end comes to all', program: of([[finishes], [gets(1)], [gets(1)]]) },
        ]
      : []),
  ];
};

/** What a thread may do: put, get, or both. */
type Role = 'producer' | 'consumer' | 'both';

/** A call before it knows who makes it. */
type Drawn = (role: Role, thread: ThreadId, index: number) => Call;

/** Items tell who put them and when: thread t's k-th call puts 64 t + 16 k + 1 and what follows. */
const numbered = (thread: ThreadId, index: number, count: number): Item[] =>
  Array.from({ length: count }, (_, i) => 64 * thread + 16 * index + i + 1);

const drawnCall = (variant: string): fc.Arbitrary<Drawn> => {
  const transfer = fc.record({ isPut: fc.boolean(), count: fc.constantFrom(1, 1, 1, 2, 2, 3) }).map(
    ({ isPut, count }): Drawn =>
      (role, thread, index) =>
        (role === 'both' ? isPut : role === 'producer') ? puts(...numbered(thread, index, count)) : gets(count),
  );
  return variant === 'semaphores'
    ? fc.oneof({ weight: 10, arbitrary: transfer }, { weight: 1, arbitrary: fc.constant<Drawn>(() => finishes) })
    : transfer;
};

const drawnRoles = (variant: string, threads: number): fc.Arbitrary<Role[]> =>
  variant === 'in-out'
    ? fc.constantFrom<Role[]>(['producer', 'consumer'], ['consumer', 'producer'])
    : fc.array(fc.constantFrom<Role>('producer', 'consumer', 'both'), { minLength: threads, maxLength: threads });

export const drawnParameters = (variant: string): fc.Arbitrary<Parameters> =>
  fc.record({
    capacity: variant === 'lock-free' ? fc.constantFrom(1, 2, 4) : fc.integer({ min: 1, max: 3 }),
    carriedItems: fc.constantFrom(0, 0, 1, 3, 0x7fffffff),
  });

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  drawnRoles(variant, Math.min(size.threads, threadsMax)).chain((roles) =>
    fc
      .record({
        parameters: drawnParameters(variant),
        cores: variant === 'semaphores' ? fc.integer({ min: 1, max: 3 }) : fc.constant(roles.length),
        threads: fc.array(fc.array(drawnCall(variant), { maxLength: size.calls }), {
          minLength: roles.length,
          maxLength: roles.length,
        }),
      })
      .map(({ parameters, cores, threads }) => ({
        variant,
        parameters,
        cores,
        threads: threads.map((calls, thread) => calls.map((call, index) => call(roles[thread] as Role, thread, index))),
      })),
  );

/** Calls for sequential runs: the first thread puts, the second gets, so that it suits every variant. */
export const drawnTurn = (variant: string): fc.Arbitrary<{ thread: ThreadId; call: Call }> =>
  fc
    .record({ thread: fc.nat({ max: 1 }), drawn: drawnCall(variant), index: fc.nat({ max: 3 }) })
    .map(({ thread, drawn, index }) => ({
      thread,
      call: drawn(thread === 0 ? 'producer' : 'consumer', thread, index),
    }));

/** The call with a smaller argument, if it has one. */
export const simplerCall = (call: Call): Call[] => {
  if (call.tag === 'put' && call.items.length > 1) return [{ ...call, items: call.items.slice(0, -1) }];
  return call.tag === 'get' && call.count > 1 ? [{ ...call, count: call.count - 1 }] : [];
};

export const simplerParameters = (parameters: Parameters): Parameters[] => [
  ...(parameters.carriedItems === 0 ? [] : [{ ...parameters, carriedItems: 0 }]),
  ...(parameters.capacity === 1 ? [] : [{ ...parameters, capacity: parameters.capacity >> 1 }]),
];
