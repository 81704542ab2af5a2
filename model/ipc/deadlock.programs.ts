/** The words that programs of calls with timeouts are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { DeadlockCall, DeadlockParameters, PortId, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { Deadlock, PendingCall } from '#spec/ipc/deadlock.ts';

export type Parameters = DeadlockParameters;
export type Call = PendingCall;

export const calls = (port: PortId, word: number, timeoutTicks: TimeoutTicks = null): DeadlockCall => ({
  tag: 'call',
  port,
  word,
  timeoutTicks,
});
export const receives = (timeoutTicks: TimeoutTicks = null): DeadlockCall => ({ tag: 'receive', timeoutTicks });
export const replies = (word: number): DeadlockCall => ({ tag: 'reply', word });
export const locks = (timeoutTicks: TimeoutTicks = null): DeadlockCall => ({ tag: 'lock', timeoutTicks });
export const unlocks: DeadlockCall = { tag: 'unlock' };
export const ticks: DeadlockCall = { tag: 'tick' };

/** Each thread serves the port of its number, unless `serves` says otherwise, and has a core. */
export const program = (
  variant: string,
  threads: readonly (readonly DeadlockCall[])[],
  serves: readonly PortId[] = threads.map((_, thread) => thread),
): Program<Call, Parameters> => ({ variant, cores: Math.max(2, threads.length), threads, parameters: { serves } });

/** Small programs, each about one thing that can go wrong. Where rings are refused, those about rings, and a few more. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = (name: string, threads: readonly (readonly DeadlockCall[])[], serves?: readonly PortId[]) => ({
    name,
    program: program(variant, threads, serves),
  });
  const serves = (word: number) => [receives(), replies(word)];
  const first = [
    of('alone: what cannot be done', [
      [replies(1), unlocks, calls(0, 5), locks(), locks(0), receives(0), calls(1, 5, 0), unlocks, unlocks],
      [],
    ]),
    of('a call and its reply', [[calls(1, 5)], serves(6)]),
    of('a reply meets the clock', [[calls(1, 5, 1)], serves(6), [ticks]]),
    of('two take the mutex', [
      [locks(), unlocks],
      [locks(), unlocks],
    ]),
  ];
  const rings = [
    of('a ring of two', [[calls(1, 5)], [calls(0, 6)]]),
    of('a ring of three', [[calls(1, 5)], [calls(2, 6)], [calls(0, 7)]]),
    of('a pool whose workers all wait', [[calls(1, 5)], [calls(1, 6)], [receives(), calls(0, 7)]], [0, 0, 1]),
    of('who holds the mutex calls who wants it', [
      [locks(), calls(1, 5), unlocks],
      [receives(), locks(), unlocks, replies(6)],
    ]),
  ];
  if (variant === 'detects') {
    return [
      ...first,
      ...rings,
      of('a ring of requests in service', [[calls(1, 5)], [receives(), calls(2, 6)], [receives(), calls(0, 7)]]),
      of(
        'a pool with a worker to spare',
        [[receives(), calls(1, 5), replies(9)], serves(8), [calls(0, 6), ...serves(7)]],
        [0, 0, 1],
      ),
      of('a ring of four', [[calls(1, 5)], [calls(2, 6)], [calls(3, 7)], [calls(0, 8)]]),
      of('a ring that would be closed at once or not at all', [[calls(1, 5)], [calls(0, 6, 0)]]),
    ];
  }
  return [
    ...first,
    ...rings,
    of('first come, first served: one has waited since before a tick', [
      [calls(2, 5, 2)],
      [ticks, calls(2, 6)],
      [receives(), ticks],
    ]),
    of('a worker takes nothing until it has replied', [
      [calls(1, 5)],
      [receives(), receives(0), replies(6), replies(7)],
    ]),
    of('a request is withdrawn, and sent again', [
      [calls(1, 5, 1), calls(1, 6)],
      [ticks, ...serves(7), receives(0)],
    ]),
    of('one of two is withdrawn, and sent again', [
      [calls(2, 5)],
      [calls(2, 6, 1), calls(2, 7)],
      [ticks, ...serves(8), ...serves(9)],
    ]),
    of('a late reply meets the next call', [[calls(1, 5, 1), calls(2, 6)], serves(7), [ticks, ...serves(8)]]),
    of('a request is read when its caller has gone', [[receives()], [calls(0, 5, 1), calls(0, 6)], [ticks]]),
    of('a caller in a hurry, and then the server’s own call', [
      [calls(1, 5, 1)],
      [receives(), replies(6), calls(2, 7)],
      [ticks],
    ]),
    of('at once, to a worker who has waited since before', [
      [ticks, calls(1, 5, 0), ticks],
      [receives(2), replies(6)],
    ]),
    of('a worker waits for a while', [[calls(1, 5)], [receives(1), replies(6)], [ticks]]),
    of('two that wait for a while, the shorter one first', [[calls(2, 5, 1)], [receives(3)], [receives(), ticks]]),
    of('one waits twice', [
      [receives(1), receives(1)],
      [ticks, ticks],
    ]),
    of('a ring of two, and one will not wait for ever', [[calls(1, 5, 1), ...serves(7)], [calls(0, 6)], [ticks]]),
    of('a call within a call, and nobody is there', [
      [calls(1, 5, 1)],
      [receives(), calls(2, 6, 3), replies(7)],
      [ticks],
    ]),
    of('a call within a call waits for less', [
      [calls(1, 5, 3)],
      [receives(), calls(2, 6, 1), replies(7)],
      [receives(), ticks],
    ]),
    of('a wait for the mutex within a call', [[locks(), calls(1, 5, 1)], [receives(), locks(), replies(7)], [ticks]]),
    of('one of two who want the mutex gives up', [[locks(), ticks, unlocks], [locks(1)], [locks(), unlocks]]),
    of('who gave up on the mutex waits for a request', [
      [locks(), ticks, unlocks],
      [locks(1), receives()],
    ]),
    of('who gave up on the mutex wants it again', [
      [locks(), ticks, unlocks],
      [locks(1), locks()],
    ]),
  ];
};

/** A client and servers that also call back, one clock; waits of every kind. */
export const exploration = (threads: number): Exploration<Deadlock, Call, Parameters> => ({
  parameters: { serves: Array.from({ length: threads }, (_, thread) => thread) },
  threads: Array.from({ length: threads }, (_, thread) => {
    if (thread === threads - 1) return { tag: 'any', calls: [ticks] };
    const next = (thread + 1) % Math.max(1, threads - 1);
    return thread === 0
      ? { tag: 'any', calls: [calls(next, 1, 1), calls(next, 1, 0), receives(2), replies(2), locks(1), unlocks] }
      : { tag: 'any', calls: [calls(next, 1), receives(), replies(2), locks(), unlocks] };
  }),
  mayWait: ({ waits }, caller) => {
    const wait = waits[caller];
    return wait !== null && wait !== undefined && wait.tag !== 'decided' && wait.leftTicks === null;
  },
});

