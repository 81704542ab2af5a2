/** Small programs about what only schedulers with a pool get wrong: who lies in it, and where they may go. */
import {
  type Call,
  calls,
  locates,
  moves,
  type Parameters,
  receives,
  replies,
  waits,
  wakes,
  works,
  yields,
} from '#model/sched/scheduler.programs.ts';
import type { Program } from '#model/subject.ts';
import type { SchedulerCall } from '#spec/abi/sched/scheduler.ts';

interface Scenario {
  readonly name: string;
  readonly program: Program<Call, Parameters>;
}

const scenario = (name: string, cores: number, ...threads: readonly (readonly SchedulerCall[])[]): Scenario => ({
  name,
  program: { variant: '', cores, threads, parameters: { priorities: threads.map(() => 1), sliceTicks: 1 } },
});

const inPools: readonly Scenario[] = [
  scenario('who moves another is woken', 3, [yields, locates], [moves(0, 2)], [wakes(1)]),
  scenario('one in the pool may run on the other core only', 2, [moves(1, 2), yields], [works()], [works()]),
  scenario(
    'one gives its core up, is taken again, and may stay no longer',
    2,
    [yields, works(), works()],
    [moves(0, 2)],
  ),
  scenario('more threads than cores', 2, [yields], [yields], [yields]),
  scenario('one wakes two, and a core sleeps', 2, [wakes(1), wakes(2), works()], [waits], [waits]),
  scenario(
    'a server takes a second call too soon, and replies once too often',
    2,
    [calls(1)],
    [receives, receives, replies(), replies()],
    [calls(1)],
  ),
  scenario(
    'one may go, and another that is before it may not',
    3,
    [moves(1, 0b001), moves(2, 0b011), wakes(1), wakes(2), works()],
    [waits],
    [waits],
  ),
];

/** Those of all schedulers that do not turn on who is more urgent: here that decides nothing but who is taken first. */
const ofAll = [
  'one waits, one wakes',
  'a call and its reply',
  'two call one',
  'who is called may not run here',
  'one is moved to and fro',
  'two move one',
  'one is moved while it waits',
];

export const withPoolScenarios = (scenarios: (variant: string) => readonly Scenario[]) => (variant: string) => [
  ...scenarios(variant).filter(({ name }) => ofAll.includes(name)),
  ...inPools.map(({ name, program }) => ({ name, program: { ...program, variant } })),
];
