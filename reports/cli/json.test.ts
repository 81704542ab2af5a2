import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

interface Order {
  readonly site: string | null;
  readonly isNeeded: boolean;
  readonly weakened: readonly { readonly replay?: string }[];
}

/** The ticket lock with pieces of it replaced, in a file of its own. */
const lockWith = (name: string, changes: readonly (readonly [from: string, to: string])[]): string => {
  const path = join(folder, name);
  let text = readFileSync(new URL('impl/sync/spinlock.ticket.ts', root), 'utf8');
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(path, text);
  return path;
};

const ofLock = (path: string): readonly string[] => [
  'ordering',
  'sync/spinlock',
  '--variant',
  'ticket',
  '--implementation',
  path,
  '--out',
  folder,
];

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

  it('museum: a story as it was found replays too', async () => {
    const name = 'sync/sleep-wakeup/no-condition-lock';
    const ran = await run('museum', name, '--as-found', '--out', join(folder, 'as-found'), '--json');
    expect(ran.code).toBe(0);
    const { mutants } = documentOf(ran, 'museum') as { mutants: { replay: string; story: { minimal?: unknown } }[] };
    expect(mutants[0]?.story.minimal).toBeUndefined();
    expect((await run('replay', mutants[0]?.replay as string)).code).toBe(1);
  });

  it('ordering: each order with what breaks without it, whose story replays and names what was made weaker', async () => {
    const ran = await run('ordering', 'sync/spinlock', '--variant', 'ticket', '--out', folder, '--json');
    const document = documentOf(ran, 'ordering');
    expect(document['verdict']).toBe('holds');
    expect(ran.code).toBe(0);
    const [implementation] = document['implementations'] as { orders: Order[] }[];
    const orders = implementation?.orders as Order[];
    expect(orders.map(({ site, isNeeded }) => [site, isNeeded])).toEqual([
      ['spinlock.ticket.wait', true],
      ['spinlock.ticket.serve', true],
    ]);

    const replayed = await run('replay', orders[0]?.weakened[0]?.replay as string);
    expect(replayed.code).toBe(1);
    expect(replayed.out[0]).toContain(
      'sync/spinlock (ticket), the reference with spinlock.ticket.wait (acquire) made relaxed, under rc11',
    );
  });

  it('ordering: orders of a file that are too strong or have no name are said to be', async () => {
    const path = lockWith('strong-lock.ts', [
      ["'release', 'spinlock.ticket.serve'", '\'seq_cst\', "spinlock.ticket.serve"'],
      ["'acquire', 'spinlock.ticket.wait'", "'acquire'"],
    ]);
    const ran = await run(...ofLock(path), '--json');
    const document = documentOf(ran, 'ordering');
    expect([document['verdict'], ran.code]).toEqual(['gave-up', 2]);
    const [implementation] = document['implementations'] as { orders: Order[] }[];
    const orders = implementation?.orders as Order[];
    expect(orders).toContainEqual(
      expect.objectContaining({ site: null, word: 'lock0.serving', isNeeded: false, weakened: [] }),
    );
    expect(orders).toContainEqual(
      expect.objectContaining({
        site: 'spinlock.ticket.serve',
        isNeeded: false,
        weakened: [expect.objectContaining({ to: 'release', claim: null, story: null })],
      }),
    );
  });

  it('ordering: of a file that does not hold as it stands, that is said first, and no more', async () => {
    const path = lockWith('weak-lock.ts', [
      ["'release', 'spinlock.ticket.serve'", "'relaxed', 'spinlock.ticket.serve'"],
    ]);
    const document = documentOf(await run(...ofLock(path), '--json'), 'ordering');
    expect(document['implementations']).toMatchObject([
      { verdict: 'refuted', breaks: { claim: 'faultless', kind: 'fault' }, orders: [] },
    ]);

    const ran = await run(...ofLock(path));
    expect(ran.code).toBe(1);
    expect(ran.out.join('\n')).toContain('its claims do not hold as it stands. Refuted: the machine never faults');
    expect(ran.out.join('\n')).toMatch(/npx rendezvous check sync\/spinlock --variant ticket --implementation \S+/);
  });

  it('grade', async () => {
    const starter = fileURLToPath(new URL('properties/assignments/ring/starter', root));
    const ran = await run('grade', starter, '--assignment', 'ring', '--out', join(folder, 'feedback'), '--json');
    expect(ran.code).toBe(1);
    const { submissions } = documentOf(ran, 'grade') as {
      submissions: { score: number; tests: { replay?: string }[] }[];
    };
    expect(submissions.map(({ score }) => score)).toEqual([0]);
    expect(existsSync(submissions[0]?.tests[0]?.replay as string)).toBe(true);
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

describe('docs/guide.md', () => {
  it('shows the orders of the ticket lock as the command does', async () => {
    const ran = await run('ordering', 'sync/spinlock', '--variant', 'ticket', '--out', folder);
    const text = readFileSync(new URL('docs/guide.md', root), 'utf8');
    const [, shown] = text.match(/^\$ npx rendezvous ordering sync\/spinlock --variant ticket\n([^`]*)\n```/m) ?? [];
    expect(ran.out.join('\n').replaceAll(folder, 'reports/out').trimEnd()).toBe(shown); // changed on purpose? paste it
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

  it('lists every command', async () => {
    const help = await run('--help');
    const commands = [...help.out.join('\n').matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, name]) => name);
    const text = readFileSync(new URL('README.md', root), 'utf8');
    const listed = [...text.matchAll(/^\| `([a-z]+)[ `]/gm)].map(([, name]) => name);
    expect(commands).toContain('check');
    expect(listed.toSorted()).toEqual(expect.arrayContaining(commands.filter((name) => name !== 'help')));
  });
});
