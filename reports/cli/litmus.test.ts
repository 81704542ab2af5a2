import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, ran } from '#reports/cli/ran.ts';

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../properties/litmus/aarch64/${name}.litmus`, import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]): Promise<Ran> => ran('litmus', ...words);

const written = (name: string, text: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const states = ['1:X0=0; 1:X2=0', '1:X0=0; 1:X2=1', '1:X0=1; 1:X2=0', '1:X0=1; 1:X2=1'];
const right = {
  id: 'one',
  litmus: readFileSync(fileOf('MP'), 'utf8'),
  expected: { verdict: 'Sometimes', states },
  sc: { verdict: 'Never', stateIdx: [0, 1, 3] },
};
const setOf = (...tests: readonly object[]): string => tests.map((test) => JSON.stringify(test)).join('\n');

const mp = `Test MP Allowed
States 4
1:X0=0; 1:X2=0;
1:X0=0; 1:X2=1;
1:X0=1; 1:X2=0;
1:X0=1; 1:X2=1;
Ok
Witnesses
Positive: 1 Negative: 3
Condition exists (1:X0=1 /\\ 1:X2=0)
Observation MP Sometimes 1 3
`;

describe('rendezvous litmus', () => {
  it('prints what herd prints', async () => {
    expect(await run(fileOf('MP'))).toEqual({ code: 0, out: mp, notes: '' });
  });

  it('takes another model, if the architecture has it', async () => {
    expect((await run(fileOf('MP'), '--memory', 'sc')).out).toContain('No\nWitnesses\nPositive: 0 Negative: 3');
    const ran = await run(fileOf('MP'), '--memory', 'tso');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.notes).toContain('line 1, column 1: the memory tso for AArch64\n     known are armv8, sc');
  });

  it('says where loops were cut', async () => {
    const loop = 'AArch64 spin\n{ 0:X1=x; }\n P0 ;\n L: LDR W0,[X1] ;\n CBZ W0,L ;\nforall (0:X0=1)';
    const { code, out, notes } = await run(written('spin.litmus', loop));
    expect(code).toBe(2);
    expect(notes).toContain('executions that go round a loop more than 2 times are left out');
    expect(out).toContain('Test spin Required\nStates 0\nLoop Ok\nWitnesses\nPositive: 0 Negative: 0');
  });

  it('counts those who keep a prohibition as its witnesses', async () => {
    const path = written('forbidden.litmus', right.litmus.replace('exists', '~exists'));
    expect((await run(path, '--memory', 'sc')).out).toContain(`Ok
