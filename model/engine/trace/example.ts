import { execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy, randomWay } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Story } from '#model/engine/trace/story.ts';
import { type Tellable, tell } from '#model/engine/trace/tell.ts';
import type { Program } from '#model/subject.ts';

/** What is told as an example: a program, by what it is about, and whose code runs it. */
export type Example = Pick<Tellable, 'sentence' | 'implementation'> & { readonly program: Program };

/** Tells one execution of a program: with a seed, one that is drawn at random; without, that in which nobody is preempted. */
export const tellExample = (rig: Rig, example: Example, limits: Limits, seed: number | null): Story => {
  const { program } = example;
  const strategy = seed === null ? replayStrategy([]) : drawn(seed);
  const { schedule, switches } = execute(rig, program, strategy, limits);
  const active = program.threads.filter((calls) => calls.length > 0);
  const story = { threads: active.length, calls: active.flat().length, switches };
  const tellable = {
    ...example,
    subject: rig.subject.id,
    variant: rig.variant,
    schedule,
    limits,
    violation: null,
    story,
  };
  return tell(rig, tellable);
};

/** A schedule that keeps a core for some steps in a row. */
const stepsInARow = 4;

const drawn = (seed: number) => {
  const random = randomFrom(seed);
  return { ...randomStrategy(random, stepsInARow), way: randomWay(random, 2) };
};
