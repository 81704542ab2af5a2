import { type Limits, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import type { Exploration } from '#model/engine/explore/exploration.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { Program } from '#model/subject.ts';

/** How many timer interrupts may strike in an execution that has any. */
export const timers = 2;

/** How much is explored under a weaker memory beside `sc`, where most of what goes wrong shows sooner. */
const weakShare: Readonly<Record<MemoryName, number>> = { sc: 1, tso: 0.2, rc11: 0.4 };

/** How much of its budget an exploration under a memory model has, beside the others. */
export const shareOf = (memory: MemoryName, all: readonly MemoryName[]): number =>
  all.includes('sc') ? weakShare[memory] : 1;

/** A scenario on some number of cores, under some memory model, with or without timer interrupts. */
export interface Way {
  readonly name: string;
  readonly program: Program;
  readonly limits: Limits;
  readonly executions: number;
}

type Scenario = Pick<Way, 'name' | 'program'>;

/** Whether threads may share a core: not where who waits keeps it, and in vain where a weak memory is looked for. */
export const mayShare = ({ subject, variant }: Rig, { weakening }: Exploration): boolean => {
  const polls = subject.variants.some((one) => one.polls && one.name === variant);
  return !polls && !weakening; // one core reads nothing old
};

/** The scenarios of a subject, each under each memory model on its cores, and on one core with timer interrupts. */
export const waysOf = (rig: Rig, exploration: Exploration): Way[] =>
  rig.subject
    .scenarios(rig.variant)
    .flatMap((scenario) => [
      ...onItsCores(scenario, exploration),
      ...(mayShare(rig, exploration) ? [onOneCore(scenario, exploration)] : []),
    ]);

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
