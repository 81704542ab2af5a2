import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { cClassics } from '#properties/litmus/c-classics.ts';
import { x86Classics } from '#properties/litmus/x86-classics.ts';
import {
  brokenRaces,
  brokenRc11,
  brokenTso,
  harmless,
  smallerBounds,
} from '#properties/machine/memory/broken-rules.ts';
import { type Change, changedMemories } from '#properties/machine/memory/changed.ts';
import { corners } from '#properties/machine/memory/corners.ts';
import { densePrograms, randomPrograms } from '#properties/machine/memory/programs.ts';
import { wronglyDecided } from '#properties/machine/memory/race-cases.ts';
import { axiomatically, operationally, type Said } from '#properties/machine/memory/sides.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/** A program, and what the axioms say of it. */
interface Decided {
  readonly program: LitmusProgram;
  readonly said: Said;
}

const decided = (programs: readonly LitmusProgram[], name: MemoryName): Decided[] =>
  programs.map((program) => ({ program, said: axiomatically(program, [name])[0] as Said }));

const ofC = [
  ...cClassics.map(({ litmus }) => parseLitmus(litmus).program),
  ...corners,
  ...densePrograms(/^[RW]\.(relaxed|seq_cst)/, { threads: 2, stepsMax: 4 }, 40),
  ...densePrograms(/^[RW]\.|c\.seq_cst/, { threads: 3, stepsMax: 3 }, 20),
  ...densePrograms(/^[RW]\.|c\./, { threads: 2, stepsMax: 5 }, 40),
  ...densePrograms(/swap|CAS|^[RW]\.(relaxed|seq_cst)|c\.seq_cst/, { threads: 2, stepsMax: 4 }, 80),
  ...densePrograms(/swap|CAS/, { threads: 2, stepsMax: 3 }, 100),
];
const ofX86 = [
  ...x86Classics.map(({ litmus }) => parseLitmus(litmus).program),
  ...randomPrograms('X86_64', { threads: 2, stepsMax: 4 }, 100),
];

let folder: string;
let rc11: readonly Decided[];
let tso: readonly Decided[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  rc11 = decided(ofC, 'rc11');
  tso = decided(ofX86, 'tso');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let copies = 0;
const changed = (change: Change) => changedMemories(join(folder, `${copies++}`), [change]);

const turns = 'stores first';

describe('a memory with a broken rule is noticed', () => {
  it.each(brokenTso)('tso: $what', async (change) => {
    const memory = (await changed(change)).tso;
    const isWrong = ({ program, said }: Decided) => operationally(program, memory, 'all')?.join() !== said?.join();
    expect(tso.some(isWrong)).toBe(true);
  });

  it.each(brokenRc11)('rc11: $what', async (change) => {
    const memory = (await changed(change)).rc11;
    const isWrong = ({ program, said }: Decided) => operationally(program, memory, turns)?.join() !== said?.join();
    expect(rc11.some(isWrong)).toBe(true);
  });

  it.each(brokenRaces)('races: $what', async (change) => {
    expect(wronglyDecided((await changed(change)).rc11)).not.toEqual([]);
  });
});

describe('the memory of rc11', () => {
  it.each(smallerBounds)('loses executions but adds none if $what', async (change) => {
    const memory = (await changed(change)).rc11;
    const told = rc11.map(({ program, said }) => ({
      said: said ?? [],
      got: operationally(program, memory, turns) ?? [],
    }));
    expect(told.flatMap(({ said, got }) => got.filter((state) => !said.includes(state)))).toEqual([]);
    expect(told.some(({ said, got }) => got.length < said.length)).toBe(true);
  });

  it.each(harmless)('does the same if $what', async (change) => {
    const memory = (await changed(change)).rc11;
    for (const { program, said } of rc11) expect(operationally(program, memory, turns)).toEqual(said);
  });
});
