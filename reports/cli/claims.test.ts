import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { submissions } from '#properties/assignments/submissions/index.ts';
import { textOf } from '#properties/assignments/submissions/submission.ts';
import { ran } from '#reports/cli/ran.ts';

const assignments = fileURLToPath(new URL('../../properties/assignments/', import.meta.url));
const samples = join(assignments, 'claims/starter/samples');
const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
const wordsFor = ['--assignment', 'claims', '--samples', samples];

afterAll(() => rmSync(folder, { recursive: true }));

copyFileSync(join(assignments, 'claims/starter/run.ts'), join(folder, 'run.ts'));

const modelAnswer = (): string => {
  const answer = submissions.find(({ assignment, name }) => assignment === 'claims' && name === 'right-all');
  if (!answer) throw new Error('there is no model answer');
  return textOf(answer);
};

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('claims tried on samples', () => {
  it('are told which run shows a wrong sample to be wrong', async () => {
    const { code, out } = await ran('claims', file('claims.ts', modelAnswer()), ...wordsFor);
    expect(code).toBe(0);
    expect(out).toMatch(/ ✓ {2}right-monitor\.ts: accepted \(\d+ different runs\)/);
    expect(out).toMatch(/ ✓ {2}wrong-never-full\.ts: refuted by 'once' \(\d+ different runs\)/);
    expect(out).toContain('  1  T0 is told ok by put(1 2)\n');
    expect(out).toContain("wrong-wakes-nobody.ts: refuted by 'not-both'");
  });

  it('of the starter are not enough', async () => {
    const { code, out } = await ran(
      'claims',
      join(assignments, 'claims/starter/claims.ts'),
      '--assignment',
      'claims',
      '--json',
    );
    expect(code).toBe(1);
    const { samples: tried } = JSON.parse(out) as { samples: object[] };
    expect(tried).toMatchObject([
      { name: 'right-monitor.ts', isRight: true, claim: null, mistake: null, run: null },
      { name: 'wrong-never-full.ts', isRight: false, claim: null, mistake: null, run: null },
      { name: 'wrong-wakes-nobody.ts', isRight: false, claim: null, mistake: null, run: null },
    ]);
  });

  it('that say no to what is right, or make a mistake, are told so', async () => {
    const right = join(folder, 'right');
    mkdirSync(right);
    copyFileSync(join(samples, 'right-monitor.ts'), join(right, 'right-monitor.ts'));
    const onRight = ['--assignment', 'claims', '--samples', right];
    const workloads = "[{ name: 'one', parameters: { capacity: 1, carriedItems: 0 }, threads: [[{ tag: 'finish' }]] }]";
    const claiming = (holds: string): string =>
      `export const claims = [{ id: 'mine', sentence: 'it is so', holds: ${holds} }];\nexport const workloads = ${workloads};\n`;
    const no = await ran('claims', file('no.ts', claiming('() => false')), ...onRight);
    expect(no.code).toBe(1);
    expect(no.out).toContain("✗  right-monitor.ts: 'mine' says no, though it is right");
    const proud = await ran(
      'claims',
      file('writes.ts', claiming('(run) => { run.end = 7; return true; }')),
      ...onRight,
    );
    expect(proud.out).toContain(
      "'mine' makes a mistake: it threw TypeError: Cannot assign to read only property 'end'",
    );
  });

  it('find what they find when they are graded, and no more', async () => {
    const text = (holds: string): string =>
      `export const claims = [{ id: 'mine', sentence: 'it is so', holds: ${holds} }];\nexport const workloads = [];\n`;
    const bytes = await ran('claims', file('bytes.ts', text('() => new Uint8Array(1).length === 1')), ...wordsFor);
    expect(bytes.code).toBe(1);
    expect(bytes.out).toContain("'mine' makes a mistake: it threw TypeError: Uint8Array is not a constructor");
    const files = await ran('claims', file('files.ts', `import 'node:fs';\n${text('() => true')}`), ...wordsFor);
    expect(files).toMatchObject({ code: 64, notes: expect.stringMatching(/^S201 .*'node:fs' cannot be imported/) });
    const loop = await ran('claims', file('loop.ts', text('() => { for (;;); }')), ...wordsFor);
    expect(loop).toMatchObject({
      code: 64,
      notes: expect.stringMatching(/^S512 loop\.ts: a claim did not say anything/),
    });
  });

  it('are refused if a program of theirs puts an item twice', async () => {
    const text = `export const claims = [];
export const workloads = [{
  name: 'twice', parameters: { capacity: 1, carriedItems: 0 },
  threads: [[{ tag: 'put', items: [1] }], [{ tag: 'put', items: [1] }]],
}];
`;
    const { code, notes } = await ran('claims', file('twice.ts', text), ...wordsFor);
    expect(code).toBe(64);
    expect(notes).toMatch(/^S512 twice\.ts: workload 'twice' has 1 twice in `items`: /);
  });

  it('are refused with a sentence that says why', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const starter = join(assignments, 'claims/starter/claims.ts');
    const notes = async (...words: readonly string[]): Promise<string> => {
      const { code, notes: said } = await ran('claims', ...words);
      expect(code).toBe(64);
      return said;
    };
    expect(await notes(starter, '--assignment', 'pipe')).toMatch(
      /^S510 the assignment pipe asks for an implementation/,
    );
    expect(await notes(starter, '--assignment', 'claims', '--samples', empty)).toMatch(/^S511 .* has no samples/);
    expect(await notes(file('none.ts', 'export const claims = 3;'), ...wordsFor)).toMatch(
      /^S512 none\.ts: `claims` is no list/,
    );
    expect(await notes(file('broken.ts', 'export const claims = ;'), ...wordsFor)).toMatch(
      /^S201 cannot load .*broken\.ts/,
    );
    expect(await notes(join(folder, 'nowhere.ts'), ...wordsFor)).toMatch(/^S201 there is no file/);
  });
});
