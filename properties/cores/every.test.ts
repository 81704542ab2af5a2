import { describe, expect, it } from 'vitest';
import { hasAtMost } from '#model/engine/cores/every.ts';
import { execute, type Limits, usualLimits } from '#model/engine/explore/execution.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { drawnExecutions, exploreAll, outcomeOf } from '#properties/cores/explored.ts';
import { signatureOf } from '#properties/cores/signature.ts';
import { programOf, rigOf } from '#properties/engine/tiny.ts';
import { atomicCounter, increment, lockedCounter } from '#properties/engine/tiny-subjects.ts';

const twoAndOne = programOf([[increment(), increment()], [increment()]]);

describe.each(memoryNames)('the executions that are found under %s', (memory) => {
  const limits: Limits = { ...usualLimits, memory };

  it('are made again by their schedules', async () => {
    const rig = await rigOf(lockedCounter);
    const { executions } = exploreAll(rig, twoAndOne, limits);
    expect(executions.length).toBeGreaterThan(20);
    for (const found of executions) {
      const again = execute(rig, twoAndOne, replayStrategy(found.schedule), limits);
      expect(again.history).toEqual(found.history);
      expect(outcomeOf(again)).toBe(outcomeOf(found));
    }
  });

  it('are the same, in the same order, each time', async () => {
    const once = exploreAll(await rigOf(lockedCounter), twoAndOne, limits);
    const again = exploreAll(await rigOf(lockedCounter), twoAndOne, limits);
    expect(again.explored).toEqual(once.explored);
    expect(again.executions.map(({ schedule }) => schedule)).toEqual(once.executions.map(({ schedule }) => schedule));
  });

  it('are as many as they are said to be at most', async () => {
    const rig = await rigOf(lockedCounter);
    const { executions, impossible, unfair } = exploreAll(rig, twoAndOne, limits).explored;
    const graphs = executions + impossible + unfair;
    expect(hasAtMost(rig, twoAndOne, limits, graphs)).toBe(true);
    expect(hasAtMost(rig, twoAndOne, limits, graphs - 1)).toBe(false);
    expect(exploreAll(rig, twoAndOne, limits, graphs).explored.bound).toBe('executions'); // that there is no other is not known
    expect(exploreAll(rig, twoAndOne, limits, graphs + 1).explored.bound).toBeNull();
  });
});

describe('timers', () => {
  it('strike each core, in every place, and no more often than the machine allows in all', async () => {
    const limits: Limits = { ...usualLimits, timers: 1 };
    const rig = await rigOf(atomicCounter);
    const program = programOf([[increment()], [increment()]]);
    const { executions, explored } = exploreAll(rig, program, limits, 100_000);
    expect(explored.bound).toBeNull();
    expect(explored.impossible).toBeGreaterThan(0); // those with a strike on each core
    expect(new Set(executions.map(({ costs }) => costs.interrupts))).toEqual(new Set([0, 1]));
    const found = new Set(executions.map((execution) => signatureOf(rig, execution, limits)));
    expect(found.size).toBe(explored.executions);
    let compared = 0;
    for (const drawn of drawnExecutions(rig, program, limits, 400)) {
      const signature = signatureOf(rig, drawn, limits);
      if (signature === undefined) continue;
      expect(found, JSON.stringify(drawn.schedule)).toContain(signature);
      compared += drawn.costs.interrupts;
    }
    expect(compared).toBeGreaterThan(20);
  });
});
