import type { Claim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import type { Rig } from '#model/engine/explore/execution.ts';
import { Judgement, judge } from '#model/engine/refine/judge.ts';
import { recheckSequence } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { rerun } from '#model/engine/trace/tell.ts';
import type { Violation } from '#model/verdict.ts';

/** Runs a counterexample again and judges it again: the violation, or undefined if there is none any more. */
export const reproduce = (rig: Rig, claim: Claim, counterexample: Counterexample): Violation | undefined => {
  const graph = new SpecGraph(rig.subject);
  const execution = rerun(rig, counterexample);
  if (claim.tag === 'refines') return recheckSequence(rig, graph, execution);
  return judge(claim, new Judgement(graph, rig.variant, execution), new Set());
};
