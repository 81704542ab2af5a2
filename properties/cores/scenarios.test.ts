import { beforeAll, describe, expect, it } from 'vitest';
import { type Execution, type Limits, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { growingPrograms } from '#model/engine/explore/programs.ts';
import { randomFrom } from '#model/engine/explore/random.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { isNight, variantsTried } from '#properties/by-day.ts';
import { drawnExecutions, exploreAll, firstSchedules, outcomeOf, outcomesOf } from '#properties/cores/explored.ts';
import { signatureOf } from '#properties/cores/signature.ts';

const graphsMax = isNight ? 2_000 : 120;
const drawnMax = isNight ? 1_000 : 60;
const schedulesMax = isNight ? 500 : 30;
const randomProgramsMax = isNight ? 30 : 4;
/** One in so many of the scenarios of each implementation is looked at. */
const scenariosApart = isNight ? 1 : 4;
const timeoutMilliseconds = isNight ? 4 * 60 * 60_000 : 240_000;

interface Case {
  readonly name: string;
  readonly rig: Rig;
  readonly program: Program;
}

const scenarios: Case[] = [];
const randomPrograms: Case[] = [];

beforeAll(async () => {
  for (const { id, subject, name: variant, module } of variantsTried) {
    const world = await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports);
    const rig = rigFor(subject, variant, world);
    const title = `${id} ${variant}`;
    for (const [i, { name, program }] of subject.scenarios(variant).entries()) {
      if (i % scenariosApart === 0) scenarios.push({ name: `${title}: ${name}`, rig, program });
    }
    for (const program of growingPrograms(rig, randomFrom(1), randomProgramsMax)) {
      randomPrograms.push({ name: `${title}: ${JSON.stringify(program)}`, rig, program });
    }
  }
});

/** Whoever polls without giving way needs a core to itself. */
const onOneCore = (cases: readonly Case[]): Case[] =>
  cases.flatMap(({ name, rig, program }) =>
    rig.subject.variants.some(({ name, polls }) => polls && name === rig.variant)
      ? []
      : [{ name, rig, program: { ...program, cores: 1 } }],
  );

const timersMatterTwice = (executions: readonly Execution[], { timers }: Limits): boolean =>
  timers > 0 && executions.some(({ costs }) => costs.spaceSwitches > 0);

/** Compares those that have few executions. Gives how many these were, and how many classes they had. */
const compareClasses = (cases: readonly Case[], limits: Limits): { programs: number; classes: number } => {
  let programs = 0;
  let classes = 0;
  for (const { name, rig, program } of cases) {
    const { executions, explored } = exploreAll(rig, program, limits, graphsMax);
    if (explored.bound !== null) continue;
    const found = new Set<string | undefined>();
    for (const execution of executions) found.add(signatureOf(rig, execution, limits));
    expect([...found], name).not.toContain(undefined);
    // Before and after a look at the core's address space are two places for a timer, whether it matters or not.
    if (timersMatterTwice(executions, limits)) expect(found.size, name).toBeLessThanOrEqual(explored.executions);
    else expect(found.size, `${name}: no class twice`).toBe(explored.executions);
    const others = [
      ...drawnExecutions(rig, program, limits, drawnMax),
      ...firstSchedules(rig, program, limits, schedulesMax),
    ];
    for (const execution of others) {
      const signature = signatureOf(rig, execution, limits);
      if (signature === undefined || found.has(signature)) continue;
      expect.unreachable(`${name}: a class was not found: ${JSON.stringify(execution.schedule)} ${signature}`);
    }
    programs++;
    classes += explored.executions;
  }
  return { programs, classes };
};

/** The same, but compares outcomes only. */
const compareOutcomes = (cases: readonly Case[], limits: Limits): { programs: number; outcomes: number } => {
  let programs = 0;
  let outcomes = 0;
  for (const { name, rig, program } of cases) {
    const { executions, explored } = exploreAll(rig, program, limits, graphsMax);
    if (explored.bound !== null) continue;
    const found = outcomesOf(executions);
    const others = [
      ...drawnExecutions(rig, program, limits, drawnMax),
      ...firstSchedules(rig, program, limits, schedulesMax),
    ];
    for (const execution of others) {
      const outcome = outcomeOf(execution);
      if (found.has(outcome)) continue;
      expect.unreachable(`${name}: an outcome was not found: ${JSON.stringify(execution.schedule)} ${outcome}`);
    }
    programs++;
    outcomes += found.size;
  }
  return { programs, outcomes };
};

describe('every execution under sc is of a class that is found, and none is found twice', () => {
  it.each([
    ['of scenarios', () => scenarios, 0],
    ['of random programs', () => randomPrograms, 0],
    ['of scenarios on one core with a timer', () => onOneCore(scenarios), 1],
    ['of scenarios on one core with a timer that strikes twice', () => onOneCore(scenarios), 2],
    ['of random programs on one core with a timer', () => onOneCore(randomPrograms), 1],
  ] as const)(
    '%s',
    (_name, cases, timers) => {
      const { programs, classes } = compareClasses(cases(), { ...usualLimits, timers });
      expect(programs).toBeGreaterThan(10);
      expect(classes).toBeGreaterThan(2 * programs);
    },
    timeoutMilliseconds,
  );
});

describe('every outcome under a weaker memory is found', () => {
  it.each([
    ['of scenarios under tso', () => scenarios, 'tso'],
    ['of scenarios under rc11', () => scenarios, 'rc11'],
    ['of random programs under tso', () => randomPrograms, 'tso'],
    ['of random programs under rc11', () => randomPrograms, 'rc11'],
  ] as const)(
    '%s',
    (_name, cases, memory) => {
      const { programs, outcomes } = compareOutcomes(cases(), { ...usualLimits, memory });
      expect(programs).toBeGreaterThan(10);
      expect(outcomes).toBeGreaterThan(programs);
    },
    timeoutMilliseconds,
  );
});
