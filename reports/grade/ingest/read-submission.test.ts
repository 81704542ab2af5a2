import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import {
  longName,
  type TarPart,
  tarEnd,
  tarGzOf,
  tarOf,
  tarWithoutEnd,
  type ZipPart,
  zipOf,
} from '#properties/attacks/archives.ts';
import { packed } from '#properties/attacks/packed.ts';
import { type IngestLimits, usualLimits } from '#reports/grade/ingest/limits.ts';
import { readSubmission } from '#reports/grade/ingest/read-submission.ts';
import { SubmissionError } from '#reports/grade/ingest/submission-error.ts';

const root = mkdtempSync(join(tmpdir(), 'ingest-'));
afterAll(() => rmSync(root, { recursive: true }));

let written = 0;
const archive = (bytes: Buffer): string => {
  const path = join(root, `archive-${written++}`);
  writeFileSync(path, bytes);
  return path;
};

const folder = (files: Readonly<Record<string, string | Buffer>>): string => {
  const path = join(root, `folder-${written++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
};

const text = (of: string): Buffer => Buffer.from(of);
const right = text('export const a = 1;\n');

const zipped = (...names: readonly string[]): string => archive(zipOf(names.map((name) => ({ name, bytes: right }))));
const tarred = (...parts: readonly TarPart[]): string => archive(tarGzOf(parts));

const paths = async (path: string, limits = usualLimits): Promise<string[]> => [
  ...(await readSubmission(path, limits)).files.keys(),
];

/** What the student is told. Whatever else is thrown fails the test. */
const refusal = async (path: string, limits: IngestLimits = usualLimits): Promise<string> => {
  const told = await readSubmission(path, limits).then(
    ({ files }) => `it was read: ${[...files.keys()].join()}`,
    (error: unknown) => error,
  );
  if (!(told instanceof SubmissionError)) throw told;
  return told.message;
};

describe('what counts of a submission', () => {
  const tree = [
    'b.ts',
    'a.ts',
    'part/c.ts',
    'notes.txt',
    'rendezvous/x.ts',
    'node_modules/p/i.ts',
    '.git/h.ts',
    '._a.ts',
  ];

  it('is the same from a folder, a zip, a tar and a gzipped tar', async () => {
    const parts = tree.map((name) => ({ name, bytes: right }));
    const read = await Promise.all([
      paths(folder(Object.fromEntries(tree.map((name) => [name, right])))),
      paths(archive(zipOf(parts))),
      paths(archive(tarOf(parts))),
      paths(archive(tarGzOf(parts))),
    ]);
    for (const found of read) expect(found).toEqual(['a.ts', 'b.ts', 'part/c.ts']);
  });

  it('begins where the only folder ends, and the only one in that', async () => {
    const files = ['hw 1 (张三)/pipe/pipe.ts', 'hw 1 (张三)/pipe/rendezvous/main.ts', 'hw 1 (张三)/pipe/more/a.ts'];
    expect(await paths(zipped(...files, '__MACOSX/hw/._pipe.ts'))).toEqual(['more/a.ts', 'pipe.ts']);
    expect(await paths(tarred(...files.map((name) => ({ name: `./${name}`, bytes: right }))))).toHaveLength(2);
    expect(await paths(zipped('src/pipe.ts', 'package.json'))).toEqual(['src/pipe.ts']);
    expect(await paths(zipped('rendezvous/pipe.ts'))).toEqual(['pipe.ts']);
  });

  it('is text, whatever its names, sizes and marks are', async () => {
    const named = {
      'a.ts': '\ufeffexport {};',
      '__proto__.ts': '1',
      'constructor.ts': '2',
      'empty.ts': '',
      'e\u0301.ts': '3',
    };
    const expected = [
      ['__proto__.ts', '1'],
      ['a.ts', 'export {};'],
      ['constructor.ts', '2'],
      ['empty.ts', ''],
      ['\u00e9.ts', '3'],
    ];
    const parts = Object.entries(named).map(([name, of]) => ({ name, bytes: text(of) }));
    for (const path of [archive(zipOf(parts)), archive(tarOf(parts))]) {
      expect([...(await readSubmission(path, usualLimits)).files]).toEqual(expected);
    }
  });
});

describe('of an archive that was made to deceive', () => {
  const honest: ZipPart = { name: 'a.ts', bytes: right };

  it('no name leads out of the submission or is mistaken for another', async () => {
    const names = [
      '../a.ts',
      'a/../../b.ts',
      '/etc/a.ts',
      'C:\\a.ts',
      'c:a.ts',
      'a\\..\\b.ts',
      'a\0.ts',
      '..',
      '../x.txt',
    ];
    for (const name of names) {
      expect(await refusal(zipped('a.ts', name)), name).toMatch(/^A name /);
      if (!name.includes('\0')) {
        expect(await refusal(tarred({ name: 'a.ts', bytes: right }, { name, bytes: right })), name).toMatch(/^A name /);
      }
    }
    const tricks = [
      'a\u202Est.ts',
      'a\u200b.ts',
      'a\n.ts',
      '=1+1.ts',
      '<b>.ts',
      '\u2024\u2024/a.ts',
      'a\uff0fb.ts',
      '-a.ts',
      'a%2f.ts',
    ];
    for (const name of tricks) {
      const told = await refusal(zipped('z.ts', name));
      expect(told, name).toContain('Give it a plain name');
      expect(told).not.toMatch(/[<=\u202e\u200b\n]/);
    }
    expect(await refusal(zipped('a.ts', `${'x/'.repeat(700)}a.ts`))).toContain('too long');
    expect(await refusal(zipped('a.ts', `${'x/'.repeat(100)}a.ts`))).toContain('too deep');
  });

  it('no two files have the same name, or names that one disk takes for the same', async () => {
    for (const twice of [
      ['a.ts', 'a.ts'],
      ['a.ts', './a.ts'],
      ['a.ts', 'A.ts'],
      ['e\u0301.ts', '\u00e9.ts'],
      ['\ufb01.ts', 'fi.ts'],
    ]) {
      expect(await refusal(zipped(...twice)), twice.join()).toContain('two files');
    }
  });

  it('links, devices and pipes are never followed, and refused where a source should be', async () => {
    for (const mode of [0o120777, 0o010644, 0o020644, 0o060644, 0o140777]) {
      expect(await refusal(archive(zipOf([honest, { name: 'l.ts', bytes: text('/etc/passwd'), mode }])))).toContain(
        'is a link',
      );
    }
    for (const type of ['1', '2', '3', '4', '6', 'S', 'V']) {
      const link = type === '1' || type === '2' ? '/etc/passwd' : '';
      expect(await refusal(tarred({ name: 'a.ts', bytes: right }, { name: 'l.ts', type, link })), type).toContain(
        'is a link',
      );
    }
    expect(await paths(tarred({ name: 'a.ts', bytes: right }, { name: 'etc', type: '2', link: '/etc' }))).toEqual([
      'a.ts',
    ]);
  });

  it('what a zip says of sizes and checksums is compared with what there is', async () => {
    const much = Buffer.alloc(4 * usualLimits.fileBytes, 'a');
    expect(await refusal(archive(zipOf([{ name: 'a.ts', bytes: much }])))).toContain('too large');
    expect(await refusal(archive(zipOf([{ name: 'a.ts', bytes: much, claimedBytes: 10 }])))).toContain('damaged');
    expect(await refusal(archive(zipOf([{ name: 'a.ts', bytes: right, claimedBytes: 1000 }])))).toContain('damaged');
    expect(await refusal(archive(zipOf([{ name: 'a.ts', bytes: right, claimedChecksum: 1 }])))).toContain('damaged');
    expect(await refusal(archive(zipOf([honest, { name: 'b.ts', bytes: right, sharesWith: 0 }])))).toContain(
      'over each other',
    );
  });

  it('a zip that is encrypted or packed in an unusual way says so', async () => {
    expect(await refusal(archive(zipOf([{ name: 'a.ts', bytes: right, flags: 1 }])))).toContain('password');
    expect(await refusal(archive(zipOf([{ name: 'a.ts', bytes: right, method: 12 }])))).toContain('method 12');
  });

  it('no more than the limits allow is read', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `f${i}.ts`, bytes: right }));
    expect(await refusal(archive(zipOf(many)), { ...usualLimits, entries: 39 })).toContain('more than 39');
    expect(await refusal(archive(tarOf(many)), { ...usualLimits, entries: 39 })).toContain('more than 39');
    expect(await refusal(archive(zipOf(many)), { ...usualLimits, totalBytes: 700 })).toContain('too large');
    expect(await refusal(archive(tarOf(many)), { ...usualLimits, totalBytes: 700 })).toContain('too large');
    expect(await refusal(archive(zipOf(many)), { ...usualLimits, archiveBytes: 100 })).toContain('more than 100 bytes');
    expect(
      await refusal(tarred({ name: 'a.bin', bytes: Buffer.alloc(2 ** 20) }), {
        ...usualLimits,
        unpackedBytes: 2 ** 19,
      }),
    ).toContain('holds more');
  });

  it('a tar that ends in the midst, or lies about lengths, is refused; what follows its end is not looked at', async () => {
    const parts = [{ name: 'a.ts', bytes: right }];
    const whole = gzipSync(tarOf(parts));
    expect(await refusal(archive(whole.subarray(0, whole.length - 12)))).toContain('damaged');
    expect(await refusal(archive(tarWithoutEnd([{ name: 'a.ts', claimedBytes: 5000 }])))).toContain('damaged');
    const broken = tarOf(parts);
    broken[0] = 0x7a;
    expect(await refusal(archive(broken))).toContain('damaged');
    expect(await refusal(archive(Buffer.concat([whole, text('junk')])))).toContain('damaged');
    expect(await paths(archive(Buffer.concat([whole, Buffer.alloc(1000)])))).toEqual(['a.ts']);
    expect(await paths(archive(Buffer.concat([tarOf(parts), text('junk'.repeat(400))])))).toEqual(['a.ts']);
    const zeros = gzipSync(Buffer.concat([tarWithoutEnd(parts), tarEnd, Buffer.alloc(2 ** 25)]));
    expect(await refusal(archive(zeros), { ...usualLimits, unpackedBytes: 2 ** 24 })).toContain('holds more');
    expect(await refusal(archive(gzipSync(gzipSync(Buffer.alloc(2 ** 22)))))).toContain('packed twice');
  });

  it('a long name in a tar is one name, wherever the archive is cut into pieces', async () => {
    const path = `${'文'.repeat(60)}/${'件'.repeat(60)}`;
    const parts = Array.from({ length: 120 }, (_, i) => [
      longName(`${path}/f${i}.ts`),
      { name: 'short', bytes: right },
    ]);
    const found = await paths(tarred(...parts.flat(), { name: 'top.ts', bytes: right }));
    expect(found).toHaveLength(121);
    expect(found.filter((name) => name.startsWith(path))).toHaveLength(120);
    expect(
      await refusal(
        tarred({ name: 'x', type: 'x', bytes: Buffer.alloc(2 ** 18, 'a') }, { name: 'a.ts', bytes: right }),
      ),
    ).toContain('damaged');
  });

  it('each of the corpus is refused', async () => {
    expect(packed.length).toBeGreaterThan(10);
    for (const { name, archive: bytesOf } of packed) {
      const told = await refusal(archive(bytesOf('pipe.ts', 'export const a = 1;\n')));
      expect(told, name).not.toMatch(/it was read|no .ts file/);
    }
  });

  it('whatever bytes are changed, cut off or added, there is a submission or a refusal', async () => {
    const parts = [
      { name: 'd/a.ts', bytes: right },
      { name: 'd/b.ts', bytes: Buffer.alloc(3000, 'x\n') },
    ];
    const seeds = [zipOf(parts), tarOf(parts), tarGzOf(parts)];
    let state = 1;
    const random = (below: number): number => {
      state = Math.imul(state, 1103515245) + 12345;
      return (state >>> 8) % below;
    };
    for (let i = 0; i < 600; i++) {
      const bytes = Buffer.from(seeds[i % 3] as Buffer);
      for (let edits = random(4); edits >= 0; edits--) bytes[random(bytes.length)] = random(256);
      const cut = i % 5 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      await readSubmission(archive(cut), usualLimits).catch((error: unknown) => {
        if (!(error instanceof SubmissionError)) throw error;
      });
    }
  });
});

describe('of a folder', () => {
  it('links are not followed, pipes not waited for, and text must be text', async () => {
    const outside = folder({ 'secret.ts': 'secret' });
    const inside = folder({ 'a.ts': 'a' });
    symlinkSync(outside, join(inside, 'linked'));
    expect(await paths(inside)).toEqual(['a.ts']);
    symlinkSync(join(outside, 'secret.ts'), join(inside, 'b.ts'));
    expect(await refusal(inside)).toContain('b.ts is a link');
    const piped = folder({ 'a.ts': 'a' });
    spawnSync('mkfifo', [join(piped, 'p.ts')]);
    expect(await refusal(piped)).toContain('p.ts is a link or a device');
    expect(await refusal(join(piped, 'p.ts'))).toContain('neither a file nor a folder');
    expect(await refusal(folder({ 'a.ts': Buffer.from([0xff, 0xfe, 0x41, 0]) }))).toContain('UTF-8');
  });

  it('no more than the limits allow is read', async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}.ts`, 'x'.repeat(100)]));
    const path = folder(files);
    expect(await refusal(path, { ...usualLimits, entries: 19 })).toContain('more than 19');
    expect(await refusal(path, { ...usualLimits, fileBytes: 99 })).toContain('too large');
    expect(await refusal(path, { ...usualLimits, totalBytes: 1999 })).toContain('too large');
    expect(await refusal(folder({ 'a.ts': '', [`${'d/'.repeat(20)}b.ts`]: '' }))).toContain('too deep');
  });

  it('what is no submission at all says so', async () => {
    expect(await refusal(join(root, 'nowhere'))).toContain('no such file');
    expect(await refusal(folder({ 'a.txt': '' }))).toContain('no .ts file');
    expect(await refusal(archive(text('hello')))).toContain('no folder, no .zip');
    expect(await refusal(archive(Buffer.alloc(0)))).toContain('no folder, no .zip');
    expect(await refusal(archive(zipOf([])))).toContain('no .ts file');
  });
});
