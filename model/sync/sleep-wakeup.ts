import * as fc from 'fast-check';
import { type Address, awaitWord, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type * as reference from '#impl/sync/sleep-wakeup.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import { listOf, mismatch, mismatchedCall, nothingOr, wholeNumberBelow, yesOrNo } from '#model/validate.ts';
import type { ConditionId, SleepWakeupAnswer, SleepWakeupCall, ThreadId } from '#spec/abi.ts';
import * as spec from '#spec/sync/sleep-wakeup.ts';

/** What an implementation exports: xv6's names. The conditions and their lock are the workload's. */
export type Module = Pick<typeof reference, 'sleep' | 'wakeup' | 'isKilled' | 'kill' | 'exit' | 'wait'>;

export interface Parameters {
  readonly conditions: number;
  /** All conditions are slept on under one channel, so that wakeups of one disturb sleepers of another. */
  readonly sharedChannel: boolean;
  /**
   * Conditions that are awaited without sleeping, where every thread can have a core to itself: so that a thread which
   * was made runnable must get a core that idles, since none of the busy ones will ever be given up.
   */
  readonly polled: readonly ConditionId[];
  /** Per thread; thread 0 has none. */
  readonly parents: readonly (ThreadId | null)[];
}

interface Layout {
  readonly lock: Address;
  readonly holds: readonly Address[];
  readonly channels: readonly Address[];
  readonly polled: readonly ConditionId[];
}

type Call = SleepWakeupCall;
type Answer = SleepWakeupAnswer;

const orphans = (threads: number): null[] => Array.from({ length: threads }, () => null);

const program = (threads: readonly (readonly Call[])[], parameters: Partial<Parameters> = {}) => ({
  variant: 'xv6',
  cores: 2,
  threads,
  parameters: { conditions: 1, sharedChannel: false, polled: [], parents: orphans(threads.length), ...parameters },
});

const awaits = (condition: number): Call => ({ tag: 'await', condition });
const takes = (condition: number): Call => ({ tag: 'take', condition });
const signals = (condition: number): Call => ({ tag: 'signal', condition });
const kills = (target: ThreadId): Call => ({ tag: 'kill', target });
const waits: Call = { tag: 'wait' };
const exits: Call = { tag: 'exit' };

/** Waits for a condition as kernel code does: test, sleep, test again, under the condition's lock. */
function* awaitCondition(module: Module, services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  const { acquire, release } = services;
  if (call.tag !== 'await' && call.tag !== 'take') return -1;
  const holds = layout.holds[call.condition] as Address;
  const { cores, threads } = self.table;
  if (layout.polled.includes(call.condition) && cores.length >= threads.length) yield awaitWord(holds, 1, 'relaxed');
  yield* acquire(layout.lock);
  while ((yield load(holds, 'relaxed')) === 0) {
    if (yield* module.isKilled(self)) {
      yield* release(layout.lock);
      return -1;
    }
    yield* module.sleep(self, layout.channels[call.condition] as Address, layout.lock);
  }
  if (call.tag === 'take') yield store(holds, 0, 'relaxed');
  yield* release(layout.lock);
  return 0;
}

/** Makes a condition true and wakes whoever waits for it. */
function* signal(module: Module, services: Services, self: Thread, layout: Layout, condition: number): Routine<Word> {
  const { acquire, release } = services;
  yield* acquire(layout.lock);
  yield store(layout.holds[condition] as Address, 1, 'relaxed');
  yield* module.wakeup(self, layout.channels[condition] as Address);
  yield* release(layout.lock);
  return 0;
}

/** Runs the call through the implementation. */
function* perform(module: Module, services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'await':
    case 'take':
      return yield* awaitCondition(module, services, self, layout, call);
    case 'signal':
      return yield* signal(module, services, self, layout, call.condition);
    case 'kill':
      return yield* module.kill(self, call.target);
    case 'wait':
      return yield* module.wait(self);
    case 'exit':
      yield* module.exit(self);
      return -1;
  }
}

/** What waits for a child and what ends might as well wait for a condition and make it true. */
const withoutFamily = <Other extends { tag: string }>(call: Call | Other): Call | Other =>
  call.tag === 'wait' ? awaits(0) : call.tag === 'exit' ? signals(0) : call;

/** To wait and leave the condition as it is is simpler than to take it, and the first condition than any other. */
const simplerCalls = (call: Call | { tag: 'exited' }): Call[] => {
  switch (call.tag) {
    case 'take':
      return [awaits(call.condition), ...(call.condition > 0 ? [takes(0)] : [])];
    case 'await':
      return call.condition > 0 ? [awaits(0)] : [];
    case 'signal':
      return call.condition > 0 ? [signals(0)] : [];
    default:
      return [];
  }
};

