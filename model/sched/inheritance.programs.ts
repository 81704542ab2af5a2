/** The words that programs with lent priorities are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { InheritanceCall, InheritanceParameters, MutexId, Priority } from '#spec/abi/sched/inheritance.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Inheritance, PendingCall } from '#spec/sched/inheritance.ts';

export type Parameters = InheritanceParameters;
export type Call = PendingCall;

export const mutexesMax = 3;
export const prioritiesMax = 10;

export const locks = (mutex: MutexId): InheritanceCall => ({ tag: 'lock', mutex });
export const unlocks = (mutex: MutexId): InheritanceCall => ({ tag: 'unlock', mutex });
export const calls = (server: ThreadId): InheritanceCall => ({ tag: 'call', server });
export const receives: InheritanceCall = { tag: 'receive' };
export const replies: InheritanceCall = { tag: 'reply' };
export const timesOut = (thread: ThreadId): InheritanceCall => ({ tag: 'timeOut', thread });
export const sets = (thread: ThreadId, priority: Priority): InheritanceCall => ({
  tag: 'setPriority',
  thread,
  priority,
});
export const asks = (thread: ThreadId): InheritanceCall => ({ tag: 'priorityOf', thread });
export const works = (steps: number): InheritanceCall => ({ tag: 'work', steps });

/** Higher than any thread’s own priority. */
const ceiling = 9;

/** Thread t has priority t + 1, and there are two mutexes. Without timers a thread keeps its core until it waits. */
const program = (
  variant: string,
  threads: readonly (readonly InheritanceCall[])[],
  cores = Math.max(2, threads.length),
  priorities = threads.map((_, thread) => thread + 1),
): Program<Call, Parameters> => ({
  variant,
  cores,
  threads,
  parameters: {
    priorities,
    ceilings: [ceiling, ceiling],
  },
});

/** Small programs, each about one thing that can go wrong. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = (
    name: string,
    threads: readonly (readonly InheritanceCall[])[],
    cores?: number,
  ): { name: string; program: Program<Call, Parameters> } => ({ name, program: program(variant, threads, cores) });
  /** Thread 0 stops until the others wait, or may do so: the last of them, which is urgent to nobody, calls it then. */
  const afterThey = (
    name: string,
    before: readonly InheritanceCall[],
    then: readonly InheritanceCall[],
    others: readonly (readonly InheritanceCall[])[],
    last: readonly InheritanceCall[] = [],
    highest = others.length + 1,
  ) => {
    const threads = [[...before, receives, ...then], ...others, [calls(0), ...last]];
    const priorities = threads.map((_, thread) => (thread === threads.length - 1 ? 0 : Math.min(thread + 1, highest)));
    return { name, program: program(variant, threads, threads.length, priorities) };
  };
  return [
    of('alone: what cannot be done, and a priority of its own', [
      [
        unlocks(0),
        locks(0),
        locks(0),
        replies,
        calls(0),
        asks(0),
        sets(0, 5),
        asks(0),
        unlocks(0),
        unlocks(0),
        works(2),
      ],
      [],
    ]),
    of('nobody waits', [[locks(0), unlocks(0), locks(1), unlocks(1)]]),
    of('a chain while it is raised', [
      [locks(0), receives],
      [locks(1), locks(0)],
      [locks(1)],
      [asks(1), asks(0), asks(1), asks(0)],
    ]),
    of('high waits for low, and medium computes', [[locks(0), unlocks(0)], [works(2)], [locks(0), unlocks(0)]], 1),
    of(
      'high waits for the service of low, and medium computes',
      [[receives, works(1), replies], [works(2)], [calls(0)]],
      1,
    ),
    of(
      'high waits along a chain, and medium computes',
      [[locks(0), unlocks(0)], [locks(1), locks(0), unlocks(1)], [works(1)], [locks(1)]],
      1,
    ),
    of('a chain of two', [[locks(0), asks(0), asks(1), asks(0)], [locks(1), locks(0)], [locks(1)]]),
    of('lent, and no longer lent', [
      [locks(0), asks(0), unlocks(0), asks(0)],
      [locks(0), unlocks(0)],
    ]),
    of('two mutexes, of which one is given up', [
      [locks(0), locks(1), asks(0), unlocks(1), asks(0)],
      [locks(1)],
      [locks(0)],
    ]),
    of('a wait that times out', [[locks(0), asks(0), unlocks(0)], [locks(0)], [timesOut(1), asks(0)]]),
    of('who waits is made more urgent', [[locks(0), asks(0)], [locks(0)], [sets(1, 7), asks(0)]]),
    of('crossed mutexes', [
      [locks(0), locks(1), unlocks(0), unlocks(1)],
      [locks(1), locks(0), unlocks(0), unlocks(1)],
    ]),
    of('a ring through a server', [
      [locks(0), calls(1)],
      [receives, locks(0)],
    ]),
    of('a service and its end', [[receives, asks(0), replies, asks(0)], [calls(0)]]),
    of('the more urgent request is served first', [[asks(0), receives, replies], [calls(0)], [calls(0)]]),
    of('a caller goes while it is served, and calls again', [
      [receives, asks(0), replies, asks(0)],
      [calls(0), calls(2)],
      [timesOut(1)],
    ]),
    afterThey(
      'a timeout meets the hand-over',
      [locks(0)],
      [unlocks(0), timesOut(1), timesOut(1), timesOut(1), locks(0)],
      [[locks(0), unlocks(0)]],
    ),
    afterThey('handed over while another asks', [locks(0)], [replies, unlocks(0)], [[locks(0)]], [locks(0)]),
    afterThey(
      'the last of a chain goes',
      [locks(0)],
      [asks(0), timesOut(2), asks(1), asks(0)],
      [[locks(1), locks(0)], [locks(1)]],
    ),
    afterThey('who waits is made less urgent', [locks(0)], [sets(1, 0), asks(0)], [[locks(0)]]),
    of('a mutex that nobody waits for any more', [
      [locks(0), receives, unlocks(0), replies, receives, replies, receives, replies, asks(0)],
      [locks(0), calls(0), locks(0), receives, replies, calls(0)],
      [timesOut(1), calls(0), calls(1), locks(0)],
    ]),
    afterThey('two that are equal', [locks(0)], [unlocks(0)], [[locks(0)], [asks(0), locks(0)]], [], 2),
    afterThey(
      'who is next is lent what the others lend',
      [locks(0)],
      [asks(0), unlocks(0), sets(1, 7), asks(2)],
      [[locks(0)], [asks(0), locks(0)]],
    ),
    afterThey(
      'who waits is made more urgent than the first',
      [locks(0)],
      [asks(0), sets(1, 7), unlocks(0), asks(2)],
      [[locks(0)], [asks(0), locks(0)]],
    ),
  ];
};