const drawnTimeout: fc.Arbitrary<TimeoutTicks> = fc.constantFrom(null, null, 0, 1, 1, 2);
const drawnWord = fc.nat({ max: 3 });

export const drawnCall = (ports: number): fc.Arbitrary<DeadlockCall> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.nat({ max: ports - 1 }), drawnWord, drawnTimeout).map((of) => calls(...of)) },
    { weight: 3, arbitrary: drawnTimeout.map(receives) },
    { weight: 3, arbitrary: drawnWord.map(replies) },
    { weight: 1, arbitrary: drawnTimeout.map(locks) },
    { weight: 1, arbitrary: fc.constant(unlocks) },
    { weight: 3, arbitrary: fc.constant(ticks) },
  );

/** Ports without gaps: the lowest numbers, in the order in which they come. */
const withoutGaps = (serves: readonly PortId[]): PortId[] => {
  const used = [...new Set(serves)];
  return serves.map((port) => used.indexOf(port));
};

export const drawnParameters = (threads: number): fc.Arbitrary<Parameters> =>
  fc
    .array(fc.nat({ max: threads - 1 }), { minLength: threads, maxLength: threads })
    .map((serves) => ({ serves: withoutGaps(serves) }));

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc.tuple(drawnParameters(size.threads), fc.integer({ min: 1, max: 4 })).chain(([parameters, cores]) =>
    fc
      .array(fc.array(drawnCall(Math.max(...parameters.serves) + 1), { maxLength: size.calls }), {
        minLength: size.threads,
        maxLength: size.threads,
      })
      .map((threads) => ({ variant, cores, parameters, threads })),
  );

/** The call with a smaller argument, if it has one: a wait for ever, or none at all, is simpler than one for a while. */
export const simplerCall = (call: Call): Call[] => {
  const simpler: Call[] = [];
  if ('timeoutTicks' in call && call.timeoutTicks !== null) {
    simpler.push({ ...call, timeoutTicks: null });
    if (call.timeoutTicks > 1) simpler.push({ ...call, timeoutTicks: call.timeoutTicks - 1 });
  }
  if ('word' in call && call.word > 0) simpler.push({ ...call, word: 0 });
  if (call.tag === 'call' && call.port > 0) simpler.push({ ...call, port: call.port - 1 });
  return simpler;
};

/** What is wrong with the ports of a program, if anything. */
export const wrongPorts = ({ serves }: Parameters, threads: number): string | undefined => {
  if (serves.length !== threads) return `${threads} threads, and ${serves.length} ports that they serve`;
  const ports = new Set(serves);
  return Math.max(...serves) + 1 === ports.size ? undefined : 'a port has no worker';
};
