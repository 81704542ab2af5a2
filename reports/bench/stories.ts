import { type Claim, claimsAbout, type Suite } from '#model/claim.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { type Execution, type Limits, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust, isOfMemory } from '#model/engine/explore/exhaustive.ts';
import { samples } from '#model/engine/explore/stream.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { Judgement, judge } from '#model/engine/refine/judge.ts';
import { checkSequences } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { Hunt } from '#model/engine/shrink/hunt.ts';
import { departingOf, type Minimality } from '#model/engine/shrink/minimal.ts';
import { shrinkSequence } from '#model/engine/shrink/sequence.ts';
import { shrink } from '#model/engine/shrink/shrink.ts';
import { allSmallerPrograms } from '#model/engine/shrink/smaller.ts';
import { mutants, suites } from '#properties/index.ts';
import type { Mutant } from '#properties/museum/mutant.ts';

/**
 * How short the stories of the museum are, and how long it takes to make them so: `node reports/bench/stories.ts 20
 * sync/` hunts each mutant whose id contains `sync/` from the seeds 1 to 20. A story of which the shrinker has no proof is
 * judged apart from it, at length: by every schedule of every smaller program, none left out, that departs no further.
 * With `all` as a third argument, every story is.
 */

const [, , seedsWanted = '20', part = '', which = 'unproven'] = process.argv;
const budget = budgets.quick;

/** Schedules of one smaller program at most; where there are more, the story is not judged. */
const executionsMax = 20_000;

interface Found {
  readonly execution: Execution;
  readonly limits: Limits;
  readonly minimal: Minimality | undefined;
  readonly huntMilliseconds: number;
  readonly shrinkMilliseconds: number;
}

type Judged = 'minimal' | 'not minimal' | 'not judged';

/** CPU milliseconds of this process since `before`. */
const since = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const fails = (rig: Rig, graph: SpecGraph, claim: Claim, execution: Execution): boolean =>
  judge(claim, new Judgement(graph, rig.variant, execution), new Set()) !== undefined;

/** The first failure of an exploration, made small; undefined: nothing fails. */
const hunt = (rig: Rig, claim: Claim, seed: number): Found | undefined => {
  const graph = new SpecGraph(rig.subject);
  const began = process.cpuUsage();
  if (claim.tag === 'refines') {
    const { failure } = checkSequences(rig, graph, seed, budget.sequences);
    if (!failure) return undefined;
    const huntMilliseconds = since(began);
    const found = process.cpuUsage();
    const { execution, minimal } = shrinkSequence(rig, graph, failure);
    return { execution, limits: usualLimits, minimal, huntMilliseconds, shrinkMilliseconds: since(found) };
  }
  for (const { execution: first, limits: given } of samples(rig, { ...usualPlan, budget, seed })) {
    if (!fails(rig, graph, claim, first)) continue;
    const huntMilliseconds = since(began);
    const found = process.cpuUsage();
    const { execution, limits, minimal } = shrink(rig, first, given, (one) => fails(rig, graph, claim, one));
    return { execution, limits, minimal, huntMilliseconds, shrinkMilliseconds: since(found) };
  }
  return undefined;
};

/** Whether any smaller program fails that departs no further. */
const judged = (rig: Rig, claim: Claim, { execution, limits, minimal }: Found): Judged => {
  if (minimal && (which !== 'all' || claim.tag === 'refines')) return 'minimal'; // of sequences it leaves nothing out
  if (claim.tag === 'refines') return 'not judged';
  const graph = new SpecGraph(rig.subject);
  const confirming = { ...limits, steps: usualLimits.steps };
  const hunting = new Hunt(rig, (one) => fails(rig, graph, claim, one), confirming, Number.POSITIVE_INFINITY);
  const bound = { ...departingOf(rig, { execution, limits }), executions: executionsMax };
  let answer: Judged = 'minimal';
  for (const program of allSmallerPrograms(rig.subject, execution.program)) {
    const tried = exhaust(rig, program, limits, bound);
    let next = tried.next();
    for (; !next.done; next = tried.next()) {
      if (hunting.isFailure(next.value, limits)) return 'not minimal';
    }
    if (!next.value) answer = 'not judged';
  }
  return answer;
};

