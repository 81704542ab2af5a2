import { describe, expect, it } from 'vitest';
import { disagreements, type Published, publishedSet } from '#properties/litmus/published.ts';

/** Every test of AArch64 and of RISC-V that others published. Where they are not, nothing is tested here. */
describe.skipIf(publishedSet('aarch64') === null)('published litmus tests of AArch64 and RISC-V', () => {
  it.each([
    { set: 'aarch64', count: 4_344 },
    { set: 'riscv', count: 871 },
  ])('$set: verdicts, states and numbers of executions are those of herd', ({ set, count }) => {
    const tests = publishedSet(set) as readonly Published[];
    expect(tests.length).toBe(count);
    expect(tests.flatMap(disagreements)).toEqual([]);
  });
});
