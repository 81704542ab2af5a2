import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { everyExecution, hasAtMost } from '#model/engine/cores/every.ts';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import type { Exhausted, Exploration, Explore } from '#model/engine/explore/exploration.ts';
import { firstLooks } from '#model/engine/explore/looks.ts';
import { partialOrderStrategy } from '#model/engine/explore/partial-order.ts';
import { pctStrategy } from '#model/engine/explore/pct.ts';
import { growingPrograms } from '#model/engine/explore/programs.ts';
import { below, preemptionStrategy, randomFrom, randomStrategy, randomWay } from '#model/engine/explore/random.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import { mayShare, shareOf, timers, type Way, waysOf } from '#model/engine/explore/ways.ts';

/** An execution and what it was allowed to do. */
export interface Sample {
  readonly execution: Execution;
  readonly limits: Limits;
  /** What part of the stream it belongs to: a scenario's name, or `random`. */
  readonly source: string;
}

/**
 * What part of a scenario's executions goes over its schedules in order; the others are drawn. Of code that is made weaker
 * somewhere it is less: what comes first there is what the code as it stands was tried on.
 */
const inOrder = 0.5;
const inOrderWeakened = 0.1;

/** An exploration that is not exhaustive: of that, executions are no samples (`every-scenario.ts`). */
export interface Sampling extends Exploration {
  readonly explore: Exclude<Exploration['explore'], 'exhaustive'>;
}

/** How many executions of one scenario come before the next one's turn. */
const turn = 25;

/**
 * The executions that claims are judged on: first looks everywhere (`looks.ts`); then each scenario, under each memory
 * model on its cores, and on one core with timer interrupts, and random programs, under a mixture of strategies, no one
 * of which is best for every bug (docs/adr/0007, 0016). Of a scenario all executions are made, one of each class, if
 * they are few (docs/adr/0017). If not, its schedules are gone over in order, fewest preemptions first, within the
 * budget's bound; where that is not all of them, as many again are drawn by the same mixture, since what comes first in
 * that order departs early. All of these take turns, so that what goes wrong easily in any of them
 * is found soon. Determined by `seed`.
 */
export function* samples(rig: Rig, exploration: Sampling): Generator<Sample, readonly Exhausted[]> {
  const { budget, seed, explore, memories, weakening } = exploration;
  const exhausted: Exhausted[] = [];
  const programs = randomSamples(rig, exploration);
  if (explore === 'all' || explore === 'drawn') {
    const mayDraw = budget.programs > 0;
    const mayShareCores = mayShare(rig, exploration);
    yield* firstLooks(rig, { looks: budget.looks, seed, memories, weakening, timers, mayDraw, mayShareCores });
    const random = randomFrom(seed);
    let open = waysOf(rig, exploration).map((way) => wayThrough(rig, way, exploration, random));
    while (open.length > 0) {
      const left: typeof open = [];
      for (const samplesOfOne of open) {
        const end = yield* take(samplesOfOne, turn);
        if (end) exhausted.push(end);
        else left.push(samplesOfOne);
        yield* take(programs, turn);
      }
      open = left;
    }
  }
  yield* programs;
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

/**
 * A scenario's executions: all of them, if they are few; else its schedules in order, fewest preemptions first, and then
 * as many again drawn. If only what is drawn is asked for: nothing where they are few, and else what is drawn.
 */
function* wayThrough(
  rig: Rig,
  way: Way,
  exploration: Exploration,
  random: RandomGenerator,
): Generator<Sample, Exhausted> {
  const { name, program, limits, executions } = way;
  const { preemptions } = exploration.budget;
  const isDrawn = exploration.explore === 'drawn';
  const none = { executions: 0, impossible: 0, unfair: 0, cutOff: 0 };
  if (hasAtMost(rig, program, limits, executions * inOrder)) {
    if (isDrawn) return { scenario: name, preemptions, end: 'executions', ...none };
    const { bound, ...tally } = yield* samplesOf(everyExecution(rig, program, limits, executions), way);
    if (!bound) return { scenario: name, preemptions, end: 'all', ...tally };
  }
  const made = { ...none };
  const note = (execution: Execution): void => {
    made.executions++;
    if (execution.end === 'limit') made.cutOff++;
  };
  const share = limits.weakening ? inOrderWeakened : inOrder;
  const schedules = exhaust(rig, program, limits, { preemptions, executions: executions * share });
  const isComplete = !isDrawn && (yield* samplesOf(schedules, way, note));
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
    note(execution);
    yield { execution, limits: drawnLimits, source: name };
  }
  return { scenario: name, preemptions, end: isComplete ? 'schedules' : 'executions', ...made };
}

/** Executions of a scenario as samples. */
function* samplesOf<End>(
  executions: Generator<Execution, End>,
  { name, limits }: Way,
  note: (execution: Execution) => void = () => {},
): Generator<Sample, End> {
  let next = executions.next();
  for (; !next.done; next = executions.next()) {
    note(next.value);
    yield { execution: next.value, limits, source: name };
  }
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
  const ofScenarios = explore === 'all' ? 1 : explore === 'drawn' ? 1 - inOrder : 0;
  const ordered = ofScenarios * scenarios * budget.scenarioExecutions;
  const random = budget.programs * budget.schedules * perMemory;
  return (ofScenarios > 0 ? budget.looks : 0) + ordered * (perMemory + 0.25) + random;
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
