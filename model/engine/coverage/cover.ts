import { claimsAbout } from '#model/claim.ts';
import { type Pair, Pairs } from '#model/engine/coverage/pairs.ts';
import { Transitions } from '#model/engine/coverage/transitions.ts';
import { type Execution, execute, type Limits, type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { samples } from '#model/engine/explore/stream.ts';
import { isOwn } from '#model/engine/ordering/ordering.ts';
import type { Plan } from '#model/engine/plan.ts';
import { Judgement } from '#model/engine/refine/judge.ts';
import { rejectFloating } from '#model/engine/refine/judged.ts';
import { checkScenarios, checkSequences } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { SpecCoverage } from '#model/engine/space/coverage.ts';

/** What executions of an implementation have met. */
export interface Met {
  readonly executions: number;
  /** Those among them that the spec does not explain: they take no transition. */
  readonly unexplained: number;
  /** How often each transition of the spec was taken. */
  readonly transitions: SpecCoverage;
  /** Of the executions under `sc`. */
  readonly pairs: readonly Pair[];
}

/** As many sequences of calls as a check makes at a time. */
const sequencesPerSlice = 20;

/**
 * Makes the executions that a check of this plan would make, explored in every way and whatever is wrong with them, and
 * notes what they meet. Now and then it yields how many there were; whoever drives it may stop.
 */
export function* covering(plan: Plan): Generator<number, Met> {
  const { suite, variant, world, budget } = plan;
  const rig = rigFor(suite.subject, variant, world);
  const graph = new SpecGraph(suite.subject);
  const transitions = new Transitions();
  const responsible = claimsAbout(suite, variant).flatMap((claim) =>
    claim.tag === 'ordering' ? claim.responsible : [],
  );
  const pairs = new Pairs((name) => isOwn(name, plan, responsible));
  let executions = 0;
  const look = (execution: Execution): void => {
    rejectFloating(execution);
    executions++;
    transitions.note(new Judgement(graph, variant, execution));
  };
  let failure = checkScenarios(rig, graph, look).failure;
  for (let done = 0; done < budget.sequences && !failure; done += sequencesPerSlice) {
    failure = checkSequences(rig, graph, plan.seed + done, sequencesPerSlice, look).failure;
    yield executions;
  }
  for (const { execution, limits } of samples(rig, { ...plan, explore: 'all' })) {
    look(execution);
    if (limits.memory === 'sc') notePairs(pairs, rig, execution, limits);
    if (executions % 64 === 0) yield executions;
  }
  const { counts, unexplained } = transitions;
  return { executions, unexplained, transitions: counts, pairs: pairs.pairs };
}

/** Makes an execution again, to see each of its accesses. */
const notePairs = (pairs: Pairs, rig: Rig, { program, schedule, booted }: Execution, limits: Limits): void => {
  pairs.begin();
  execute(rig, program, replayStrategy(schedule), limits, {
    choices: null,
    ways: null,
    observer: (_core, context, frame, result) => pairs.note(context, frame, result, booted.names, booted.firstOwn),
  });
};
