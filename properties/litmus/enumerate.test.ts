import { describe, expect, it } from 'vitest';
import { randomFrom } from '#model/engine/explore/random.ts';
import { enumerate } from '#model/engine/litmus/enumerate.ts';
import { randomProgram } from '#model/engine/litmus/generate.ts';
import { type Vocabulary, vocabularies } from '#model/engine/litmus/generate-steps.ts';
import { memoriesOf } from '#model/engine/litmus/memories.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { aarch64Classics } from '#properties/litmus/aarch64-classics.ts';
import { litmusFile } from '#properties/litmus/files.ts';
import { naively } from '#properties/litmus/naive.ts';
import { riscvClassics } from '#properties/litmus/riscv-classics.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/** What the enumerator finds under each model of a program, in the same words as the book. */
const found = (program: LitmusProgram) =>
  enumerate(program, memoriesOf[program.architecture]).allowed.map(({ executions, states }) => ({
    executions,
    states: states.map(({ state }) => state.join()).sort(),
  }));

const byTheBook = (program: LitmusProgram) => memoriesOf[program.architecture].map((model) => naively(program, model));

/** By the book a test takes seconds if it is large. */
const known = [
  ...aarch64Classics.map(([file]) => `aarch64/${file}`),
  ...riscvClassics.map(([file]) => `riscv/${file}`),
].filter((file) => !/IRIW|ISA2|RDW|rfi/.test(file));

describe('the enumerator finds what there is by the book', () => {
  it.each(known)('in %s', (file) => {
    const { program } = parseLitmus(litmusFile(file));
    expect(found(program)).toEqual(byTheBook(program));
  });

  it.each(Object.keys(vocabularies) as Vocabulary[])('in random programs of %s', (vocabulary) => {
    const random = randomFrom(7);
    let executions = 0;
    for (let i = 0; i < 200; i++) {
      const program = randomProgram(vocabulary, { threads: 2, stepsMax: 2 }, random);
      const ours = found(program);
      expect(ours, program.name).toEqual(byTheBook(program));
      executions += ours[0]?.executions ?? 0;
    }
    expect(executions).toBeGreaterThan(300);
  });
});
