/** What a submission must do before anything counts. Code that does nothing never faults, loses nothing, and orders nothing wrongly. */
import { execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { Judgement } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';

/**
 * Runs each scenario of `least` once, as no strategy interferes with it. Gives the name of the first in which something
 * faults, is not answered, or is answered as the spec does not allow; undefined: there is none.
 */
export const leastMissed = ({ least }: Assignment, rig: Rig): string | undefined => {
  const graph = new SpecGraph(rig.subject);
  const scenarios = rig.subject.scenarios(rig.variant);
  return least.find((name) => {
    const scenario = scenarios.find((candidate) => candidate.name === name);
    if (!scenario) throw new InternalError(`${rig.subject.id} has no scenario '${name}'`);
    const execution = execute(rig, scenario.program, replayStrategy([]), usualLimits);
    const judgement = new Judgement(graph, rig.variant, execution);
    const { calls, end } = judgement.observation;
    const made = scenario.program.threads.reduce((sum, { length }) => sum + length, 0);
    const answered = calls.filter(({ answer }) => answer !== undefined).length;
    return end !== 'quiescent' || answered < made || judgement.answers.tag !== 'explained';
  });
};
