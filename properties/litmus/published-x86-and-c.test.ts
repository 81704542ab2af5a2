import { describe, expect, it } from 'vitest';
import { disagreements, publishedSet } from '#properties/litmus/published.ts';

/** Every test of x86 and of C that others published. Where they are not, nothing is tested here. */
describe('published litmus tests of x86 and C', () => {
  it.each([
    { set: 'x86', count: 2_093 },
    { set: 'c11', count: 1_517 },
  ])('$set: verdicts, states, races and numbers of executions are those of herd', ({ set, count }) => {
    const tests = publishedSet(set);
    if (tests === null) return;
    expect(tests.length).toBe(count);
    expect(tests.flatMap(disagreements)).toEqual([]);
  });
});
