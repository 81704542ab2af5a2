import { describe, expect, it } from 'vitest';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { everyProgram } from '#model/engine/litmus/generate.ts';
import { corners } from '#properties/machine/memory/corners.ts';
import { densePrograms, randomPrograms } from '#properties/machine/memory/programs.ts';
import { axiomatically, differences, withPlainData } from '#properties/machine/memory/sides.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/** A night's worth, where it is asked for: `RENDEZVOUS_NIGHT=1 npx vitest run properties/machine/memory`. */
const factor = process.env['RENDEZVOUS_NIGHT'] ? 40 : 1;
const timeoutMilliseconds = 120_000 * factor;

const x86: readonly MemoryName[] = ['tso', 'sc'];
const c: readonly MemoryName[] = ['rc11', 'sc'];

/** Of these programs, those with final states that only the weaker of the two memories has. */
const weak = (programs: readonly LitmusProgram[], names: readonly MemoryName[]): LitmusProgram[] =>
  programs.filter((program) => {
    const [weaker, stronger] = axiomatically(program, names);
    return (weaker?.length ?? 0) > (stronger?.length ?? 0);
  });

describe('machine and axioms give the same final states', () => {
  it('on every x86 program of two threads of at most two steps', { timeout: timeoutMilliseconds }, () => {
    const programs = [...everyProgram('X86_64', { threads: 2, stepsMax: 2 })];
    expect(programs.flatMap((program) => differences(program, x86, 'all'))).toEqual([]);
    expect(weak(programs, x86).length).toBeGreaterThan(0);
  });

  it('on every C program of two threads of one step', { timeout: timeoutMilliseconds }, () => {
    const programs = [...everyProgram('C', { threads: 2, stepsMax: 1 })];
    expect(programs.flatMap((program) => differences(program, c, 'all'))).toEqual([]);
  });

  it.each([
    { threads: 2, stepsMax: 4, count: 200 },
    { threads: 3, stepsMax: 3, count: 100 },
    { threads: 4, stepsMax: 3, count: 8 },
  ])(
    'on random x86 programs of $threads threads of at most $stepsMax steps',
    ({ count, ...size }) => {
      const programs = randomPrograms('X86_64', size, count * factor);
      expect(programs.flatMap((program) => differences(program, x86, 'all'))).toEqual([]);
      expect(weak(programs, x86).length).toBeGreaterThan(0);
    },
    timeoutMilliseconds,
  );

  it.each([
    { threads: 2, stepsMax: 4, count: 300 },
    { threads: 3, stepsMax: 3, count: 40 },
  ])(
    'on random C programs of $threads threads of at most $stepsMax steps',
    ({ count, ...size }) => {
      const programs = randomPrograms('C', size, count * factor);
      expect(programs.flatMap((program) => differences(program, c, 'stores first'))).toEqual([]);
      expect(weak(programs, c).length).toBeGreaterThan(0);
    },
    timeoutMilliseconds,
  );

  it.each([
    { name: 'relaxed and seq_cst accesses', steps: /^[RW]\.(relaxed|seq_cst)/, threads: 2, stepsMax: 4, count: 60 },
    { name: 'accesses and seq_cst fences', steps: /^[RW]\.|c\.seq_cst/, threads: 3, stepsMax: 3, count: 40 },
    { name: 'accesses and fences', steps: /^[RW]\.|c\./, threads: 2, stepsMax: 5, count: 60 },
    { name: 'release sequences', steps: /^R\.acq|^W\.rel|swap\.(relaxed|release)/, threads: 3, stepsMax: 3, count: 30 },
  ])(
    'on random C programs of $name',
    ({ steps, count, ...size }) => {
      const programs = densePrograms(steps, size, count * factor);
      expect(programs.flatMap((program) => differences(program, c, 'stores first'))).toEqual([]);
      expect(weak(programs, c).length).toBeGreaterThan(count / 10);
    },
    timeoutMilliseconds,
  );

  it('on programs that single rules decide', () => {
    expect(corners.flatMap((program) => differences(program, c, 'all'))).toEqual([]);
  });

  it('on random C programs, whoever goes first', { timeout: timeoutMilliseconds }, () => {
    const programs = randomPrograms('C', { threads: 2, stepsMax: 3 }, 100 * factor);
    expect(programs.flatMap((program) => differences(program, c, 'all'))).toEqual([]);
  });

  it('and the same races, on random C programs with plain data', { timeout: timeoutMilliseconds }, () => {
    const programs = randomPrograms('C', { threads: 2, stepsMax: 4 }, 300 * factor).map(withPlainData);
    expect(programs.flatMap((program) => differences(program, ['rc11'], 'all'))).toEqual([]);
    const races = programs.filter((program) => axiomatically(program, ['rc11'])[0] === null);
    expect(races.length).toBeGreaterThan(0);
    expect(races.length).toBeLessThan(programs.length);
  });
});
