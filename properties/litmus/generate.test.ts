import { describe, expect, it } from 'vitest';
import { randomFrom } from '#model/engine/explore/random.ts';
import { everyProgram, randomProgram } from '#model/engine/litmus/generate.ts';
import { type Vocabulary, vocabularies } from '#model/engine/litmus/generate-steps.ts';

const all = Object.keys(vocabularies) as Vocabulary[];

const drawn = (vocabulary: Vocabulary, seed: number, count: number) => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => randomProgram(vocabulary, { threads: 2, stepsMax: 3 }, random));
};

describe('generated litmus programs', () => {
  it.each(all)('%s: the same seed draws the same programs, another seed others', (vocabulary) => {
    expect(drawn(vocabulary, 1, 20)).toEqual(drawn(vocabulary, 1, 20));
    expect(drawn(vocabulary, 1, 20)).not.toEqual(drawn(vocabulary, 2, 20));
  });

  it.each(all)('%s: every step of the vocabulary is drawn, and names the program', (vocabulary) => {
    const names = drawn(vocabulary, 1, 1_000).flatMap(({ name }) => name.split(/ \| |; /));
    expect(new Set(names)).toEqual(new Set(vocabularies[vocabulary].map(({ text }) => text)));
  });

  it('every store gives a value that no other gives', () => {
    for (const { threads } of drawn('C', 3, 100)) {
      const given = threads.flatMap(({ instructions }) =>
        instructions.flatMap((instruction) => {
          if (instruction.tag === 'store') return [instruction.value];
          if (instruction.tag === 'update') return [instruction.operand];
          return instruction.tag === 'compareAndSwap' ? [instruction.desired] : [];
        }),
      );
      expect(new Set(given.map((value) => value.tag === 'constant' && value.value)).size).toBe(given.length);
    }
  });

  it('a store exclusive follows a load exclusive, and a dependency a read', () => {
    const names = drawn('AArch64', 4, 1_000).flatMap(({ name }) => name.split(' | '));
    expect(names.filter((name) => name.includes('WX')).length).toBeGreaterThan(20);
    for (const name of names) {
      expect(name).not.toMatch(/^(?!.*RX.*WX).*WX/);
      expect(name.split('; ')[0]).not.toMatch(/addr|data|ctrl/);
    }
  });

  it('enumeration gives each multiset of threads once', () => {
    const words = vocabularies.X86_64.length;
    const single = [...everyProgram('X86_64', { threads: 2, stepsMax: 1 })].map(({ name }) => name);
    expect(single.length).toBe((words * (words + 1)) / 2);
    expect(new Set(single).size).toBe(single.length);
    const threads = words + words * words;
    const both = [...everyProgram('X86_64', { threads: 2, stepsMax: 2 })];
    expect(both.length).toBe((threads * (threads + 1)) / 2);
  });

  it('observes every register and both locations', () => {
    for (const { threads, locations, observed } of drawn('AArch64', 5, 50)) {
      const registers = threads.reduce((sum, thread) => sum + thread.registers.length, 0);
      expect(observed.length).toBe(registers + locations.length);
    }
  });
});
