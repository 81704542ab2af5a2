import { describe, expect, it } from 'vitest';
import { finalStates } from '#impl/machine/memory/armv8/final-states.ts';
import { isTrueOf, type LitmusTest, showState, typed } from '#model/engine/litmus/test.ts';
import { classics, litmus } from '#properties/machine/memory/armv8-classics.ts';

const stepsMax = 2_000_000;

/** The final states that the machine reaches, as herd prints them, sorted. */
const reached = (test: LitmusTest): string[] => {
  const found = finalStates(test.program, stepsMax);
  if (found.tag === 'gaveUp') throw new Error(`${test.program.name} takes more than ${stepsMax} steps`);
  return [...new Set(found.states.map((state) => showState(test, typed(test, state))))].sort();
};

const reachesWhatIsAsked = (test: LitmusTest): boolean => {
  const found = finalStates(test.program, stepsMax);
  return found.tag === 'all' && found.states.some((state) => isTrueOf(test.proposition, typed(test, state)));
};

describe('the operational machine of AArch64 agrees with the literature', () => {
  for (const { name, isAllowed, test } of classics) {
    it(`${isAllowed ? 'allows' : 'forbids'} ${name}`, () => {
      expect(reachesWhatIsAsked(test)).toBe(isAllowed);
    });
  }

  it('reaches every final state, and no other', () => {
    const both = 'exists (0:X0=0 /\\ 1:X0=0)';
    const dekker = litmus('SB+dmbs', both, 'STR W9,[X1]; DMB SY; LDR W0,[X3]', 'STR W9,[X3]; DMB SY; LDR W0,[X1]');
    expect(reached(dekker)).toEqual(['0:X0=0; 1:X0=1', '0:X0=1; 1:X0=0', '0:X0=1; 1:X0=1']);
    const counter = litmus('two increments', 'exists ([x]=0)', 'LDADD W9,W0,[X1]', 'LDADD W9,W0,[X1]');
    expect(reached(counter)).toEqual(['[x]=2']);
  });

  it('gives up beyond its bound, and says so', () => {
    const [first] = classics;
    expect(finalStates((first as (typeof classics)[number]).test.program, 10)).toEqual({ tag: 'gaveUp', stepsMax: 10 });
  });
});
