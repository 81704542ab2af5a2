import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, ran } from '#reports/cli/ran.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]): Promise<Ran> => ran('explore', ...words);

const written = (name: string, text: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const json = (name: string, document: unknown): string => written(name, JSON.stringify(document));

const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../docs/schema/${name}.schema.json`, import.meta.url), 'utf8'));

/** The one document of a run, of the shape that is documented. */
const documentOf = ({ out }: Ran): { programs: readonly Record<string, unknown>[] } => {
  const validate = new Ajv({ allErrors: true, strictRequired: false }).compile(schemaOf('explore'));
  const document = JSON.parse(out);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  return document;
};

const counts = { sc: 3, tso: 4, rc11_rlx: 4, rc11_relacq: 4, rc11_seqcst: 3 };
const storeBuffering = {
  id: 'SB',
  init: { x: 0 },
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
const counted = { ...storeBuffering, counts: { genmc: counts } };
const events = {
  test: 'ainc',
  params: '-DN=2',
  threads: [
    [
      ['URrlx', 'x'],
      ['UWrlx', 'x', '1'],
      ['Fsc', null],
    ],
    [
      ['URrlx', 'x'],
      ['UWrlx', 'x', '1'],
    ],
  ],
  raw_counts: { sc: 2, tso: 2, rc11: 2, imm: null },
};

describe('rendezvous explore', () => {
  it('counts the executions of a program under each model', async () => {
    expect(await run(json('SB.json', storeBuffering))).toEqual({
      code: 0,
      notes: '',
      out: [
        'SB',
        '  sc           3 executions',
        '  tso          4 executions',
        '  rc11_rlx     4 executions',
        '  rc11_relacq  4 executions',
        '  rc11_seqcst  3 executions',
      ].join('\n'),
    });
  });

  it('says whether these are as many as the file expects, of lists and compressed files too', async () => {
    const path = written('set.json.gz', gzipSync(JSON.stringify({ programs: [counted, events] })));
    const { code, out } = await run(path);
    expect(code).toBe(0);
    expect(out).toContain('agrees');
    expect(out).toContain('2 programs: 2 agree, 0 disagree, 0 unsupported, 0 without expectation, 24 executions.');
    expect((await run(json('list.json', [counted]))).out).toContain('agrees');
  });

  it('exits with 1 where they are not', async () => {
    const wrong = json('wrong.json', { ...storeBuffering, counts: { genmc: { ...counts, tso: 5 } } });
    const { code, out } = await run(wrong);
    expect(code).toBe(1);
    expect(out).toContain('disagrees tso: 4 executions, expected 5');
    const asJson = await run(wrong, '--json');
    expect(asJson.code).toBe(1);
    expect(documentOf(asJson).programs).toMatchObject([
      { agrees: false, differences: ['tso: 4 executions, expected 5'] },
    ]);
  });

  it('prints JSON of the documented shape, with the outcomes if they are asked for', async () => {
    const path = json('one.json', counted);
    const { programs } = documentOf(await run(path, '--json', '--outcomes'));
    expect(programs).toEqual([
      {
        source: path,
        id: 'SB',
        counts,
        blocked: { sc: 0, tso: 0, rc11_rlx: 0, rc11_relacq: 0, rc11_seqcst: 0 },
        outcomes: expect.objectContaining({
          sc: ['x=1 y=1; 0:r=0 1:r=1', 'x=1 y=1; 0:r=1 1:r=0', 'x=1 y=1; 0:r=1 1:r=1'],
        }),
        cut: [],
        agrees: true,
      },
    ]);
  });

  it('stops where it is told to, and then says nothing about what is expected', async () => {
    const cut = await run(
      json('cut.json', counted),
      '--executions',
      '3',
      '--json',
      '--keep',
      join(folder, 'kept.json'),
    );
    expect(cut.code).toBe(2);
    const [program] = documentOf(cut).programs;
    expect(program).toMatchObject({ cut: Object.keys(counts), counts: { tso: 3 } });
    expect(program).not.toHaveProperty('agrees');
    expect(program).toHaveProperty('gaveUp.tso', { bound: '3 executions', about: 4 });
    const few = json('few.json', { ...storeBuffering, counts: { genmc: { tso: 1 } } });
    const refuted = await run(few, '--executions', '3', '--keep', join(folder, 'kept.json'));
    expect(refuted.code).toBe(1);
    expect(refuted.out).toContain('disagrees tso: more than 2 executions, expected 1');
  });

  it('explores the other programs where it does not know an event of one', async () => {
    const unknown = { test: 'odd', threads: [[['HELPING_CAS', 'x']]] };
    const { code, out } = await run(json('odd.json', [unknown, events]), '--json');
    expect(code).toBe(2);
    expect(documentOf({ code, out, notes: '' }).programs).toMatchObject([
      { id: 'odd', unsupported: 'the event HELPING_CAS' },
      { id: 'ainc -DN=2', counts: { sc: 2, tso: 2, rc11: 2 }, agrees: true },
    ]);
  });

  it('compares nothing where the events do not tell why a thread blocks', async () => {
    const { out } = await run(json('blocked.json', { ...events, blocked_rc11: 3 }), '--json');
    expect(JSON.parse(out).programs[0]).not.toHaveProperty('agrees');
  });

  it('says what was expected of a file that is none', async () => {
    const texts = ['{', '{}', '{"id": "x"}', '{"id": "x", "threads": [[["W", "x", {}]]]}', '[{"test": 1}]'];
    const ran = await Promise.all(texts.map((text, i) => run(written(`broken-${i}.json`, text))));
    for (const { code, out, notes } of ran) {
      expect(code).toBe(64);
      expect(out).toBe('');
      expect(notes).toContain('S601');
      expect(notes).toContain('expected {"id", "threads"');
    }
    expect(ran[3]?.notes).toContain('program 0 is none: threads.0.0 is not known');
  });

  it('wants files, or a subject, or what was kept, and one of them', async () => {
    for (const words of [[], ['x.json', '--spec', 'ipc/pipe'], ['x.json', '--resume', 'kept.json']]) {
      const { code, notes } = await run(...words);
      expect(code).toBe(64);
      expect(notes).toContain('name either files of programs, or --spec SUBJECT, or --resume FILE');
    }
  });

  it('reads what its own schema describes', () => {
    const validate = new Ajv({ allowUnionTypes: true, strictTuples: false }).compile(schemaOf('explore-set'));
    for (const document of [storeBuffering, events, [counted, events], { programs: [counted] }]) {
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(validate({ id: 'x', threads: [[['X', 'x']]] })).toBe(false);
  });

  const published = new URL('../../../shared/data/executions/programs.json.gz', import.meta.url);
  it.runIf(existsSync(published))('agrees with all published counts', async () => {
    const { code, out } = await run(fileURLToPath(published), '--json');
    expect(code).toBe(0);
    const { programs } = documentOf({ code, out, notes: '' });
    expect(programs.filter(({ agrees }) => agrees === true)).toHaveLength(1_847);
  });
});