Witnesses
Positive: 3 Negative: 0
Condition ~exists (1:X0=1 /\\ 1:X2=0)
Observation MP Never 0 3`);
  });

  it('is content with a set that expects what comes out, packed or not, in a folder or not', async () => {
    const good = '1 test: 1 agree, 0 disagree, 0 unsupported, 0 too large, 0 with errors.';
    expect(await run(written('good.jsonl', setOf(right)))).toEqual({ code: 0, out: good, notes: '' });
    expect((await run(written('good.jsonl.gz', gzipSync(setOf(right))))).out).toBe(good);
    mkdirSync(join(folder, 'within'));
    writeFileSync(join(folder, 'within', 'good.jsonl'), setOf(right));
    writeFileSync(join(folder, 'within', 'notes.txt'), 'no test');
    expect((await run(join(folder, 'within'))).out).toBe(good);
    expect((await run(join(folder, 'good.jsonl'), '--memory', 'sc')).out).toBe(good);
  });

  it.each([
    ['another verdict', { expected: { verdict: 'Never', states } }, 'armv8: Sometimes, expected Never'],
    [
      'a state less',
      { expected: { verdict: 'Sometimes', states: states.slice(0, 3) }, sc: undefined },
      `allows ${states[3]}`,
    ],
    ['a state more', { expected: { verdict: 'Sometimes', states: [...states, '1:X0=2; 1:X2=2'] } }, 'forbids 1:X0=2'],
    ['another verdict of sc', { sc: { verdict: 'Always', stateIdx: [0, 1, 3] } }, 'sc: Never, expected Always'],
    ['other states of sc', { sc: { verdict: 'Never', stateIdx: [0, 1] } }, `sc: allows ${states[3]}`],
    ['a data race', { racy: true }, 'no data race, expected one'],
  ])('shows a set that expects %s, and exits with 1', async (name, change, told) => {
    const path = written(`${name}.jsonl`, setOf({ ...right, ...change }, right));
    const { code, out } = await run(path);
    expect(code).toBe(1);
    expect(out).toContain(`disagrees ${path}:1 (one) `);
    expect(out).toContain(told);
    expect(out).toContain('2 tests: 1 agree, 1 disagree');
    const { tests } = JSON.parse((await run(path, '--json')).out);
    expect(tests.map((test: { agrees: boolean }) => test.agrees)).toEqual([false, true]);
  });

  it('names what it cannot run, and runs the rest', async () => {
    const foreign = { ...right, id: 'two', litmus: right.litmus.replace('MOV W0,#1  ', 'LDP X4,X5,[X1]') };
    const large = {
      ...right,
      id: 'three',
      litmus: right.litmus.replace(
        /P0 .*/,
        Array.from({ length: 50 }, (_, i) => `P${i}`)
          .join('|')
          .concat(';'),
      ),
    };
    const path = written('foreign.jsonl', setOf(foreign, large, right));
    const { code, out, notes } = await run(path);
    expect(code).toBe(2);
    expect(notes).toContain(`S502 ${path}:1 (two), line 8, column 2: the instruction 'LDP X4,X5,[X1]'`);
    expect(notes).toContain(`S503 ${path}:2 (three), line 6, column 2: 50 threads`);
    expect(out).toBe('3 tests: 1 agree, 0 disagree, 1 unsupported, 1 too large, 0 with errors.');
  });

  it('shows where a test is wrong, and exits with 64', async () => {
    const path = written('wrong.litmus', right.litmus.replace('exists (', 'exists (('));
    const { code, out, notes } = await run(path, fileOf('MP'));
    expect(code).toBe(64);
    expect(notes).toBe(`S501 ${path}, line 12, column 1: it ends too early\n     expected ')'`);
    expect(out).toBe(mp);
  });

  it.each([
    ['is no JSON', '{', 'S504', ':1 is not JSON'],
    ['has no test', '{"id": "x"}', 'S504', "must have required property 'litmus'"],
    ['has an odd verdict', setOf({ ...right, expected: { verdict: 'Maybe', states } }), 'S504', 'at expected.verdict'],
  ])('refuses a set that %s', async (_, text, expected, told) => {
    const { code, out, notes } = await run(written('odd.jsonl', text));
    expect({ code, out, error: notes.slice(0, 4) }).toEqual({ code: 64, out: '', error: expected });
    expect(notes).toContain(told);
  });

  it('refuses what is not there, empty or not packed', async () => {
    mkdirSync(join(folder, 'empty'));
    const wrong = [join(folder, 'nowhere.litmus'), join(folder, 'empty'), written('plain.jsonl.gz', setOf(right))];
    const codes = [];
    for (const path of wrong) codes.push((await run(path)).notes.slice(0, 4));
    expect(codes).toEqual(['S401', 'S401', 'S504']);
  });

  it('writes JSON of the shape that is documented', async () => {
    const broken = { id: 'broken', litmus: 'AArch64 broken\n{ }\n' };
    const { code, out } = await run(written('all.jsonl', setOf(right, broken)), fileOf('SB+dmb.sys'), '--json');
    expect(code).toBe(64);
    const document = JSON.parse(out);
    const schema = JSON.parse(readFileSync(new URL('../../docs/schema/litmus.schema.json', import.meta.url), 'utf8'));
    const validate = new Ajv({ allErrors: true, strictRequired: false }).compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(document.tests).toMatchObject([
      {
        name: 'MP',
        id: 'one',
        model: 'armv8',
        verdict: 'Sometimes',
        observation: 'Sometimes 1 3',
        states,
        executions: 4,
        agrees: true,
      },
      { id: 'broken', error: { code: 'S501', line: 2, column: 4 } },
      { name: 'SB+dmb.sys', verdict: 'Never', result: 'No', cut: false },
    ]);
    expect(document.tests[0].sc).toEqual({
      verdict: 'Never',
      observation: 'Never 0 3',
      states: states.toSpliced(2, 1),
      executions: 3,
    });
    expect(document.tests[2]).not.toHaveProperty('agrees');
  });
});
