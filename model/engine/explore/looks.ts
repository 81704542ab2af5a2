import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Weakening } from '#impl/machine/weakening.ts';
import { type Execution, execute, type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { partialOrderStrategy } from '#model/engine/explore/partial-order.ts';
import { densePrograms, largestFirst } from '#model/engine/explore/programs.ts';
import { below, randomFrom, randomWay } from '#model/engine/explore/random.ts';

/** One look: an execution, what it was allowed to do, and the scenario's name or `random`. */
interface Look {
  readonly execution: Execution;
  readonly limits: Limits;
  readonly source: string;
}

/** Where to look, and how often. */
interface Looking {
  readonly looks: number;
  readonly seed: number;
  /** The strongest first. */
  readonly memories: readonly MemoryName[];
  readonly weakening: Weakening | null;
  readonly timers: number;
  /** Whether random programs are looked at. */
  readonly mayDraw: boolean;
  /** Whether threads may share a core. */
  readonly mayShareCores: boolean;
}

/**
 * What is looked at before anything is gone over in order: every scenario once, each in another way, then all of them
 * again; and after each of them a random program in which much happens at once. Most mistakes show here. Orders of
 * accesses are sampled; the memory model is drawn, the weakest more often; timers strike in a third of the executions;
 * a fourth of the scenarios run on one core, where nothing happens at once but by timers.
 */
export function* firstLooks(rig: Rig, looking: Looking): Generator<Look, void> {
  const random = randomFrom(looking.seed);
  const scenarios = largestFirst(rig.subject.scenarios(rig.variant));
  const programs = densePrograms(rig, random);
  for (let i = 0; i < looking.looks; i++) {
    const drawn = looking.mayDraw && i % 2 === 1 ? programs.next().value : undefined;
    const scenario = drawn ? undefined : scenarios.next().value;
    const chosen = drawn ?? scenario?.program;
    if (!chosen) return;
    const isOnOneCore = scenario !== undefined && looking.mayShareCores && below(random, 4) === 0;
    const program = isOnOneCore ? { ...chosen, cores: 1 } : chosen;
    const limits = limitsOf(looking, random, isOnOneCore);
    const strategy = partialOrderStrategy(random, program.cores);
    const pointed = looking.weakening ? { ...strategy, way: randomWay(random, 2) } : strategy;
    yield { execution: execute(rig, program, pointed, limits), limits, source: scenario?.name ?? 'random' };
  }
}

const limitsOf = ({ memories, weakening, timers }: Looking, random: RandomGenerator, isOnOneCore: boolean): Limits => ({
  ...usualLimits,
  memory: memories[Math.min(below(random, memories.length + 1), memories.length - 1)] as MemoryName,
  weakening,
  timers: isOnOneCore || below(random, 3) === 0 ? timers : 0,
});
