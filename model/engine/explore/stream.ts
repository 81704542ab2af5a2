import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Weakening } from '#impl/machine/weakening.ts';
import { everyExecution, hasAtMost } from '#model/engine/cores/every.ts';
import type { Budget } from '#model/engine/explore/budget.ts';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import { firstLooks } from '#model/engine/explore/looks.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { partialOrderStrategy } from '#model/engine/explore/partial-order.ts';
import { pctStrategy } from '#model/engine/explore/pct.ts';
import { growingPrograms } from '#model/engine/explore/programs.ts';
import { below, preemptionStrategy, randomFrom, randomStrategy, randomWay } from '#model/engine/explore/random.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';

/** Which strategies an exploration uses. */
export type Explore = 'all' | 'exhaustive' | 'random' | 'pct';

/** An execution and what it was allowed to do. */
export interface Sample {
  readonly execution: Execution;
  readonly limits: Limits;
  /** What part of the stream it belongs to: a scenario's name, or `random`. */
  readonly source: string;
}

/**
 * How an exploration of one scenario ended. *all*: every execution was made, one of each class. *schedules*: every
 * schedule of at most so many preemptions was. *executions*, *steps*: these ran out before.
 */
export interface Exhausted {
  readonly scenario: string;
  readonly preemptions: number;
  readonly end: 'all' | 'schedules' | 'executions' | 'steps';
}

const timers = 2;

/** How much is explored under a weaker memory beside `sc`, where most of what goes wrong shows sooner. */
const weakShare: Readonly<Record<MemoryName, number>> = { sc: 1, tso: 0.2, rc11: 0.4 };

const shareOf = (memory: MemoryName, all: readonly MemoryName[]): number =>
  all.includes('sc') ? weakShare[memory] : 1;

/** What to explore, and how. */
export interface Exploration {
  readonly budget: Budget;
  readonly seed: number;
  readonly explore: Explore;
  readonly memories: readonly MemoryName[];
  /** A place in the code that is made weaker than it says; null: none. */
  readonly weakening: Weakening | null;
}

/**
 * What part of a scenario's executions goes over its schedules in order; the others are drawn. Of code that is made weaker
 * somewhere it is less: what comes first there is what the code as it stands was tried on.
 */
const inOrder = 0.5;
const inOrderWeakened = 0.1;

/** How many executions of one scenario come before the next one's turn. */
const turn = 25;

/**
 * The executions that claims are judged on: first looks everywhere (`looks.ts`); then each scenario, under each memory
 * model on its cores, and on one core with timer interrupts, and random programs, under a mixture of strategies, no one
 * of which is best for every bug (docs/adr/0007, 0016). Of a scenario all executions are made, one of each class, if
 * they are few (docs/adr/0018). If not, its schedules are gone over in order, fewest preemptions first, within the
 * budget's bound; where that is not all of them, as many again are drawn by the same mixture, since what comes first in
 * that order departs early. All of these take turns, so that what goes wrong easily in any of them
 * is found soon. Determined by `seed`.
 */
export function* samples(rig: Rig, exploration: Exploration): Generator<Sample, readonly Exhausted[]> {
  const { budget, seed, explore, memories, weakening } = exploration;
  const exhausted: Exhausted[] = [];
  const polls = rig.subject.variants.some(({ name, polls }) => polls && name === rig.variant);
  const mayShareCores = !polls && !weakening; // one core reads nothing old
  if (explore === 'all') {
    const mayDraw = budget.programs > 0;
    yield* firstLooks(rig, { looks: budget.looks, seed, memories, weakening, timers, mayDraw, mayShareCores });
  }
  const programs = randomSamples(rig, exploration);
  if (explore === 'all' || explore === 'exhaustive') {
    const random = randomFrom(seed);
    const ways = rig.subject
      .scenarios(rig.variant)
      .flatMap((scenario) => [
        ...onItsCores(scenario, exploration),
        ...(mayShareCores ? [onOneCore(scenario, exploration)] : []),
      ]);
    let open = ways.map((way) => wayThrough(rig, way, exploration, random));
    while (open.length > 0) {
      const left: typeof open = [];
      for (const samplesOfOne of open) {
        const end = yield* take(samplesOfOne, turn);
        if (end) exhausted.push(end);
        else left.push(samplesOfOne);
        if (explore === 'all') yield* take(programs, turn);
      }
      open = left;
    }
  }
  if (explore !== 'exhaustive') yield* programs;
  return exhausted;
}

/** Gives the next `count` samples. Returns how it ended, if it did. */
function* take<End>(stream: Generator<Sample, End>, count: number): Generator<Sample, End | undefined> {
  for (let i = 0; i < count; i++) {
    const next = stream.next();
    if (next.done) return next.value;
    yield next.value;
  }
  return undefined;
}

/** A scenario on some number of cores, under some memory model, with or without timer interrupts. */
interface Way {
  readonly name: string;
  readonly program: Program;
  readonly limits: Limits;
  readonly executions: number;
}

