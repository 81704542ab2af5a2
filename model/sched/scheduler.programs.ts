/** Programs for schedulers: small ones, each about one thing, and random ones. */
import * as fc from 'fast-check';
import type { Program, ProgramSize } from '#model/subject.ts';
import type { CoreMask, Priority, SchedulerCall, Target } from '#spec/abi/sched/scheduler.ts';
import { type PendingCall, priorityMax } from '#spec/sched/scheduler.ts';

export type Call = PendingCall;

export interface Parameters {
  /** Of each thread, at boot. */
  readonly priorities: readonly Priority[];
  /** How many ticks a thread runs before it is another's turn. */
  readonly sliceTicks: number;
}

export const waits: SchedulerCall = { tag: 'wait' };
export const wakes = (target: Target): SchedulerCall => ({ tag: 'wake', target });
export const calls = (target: Target, word = 7): SchedulerCall => ({ tag: 'call', target, word });
export const receives: SchedulerCall = { tag: 'receive' };
export const replies = (word = 1): SchedulerCall => ({ tag: 'reply', word });
export const repliesAndReceives = (word = 2): SchedulerCall => ({ tag: 'replyAndReceive', word });
export const yields: SchedulerCall = { tag: 'yield' };
export const moves = (target: Target, mask: CoreMask): SchedulerCall => ({ tag: 'setAffinity', target, mask });
export const asksMask = (target: Target): SchedulerCall => ({ tag: 'getAffinity', target });
export const ranks = (target: Target, priority: Priority): SchedulerCall => ({ tag: 'setPriority', target, priority });
export const locates: SchedulerCall = { tag: 'whereAmI' };
export const works = (steps = 3): SchedulerCall => ({ tag: 'work', steps });

interface Scenario {
  readonly name: string;
  readonly program: Program<Call, Parameters>;
}

const scenario = (
  name: string,
  cores: number,
  threads: readonly (readonly SchedulerCall[])[],
  priorities: readonly Priority[] = threads.map(() => 1),
  sliceTicks = 1,
): Scenario => ({ name, program: { variant: '', cores, threads, parameters: { priorities, sliceTicks } } });

const waking: readonly Scenario[] = [
  scenario('one waits, one wakes', 2, [[waits], [wakes(0)]]),
  scenario('three wake each other in a ring', 2, [
    [wakes(1), waits],
    [waits, wakes(2)],
    [waits, wakes(0)],
  ]),
  scenario(
    'the most urgent is woken, and every core has something to do',
    2,
    [
      [works(), works(), works()],
      [wakes(2), works(), works()],
      [waits, works()],
    ],
    [1, 1, 2],
  ),
  scenario(
    'one gives way to another, and a third that is as urgent waits',
    1,
    [
      [yields, wakes(2), works(1)],
      [yields, works(1)],
      [waits, works(1)],
    ],
    [1, 1, 2],
    9,
  ),
  scenario('one goes to sleep on the core where its waker goes on', 2, [
    [waits, wakes(2), works(), works()],
    [wakes(0)],
    [waits, works()],
  ]),
];

