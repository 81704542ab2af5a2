import { describe, expect, it } from 'vitest';
import { type MemoryName, memories } from '#model/engine/explore/memories.ts';
import { runOperationally } from '#model/engine/litmus/operational.ts';
import { NoSuchAccess } from '#model/engine/litmus/operational-thread.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { showState, typed } from '#model/engine/litmus/test.ts';
import { type Published, publishedSet } from '#properties/litmus/published.ts';
import { axiomatically, operationally } from '#properties/machine/memory/sides.ts';

/** Every 20th test; all of them in the night. Where they are not, nothing is tested here. */
const stride = process.env['RENDEZVOUS_NIGHT'] ? 1 : 20;
const timeoutMilliseconds = 120_000 * (20 / stride);

/** Final states as herd prints them; `race`: the test has no meaning. `without`: the memory has no such access. */
const machine = ({ litmus }: Published, memory: MemoryName): string => {
  const test = parseLitmus(litmus);
  try {
    const { states, isRacy } = runOperationally(test.program, memories[memory]);
    if (isRacy) return 'race';
    return [...new Set(states.map((state) => showState(test, typed(test, state))))].sort().join(' | ');
  } catch (error) {
    if (error instanceof NoSuchAccess) return 'without';
    throw error;
  }
};

/** The tests of a set of which the machine says otherwise than herd, and those that it cannot run. */
const compared = (tests: readonly Published[], own: MemoryName): { differ: Published[]; without: Published[] } => {
  const differ: Published[] = [];
  const without: Published[] = [];
  for (const test of tests) {
    const { expected, sc, racy } = test;
    const said = machine(test, own);
    const saidUnderSc = machine(test, 'sc');
    if (said === 'without') without.push(test);
    else if (said !== (racy ? 'race' : expected.states.join(' | '))) differ.push(test);
    else if (!racy && saidUnderSc !== sc.stateIdx.map((index) => expected.states[index]).join(' | ')) differ.push(test);
  }
  return { differ, without };
};

const sampled = (name: string): readonly Published[] => (publishedSet(name) ?? []).filter((_, i) => i % stride === 0);

describe('the machine and the published tests', () => {
  it('agree on x86', { timeout: timeoutMilliseconds }, () => {
    expect(compared(sampled('x86'), 'tso')).toEqual({ differ: [], without: [] });
  });

  it('agree on C, but where C++20 changed it', { timeout: timeoutMilliseconds }, () => {
    const { differ, without } = compared(sampled('c11'), 'rc11');
    for (const { litmus } of differ) {
      const { program } = parseLitmus(litmus);
      expect(operationally(program, memories.rc11, 'all')).toEqual(axiomatically(program, ['rc11'])[0]);
    }
    // Later stores of the thread in a release sequence (11 tests), and steps to the same location in scb (wwmerge).
    expect(differ.length).toBeLessThanOrEqual(12);
    expect(without.length).toBeLessThanOrEqual(2); // an address between two locations
  });
});
