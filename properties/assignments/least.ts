/** What a submission must do before anything counts. Code that does nothing never faults, loses nothing, and orders nothing wrongly. */
import { execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { Judgement } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';

/** Of all scenarios, the part that must go well: what does one thing and nothing else would hold half of all claims. */
const partThatCounts = 1 / 3;

/**
 * Runs scenarios once each, as no strategy interferes with them. Gives the name of one that goes wrong and that keeps all
 * else from counting: the first of `least` in which something faults, is not answered, or is answered as the spec does not
 * allow; or, if fewer than a third of all end as the spec allows, the first that does not. Undefined: there is none.
 */
export const leastMissed = ({ least }: Assignment, rig: Rig): string | undefined => {
  const graph = new SpecGraph(rig.subject);
  const scenarios = rig.subject.scenarios(rig.variant);
  const judgementOf = ({ program }: (typeof scenarios)[number]): Judgement =>
    new Judgement(graph, rig.variant, execute(rig, program, replayStrategy([]), usualLimits));
  const missed = least.find((name) => {
    const scenario = scenarios.find((candidate) => candidate.name === name);
    if (!scenario) throw new InternalError(`${rig.subject.id} has no scenario '${name}'`);
    const judgement = judgementOf(scenario);
    const { calls, end } = judgement.observation;
    const made = scenario.program.threads.reduce((sum, { length }) => sum + length, 0);
    const answered = calls.filter(({ answer }) => answer !== undefined).length;
    return end !== 'quiescent' || answered < made || judgement.answers.tag !== 'explained';
  });
  if (missed !== undefined) return missed;
  const wrong = scenarios.filter((scenario) => {
    const judgement = judgementOf(scenario);
    return judgement.execution.end !== 'quiescent' || judgement.rest.tag !== 'explained';
  });
  return wrong.length > scenarios.length * (1 - partThatCounts) ? wrong[0]?.name : undefined;
};