const calling: readonly Scenario[] = [
  scenario('a call and its reply', 2, [[calls(1)], [receives, replies()]]),
  scenario('two call one', 2, [[calls(2, 3)], [calls(2, 4)], [receives, repliesAndReceives(), replies()]]),
  scenario('two calls one after the other, and calls within them', 1, [
    [calls(1, 3), calls(1, 4)],
    [receives, calls(2), repliesAndReceives(), replies()],
    [receives, replies()],
  ]),
  scenario(
    'who is called is less urgent than another',
    1,
    [[waits, calls(1)], [receives, replies()], [waits, wakes(0), works()], [wakes(2)]],
    [3, 1, 2, 0],
  ),
  scenario('one that is called has waited on another core, behind one that goes on there', 2, [
    [waits, calls(1)],
    [moves(null, 2), waits, ranks(null, 1), receives, replies()],
    [moves(null, 2), wakes(1), yields, moves(1, 3), wakes(0), works()],
  ]),
  scenario('one calls twice, and another between its calls', 1, [
    [calls(2, 3), calls(2, 5)],
    [calls(2, 4)],
    [receives, repliesAndReceives(), repliesAndReceives(), repliesAndReceives()],
  ]),
  scenario(
    'two who are more urgent call one',
    1,
    [[calls(2, 3)], [calls(2, 4)], [receives, repliesAndReceives(), replies()]],
    [2, 2, 1],
  ),
  scenario(
    'who calls is as urgent as another that waits, and more than whom it calls',
    1,
    [[receives, ranks(1, 3), replies()], [calls(0), works()], [works()]],
    [1, 2, 2],
  ),
  scenario('who calls is made more urgent by whom it calls', 1, [
    [receives, ranks(1, 2), replies(), works()],
    [calls(0), works()],
  ]),
  scenario(
    'a slice that is used in part is lent',
    1,
    [
      [receives, works(), replies()],
      [works(), calls(0)],
    ],
    [1, 1],
    2,
  ),
  scenario('who is called may not run here', 2, [
    [moves(null, 1), calls(1), locates],
    [moves(null, 2), receives, locates, replies()],
  ]),
  scenario('who calls may not run elsewhere, and who is called may', 2, [
    [moves(null, 1), calls(1), locates],
    [receives, replies()],
  ]),
  scenario('who is answered may not run here', 2, [
    [moves(null, 1), calls(1), locates],
    [moves(null, 2), receives, repliesAndReceives()],
  ]),
  scenario('who is answered is less urgent than another', 2, [
    [calls(1), works()],
    [receives, ranks(0, 0), repliesAndReceives()],
    [works(9), works(9), works(9)],
    [works()],
  ]),
  scenario(
    'who calls is less urgent than another, and whom it calls is not',
    2,
    [[calls(1)], [receives, replies()], [works(1)]],
    [0, 2, 1],
  ),
  scenario(
    'who is called has waited where one that is more urgent waits now',
    2,
    [[works(9), calls(1)], [receives, replies()], [works(1)], [works(9)], [works(1)], [works(9)]],
    [0, 0, 0, 1, 0, 1],
    9,
  ),
  scenario('one that owes a reply would receive', 2, [
    [calls(2, 3)],
    [calls(2, 4)],
    [receives, receives, replies(), receives, replies()],
  ]),
];

const moving: readonly Scenario[] = [
  scenario('two move each other', 2, [
    [moves(1, 1), locates],
    [moves(0, 2), locates],
  ]),
  scenario('one is moved to and fro', 3, [[works(), locates], [moves(0, 2)], [moves(0, 5)]]),
  scenario('one is moved, gives up its core, and is moved back', 2, [
    [works(), yields, yields, works()],
    [moves(0, 2), yields, moves(0, 1)],
  ]),
  scenario(
    'one is woken on a core that takes another',
    2,
    [[wakes(1), works()], [waits, works()], [works()]],
    [1, 2, 0],
  ),
  scenario('two move one', 3, [[works(), locates], [moves(0, 2)], [moves(0, 4)]]),
  scenario('one is moved while it waits', 2, [
    [waits, locates],
    [moves(0, 2), wakes(0)],
  ]),
  scenario('one may go elsewhere, and one before it may not', 2, [
    [moves(2, 1), moves(3, 1), moves(3, 3)],
    [works()],
    [works()],
    [works()],
  ]),
  scenario('one is moved that calls, and waits for its mover', 2, [
    [yields, calls(2)],
    [moves(0, 2), wakes(2)],
    [receives, waits, replies()],
  ]),
  scenario('others are made more and less urgent', 1, [
    [ranks(2, 0), works(), ranks(null, 0), works()],
    [works()],
    [works()],
    [works()],
  ]),
  scenario('one that is to be moved may stay after all, and calls', 4, [
    [calls(3)],
    [moves(0, 2)],
    [moves(0, 3)],
    [receives],
  ]),
  scenario('one that is to be moved may stay after all, beside one that is made more urgent', 3, [
    [works(), works()],
    [moves(0, 2)],
    [moves(3, 1), moves(0, 3), ranks(3, 2)],
    [works()],
  ]),
  scenario(
    'one that is to be moved may stay after all, and whoever wanted that has come to its core',
    3,
    [[works(), works()], [moves(0, 2)], [moves(1, 1), moves(0, 3)]],
    [1, 2, 1],
  ),
  scenario(
    'one is woken where another makes itself more urgent',
    3,
    [[waits, works()], [works(), wakes(0)], [moves(3, 1)], [ranks(null, 3), works(), works()]],
    [2, 1, 1, 1],
  ),
  scenario(
    'one that is more urgent is moved to where its mover is',
    2,
    [[moves(3, 1), works(), works()], [works(), works()], [works()], [works()]],
    [1, 2, 0, 2],
  ),
  scenario('where there is no core', 2, [
    [moves(null, 4), asksMask(null), moves(null, -1), ranks(null, 4), ranks(null, 2)],
  ]),
];