type Scenario = Pick<Way, 'name' | 'program'>;

const onItsCores = ({ name, program }: Scenario, { budget, memories, weakening }: Exploration): Way[] =>
  memories.map((memory) => ({
    name: memory === 'sc' ? name : `${name}, under ${memory}`,
    program,
    limits: { ...usualLimits, memory, weakening },
    executions: budget.scenarioExecutions * shareOf(memory, memories),
  }));

const onOneCore = ({ name, program }: Scenario, { budget, memories }: Exploration): Way => ({
  name: `${name}, on one core`,
  program: { ...program, cores: 1 },
  limits: { ...usualLimits, memory: memories[0] as MemoryName, timers },
  executions: budget.scenarioExecutions / 4,
});

/**
 * A scenario's executions: all of them, if they are few; else its schedules in order, fewest preemptions first, and then
 * as many again drawn.
 */
function* wayThrough(
  rig: Rig,
  way: Way,
  exploration: Exploration,
  random: RandomGenerator,
): Generator<Sample, Exhausted> {
  const { name, program, limits, executions } = way;
  const { preemptions } = exploration.budget;
  const isExhaustive = exploration.explore === 'exhaustive';
  if (isExhaustive || hasAtMost(rig, program, limits, executions * inOrder)) {
    const { bound } = yield* samplesOf(everyExecution(rig, program, limits, executions), way);
    if (!bound || isExhaustive) return { scenario: name, preemptions, end: bound ?? 'all' };
  }
  const share = limits.weakening ? inOrderWeakened : inOrder;
  const schedules = exhaust(rig, program, limits, { preemptions, executions: executions * share });
  const isComplete = yield* samplesOf(schedules, way);
  let steps = 100;
  for (let i = 0; !isComplete && i < executions * (1 - share); i++) {
    const drawnLimits = i % 3 === 2 ? { ...limits, timers } : limits;
    const execution = execute(
      rig,
      program,
      drawn(random, exploration.explore, i, program.cores, drawnLimits, steps),
      drawnLimits,
    );
    steps = Math.max(execution.steps, 1);
    yield { execution, limits: drawnLimits, source: name };
  }
  return { scenario: name, preemptions, end: isComplete ? 'schedules' : 'executions' };
}

/** Executions of a scenario as samples. */
function* samplesOf<End>(executions: Generator<Execution, End>, { name, limits }: Way): Generator<Sample, End> {
  let next = executions.next();
  for (; !next.done; next = executions.next()) yield { execution: next.value, limits, source: name };
  return next.value;
}

function* randomSamples(rig: Rig, exploration: Exploration): Generator<Sample, void> {
  const { budget, seed, explore, memories, weakening } = exploration;
  const random = randomFrom(seed);
  for (const program of growingPrograms(rig, random, budget.programs)) {
    for (const memory of memories) {
      let steps = 100;
      for (let i = 0; i < budget.schedules * shareOf(memory, memories); i++) {
        const limits = { ...usualLimits, memory, weakening, timers: i % 3 === 2 ? timers : 0 };
        const execution = execute(rig, program, drawn(random, explore, i, program.cores, limits, steps), limits);
        steps = Math.max(execution.steps, 1);
        yield { execution, limits, source: 'random' };
      }
    }
  }
}

/** About how many executions an exploration of so many scenarios takes. */
export const executionsOf = ({ budget, explore, memories }: Exploration, scenarios: number): number => {
  const perMemory = memories.reduce((sum, memory) => sum + shareOf(memory, memories), 0);
  const ordered = explore === 'all' || explore === 'exhaustive' ? scenarios * budget.scenarioExecutions : 0;
  const random = explore === 'exhaustive' ? 0 : budget.programs * budget.schedules * perMemory;
  return (explore === 'all' ? budget.looks : 0) + ordered * (perMemory + 0.25) + random;
};

/** Where the code is made weaker, reads are old half of the time: that is what there is to find. */
const drawn = (
  random: RandomGenerator,
  explore: Explore,
  i: number,
  cores: number,
  { memory, weakening }: Limits,
  steps: number,
): Strategy => {
  const strategy = mixture(random, explore, i, cores, steps, memory !== 'sc');
  return weakening ? { ...strategy, way: randomWay(random, 2) } : strategy;
};

/** The i-th of a program's strategies. `steps` is how long its last execution was. */
const mixture = (
  random: RandomGenerator,
  explore: Explore,
  i: number,
  cores: number,
  steps: number,
  isWeak: boolean,
): Strategy => {
  const kind = explore === 'random' ? i % 2 : explore === 'pct' ? 2 : i % 4;
  switch (kind) {
    case 0:
      return partialOrderStrategy(random, cores);
    case 1:
      return randomStrategy(random, 2 + below(random, 15));
    case 2:
      return pctStrategy(random, cores, 2 + below(random, 3), steps, isWeak);
    default:
      return preemptionStrategy(random, 1 + below(random, 4), steps);
  }
};