/** Calls of thread `id` among `threads`; an exit may only be the last one, and not of init. */
const callOf = (threads: number, conditions: number): fc.Arbitrary<Call> => {
  const condition = fc.nat({ max: conditions - 1 });
  return fc.oneof(
    { weight: 3, arbitrary: condition.map(awaits) },
    { weight: 3, arbitrary: condition.map(takes) },
    { weight: 4, arbitrary: condition.map(signals) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map(kills) },
    { weight: 1, arbitrary: fc.constant(waits) },
  );
};

const treeOf = (threads: number): fc.Arbitrary<(ThreadId | null)[]> =>
  fc.tuple(...Array.from({ length: threads }, (_, id) => (id === 0 ? fc.constant(null) : fc.nat({ max: id - 1 }))));

export const sleepWakeup: Subject<spec.SleepWakeup, Call | { tag: 'exited' }, Answer, Parameters, Module, Layout> = {
  id: 'sync/sleep-wakeup',
  summary: 'Sleeping on a channel until woken, and kill, exit and wait built on it.',
  variants: [{ name: 'xv6', module: 'sync/sleep-wakeup.ts' }],
  exports: ['sleep', 'wakeup', 'isKilled', 'kill', 'exit', 'wait'],
  scenarios: () => [
    { name: 'one waits, one signals', program: program([[awaits(0)], [signals(0)]]) },
    { name: 'two wait, one signals', program: program([[awaits(0)], [awaits(0)], [signals(0)]]) },
    { name: 'two take, two signal', program: program([[takes(0)], [takes(0)], [signals(0), signals(0)]]) },
    { name: 'one waits and is killed', program: program([[awaits(0)], [kills(0)]]) },
    { name: 'a kill comes too late', program: program([[signals(0)], [kills(0)]]) },
    {
      name: 'two conditions on one channel',
      program: program([[awaits(0)], [takes(1)], [signals(1), signals(0)]], { conditions: 2, sharedChannel: true }),
    },
    {
      name: 'the waker keeps its core until it is answered',
      program: program(
        [
          [awaits(0), signals(1)],
          [signals(0), awaits(1)],
        ],
        { conditions: 2, polled: [1] },
      ),
    },
    {
      name: 'two are woken, and one of them keeps its core too',
      program: {
        ...program(
          [
            [awaits(0), awaits(2)],
            [awaits(1), signals(2)],
            [signals(0), signals(1), awaits(2)],
          ],
          {
            conditions: 3,
            polled: [2],
          },
        ),
        cores: 3,
      },
    },
    {
      name: 'one of two that sleep is woken, by one that keeps its core',
      program: {
        ...program([[awaits(0)], [awaits(1)], [signals(1), awaits(2)]], { conditions: 3, polled: [2] }),
        cores: 3,
      },
    },
    { name: 'a parent waits for its child', program: program([[waits], [exits]], { parents: [null, 0] }) },
    {
      name: 'an orphan dies after its parent',
      program: program([[waits, waits], [exits], [exits]], { parents: [null, 0, 1] }),
    },
    {
      name: 'a dead child is left to init',
      program: program([[waits], [], [exits], [exits]], { parents: [null, 0, 1, 2] }),
    },
    {
      name: 'a child that was waited for is killed',
      program: program([[waits, kills(1)], [exits]], { parents: [null, 0] }),
    },
    { name: 'a waiting parent is killed', program: program([[waits], [kills(0)], []], { parents: [null, null, 0] }) },
  ],
  programs: (_variant, size) =>
    fc
      .record({
        conditions: fc.integer({ min: 1, max: 2 }),
        sharedChannel: fc.boolean(),
        parents: treeOf(size.threads),
        cores: fc.integer({ min: 1, max: 3 }),
        last: fc.array(fc.boolean(), { minLength: size.threads, maxLength: size.threads }),
      })
      .chain(({ conditions, sharedChannel, parents, cores, last }) =>
        fc
          .array(fc.array(callOf(size.threads, conditions), { maxLength: size.calls }), {
            minLength: size.threads,
            maxLength: size.threads,
          })
          .map((threads) => ({
            variant: 'xv6',
            cores,
            parameters: { conditions, sharedChannel, polled: [], parents },
            threads: threads.map((calls, id) => (id > 0 && last[id] ? [...calls, exits] : calls)),
          })),
      ),
  sequences: () => ({
    parameters: treeOf(3).map((parents) => ({ conditions: 2, sharedChannel: false, polled: [], parents })),
    threads: 3,
    calls: fc.record({ thread: fc.nat({ max: 2 }), call: callOf(3, 2) }),
  }),
  exploration: (_variant, threads) => {
    const sleepers = Array.from({ length: Math.max(1, threads - 2) }, (_, id) => id + 2);
    return {
      parameters: { conditions: 1, sharedChannel: false, polled: [], parents: [null, 0, ...sleepers.map(() => 0)] },
      threads: [
        { tag: 'any', calls: [waits] },
        { tag: 'any', calls: [signals(0), ...sleepers.map(kills)] },
        ...sleepers.map(() => ({ tag: 'any' as const, calls: [awaits(0), takes(0), exits] })),
      ],
      symmetry: {
        groups: sleepers.map((sleeper) => [sleeper]),
        lists: ['processes'],
        ids: ['processes.*.parent'],
        call: (call, renamed) => (call.tag === 'kill' ? kills(renamed(call.target)) : call),
      },
      // Its children need not die before init; and who is dead is never answered.
      mayWait: (_state, _caller, { tag }) => tag === 'wait' || tag === 'exited',
    };
  },
  *simpler(current: Program<Call | { tag: 'exited' }, Parameters>) {
    const { parameters } = current;
    if (parameters.sharedChannel) yield { ...current, parameters: { ...parameters, sharedChannel: false } };
    const named = current.threads.flat().flatMap((call) => ('condition' in call ? [call.condition] : []));
    const conditions = Math.max(0, ...named, ...parameters.polled) + 1;
    if (parameters.conditions > conditions) yield { ...current, parameters: { ...parameters, conditions } };
    if (parameters.parents.some((parent) => parent !== null)) {
      yield { ...current, parameters: { ...parameters, parents: parameters.parents.map(() => null) } };
    }
    if (current.threads.flat().some(({ tag }) => tag === 'wait' || tag === 'exit')) {
      yield { ...current, threads: current.threads.map((calls) => calls.map(withoutFamily)) };
    }
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCalls(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ parameters, threads }) => {
    const thread = wholeNumberBelow(threads.length);
    const condition = wholeNumberBelow(Number((parameters as Partial<Parameters>).conditions));
    return (
      mismatch(parameters, {
        conditions: wholeNumberBelow(5),
        sharedChannel: yesOrNo,
        polled: listOf(condition, 0, 5),
        parents: listOf(nothingOr(thread), threads.length, threads.length),
      }) ??
      mismatchedCall(threads, {
        await: { condition },
        take: { condition },
        signal: { condition },
        kill: { target: thread },
        wait: {},
        exit: {},
      })
    );
  },
  initial: (_variant, parameters) => spec.initial(parameters.conditions, parameters.parents),
  outcomes: spec.outcomes,
  parents: (parameters) => parameters.parents,
  boot: (_module, memory, parameters) => {
    const holds = Array.from({ length: parameters.conditions }, (_, i) => memory.word(`condition${i}`));
    return {
      lock: memory.word('condition.lock'),
      holds,
      channels: holds.map((own) => (parameters.sharedChannel ? (holds[0] as Address) : own)),
      polled: parameters.polled,
    };
  },
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform: (module, services, self, layout, call) => perform(module, services, self, layout, call as Call),
  answer: (_variant, call, result) => {
    if (call.tag === 'wait' && result >= 0) return { tag: 'child', child: result };
    return result === 0 ? { tag: 'ok' } : { tag: 'failed', errno: String(result) as '-1' };
  },
  abstract: (layout, latest, before) => ({
    ...before,
    holds: layout.holds.map((address) => latest(address) !== 0),
  }),
  showCall: (call) => {
    switch (call.tag) {
      case 'await':
      case 'take':
      case 'signal':
        return `${call.tag}(condition ${call.condition})`;
      case 'kill':
        return `kill(T${call.target})`;
      default:
        return `${call.tag}()`;
    }
  },
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'ok':
        return 'ok';
      case 'child':
        return `T${answer.child}`;
      case 'failed':
        return answer.errno;
    }
  },
  showState: (state) => {
    const conditions = state.holds.map((holds, i) => `condition ${i} ${holds ? 'holds' : 'does not hold'}`);
    const processes = state.processes.flatMap(({ life, killed }, id) => [
      ...(life === 'alive' ? [] : [`T${id} ${life}`]),
      ...(killed ? [`T${id} killed`] : []),
    ]);
    return [...conditions, ...processes].join(', ');
  },
};
