import { describe, expect, it } from 'vitest';
import type { Observation } from '#model/claim.ts';
import { everyExecution } from '#model/engine/cores/every.ts';
import { rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { observe } from '#model/engine/refine/judge.ts';
import { chcore } from '#model/ipc/chcore.ts';

/** What holds of ChCore's IPC by numbers, and of both kernels beside each other. */

/** All executions of a scenario, as they look from outside. It comes to its end. */
const everyRun = async (variant: string, name: string): Promise<Observation[]> => {
  const module = chcore.variants.find((one) => one.name === variant)?.module ?? '';
  const world = await loadWorld({ tag: 'ours', module, edits: [] }, chcore.exports);
  const scenario = chcore.scenarios(variant).find((one) => one.name === name);
  if (!scenario) throw new Error(`there is no scenario '${name}'`);
  const runs: Observation[] = [];
  const executions = everyExecution(
    rigFor(chcore as never, variant, world),
    scenario.program as never,
    usualLimits,
    20_000,
  );
  let next = executions.next();
  for (; !next.done; next = executions.next()) runs.push(observe(next.value));
  expect(next.value.bound).toBeNull();
  return runs;
};

/** The answers of each thread, in the order of its calls. */
const answersOf = ({ calls, program }: Observation): string =>
  JSON.stringify(
    program.threads.map((_, thread) => calls.filter((done) => done.thread === thread).map(({ answer }) => answer)),
  );

const outcomesOf = (runs: readonly Observation[]): string[] => [...new Set(runs.map(answersOf))].sort();

/** One thread that calls and one that serves: whoever calls finds nobody else at it. */
const alike = ['one call', 'as many capabilities as there can be, both ways', 'connected, refused'];

describe('the kernel with try-locks and the one with a big lock', () => {
  it.each(alike)('answer alike in every execution: %s', async (name) => {
    const [fast, naive] = [await everyRun('try-locks', name), await everyRun('big-lock', name)];
    expect(outcomesOf(fast).length).toBeGreaterThan(1);
    expect(outcomesOf(fast)).toEqual(outcomesOf(naive));
  });
});

describe('a call that is answered', () => {
  const answered = async (variant: string): Promise<Observation[]> => {
    const runs = await everyRun(variant, 'one call');
    return runs.filter(({ calls }) => calls.some(({ answer }) => (answer as { tag: string })?.tag === 'result'));
  };

  it('takes two direct switches, and none of them asks a dispatcher', async () => {
    const runs = await answered('try-locks');
    expect(runs.length).toBeGreaterThan(0);
    for (const { traced, costs } of runs) {
      expect(traced.filter(({ name }) => name === 'direct switch').map(({ word }) => word)).toEqual([0, 1]);
      expect(costs.interProcessorInterrupts).toBe(0);
    }
  });

  it('costs fewer context switches than through the scheduler', async () => {
    const switches = (runs: readonly Observation[]): number =>
      Math.min(...runs.map(({ costs }) => costs.contextSwitches));
    expect(switches(await answered('try-locks'))).toBeLessThan(switches(await answered('big-lock')));
  });
});
