import { describe, expect, it } from 'vitest';
import { type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { Judgement, judge } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { boundedBuffer } from '#model/ipc/bounded-buffer.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import suite from '#properties/ipc/bounded-buffer.property.ts';
import counterMutants from '#properties/museum/ipc/bounded-buffer.counters.ts';

/** The listing of seed 004 and its repairs, one after the other, with few producers and consumers. */

const subject = boundedBuffer as unknown as Subject;

const rigOf = async (mutant: string | null): Promise<Rig> => {
  const edits = counterMutants.find(({ id }) => id === `ipc/bounded-buffer/${mutant}`)?.edits;
  if (mutant !== null && !edits) throw new Error(`no mutant ${mutant}`);
  const module = 'ipc/bounded-buffer.counters.ts';
  return rigFor(subject, 'counters', await loadWorld({ tag: 'ours', module, edits: edits ?? [] }, subject.exports));
};

const puts = (...items: number[]) => ({ tag: 'put', items });
const gets = (count: number) => ({ tag: 'get', count });

const program = (capacity: number, threads: readonly (readonly object[])[]): Program => ({
  variant: 'counters',
  parameters: { capacity, carriedItems: 0 },
  cores: threads.length,
  threads: threads as readonly (readonly AnyCall[])[],
});

const oneOfEach = program(2, [[puts(1, 2)], [gets(1)]]);
const twoProducers = program(1, [[puts(1)], [puts(2)]]);
const twoConsumers = program(1, [[puts(1)], [gets(1)], [gets(1)]]);

/** Whether some schedule with at most two preemptions gives answers or words that the spec does not allow. */
const isRefuted = (rig: Rig, tried: Program): boolean => {
  const claim = suite.claims.find(({ id }) => id === 'linearizes');
  if (!claim) throw new Error('there is no claim linearizes');
  const graph = new SpecGraph(subject);
  const bound = { preemptions: 2, executions: 20_000 };
  const exploration = exhaust(rig, tried, usualLimits, bound);
  let next = exploration.next();
  for (; !next.done; next = exploration.next()) {
    if (judge(claim, new Judgement(graph, 'counters', next.value), new Set())) return true;
  }
  expect(next.value).toBe(true); // all schedules were run
  return false;
};

describe('the ring of seed 004', () => {
  it('as printed is refuted with one producer and one consumer, with two producers, and with two consumers', async () => {
    const rig = await rigOf('as-printed');
    expect([oneOfEach, twoProducers, twoConsumers].map((tried) => isRefuted(rig, tried))).toEqual([true, true, true]);
  });

  it('needs no more than counters that count in one step, with one producer and one consumer', async () => {
    const rig = await rigOf('test-then-decrement');
    expect([oneOfEach, twoProducers, twoConsumers].map((tried) => isRefuted(rig, tried))).toEqual([false, true, true]);
  });

  it('needs more than a claim in one step, with two producers: the slots too', async () => {
    const rig = await rigOf('index-not-exclusive');
    const twoSlots = program(2, [[puts(1)], [puts(2)]]);
    expect([oneOfEach, twoProducers, twoSlots].map((tried) => isRefuted(rig, tried))).toEqual([false, false, true]);
  });

  it('made right is refuted by none of them', async () => {
    const rig = await rigOf(null);
    expect([oneOfEach, twoProducers, twoConsumers].map((tried) => isRefuted(rig, tried))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
