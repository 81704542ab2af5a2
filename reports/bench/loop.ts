import * as fc from 'fast-check';
import { claimsAbout, type Suite } from '#model/claim.ts';
import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import type { World } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Contender } from '#reports/bench/measure.ts';

const size = { threads: 3, calls: 2 };

/** Executions per second of one implementation: run only; run and refined; the whole loop with every claim. */
export const loopContenders = (suite: Suite, variant: string, world: World): Contender[] => {
  const rig = rigFor(suite.subject, variant, world);
  const programs = fc.sample(suite.subject.programs(variant, size), { seed: 1, numRuns: 100 });
  const runAll = (judge: boolean): number => {
    const random = randomFrom(1);
    const graph = new SpecGraph(suite.subject);
    let executions = 0;
    for (const program of programs) {
      if (program.threads.every((calls) => calls.length === 0)) continue;
      for (let i = 0; i < 5; i++) {
        const execution = execute(rig, program, randomStrategy(random, 3), usualLimits);
        if (judge) explain(graph, variant, execution, 'answers and rest');
        executions++;
      }
    }
    return executions;
  };
  const budget = { ...budgets.quick, sequences: 0, programs: 100, schedules: 5 };
  const runLoop = (): number => {
    const check = new Check({
      suite,
      variant,
      world,
      implementation: { tag: 'reference' },
      claims: claimsAbout(suite, variant).filter(({ tag }) => tag !== 'ordering'), // it explores by itself
      budget,
      seed: 1,
      ...usualPlan,
      explore: 'random',
      memories: ['sc'],
    });
    for (const _ of check.run());
    return check.results().executions;
  };
  return [
    { name: 'run only', run: () => runAll(false) },
    { name: 'run and refine', run: () => runAll(true) },
    { name: 'whole check loop, every claim', run: runLoop },
  ];
};

/** Spec steps per second along the same histories, each step computed anew, or once. */
export const specContenders = (suite: Suite, variant: string, world: World): Contender[] => {
  const rig = rigFor(suite.subject, variant, world);
  const random = randomFrom(1);
  const executions = fc
    .sample(suite.subject.programs(variant, size), { seed: 1, numRuns: 100 })
    .filter((program) => program.threads.some((calls) => calls.length > 0))
    .map((program) => execute(rig, program, randomStrategy(random, 3), usualLimits));
  const fresh = (): SpecGraph => new SpecGraph(suite.subject);
  const runAll = (graphOf: () => SpecGraph): number => {
    let asked = 0;
    for (let i = 0; i < 5; i++) {
      for (const execution of executions) {
        const graph = graphOf();
        const before = graph.asked;
        explain(graph, variant, execution, 'answers');
        asked += graph.asked - before;
      }
    }
    return asked;
  };
  const runInOne = (): number => {
    const graph = fresh();
    return runAll(() => graph);
  };
  return [
    { name: 'spec steps, computed anew for each execution', run: () => runAll(fresh) },
    { name: 'spec steps, each computed once', run: runInOne },
  ];
};
