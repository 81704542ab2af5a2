import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, ran } from '#reports/cli/ran.ts';

const known = fileURLToPath(new URL('../../properties/histories/known.jsonl', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]): Promise<Ran> => ran('linearize', ...words);

let files = 0;
const written = (...lines: readonly (object | string)[]): string => {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
};

const invoke = (process: number, f: string, value?: unknown) => ({ process, op: 'invoke', f, value });
const ok = (process: number, f: string, value?: unknown) => ({ process, op: 'ok', f, value });

const good = [invoke(0, 'write', 1), invoke(1, 'read'), ok(1, 'read', 1), ok(0, 'write')];
const bad = [
  invoke(0, 'write', 1),
  invoke(1, 'read'),
  ok(0, 'write'),
  invoke(2, 'cas', [1, 4]),
  ok(2, 'cas'),
  ok(1, 'read', 9),
];

const picture = `  event  process 0              process 1              process 2              the spec
                                                                              null
      0  ┌ write 1
      1                         ┌ read
         ● write 1                                                            1
      2  └ ok
      3                                                ┌ compare and set 1 4
                                                       ● compare and set 1 4  4
      4                                                └ true
✗     5                         └ 9

  process 1 is answered 9 to read; the spec allows here: 1 or 4 or null
`;

describe('rendezvous linearize', () => {
  it('agrees with what is known of our own histories, packed or not', async () => {
    const agreed = '47 histories: 21 linearizable, 26 not, 0 unknown; 0 otherwise than expected.';
    expect(await run(known)).toEqual({ code: 0, out: agreed, notes: '' });
    const packed = join(folder, 'known.jsonl.gz');
    writeFileSync(packed, gzipSync(readFileSync(known)));
    expect(await run(packed)).toEqual({ code: 0, out: agreed, notes: '' });
  });

  it('takes a history an event a line, and says that it is linearizable', async () => {
    const { code, out } = await run(written(...good), '--spec', 'register');
    expect({ code, out }).toEqual({ code: 0, out: '1 history: 1 linearizable, 0 not, 0 unknown.' });
  });

  it('draws the longest beginning that has an explanation, and exits with 1', async () => {
    const path = written(...bad);
    const { code, out } = await run(path, '--spec', 'register');
    expect(code).toBe(1);
    expect(out).toBe(
      `✗ ${path}: not linearizable as a register\n${picture}\n1 history: 0 linearizable, 1 not, 0 unknown.`,
    );
  });

  it('draws no more than the end of a long history, and few columns of many', async () => {
    const long = Array.from({ length: 40 }, (_, i) => [invoke(i, 'write', i), ok(i, 'write')]).flat();
    const { out } = await run(written(...long, invoke(50, 'read'), ok(50, 'read', 3)), '--spec', 'register');
    expect(out).toContain('91 lines before');
    expect(out).toContain('(process 31: ┌ write 31)');
    expect(out).toContain('process 50 is answered 3 to read; the spec allows here: 39');
    expect(out.split('\n').length).toBeLessThan(45);
  });

  it('reads what is said before the first event', async () => {
    const heading = { name: 'mine', model: 'register', init: 9, expected: { linearizable: true } };
    const path = written(heading, invoke(0, 'read'), ok(0, 'read', 9));
    expect((await run(path)).out).toContain('1 linearizable, 0 not, 0 unknown; 0 otherwise');
    const other = written({ ...heading, expected: { linearizable: false } }, invoke(0, 'read'), ok(0, 'read', 9));
    const { code, out } = await run(other);
    expect(code).toBe(1);
    expect(out).toContain('✗ mine: linearizable as a register, which is not what is expected');
    expect(out).toContain('1 otherwise than expected');
  });

  it('takes a history of a subject, in its own calls and answers', async () => {
    const call = (process: number, value: object) => ({ process, op: 'invoke', value });
    const answer = (process: number, value: object) => ({ process, op: 'ok', value });
    const heading = {
      model: 'sync/sleep-wakeup',
      parameters: { conditions: 1, sharedChannel: false, polled: [], parents: [null, null] },
    };
    const history = [
      call(0, { tag: 'await', condition: 0 }),
      call(1, { tag: 'signal', condition: 0 }),
      answer(1, { tag: 'ok' }),
    ];
    expect((await run(written(heading, ...history, answer(0, { tag: 'ok' })))).code).toBe(0);
    const { code, out } = await run(written(heading, ...history, answer(0, { tag: 'failed', errno: '-1' })));
    expect(code).toBe(1);
    expect(out).toContain('process 0 is answered -1 to await(condition 0); the spec allows here: ok');
  });

  it('says that it does not know, and exits with 2, where the steps that are allowed are too few', async () => {
    const all = Array.from({ length: 8 }, (_, i) => i);
    const hard = [
      ...all.map((i) => invoke(i, 'enq', i)),
      ...all.map((i) => ok(i, 'enq')),
      invoke(9, 'peek'),
      ok(9, 'peek', 10),
    ];
    const path = written(...hard);
    const { code, out } = await run(path, '--spec', 'queue', '--steps', '1000');
    expect(code).toBe(2);
    expect(out).toContain(
      `? ${path}: not found out; --steps allows more\n1 history: 0 linearizable, 0 not, 1 unknown.`,
    );
  });

  it('prints one document with --json, as its schema says', async () => {
    const schema = new URL('../../docs/schema/linearize.schema.json', import.meta.url);
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync(schema, 'utf8')),
    );
    const { code, out, notes } = await run(known, written({ model: 'register', name: 'bad', history: bad }), '--json');
    expect({ code, notes }).toEqual({ code: 1, notes: '' });
    const document = JSON.parse(out);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(document.histories).toHaveLength(48);
    expect(document.histories[1]).toMatchObject({
      name: 'a read misses a write that was over',
      verdict: 'not',
      agrees: true,
    });
    expect(document.histories.at(-1)).toMatchObject({
      name: 'bad',
      spec: 'register',
      verdict: 'not',
      prefix: {
        initial: 'null',
        refused: { event: 5, process: 1, call: 'read', answer: '9' },
        allowed: ['1', '4', 'null'],
        isCut: false,
      },
    });
    expect(document.histories.at(-1).prefix.lines.slice(0, 3)).toEqual([
      { tag: 'begins', event: 0, process: 0, call: 'write 1' },
      { tag: 'begins', event: 1, process: 1, call: 'read' },
      { tag: 'happens', process: 0, call: 'write 1', state: '1' },
    ]);
  });
});