/** Two mutexes and a server; a thread that watches, times out and sets priorities. */
export const exploration = (threads: number): Exploration<Inheritance, Call, Parameters> => ({
  parameters: { priorities: Array.from({ length: threads }, (_, thread) => thread + 1), ceilings: [ceiling, 3] },
  threads: Array.from({ length: threads }, (_, thread) => {
    const mutexes = [locks(0), locks(1), unlocks(0), unlocks(1)];
    if (thread === threads - 1) return { tag: 'any', calls: [timesOut(0), sets(0, 4), sets(0, 1), asks(0), works(1)] };
    return { tag: 'any', calls: [...mutexes, thread === 0 ? receives : calls(0), replies] };
  }),
  mayWait: () => false, // whoever holds a mutex or serves somebody can go on: thread 0 by a timeout at the latest
});

const drawnCall = (threads: number): fc.Arbitrary<InheritanceCall> => {
  const thread = fc.nat({ max: threads - 1 });
  const mutex = fc.nat({ max: 1 });
  return fc.oneof(
    { weight: 5, arbitrary: mutex.map(locks) },
    { weight: 4, arbitrary: mutex.map(unlocks) },
    { weight: 2, arbitrary: thread.map(calls) },
    { weight: 2, arbitrary: fc.constant(receives) },
    { weight: 2, arbitrary: fc.constant(replies) },
    { weight: 2, arbitrary: thread.map(timesOut) },
    { weight: 1, arbitrary: fc.tuple(thread, fc.nat({ max: 8 })).map((of) => sets(...of)) },
    { weight: 3, arbitrary: thread.map(asks) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map(works) },
  );
};

const drawnParameters = (threads: number): fc.Arbitrary<Parameters> =>
  fc.record({
    priorities: fc.array(fc.nat({ max: 4 }), { minLength: threads, maxLength: threads }),
    ceilings: fc.array(fc.constantFrom(ceiling, 4, 2), { minLength: 2, maxLength: 2 }),
  });

export const sequences = (threads: number) => ({
  parameters: drawnParameters(threads),
  threads,
  calls: fc.record({ thread: fc.nat({ max: threads - 1 }), call: drawnCall(threads) }),
});

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc.record({
    variant: fc.constant(variant),
    cores: fc.integer({ min: 1, max: 4 }),
    parameters: drawnParameters(size.threads),
    threads: fc.array(fc.array(drawnCall(size.threads), { maxLength: size.calls }), {
      minLength: size.threads,
      maxLength: size.threads,
    }),
  });

/** The call with a smaller argument, if it has one. */
export const simplerCall = (call: Call): Call[] => {
  if (call.tag === 'work' && call.steps > 1) return [{ ...call, steps: 1 }];
  if ((call.tag === 'lock' || call.tag === 'unlock') && call.mutex > 0) return [{ ...call, mutex: call.mutex - 1 }];
  return [];
};