const suiteOf = (mutant: Mutant): Suite => suites.find(({ subject }) => subject.id === mutant.subject) as Suite;

interface Row {
  readonly mutant: Mutant;
  readonly stories: readonly (Found & { readonly answer: Judged })[];
}

const hunted = async (mutant: Mutant): Promise<Row> => {
  const suite = suiteOf(mutant);
  const { subject } = suite;
  const claim = claimsAbout(suite, mutant.variant).find(({ id }) => id === mutant.killedBy) as Claim;
  const module = subject.variants.find(({ name }) => name === mutant.variant)?.module as string;
  const world = await loadWorld({ tag: 'ours', module, edits: mutant.edits }, subject.exports);
  const known = new Map<string, Judged>();
  const stories: Row['stories'][number][] = [];
  for (let seed = 1; seed <= Number(seedsWanted); seed++) {
    const rig = rigFor(subject, mutant.variant, world);
    const found = hunt(rig, claim, seed);
    if (!found) continue;
    const key = JSON.stringify([found.execution.program, found.execution.schedule, found.limits]);
    const answer = known.get(key) ?? judged(rig, claim, found);
    known.set(key, answer);
    stories.push({ ...found, answer });
  }
  return { mutant, stories };
};

const threadsOf = ({ execution }: Found): number => execution.program.threads.filter(({ length }) => length > 0).length;
const callsOf = ({ execution }: Found): number => execution.program.threads.flat().length;
const staleOf = ({ execution }: Found): number => execution.schedule.filter(isOfMemory).length;

const range = (values: readonly number[]): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? `${least}` : `${least}-${most}`;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Stories of which another seed has one with fewer threads, or as many and fewer calls. */
const largerThanAnother = (stories: Row['stories']): number => {
  const sizes = stories.map((story) => 1000 * threadsOf(story) + callsOf(story));
  return sizes.filter((size) => size > Math.min(...sizes)).length;
};

const textOf = ({ mutant, stories }: Row): string[] => {
  if (stories.length === 0) return [mutant.id, 'not found'];
  const shrinking = stories.map(({ shrinkMilliseconds }) => shrinkMilliseconds);
  return [
    mutant.id,
    `${stories.length}`,
    range(stories.map(threadsOf)),
    range(stories.map(callsOf)),
    range(stories.map(({ execution }) => execution.switches)),
    range(stories.map(staleOf)),
    `${stories.filter(({ minimal }) => minimal).length}`,
    `${stories.filter(({ answer }) => answer === 'minimal').length}`,
    `${largerThanAnother(stories)}`,
    range(stories.map(({ minimal }) => minimal?.executions ?? 0)),
    median(stories.map(({ huntMilliseconds }) => huntMilliseconds)).toFixed(0),
    median(shrinking).toFixed(0),
    Math.max(...shrinking).toFixed(0),
  ];
};

const line = (cells: readonly string[]): string =>
  `${cells.map((cell, i) => cell.padEnd(i === 0 ? 46 : (head[i]?.length ?? 0) + 2)).join('')}\n`;

const head = ['mutant', 'stories', 'threads', 'calls', 'switches', 'stale', 'proven', 'minimal', 'larger'];
head.push('schedules', 'ms to find', 'ms to shrink', 'at most');
const rows: Row[] = [];
const chosen = mutants.filter(({ id }) => id.includes(part));
process.stdout.write(line(head));
for (const mutant of chosen) {
  const row = await hunted(mutant);
  rows.push(row);
  process.stdout.write(line(textOf(row)));
}

const all = rows.flatMap(({ stories }) => stories);
const count = (isSo: (story: (typeof all)[number]) => boolean): number => all.filter(isSo).length;
const larger = rows.reduce((sum, { stories }) => sum + largerThanAnother(stories), 0);
process.stdout.write(
  [
    `${all.length} stories of ${chosen.length} mutants`,
    `${count(({ answer }) => answer === 'minimal')} minimal, ${count(({ answer }) => answer === 'not minimal')} not, ${count(({ answer }) => answer === 'not judged')} not judged`,
    `${count(({ minimal }) => minimal !== undefined)} proven by the shrinker`,
    `${larger} larger than what another seed found`,
    `${count(({ shrinkMilliseconds }) => shrinkMilliseconds < 1000)} shrunk within a second of CPU time\n`,
  ].join('\n'),
);
