import { beforeAll, describe, expect, it } from 'vitest';
import { type Address, load, pause, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { State } from '#impl/sync/threads.ts';
import { layoutWaitQueue, type WaitQueue, waitUntil, wakeAll, wakeOne } from '#impl/sync/wait-queue.ts';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import { below, randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { programOf, rigOf, subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { returns } from '#spec/outcome.ts';

/** The kernel's own parts, each under a few calls that do nothing else. What they answer is looked at, not specified. */
const unspecified = { initial: null, outcomes: () => returns(0) };

const all = (rig: Rig, program: Program, preemptions: number, limits: Limits = usualLimits): Execution[] => {
  const exploration = exhaust(rig, program, limits, { preemptions, executions: 100_000 });
  const executions: Execution[] = [];
  let next = exploration.next();
  for (; !next.done; next = exploration.next()) executions.push(next.value);
  expect(next.value).toBe(true);
  return executions;
};

const hasFinished = ({ program, history, end }: Execution): boolean =>
  end === 'quiescent' && history.filter((event) => event.tag === 'answer').length === program.threads.flat().length;

/** Threads that could run though the machine has stopped. */
const runnable = (execution: Execution): number[] => {
  const { table } = execution.booted;
  return [...table.threads.keys()].filter(
    (id) => execution.latest(table.threads[id]?.state as Address) === State.runnable,
  );
};

describe('the spin lock', () => {
  const call = { tag: 'enter' };
  const entering = (lock: boolean): Tiny<null, AnyCall> => ({
    ...unspecified,
    *perform(_call, words): Routine<Word> {
      if (lock) yield* acquire(words);
      const inside = yield load(words + 1, 'relaxed');
      yield store(words + 1, inside + 1, 'relaxed');
      const others = (yield load(words + 1, 'relaxed')) - inside - 1;
      yield store(words + 1, inside, 'relaxed');
      if (lock) yield* release(words);
      return inside + others; // how many others were inside
    },
  });
  const overlaps = (executions: readonly Execution[]): boolean =>
    executions.some(({ history }) => history.some((event) => event.tag === 'answer' && event.answer !== 0));

  it('lets one thread in at a time, on every schedule with three preemptions', async () => {
    const executions = all(await rigOf(entering(true)), programOf([[call], [call]]), 3);
    expect(executions.length).toBeGreaterThan(500);
    expect(overlaps(executions)).toBe(false);
    expect(executions.every(hasFinished)).toBe(true);
  });

  it('lets one thread in at a time where two share a core and timers strike', async () => {
    const executions = all(await rigOf(entering(true)), programOf([[call], [call]], 1), 2, {
      ...usualLimits,
      timers: 2,
    });
    expect(overlaps(executions)).toBe(false);
    expect(executions.every(hasFinished)).toBe(true);
  });

  it('is what keeps them out: without it they overlap', async () => {
    expect(overlaps(all(await rigOf(entering(false)), programOf([[call], [call]]), 1))).toBe(true);
  });

  it('panics when its holder takes it again, and when another releases it', async () => {
    const wrong = (routine: (words: Address) => Routine): Tiny<null, AnyCall> => ({
      ...unspecified,
      *perform(_call, words): Routine<Word> {
        yield* routine(words);
        return 0;
      },
    });
    const faultOf = async (routine: (words: Address) => Routine) =>
      execute(await rigOf(wrong(routine)), programOf([[call]]), randomStrategy(randomFrom(1), 2), usualLimits).fault;
    expect(
      await faultOf(function* (words) {
        yield* acquire(words);
        yield* acquire(words);
      }),
    ).toMatchObject({ tag: 'panic', why: 'acquire: this core already holds the lock' });
    expect(
      await faultOf(function* (words) {
        yield* release(words);
      }),
    ).toMatchObject({ tag: 'panic', why: 'release: this core does not hold the lock' });
  });
});

type QueueCall = { readonly tag: 'wait' | 'wake one' | 'wake all' };

/** Threads that wait on one queue for tokens; a waker gives a token for each that it wakes. Answers the order of going. */
interface QueueLayout {
  readonly queue: WaitQueue;
  readonly tokens: Address;
  readonly order: Address;
}

const queueSubject: Subject = {
  ...subjectOf(unspecified as Tiny<null, AnyCall>),
  boot: (_module, memory): QueueLayout => ({
    queue: layoutWaitQueue(memory, 'queue'),
    tokens: memory.word('tokens'),
    order: memory.word('order'),
  }),
  *perform(_module, _services, self, layout, call): Routine<Word> {
    const { queue, tokens, order } = layout as QueueLayout;
    if (call.tag === 'wait') {
      yield* waitUntil(self, queue, function* () {
        return (yield load(tokens, 'relaxed')) > 0;
      });
      const turn = (yield load(order, 'relaxed')) + 1; // one core: nobody is between these
      yield store(order, turn, 'relaxed');
      if (call.tag === 'wait') yield store(tokens, (yield load(tokens, 'relaxed')) - 1, 'relaxed');
      return turn;
    }
    const given = call.tag === 'wake one' ? 1 : self.table.threads.length;
    yield store(tokens, (yield load(tokens, 'relaxed')) + given, 'relaxed');
    if (call.tag === 'wake one') yield* wakeOne(self.table, queue);
    else yield* wakeAll(self.table, queue);
    return 0;
  },
};

describe('the wait queue', () => {
  const wait: QueueCall = { tag: 'wait' };
  const wakesOne: QueueCall = { tag: 'wake one' };
  let rig: Rig;
  beforeAll(async () => {
    rig = { ...(await rigOf(unspecified as Tiny<null, AnyCall>)), subject: queueSubject };
  });
  const runInOrder = (threads: readonly (readonly QueueCall[])[]): Execution =>
    execute(rig, programOf(threads, 1), replayStrategy([]), usualLimits);

  it('wakes one waiter for each wakeOne, in the order in which they came', () => {
    // One core, nobody preempted: T0, T1, T2 queue in this order, then T3 wakes.
    for (const wakes of [1, 2, 3]) {
      const { history, end } = runInOrder([[wait], [wait], [wait], Array.from({ length: wakes }, () => wakesOne)]);
      const gone = history.flatMap((event) =>
        event.tag === 'answer' && event.thread < 3 ? [[event.thread, event.answer]] : [],
      );
      expect(end).toBe('quiescent');
      expect(gone).toEqual(
        [
          [0, 1],
          [1, 2],
          [2, 3],
        ].slice(0, wakes),
      );
    }
  });

  it('wakes every waiter for a wakeAll', () => {
    const execution = runInOrder([[wait], [wait], [wait], [{ tag: 'wake all' }]]);
    expect(hasFinished(execution)).toBe(true);
  });

  it('loses no waiter, on every schedule with two preemptions', () => {
    const executions = all(rig, programOf([[wait], [wakesOne]]), 2);
    expect(executions.length).toBeGreaterThan(500);
    expect(executions.every(hasFinished)).toBe(true);
  });
});

describe('the dispatcher', () => {
  it('runs all threads to their end, however many cores they share', async () => {
    const work: Tiny<null, AnyCall> = {
      ...unspecified,
      *perform(_call, words): Routine<Word> {
        yield* acquire(words);
        yield pause();
        yield* release(words);
        return 0;
      },
    };
    const rig = await rigOf(work);
    const call = { tag: 'work' };
    const random = randomFrom(7);
    let preempted = 0;
    for (let i = 0; i < 600; i++) {
      const threads = Array.from({ length: 1 + below(random, 4) }, () =>
        Array.from({ length: below(random, 3) }, () => call),
      );
      if (threads.flat().length === 0) continue;
      const limits = { ...usualLimits, timers: below(random, 4) };
      const program = programOf(threads, 1 + below(random, 3));
      const execution = execute(rig, program, randomStrategy(random, 1 + below(random, 8)), limits);
      expect(execution.fault).toBeNull();
      expect(hasFinished(execution)).toBe(true);
      expect(runnable(execution)).toEqual([]);
      expect(execution.blocked).toEqual([]);
      preempted += execution.costs.interrupts;
    }
    expect(preempted).toBeGreaterThan(300);
  });

  /** T0 waits for T1's word and T1 for T0's, each asking again and again. */
  const polling: Tiny<null, AnyCall> = {
    ...unspecified,
    *perform(_call, words, self): Routine<Word> {
      yield store(words + self.id, 1, 'relaxed');
      while ((yield load(words + 1 - self.id, 'relaxed')) === 0) yield pause();
      return 0;
    },
  };

  it('lets two polling threads through on one core, by the timer', async () => {
    const program = programOf([[{ tag: 'poll' }], [{ tag: 'poll' }]], 1);
    const calm = replayStrategy([]);
    const rig = await rigOf(polling);
    expect(execute(rig, program, calm, { ...usualLimits, timers: 0 }).end).toBe('livelock');
    const execution = execute(rig, program, calm, { ...usualLimits, timers: 1 });
    expect(hasFinished(execution)).toBe(true);
    expect(execution.schedule).toEqual([]); // the strategy raised none: these are the fair ones
  });

  it('does not starve the third of three threads that are preempted in turn', async () => {
    const endless: Tiny<null, AnyCall> = {
      ...unspecified,
      *perform(_call, words, self): Routine<Word> {
        yield store(words + self.id, 1, 'relaxed');
        for (let id = 0; id < 3; id++) while ((yield load(words + id, 'relaxed')) === 0) yield pause();
        return 0;
      },
    };
    const rig = await rigOf(endless);
    const program = programOf([[{ tag: 'poll' }], [{ tag: 'poll' }], [{ tag: 'poll' }]], 1);
    const execution = execute(rig, program, replayStrategy([]), { ...usualLimits, timers: 1 });
    expect(hasFinished(execution)).toBe(true);
  });
});
