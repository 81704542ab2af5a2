import { parseArgs } from 'node:util';
import { type Claim, claimsAbout } from '#model/claim.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { type Execution, type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { samples } from '#model/engine/explore/stream.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { Judgement } from '#model/engine/refine/judge.ts';
import { contradicted } from '#model/engine/refine/judged.ts';
import { checkScenarios, checkSequences, type SequentialResult } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { mutants, suites } from '#properties/index.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { checkByScheduler } from '#reports/bench/plain-fast-check.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { plainTable } from '#reports/text/summary.ts';

/**
 * How many executions it takes until a mutant's claim is first refuted: by our exploration, and by fast-check as it
 * comes. The code, the machine, its memory models, the random programs and the judge are the same.
 *
 *     node reports/bench/bugs.ts [--seeds 5] [--budget 1000] [PART OF A MUTANT'S ID]
 *
 * A hunt that finds nothing counts as the budget, and is marked. Claims on single calls are hunted by `fc.commands` and
 * `fc.modelRun`; we do so too, after the calls of the scenarios. What one sequence takes in micro-ops is not counted.
 */

/** What it took until the first failure, or, if nothing was found, until the budget was spent. */
interface Hunt {
  readonly executions: number;
  readonly microOps: number;
  readonly isFound: boolean;
}

type Hunter = (seed: number) => Hunt;

type Fails = (execution: Execution) => boolean;

/** Whether an execution refutes a claim, as `Check` judges it. */
const refutes = (claim: Claim, graph: SpecGraph, variant: string): Fails => {
  const judged = [{ claim, fine: new Set<number>(), executions: 0, found: false }];
  return (execution) => !contradicted(judged, new Judgement(graph, variant, execution)).next().done;
};

/** A search is told which execution fails, and stops there. */
const hunt = (search: (fails: Fails) => void, budget: number, fails: Fails): Hunt => {
  let executions = 0;
  let microOps = 0;
  let isFound = false;
  search((execution) => {
    executions++;
    microOps += execution.steps;
    isFound = fails(execution);
    return isFound;
  });
  return { executions: isFound ? executions : budget, microOps, isFound };
};

/** Our exploration. */
const explore = (rig: Rig, seed: number, executions: number, fails: Fails): void => {
  let made = 0;
  for (const { execution } of samples(rig, { ...usualPlan, seed, budget: budgets.quick })) {
    if (fails(execution) || ++made === executions) return;
  }
};

/** Our hunter and fast-check's. */
const huntersOf = async (mutant: Mutant, budget: number): Promise<readonly [Hunter, Hunter]> => {
  const { id, subject, variant, killedBy } = mutant;
  const suite = suites.find((candidate) => candidate.subject.id === subject);
  const claim = suite && claimsAbout(suite, variant).find((candidate) => candidate.id === killedBy);
  if (!suite || !claim) throw new Error(`nothing claims ${killedBy} of ${subject}`);
  const rig = rigFor(suite.subject, variant, await loadImplementation(subject, variant, { tag: 'mutant', id }));
  const graph = new SpecGraph(suite.subject);
  if (claim.tag === 'refines') {
    const told = ({ runs, failure }: SequentialResult): Hunt => ({
      executions: runs,
      microOps: 0,
      isFound: failure !== undefined,
    });
    const drawn: Hunter = (seed) => told(checkSequences(rig, graph, seed, budget));
    const named = told(checkScenarios(rig, graph));
    return [
      (seed) => {
        if (named.isFound) return named;
        const then = drawn(seed);
        return { ...then, executions: named.executions + then.executions };
      },
      drawn,
    ];
  }
  const fails = refutes(claim, graph, variant);
  return [
    (seed) => hunt((told) => explore(rig, seed, budget, told), budget, fails),
    (seed) => hunt((told) => checkByScheduler(rig, seed, budget, told), budget, fails),
  ];
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** The median of some hunts. */
const summary = (hunts: readonly Hunt[]) => ({
  executions: median(hunts.map(({ executions }) => executions)),
  microOps: median(hunts.map(({ microOps }) => microOps)),
  found: hunts.filter(({ isFound }) => isFound).length,
});

const countText = (executions: number, found: number, of: number): string =>
  `${found === of ? '' : `(${found}/${of}) `}${found * 2 > of ? '' : '> '}${executions}`;

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string', default: '5' }, budget: { type: 'string', default: '1000' } },
  allowPositionals: true,
});
/** Far from each other: generators begin alike where seeds are small. */
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
const budget = Number(values.budget);
const chosen = mutants.filter(({ id }) => id.includes(positionals[0] ?? ''));

interface Result {
  readonly mutant: Mutant;
  readonly ours: ReturnType<typeof summary>;
  readonly plain: ReturnType<typeof summary>;
  readonly ratio: number;
}

const results: Result[] = [];
for (const mutant of chosen) {
  const [ourHunter, plainHunter] = await huntersOf(mutant, budget);
  const ours = summary(seeds.map(ourHunter));
  const plain = summary(seeds.map(plainHunter));
  results.push({ mutant, ours, plain, ratio: plain.executions / ours.executions });
}

const rows = results.map(({ mutant, ours, plain, ratio }) => [
  mutant.id,
  mutant.killedBy,
  countText(ours.executions, ours.found, seeds.length),
  countText(plain.executions, plain.found, seeds.length),
  ratio.toFixed(1),
  plain.microOps === 0 ? '' : (plain.microOps / ours.microOps).toFixed(1),
]);
const ratios = results.map(({ ratio }) => ratio);
const within = results.filter(({ plain }) => plain.executions >= 10);
const count = (holds: (result: Result) => boolean): number => results.filter(holds).length;
process.stdout.write(
  `executions to the first failure, median of ${seeds.length} seeds; > and (found/of): not found within ${budget}\n` +
    `${plainTable([['mutant', 'claim', 'ours', 'fast-check', 'ratio', 'in micro-ops'], ...rows])}\n\n` +
    `geometric mean: ours ${geometricMean(results.map(({ ours }) => ours.executions)).toFixed(1)}, ` +
    `fast-check ${geometricMean(results.map(({ plain }) => plain.executions)).toFixed(1)}\n` +
    `ratio: median ${median(ratios).toFixed(1)}, geometric mean ${geometricMean(ratios).toFixed(1)}; ` +
    `10 or more for ${count(({ ratio }) => ratio >= 10)} of ${results.length}, ` +
    `below 1 for ${count(({ ratio }) => ratio < 1)}\n` +
    (within.length === 0
      ? ''
      : `where fast-check takes 10 or more (${within.length}): median ${median(within.map(({ ratio }) => ratio)).toFixed(1)}\n`) +
    `found by no seed: ours ${count(({ ours }) => ours.found === 0)}, ` +
    `fast-check ${count(({ plain }) => plain.found === 0)}, ` +
    `neither ${count(({ ours, plain }) => ours.found === 0 && plain.found === 0)}\n`,
);
