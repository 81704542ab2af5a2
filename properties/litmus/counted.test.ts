import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type AccessProgram, type EventProgram, toExplore } from '#model/engine/graph/written.ts';
import { enumerate } from '#model/engine/litmus/enumerate.ts';
import { countedProgram, eventProgram } from '#properties/litmus/counted.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type { AccessOrder, LitmusProgram } from '#spec/machine/memory/program.ts';
import { rc11With, rc20 as rc20Rules } from '#spec/machine/memory/rc11.ts';
import { sc } from '#spec/machine/memory/sc.ts';
import { tso } from '#spec/machine/memory/tso.ts';

const rc20 = rc11With('rc20', rc20Rules);

const executions = (program: LitmusProgram, ...models: readonly MemoryModel[]): number[] =>
  enumerate(program, models).allowed.map((allowed) => allowed.executions);

const load = <Of>(name: string): readonly Of[] | null => {
  const file = new URL(`../../../shared/data/executions/${name}.json.gz`, import.meta.url);
  if (!existsSync(file)) return null;
  return (JSON.parse(gunzipSync(readFileSync(file)).toString()) as { programs: readonly Of[] }).programs;
};

/** More than these and the tests would take long. */
const executionsMax = 50;
const eventsMax = 8;

describe('numbers of executions', () => {
  it('of readers of one writer: two to the number of readers, under every model', () => {
    const readers = (count: number): AccessProgram => ({
      id: 'readers',
      threads: [[['W', 'x', 1]], ...Array.from({ length: count }, () => [['R', 'x', 'r']] as const)],
    });
    for (const count of [1, 2, 5]) {
      const program = countedProgram(readers(count), 'relaxed', 'relaxed');
      expect(executions(program, sc, tso, rc20)).toEqual([2 ** count, 2 ** count, 2 ** count]);
    }
  });

  it('of store buffering: one more where stores wait', () => {
    const storeBuffering: AccessProgram = {
      id: 'SB',
      threads: [
        [
          ['W', 'x', 1],
          ['R', 'y', 'r'],
        ],
        [
          ['W', 'y', 1],
          ['R', 'x', 'r'],
        ],
      ],
    };
    const of = (read: AccessOrder, write: AccessOrder): LitmusProgram => countedProgram(storeBuffering, read, write);
    expect(executions(of('plain', 'plain'), sc, tso)).toEqual([3, 4]);
    expect(executions(of('acquire', 'release'), rc20)).toEqual([4]);
    expect(executions(of('seq_cst', 'seq_cst'), rc20)).toEqual([3]);
  });

  it('of straight-line programs are those of GenMC: sc, tso, and RC11 with each order', () => {
    const programs = load<AccessProgram>('programs');
    if (programs === null) return;
    const small = programs.filter(({ counts }) => (counts?.genmc?.['rc11_rlx'] as number) <= executionsMax);
    expect(small.length).toBeGreaterThan(1_300);
    for (const program of small) {
      const [ofSc, ofTso] = executions(countedProgram(program, 'plain', 'plain'), sc, tso);
      const [relaxed] = executions(countedProgram(program, 'relaxed', 'relaxed'), rc20);
      const [acquire] = executions(countedProgram(program, 'acquire', 'release'), rc20);
      const [seqCst] = executions(countedProgram(program, 'seq_cst', 'seq_cst'), rc20);
      const ours = { sc: ofSc, tso: ofTso, rc11_rlx: relaxed, rc11_relacq: acquire, rc11_seqcst: seqCst };
      expect(ours, program.id).toEqual(program.counts?.genmc);
    }
  });

  it("of GenMC's own tests with every order, updates and fences are GenMC's", () => {
    const programs = load<EventProgram>('straightline');
    if (programs === null) return;
    const whole = programs.filter((program) => {
      const asked = toExplore(program);
      return program.threads.flat().length <= eventsMax && 'runs' in asked && asked.expected !== null;
    });
    const translated = whole.flatMap((program) => {
      const translation = eventProgram(program);
      return translation ? [{ program, translation }] : [];
    });
    expect(translated.length).toBeGreaterThan(60);
    for (const { program, translation } of translated) {
      const [ofSc, ofRc11] = executions(translation, sc, rc20);
      const { sc: expectedOfSc, rc11: expectedOfRc11 } = program.raw_counts ?? {};
      expect([ofSc, ofRc11], translation.name).toEqual([expectedOfSc, expectedOfRc11]);
    }
  });
});
