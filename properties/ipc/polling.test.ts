import { describe, expect, it } from 'vitest';
import {
  type Execution,
  execute,
  type Limits,
  type Rig,
  rigFor,
  usualLimits,
} from '#model/engine/explore/execution.ts';
import { defaultCore } from '#model/engine/explore/schedule.ts';
import { isIn, type Strategy } from '#model/engine/explore/strategy.ts';
import type { Edit } from '#model/engine/load/hooks.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { Judgement, judge } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { boundedBuffer } from '#model/ipc/bounded-buffer.ts';
import { shmPolling } from '#model/ipc/shm-polling.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import shmPollingSuite from '#properties/ipc/shm-polling.property.ts';

/** What polling costs, measured: the curves behind the course notes' words. The machine's own waits cost no steps. */

const rigOf = async (subject: unknown, variant: string, edits: readonly Edit[] = []): Promise<Rig> => {
  const { variants, exports } = subject as Subject;
  const module = variants.find(({ name }) => name === variant)?.module as string;
  return rigFor(subject as Subject, variant, await loadWorld({ tag: 'ours', module, edits }, exports));
};

/** The two-slot protocol with a loop that looks again and again where ours waits without a step. */
const looking: Edit[] = [
  {
    file: 'impl/ipc/shm-polling.ts',
    from: `  yield awaitWord(message.status, Status.ready, 'acquire', 'shm-polling.poll');`,
    to: `  while ((yield load(message.status, 'acquire')) !== Status.ready) yield pause();`,
  },
  { file: 'impl/ipc/shm-polling.ts', from: 'awaitWord, copyIn, copyOut, load,', to: 'copyIn, copyOut, load, pause,' },
];

/** The ring whose consumer looks once, and then again after so many steps. */
const lookingEvery = (steps: number): Edit[] => [
  {
    file: 'impl/ipc/bounded-buffer.ts',
    from: `    yield awaitOther(ring.in, slot, 'relaxed', 'bounded-buffer.in-out.spin-empty');`,
    to: `    for (let step = 0; step < ${steps}; step++) yield pause();`,
  },
  {
    file: 'impl/ipc/bounded-buffer.ts',
    from: 'type Routine, store, type Word',
    to: 'pause, type Routine, store, type Word',
  },
];

const program = (
  variant: string,
  parameters: unknown,
  cores: number,
  threads: readonly (readonly object[])[],
): Program => ({
  variant,
  parameters,
  cores,
  threads: threads as readonly (readonly AnyCall[])[],
});

const [sender, receiver] = [0, 1];
const rounds = 3;
const talking = (cores: number): Program =>
  program('two-slots', { limitBytes: 1 }, cores, [
    Array.from({ length: rounds }, (_, i) => ({ tag: 'call', bytes: [i] })),
    Array.from({ length: rounds }, () => ({ tag: 'serve' })),
  ]);

/**
 * The cores take turns, but for the first: it begins each round of two answers `gap` steps after the last one, if
 * anybody else can step until then. So `gap` is the time between two messages.
 */
const rarely = (gap: number): Strategy => {
  let answered = 0;
  let due = gap;
  return {
    way: () => 0,
    choose(choice) {
      if (choice.answered !== answered && choice.answered % 2 === 0) due = choice.step + gap;
      answered = choice.answered;
      const isEarly = choice.answered % 2 === 0 && choice.step < due;
      if (isEarly && isIn(choice.enabled, receiver)) return receiver;
      return defaultCore(choice.current, choice.enabled, Number.POSITIVE_INFINITY, choice.cores);
    },
  };
};

const stepsOf = ({ costs }: Execution, thread: number): number => costs.microOps[thread] as number;