export const scenarios = (variant: string): readonly Scenario[] =>
  [...waking, ...calling, ...moving].map(({ name, program }) => ({
    name,
    program: { ...program, variant },
  }));

const anyTarget = (threads: number): fc.Arbitrary<Target> =>
  fc.oneof({ weight: 6, arbitrary: fc.nat({ max: threads - 1 }) }, fc.constant(null), fc.constant(threads));

const aWord = fc.nat({ max: 9 });
const aPriority = fc.integer({ min: -1, max: priorityMax + 1 });

const callOf = (threads: number): fc.Arbitrary<SchedulerCall> => {
  const target = anyTarget(threads);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(waits) },
    { weight: 5, arbitrary: target.map(wakes) },
    { weight: 4, arbitrary: fc.tuple(target, aWord).map(([to, word]) => calls(to, word)) },
    { weight: 3, arbitrary: fc.constant(receives) },
    { weight: 1, arbitrary: aWord.map(replies) },
    { weight: 3, arbitrary: aWord.map(repliesAndReceives) },
    { weight: 1, arbitrary: fc.constant(yields) },
    { weight: 3, arbitrary: fc.tuple(target, fc.integer({ min: 0, max: 15 })).map(([to, mask]) => moves(to, mask)) },
    { weight: 1, arbitrary: target.map(asksMask) },
    { weight: 1, arbitrary: fc.tuple(target, aPriority).map(([to, priority]) => ranks(to, priority)) },
    { weight: 2, arbitrary: fc.constant(locates) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map(works) },
  );
};

const parametersFor = (threads: number): fc.Arbitrary<Parameters> =>
  fc.record({
    priorities: fc.array(fc.nat({ max: 2 }), { minLength: threads, maxLength: threads }),
    sliceTicks: fc.integer({ min: 1, max: 2 }),
  });

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc.record({
    variant: fc.constant(variant),
    parameters: parametersFor(size.threads),
    cores: fc.integer({ min: 1, max: 4 }),
    threads: fc.array(fc.array(callOf(size.threads), { maxLength: size.calls }), {
      minLength: size.threads,
      maxLength: size.threads,
    }),
  });

/** Each thread stays on its core in these, since whose turn it is shows by the core: a mask is all cores, or none. */
export const sequences = () => ({
  parameters: parametersFor(3),
  threads: 3,
  calls: fc.record({
    thread: fc.nat({ max: 2 }),
    call: callOf(3).map((call) =>
      call.tag === 'setAffinity' ? { ...call, mask: call.mask % 2 === 0 ? 8 : 15 } : call,
    ),
  }),
});

/** Calls that are a little simpler. */
export function* simplerCall(call: Call): Generator<Call> {
  if (call.tag === 'work' && call.steps > 1) yield { ...call, steps: 1 };
  if ('word' in call && call.word > 0) yield { ...call, word: 0 };
  if (call.tag === 'replyAndReceive') yield { tag: 'reply', word: call.word };
}
