import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Observed } from '#model/engine/litmus/judge.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { aarch64Classics } from '#properties/litmus/aarch64-classics.ts';
import { judged, without } from '#properties/litmus/classic.ts';
import { litmusFile } from '#properties/litmus/files.ts';
import { naively } from '#properties/litmus/naive.ts';
import { riscvClassics } from '#properties/litmus/riscv-classics.ts';
import { armv8, armv8With, clauses } from '#spec/machine/memory/armv8.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import { readingRules, riscv, riscvWith, rules } from '#spec/machine/memory/riscv.ts';
import { sc } from '#spec/machine/memory/sc.ts';

interface Known {
  readonly file: string;
  readonly verdict: Observed;
  readonly source: string;
}

const known = (folder: string, classics: typeof aarch64Classics): Known[] =>
  classics.map(([file, verdict, source]) => ({ file: `${folder}/${file}`, verdict, source }));

const ofArm = known('aarch64', aarch64Classics);
const ofRiscv = known('riscv', riscvClassics);

const verdictOf = ({ file }: Known, model: MemoryModel): Observed =>
  judged({ litmus: litmusFile(file) }, model).verdict;

/** The tests that come out otherwise under a model that should be too weak for them. */
const changed = (tests: readonly Known[], model: MemoryModel): string[] =>
  tests.filter((test) => verdictOf(test, model) !== test.verdict).map(({ file }) => file);

describe('the known tests', () => {
  it.each(ofArm)('armv8, $file: $verdict ($source)', (test) => {
    expect(verdictOf(test, armv8)).toBe(test.verdict);
  });

  it.each(ofRiscv)('riscv, $file: $verdict ($source)', (test) => {
    expect(verdictOf(test, riscv)).toBe(test.verdict);
  });

  it('are never observed under sc, but for what no machine can avoid', () => {
    const observed = [...ofArm, ...ofRiscv].filter((test) => verdictOf(test, sc) !== 'Never');
    expect(observed.map(({ file }) => file)).toEqual(['aarch64/stadds']);
  });

  it('are all the files there are', () => {
    for (const folder of ['aarch64', 'riscv']) {
      const files = readdirSync(new URL(`${folder}/`, import.meta.url)).map((name) => name.replace('.litmus', ''));
      const tests = folder === 'riscv' ? riscvClassics : aarch64Classics;
      expect(files.sort()).toEqual(tests.map(([file]) => file).sort());
    }
  });
});

describe('every axiom is needed', () => {
  it.each(clauses)('armv8 without "$name" ($source) allows more', (clause) => {
    expect(changed(ofArm, armv8With(clauses.filter((other) => other !== clause)))).not.toEqual([]);
  });

  it.each(rules)('riscv without "$name" ($source) allows more', (rule) => {
    const weaker = riscvWith(
      rules.filter((other) => other !== rule),
      readingRules,
    );
    expect(changed(ofRiscv, weaker)).not.toEqual([]);
  });

  it.each(readingRules)('riscv without "$name" ($source) allows more', (rule) => {
    const weaker = riscvWith(
      rules,
      readingRules.filter((other) => other !== rule),
    );
    expect(changed(ofRiscv, weaker)).not.toEqual([]);
  });

  it.each([
    { model: armv8, axiom: 'external', tests: ofArm },
    { model: armv8, axiom: 'atomicity', tests: ofArm },
    { model: riscv, axiom: 'model', tests: ofRiscv },
    { model: riscv, axiom: 'atomicity', tests: ofRiscv },
  ])('$model.name without $axiom allows more', ({ model, axiom, tests }) => {
    expect(changed(tests, without(model, axiom))).not.toEqual([]);
  });

  it.each([
    { model: armv8, axiom: 'coherence', file: 'aarch64/CoRR' },
    { model: riscv, axiom: 'coherence', file: 'riscv/CoRR' },
    { model: sc, axiom: 'sc', file: 'aarch64/CoRR' },
    { model: sc, axiom: 'atomicity', file: 'aarch64/exclusives' },
  ])('$model.name without $axiom allows more of $file, by the book', ({ model, axiom, file }) => {
    const { program } = parseLitmus(litmusFile(file));
    const weaker = naively(program, without(model, axiom));
    expect(weaker.executions).toBeGreaterThan(naively(program, model).executions);
  });
});
