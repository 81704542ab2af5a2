import { describe, expect, it } from 'vitest';
import { finalStates } from '#impl/machine/memory/armv8/final-states.ts';
import { judge } from '#model/engine/litmus/judge.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { isTrueOf, type LitmusTest, showState, typed } from '#model/engine/litmus/test.ts';
import { litmusFile } from '#properties/litmus/files.ts';
import { publishedSet } from '#properties/litmus/published.ts';
import { classics, corners } from '#properties/machine/memory/armv8-decided.ts';
import { armv8 } from '#spec/machine/memory/armv8.ts';
import type { FinalState } from '#spec/machine/memory/program.ts';

const reached = ({ program }: LitmusTest): readonly FinalState[] => {
  const found = finalStates(program, 2_000_000);
  if (found.tag === 'gaveUp') throw new Error(`${program.name} takes more than ${found.stepsMax} steps`);
  return found.states;
};

/** The final states that the machine reaches, as herd prints them, sorted. */
const shown = (test: LitmusTest): string[] =>
  [...new Set(reached(test).map((state) => showState(test, typed(test, state))))].sort();

describe.each([
  ['the literature', classics],
  ['the cat files', corners],
])('the operational machine of AArch64 agrees with %s', (_, decided) => {
  it.each(decided)('$name: $isAllowed', ({ test, isAllowed }) => {
    expect(reached(test).some((state) => isTrueOf(test.proposition, typed(test, state)))).toBe(isAllowed);
  });
});

describe('the operational machine of AArch64 agrees with the axioms', () => {
  it.each([...classics, ...corners])('on all final states of $name', ({ test }) => {
    expect(shown(test)).toEqual(judge(test, [armv8])[0]?.states);
  });
});

describe('the bound of the operational machine of AArch64', () => {
  it('is told when it is met', () => {
    const { program } = parseLitmus(litmusFile('aarch64/MP'));
    expect(finalStates(program, 10)).toEqual({ tag: 'gaveUp', stepsMax: 10 });
  });

  it('ends a loop that nothing read can end', () => {
    const endless = parseLitmus('AArch64 endless\n{ 0:X0=1; }\nP0 ;\nL: CBNZ W0,L ;\nexists (0:X0=1)');
    expect(finalStates(endless.program, 1_000)).toEqual({ tag: 'gaveUp', stepsMax: 1_000 });
  });

  it('is met by more stores than there are timestamps', () => {
    const stores = 'STR W0,[X1] ;\n'.repeat(1_100);
    const { program } = parseLitmus(`AArch64 long\n{ 0:X1=x; }\nP0 ;\n${stores}exists (x=0)`);
    expect(finalStates(program, 2_000_000)).toEqual({ tag: 'gaveUp', stepsMax: 2_000_000 });
  });

  it('is not what ends a loop that something read can end: that is cut', () => {
    const spin = parseLitmus('AArch64 spin\n{ 0:X1=x; }\nP0 ;\nL: LDR W0,[X1] ;\nCBZ W0,L ;\nexists (0:X0=0)');
    expect(finalStates(spin.program, 1_000)).toEqual({ tag: 'all', states: [] });
  });
});

const published = publishedSet('aarch64');

describe.runIf(published)('the operational machine of AArch64 agrees with herd', () => {
  it('on all final states of every published test', () => {
    const different = published?.filter(({ litmus, expected }) => {
      const states = shown(parseLitmus(litmus));
      return states.join(' | ') !== expected.states.join(' | ');
    });
    expect(published?.length).toBeGreaterThan(4_000);
    expect(different?.map(({ id }) => id)).toEqual([]);
  });
});
