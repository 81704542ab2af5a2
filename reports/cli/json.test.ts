import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '#reports/cli/main.ts';

/** What the documents say that the commands print is what they print: docs/schema, docs/json.md, README.md. */

const root = new URL('../../', import.meta.url);

const validatorOf = (name: string): ValidateFunction => {
  const schema: object = JSON.parse(readFileSync(new URL(`docs/schema/${name}.schema.json`, root), 'utf8'));
  return new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(schema);
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  /** What was written to stdout, one entry a write. */
  readonly out: readonly string[];
}

const run = async (...args: readonly string[]): Promise<Ran> => {
  const out: string[] = [];
  const output = { out: (text: string) => out.push(text), note: () => {}, isTerminal: false, isColoured: false };
  const code = await main(['node', 'rendezvous', ...args], output);
  return { code, out };
};

/** The one document of a run, after a look at its shape. */
const documentOf = ({ out }: Ran, schema: string): Record<string, unknown> => {
  expect(out).toHaveLength(1);
  const document = JSON.parse(out[0] as string) as Record<string, unknown>;
  const validate = validatorOf(schema);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  return document;
};

const few = ['--runs', '40', '--explore', 'random'];

describe('--json', () => {
  it('check: claims that hold', async () => {
    const ran = await run('check', 'ipc/pipe', '--variant', 'linux', ...few, '--out', folder, '--json');
    const document = documentOf(ran, 'check');
    expect(document['claims']).toContainEqual(expect.objectContaining({ id: 'refines', verdict: 'holds' }));
    expect(document['seed']).toBe(1);
    expect({ holds: 0, refuted: 1, 'gave-up': 2 }[document['verdict'] as string]).toBe(ran.code);
  });

  it('check: a claim that is refuted carries a replay and the size of its story', async () => {
    const wrong = join(folder, 'wrong-pipe.ts');
    const reference = readFileSync(new URL('impl/ipc/pipe.ts', root), 'utf8');
    writeFileSync(wrong, reference.replace('return written;', 'return count;'));
    const ran = await run('check', 'ipc/pipe', '--implementation', wrong, ...few, '--out', folder, '--json');
    expect(ran.code).toBe(1);
    const document = documentOf(ran, 'check');
    expect(document['verdict']).toBe('refuted');
    const replay = (document['claims'] as { verdict: string; replay?: string }[]).find(
      (claim) => claim.verdict === 'refuted',
    )?.replay as string;

    const replayed = await run('replay', replay, '--json');
    expect(replayed.out).toHaveLength(1);
    expect(JSON.parse(replayed.out[0] as string)).toMatchObject({ path: replay, status: 'same', sameCode: true });
    expect(replayed.code).toBe(1);
  });

  it('museum', async () => {
    const name = 'sync/sleep-wakeup/no-condition-lock';
    const ran = await run('museum', name, '--out', folder, '--json');
    const document = documentOf(ran, 'museum');
    expect(document['mutants']).toMatchObject([{ id: name, verdict: 'refuted', claim: 'progress' }]);
    expect(ran.code).toBe(0);
  });

  it('list', async () => {
    const ran = await run('list', '--json');
    const document = documentOf(ran, 'list');
    expect(document['subjects']).toContainEqual(expect.objectContaining({ id: 'ipc/pipe' }));
    expect(ran.code).toBe(0);
  });

  it('show', async () => {
    const ran = await run('show', 'ipc/pipe', '--json');
    expect(ran.out).toHaveLength(1);
    expect(JSON.parse(ran.out[0] as string)).toMatchObject({
      id: 'ipc/pipe',
      variant: 'xv6',
      files: { spec: 'spec/ipc/pipe.ts', impl: 'impl/ipc/pipe.ts' },
    });
    expect(ran.code).toBe(0);
  });

  it('doctor', async () => {
    const ran = await run('doctor', '--json');
    expect(documentOf(ran, 'doctor')['fit']).toBe(true);
    expect(ran.code).toBe(0);
  });

  it('prints nothing on stdout when it is used wrongly', async () => {
    expect(await run('check', 'no/such', '--json')).toEqual({ code: 64, out: [] });
    expect(await run('replay', join(folder, 'none.json'), '--json')).toEqual({ code: 64, out: [] });
  });

  it('is all that the process itself writes to stdout', () => {
    const command = fileURLToPath(new URL('reports/cli/rendezvous.mjs', root));
    const stdout = execFileSync(process.execPath, [command, 'list', '--json'], { encoding: 'utf8' });
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(Object.keys(JSON.parse(stdout))).toEqual(['subjects']);
  });
});

describe('README.md', () => {
  it('shows the story as replay tells it', async () => {
    const museum = await run('museum', 'sync/sleep-wakeup/no-condition-lock', '--out', folder, '--json');
    const [mutant] = (JSON.parse(museum.out[0] as string) as { mutants: { replay: string }[] }).mutants;
    const replayed = await run('replay', mutant?.replay as string);
    const [shown] = readFileSync(new URL('README.md', root), 'utf8').match(/^claim {3}[^`]*(?=\n```)/m) ?? [];
    expect(replayed.out.join('\n').trimEnd()).toBe(shown); // changed on purpose? paste it, and mend the words below it
  });
});
