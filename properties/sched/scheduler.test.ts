import { describe, expect, it } from 'vitest';
import { everyExecution } from '#model/engine/cores/every.ts';
import { type Execution, execute, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { benno } from '#model/sched/benno.ts';
import { eager } from '#model/sched/eager.ts';
import { lazy } from '#model/sched/lazy.ts';
import {
  asksMask,
  type Call,
  calls,
  locates,
  moves,
  type Parameters,
  ranks,
  receives,
  replies,
  repliesAndReceives,
  waits,
  wakes,
  works,
  yields,
} from '#model/sched/scheduler.programs.ts';
import type { Program, Subject } from '#model/subject.ts';
import { placeOf } from '#properties/sched/replay.ts';

const rigOf = async ({ variants, ...subject }: typeof eager, name: string): Promise<Rig> => {
  const module = variants.find((variant) => variant.name === name)?.module as string;
  const world = await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports);
  return rigFor({ variants, ...subject } as unknown as Subject, name, world);
};

const rigs = {
  eager: await rigOf(eager, 'eager'),
  lazy: await rigOf(lazy, 'lazy'),
  benno: await rigOf(benno, 'benno'),
  'big-lock': await rigOf(eager, 'big-lock'),
};
type Name = keyof typeof rigs;
const names = Object.keys(rigs) as Name[];

const programOf = (
  cores: number,
  threads: readonly (readonly Call[])[],
  priorities: readonly number[] = threads.map(() => 1),
): Program<Call, Parameters> => ({ variant: '', cores, threads, parameters: { priorities, sliceTicks: 1 } });

/** Every execution of a program. Fails if there are more than `most`. */
const executionsOf = (name: Name, program: Program<Call, Parameters>, most: number): Execution[] => {
  const executions: Execution[] = [];
  const all = everyExecution(rigs[name], program, usualLimits, most);
  let next = all.next();
  for (; !next.done; next = all.next()) executions.push(next.value);
  expect(next.value.bound).toBeNull();
  return executions;
};

describe('three threads on two cores, that wait and wake each other', () => {
  it('are all answered by the lazy scheduler in each of their executions', { timeout: 30_000 }, () => {
    const executions = executionsOf('lazy', programOf(2, [[waits], [wakes(0), waits], [wakes(1)]]), 10_000);
    expect(executions.length).toBeGreaterThan(300);
    for (const { end, fault, history } of executions) {
      expect({ end, fault }).toEqual({ end: 'quiescent', fault: null });
      expect(history.filter(({ tag }) => tag === 'answer')).toHaveLength(4);
    }
  });
});

describe('the schedulers cannot be told apart from outside', () => {
  const programs = {
    'a thread that moves itself when it is woken': programOf(2, [
      [wakes(1), asksMask(1)],
      [waits, moves(null, 2), locates],
    ]),
    'priorities that two change': programOf(2, [[ranks(1, 2), ranks(1, 3)], [ranks(1, 0)]]),
    'a wake that comes before or after the wait': programOf(2, [
      [wakes(1), ranks(1, 2)],
      [waits, ranks(1, 3)],
    ]),
  };
  /** What the threads were told, over all executions. */
  const outcomesOf = (name: Name, program: Program<Call, Parameters>): Set<string> =>
    new Set(
      executionsOf(name, program, 20_000).map(({ history }) =>
        JSON.stringify(
          program.threads.map((_, id) =>
            history.flatMap((event) => (event.tag === 'answer' && event.thread === id ? [event.answer] : [])),
          ),
        ),
      ),
    );

  it.each(Object.entries(programs))('by %s', { timeout: 60_000 }, (_title, program) => {
    const expected = outcomesOf('eager', program);
    for (const name of names) expect(outcomesOf(name, program), name).toEqual(expected);
  });

  it('where there is more than one outcome to tell them by', () => {
    const sizes = Object.values(programs).map((program) => outcomesOf('benno', program).size);
    expect(Math.max(...sizes)).toBeGreaterThan(1);
  });
});

/** The one execution of a program on one core. */
const run = (name: Name, threads: readonly (readonly Call[])[], priorities?: readonly number[]): Execution => {
  const execution = execute(rigs[name], programOf(1, threads, priorities), replayStrategy([]), usualLimits);
  expect(execution.end).toBe('quiescent');
  return execution;
};

describe('a call and its reply, on one core', () => {
  /** A client that calls so often, and its server. */
  const pairs = (count: number): Call[][] => [
    Array.from({ length: count }, () => calls(1)),
    [receives, ...Array.from({ length: count - 1 }, () => repliesAndReceives()), replies()],
  ];
  /** What one more pair adds to a count. */
  const ofOnePair = (name: Name, count: (execution: Execution) => number): number =>
    count(run(name, pairs(4))) - count(run(name, pairs(3)));
  const changes = ({ traced }: Execution): number => traced.filter(({ name }) => name.startsWith('queue ')).length;

  it('change the queue four times with the eager scheduler, and never with the lazy one and with Benno’s', () => {
    expect(names.slice(0, 3).map((name) => ofOnePair(name, changes))).toEqual([4, 0, 0]);
  });

  it('take two context switches, and four where the dispatcher comes between', () => {
    const switches = ({ costs }: Execution): number => costs.contextSwitches;
    expect(names.map((name) => ofOnePair(name, switches))).toEqual([2, 2, 2, 4]);
  });
});

describe('a dispatch', () => {
  /**
   * How many steps it takes to find a thread behind `blocked` servers, more urgent than it, that are blocked. Each server
   * has been in the queue, since it has yielded, and then answered by a direct switch.
   */
  const steps = (name: Name, blocked: number): number => {
    const servers = Array.from({ length: blocked }, (_, i) => i + 1);
    const last = blocked + 1;
    const execution = run(
      name,
      [
        [yields, ...servers.map((server) => calls(server)), wakes(last), waits],
        ...servers.map(() => [receives, yields, repliesAndReceives()]),
        [waits, works()],
      ],
      [0, ...servers, 0],
    );
    const { traced } = execution;
    const found = traced.findLast((event) => event.name === 'dispatched' && placeOf(event.word).id === last)?.step ?? 0;
    const before = traced.findLast(({ name, step }) => name === 'blocked' && step < found)?.step ?? 0;
    return found - before;
  };
  const more = (name: Name): number[] => [1, 2].map((blocked) => steps(name, blocked) - steps(name, blocked - 1));

  it('takes the lazy scheduler the same again for each blocked thread that it finds', () => {
    const [first = 0, second = 0] = more('lazy');
    expect(first).toBeGreaterThan(5);
    expect(second).toBe(first);
  });

  it('takes the eager scheduler and Benno’s the same however many are blocked', () => {
    expect([more('eager'), more('benno')]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