describe('rendezvous linearize, used wrongly, exits with 64 and says where', () => {
  const aPipe = { model: 'ipc/pipe', history: [{ process: 0, op: 'invoke', value: { tag: 'fork' } }] };
  it.each([
    ['no JSON', ['{'], [], 'S801', ':1 is not JSON\n     expected an event a line'],
    [
      'an odd event',
      [invoke(0, 'read'), { process: 0, op: 'done' }],
      ['--spec', 'register'],
      'S801',
      ':2 is no history',
    ],
    [
      'an odd history',
      [{ history: [{ op: 'ok' }] }],
      [],
      'S801',
      ":1 is no history at history.0: must have required property 'process'",
    ],
    ['no spec', [invoke(0, 'read')], [], 'S107', 'does not say which spec it is of\n     known are register,'],
    ['an unknown spec', [{ model: 'deque', history: [] }], [], 'S107', "no spec is called 'deque'"],
    ['an unknown --spec', [invoke(0, 'read')], ['--spec', 'deque'], 'S107', "no spec is called 'deque'"],
    [
      'an answer to nothing',
      [...good, ok(0, 'read')],
      ['--spec', 'register'],
      'S801',
      ':5: process 0 is answered and has not called',
    ],
    [
      'an unknown call',
      [{ model: 'queue', history: good }],
      [],
      'S801',
      ":1, event 0: a queue has no call 'write'\n     expected enq, deq, peek",
    ],
    [
      'a subject without parameters',
      [aPipe],
      [],
      'S801',
      'ipc/pipe needs parameters\n     expected them beside the history, such as "parameters": {',
    ],
    [
      'a process that is no thread',
      [{ ...aPipe, parameters: {}, history: [{ process: 'a', op: 'invoke' }] }],
      [],
      'S801',
      ':1, event 0: process a\n     expected a thread',
    ],
    [
      'a call that a subject does not know',
      [{ ...aPipe, parameters: {} }],
      [],
      'S801',
      'the calls of each subject are in spec/abi.ts and spec/abi',
    ],
    ['an unknown variant', [{ ...aPipe, variant: 'bsd' }], [], 'S104', "ipc/pipe has no variant 'bsd'"],
  ] as const)('%s', async (_name, lines, words, code, notes) => {
    const ran = await run(written(...lines), ...words);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 64, out: '' });
    expect(ran.notes).toContain(code);
    expect(ran.notes).toContain(notes);
  });
});