describe('polling for a message', () => {
  it('takes all the time until it comes: the rarer messages are, the more polls each costs', async () => {
    const rig = await rigOf(shmPolling, 'two-slots', looking);
    const stepsPerMessage = (gap: number): number => {
      const execution = execute(rig, talking(2), rarely(gap), usualLimits);
      expect(execution.history.filter(({ tag }) => tag === 'answer')).toHaveLength(2 * rounds);
      return stepsOf(execution, receiver) / rounds;
    };
    const least = stepsPerMessage(0);
    for (const gap of [20, 40, 80, 160]) expect((stepsPerMessage(gap) - least) / gap).toBeGreaterThan(0.8);
  });

  it('costs nothing where the consumer sleeps: asleep it takes no steps, however rare the items are', async () => {
    const rig = await rigOf(boundedBuffer, 'semaphores');
    const items = Array.from({ length: rounds }, (_, i) => i + 1);
    const passing = program('semaphores', { capacity: 1, carriedItems: 0 }, 2, [
      items.map((item) => ({ tag: 'put', items: [item] })),
      items.map(() => ({ tag: 'get', count: 1 })),
    ]);
    const spent = [100, 200, 400, 800].map((gap) => stepsOf(execute(rig, passing, rarely(gap), usualLimits), receiver));
    expect(new Set(spent).size).toBe(1);
  });

  it('at fixed intervals delays a message by up to an interval', async () => {
    const passing = program('in-out', { capacity: 1, carriedItems: 0 }, 2, [
      [{ tag: 'put', items: [1] }],
      [{ tag: 'get', count: 1 }],
    ]);
    const longestDelay = async (interval: number): Promise<number> => {
      const rig = await rigOf(boundedBuffer, 'in-out', lookingEvery(interval));
      const delays = Array.from({ length: 3 * (interval + 1) }, (_, head) => {
        // The consumer is `head` steps ahead, then the producer puts, then the consumer goes on.
        const strategy: Strategy = {
          way: () => 0,
          choose: (choice) => (choice.step < head || choice.answered > 0 ? receiver : sender),
        };
        const { history } = execute(rig, passing, { ...strategy, choose: onlyEnabled(strategy) }, usualLimits);
        const [put, get] = history.filter(({ tag }) => tag === 'answer');
        return (get?.step ?? Number.NaN) - (put?.step ?? 0);
      });
      return Math.max(...delays);
    };
    const [least, ...others] = await Promise.all([4, 16, 64].map(longestDelay));
    expect(others.map((delay) => delay - (least as number))).toEqual([12, 60]);
  });
});

/** What the strategy wants, if that core can step. */
const onlyEnabled =
  (strategy: Strategy): Strategy['choose'] =>
  (choice) => {
    const wanted = strategy.choose(choice);
    return isIn(choice.enabled, wanted) ? wanted : choice.default;
  };

describe('polling on one core', () => {
  const progress = shmPollingSuite.claims.find(({ id }) => id === 'progress');

  const violation = (execution: Execution) => {
    if (!progress) throw new Error('there is no claim on progress');
    const judgement = new Judgement(new SpecGraph(shmPolling as unknown as Subject), 'two-slots', execution);
    return judge(progress, judgement, new Set());
  };

  const run = (rig: Rig, limits: Limits): Execution =>
    execute(rig, talking(1), { way: () => 0, choose: (choice) => choice.default }, limits);

  it('waits for ever where no timer lets the other side run', async () => {
    const execution = run(await rigOf(shmPolling, 'two-slots'), usualLimits);
    expect(execution.history.map(({ tag }) => tag)).toEqual(['invoke']);
    expect(violation(execution)?.kind).toBe('deadlock');
    const looped = run(await rigOf(shmPolling, 'two-slots', looking), usualLimits);
    expect(violation(looped)?.kind).toBe('livelock');
  });

  it('comes to its end where a timer does', async () => {
    const execution = run(await rigOf(shmPolling, 'two-slots', looking), { ...usualLimits, timers: 1 });
    expect(execution.history.filter(({ tag }) => tag === 'answer')).toHaveLength(2 * rounds);
    expect(violation(execution)).toBeUndefined();
  });
});
