import { describe, expect, it } from 'vitest';
import type { Order } from '#impl/machine/order.ts';
import { usualLimits } from '#model/engine/explore/execution.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { exploreAll } from '#properties/cores/explored.ts';
import { type Run, run, straight } from '#properties/cores/straight.ts';
import { answersOf, programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { atomicCounter, increment, lockedCounter, racyCounter } from '#properties/engine/tiny-subjects.ts';
import { byAxioms } from '#properties/graph/by-axioms.ts';
import type { Step } from '#properties/graph/drawn.ts';

const classesOf = async <State, Call extends { readonly tag: string }>(
  tiny: Tiny<State, Call>,
  threads: readonly (readonly Call[])[],
  memory: MemoryName,
) => {
  const { executions, explored } = exploreAll(await rigOf(tiny), programOf(threads), { ...usualLimits, memory });
  expect(explored.bound).toBeNull();
  return executions;
};

/**
 * In how many ways the kernel can go once all calls are answered: each thread retires on its core, whose dispatcher then
 * looks at the others in turn, and finds each running still or retired.
 */
const waysToRetire = (threads: number, memory: MemoryName): number => {
  const retire = (own: number): Step[] => [
    { tag: 'store', location: own, order: 'relaxed', word: 1 },
    { tag: 'swap', location: threads + own, order: 'release', word: 1 },
    ...Array.from({ length: threads - 1 }, (_, i): Step => {
      return { tag: 'load', location: (own + 1 + i) % threads, order: 'seq_cst' };
    }),
  ];
  const all = Array.from({ length: threads }, (_, own) => retire(own));
  return byAxioms({ name: 'retire', locations: 2 * threads, threads: all }, memory)?.executions ?? Number.NaN;
};

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

describe('the number of classes is that counted by hand', () => {
  it.each([
    ['sc', 3],
    ['tso', 3],
    ['rc11', 4],
  ] as const)('of two threads that retire under %s: %i', (memory, ways) => {
    expect(waysToRetire(2, memory)).toBe(ways);
  });

  // The calls take effect in some order, and are answered in that order; each comes after some of the answers before it.
  it.each(memoryNames.flatMap((memory) => [2, 3].map((threads) => [threads, memory] as const)))(
    'of %i calls that each add once under %s',
    async (threads, memory) => {
      const calls = Array.from({ length: threads }, () => [increment()]);
      const classes = factorial(threads) * factorial(threads) * waysToRetire(threads, memory);
      expect(await classesOf(atomicCounter, calls, memory)).toHaveLength(classes);
      expect(await classesOf(lockedCounter, calls, memory)).toHaveLength(classes);
    },
  );

  // One reads what the other wrote, who was answered before the call or not; or both read 0, and one overwrites the other.
  it.each(memoryNames)('of two that add in two steps each under %s', async (memory) => {
    const executions = await classesOf(racyCounter, [[increment()], [increment()]], memory);
    expect(executions).toHaveLength((2 * 2 + 2) * waysToRetire(2, memory));
  });

  // Who reads 0 and is read from is answered before the other's call or not; there is one way for 1, 1 and for 0, 0.
  it.each([
    ['sc', 2 + 2 + 1],
    ['tso', 2 + 2 + 1 + 1],
    ['rc11', 2 + 2 + 1 + 1],
  ] as const)('of store buffering under %s', async (memory, classes) => {
    const calls = [
      [run(['store', 0, 'relaxed'], ['load', 1, 'relaxed'])],
      [run(['store', 1, 'relaxed'], ['load', 0, 'relaxed'])],
    ];
    expect(await classesOf(straight, calls, memory)).toHaveLength(classes * waysToRetire(2, memory));
  });

  it('of one thread alone: 1', async () => {
    expect(await classesOf(lockedCounter, [[increment(), increment(), increment()]], 'rc11')).toHaveLength(1);
  });
});

describe('litmus tests have the answers that the model allows', () => {
  const answers = async (calls: Run[], memory: MemoryName): Promise<string[]> => {
    const executions = await classesOf(
      straight,
      calls.map((call) => [call]),
      memory,
    );
    return [...new Set(executions.map((execution) => answersOf(execution).join()))].toSorted();
  };
  const x = 0;
  const y = 1;
  const stored = (word: number, order: Order) => ['store', word, order] as const;
  const loaded = (word: number, order: Order) => ['load', word, order] as const;

  it.each([
    ['sc', 'relaxed', 3],
    ['tso', 'relaxed', 4],
    ['rc11', 'relaxed', 4],
    ['rc11', 'acquire', 4],
    ['tso', 'seq_cst', 3],
    ['rc11', 'seq_cst', 3],
  ] as const)('store buffering under %s, %s: %i', async (memory, order, count) => {
    const storing = order === 'acquire' ? 'release' : order;
    const found = await answers(
      [run(stored(x, storing), loaded(y, order)), run(stored(y, storing), loaded(x, order))],
      memory,
    );
    expect(found).toHaveLength(count);
    expect(found.includes('0,0')).toBe(count === 4);
  });

  it.each([
    ['sc', 'relaxed', 'relaxed', ['0,0', '0,1', '0,11']],
    ['tso', 'relaxed', 'relaxed', ['0,0', '0,1', '0,11']],
    ['rc11', 'release', 'acquire', ['0,0', '0,1', '0,11']],
    ['rc11', 'release', 'relaxed', ['0,0', '0,1', '0,10', '0,11']],
    ['rc11', 'relaxed', 'acquire', ['0,0', '0,1', '0,10', '0,11']],
  ] as const)('message passing under %s, %s and %s', async (memory, storing, loading, expected) => {
    const calls = [run(stored(x, 'relaxed'), stored(y, storing)), run(loaded(y, loading), loaded(x, 'relaxed'))];
    expect(await answers(calls, memory)).toEqual(expected);
  });

  it.each(memoryNames)('load buffering is never seen under %s', async (memory) => {
    const calls = [run(loaded(x, 'relaxed'), stored(y, 'relaxed')), run(loaded(y, 'relaxed'), stored(x, 'relaxed'))];
    expect(await answers(calls, memory)).toEqual(['0,0', '0,1', '1,0']);
  });

  it.each([
    ['sc', 'relaxed', false],
    ['tso', 'relaxed', false],
    ['rc11', 'relaxed', true],
    ['rc11', 'acquire', false],
  ] as const)('writes to causality under %s, %s: %s', async (memory, order, isSeen) => {
    const storing = order === 'acquire' ? 'release' : order;
    const calls = [
      run(stored(x, storing)),
      run(loaded(x, order), stored(y, storing)),
      run(loaded(y, order), loaded(x, order)),
    ];
    expect((await answers(calls, memory)).includes('0,1,10')).toBe(isSeen);
  });
});
