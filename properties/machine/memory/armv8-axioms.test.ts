import { describe, expect, it } from 'vitest';
import { finalStates } from '#impl/machine/memory/armv8/final-states.ts';
import { randomFrom } from '#model/engine/explore/random.ts';
import { enumerate } from '#model/engine/litmus/enumerate.ts';
import { everyProgram, randomProgram } from '#model/engine/litmus/generate.ts';
import { drawProgram } from '#properties/machine/memory/armv8-drawn.ts';
import { armv8, armv8With, clauses } from '#spec/machine/memory/armv8.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/** For each model, whether the machine reaches just the final states that the model allows. */
const agrees = (program: LitmusProgram, models: readonly MemoryModel[]): readonly boolean[] => {
  const found = finalStates(program, 2_000_000);
  if (found.tag === 'gaveUp') throw new Error(`${program.name} takes more than ${found.stepsMax} steps`);
  const reached = found.states.map(String).sort().join(' | ');
  return enumerate(program, models).allowed.map(({ states }) => {
    const allowed = states.map(({ state }) => String(state)).sort();
    return allowed.join(' | ') === reached;
  });
};

const isOtherwise = (program: LitmusProgram): boolean => agrees(program, [armv8]).includes(false);

describe('the operational machine of AArch64 and the axioms give the same final states', () => {
  it('of every program of two threads with a step each', () => {
    const programs = [...everyProgram('AArch64', { threads: 2, stepsMax: 1 })];
    expect(programs.length).toBeGreaterThan(500);
    expect(programs.filter(isOtherwise).map(({ name }) => name)).toEqual([]);
  });

  it.each([
    { threads: 2, stepsMax: 3, count: 600 },
    { threads: 3, stepsMax: 2, count: 300 },
  ])('of $count programs of $threads threads with up to $stepsMax steps each', ({ threads, stepsMax, count }) => {
    const random = randomFrom(1);
    const programs = Array.from({ length: count }, () => randomProgram('AArch64', { threads, stepsMax }, random));
    expect(programs.filter(isOtherwise).map(({ name }) => name)).toEqual([]);
  });

  it('of 1,500 programs drawn as text', () => {
    const random = randomFrom(1);
    const drawn = Array.from({ length: 1_500 }, () => drawProgram(4, random));
    expect(drawn.filter(({ program }) => isOtherwise(program)).map(({ text }) => text)).toEqual([]);
  });
});

describe('programs drawn as text tell a machine from axioms that lack a clause', () => {
  const often = ['write after access', 'address', 'dependency to a write', 'DMB SY', 'DSB ST', 'acquire', 'release'];

  it.each(often)('"%s"', (name) => {
    const random = randomFrom(1);
    const weaker = armv8With(clauses.filter((clause) => clause.name !== name));
    const isTold = Array.from({ length: 1_500 }, () => drawProgram(4, random).program).some((program) =>
      agrees(program, [weaker]).includes(false),
    );
    expect(isTold).toBe(true);
    expect(clauses.map((clause) => clause.name)).toContain(name);
  });
});
