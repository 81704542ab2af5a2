import * as fc from 'fast-check';
import type { Suite } from '#model/claim.ts';
import { type Execution, execute, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { suites } from '#properties/index.ts';
import { plainTable } from '#reports/text/summary.ts';

/**
 * What each fast implementation saves beside the naive one of the same spec: `node reports/bench/baselines.ts`. Both run
 * the same random programs under the same draws. Counted, not timed: per call that was answered, so the same figures come
 * out anywhere.
 */

const programs = 300;
const draws = 4;
const size = { threads: 3, calls: 3 };

interface Spent {
  calls: number;
  microOps: number;
  readModifyWrites: number;
  contextSwitches: number;
  interProcessorInterrupts: number;
}

const nothingSpent = (): Spent => ({
  calls: 0,
  microOps: 0,
  readModifyWrites: 0,
  contextSwitches: 0,
  interProcessorInterrupts: 0,
});

/** Adds what an execution cost, the dispatchers' work included. */
const add = (spent: Spent, { history, costs }: Execution): void => {
  spent.calls += history.filter(({ tag }) => tag === 'answer').length;
  spent.microOps += costs.steps;
  spent.readModifyWrites += costs.readModifyWrites;
  spent.contextSwitches += costs.contextSwitches;
  spent.interProcessorInterrupts += costs.interProcessorInterrupts;
};

const rigOf = async ({ subject }: Suite, variant: string): Promise<Rig> => {
  const module = subject.variants.find(({ name }) => name === variant)?.module as string;
  return rigFor(subject, variant, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
};

const measure = async (suite: Suite, variant: string, drawn: readonly Program[]): Promise<Spent> => {
  const rig = await rigOf(suite, variant);
  const spent = nothingSpent();
  for (const [i, program] of drawn.entries()) {
    for (let draw = 0; draw < draws; draw++) {
      const strategy = randomStrategy(randomFrom(i * draws + draw), 8);
      add(spent, execute(rig, { ...program, variant }, strategy, usualLimits));
    }
  }
  return spent;
};

const perCall = ({ calls, ...counts }: Spent): number[] => Object.values(counts).map((count) => count / calls);

const rows: string[][] = [['', 'micro-ops', 'read-modify-writes', 'context switches', 'interrupts to cores']];
for (const suite of suites) {
  for (const { name, baselineOf } of suite.subject.variants) {
    if (baselineOf === undefined) continue;
    const drawn = fc.sample(suite.subject.programs(baselineOf, size), { numRuns: programs, seed: 1 });
    const naive = perCall(await measure(suite, name, drawn));
    const fast = perCall(await measure(suite, baselineOf, drawn));
    const cells = fast.map((value, i) => {
      const beside = naive[i] as number;
      return `${value.toFixed(1)} against ${beside.toFixed(1)}${value > 0 ? `, ${(beside / value).toFixed(2)} times` : ''}`;
    });
    rows.push([`${suite.subject.id} (${baselineOf} against ${name})`, ...cells]);
  }
}
process.stdout.write(`per answered call\n${plainTable(rows)}\n`);
