import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutants } from '#properties/index.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
import { main } from '#reports/cli/main.ts';
import { Tally } from '#reports/workers/tally.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** All that a command line leaves: its exit code, what it wrote, and every file in its folder, timings aside. */
interface Left {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
  readonly files: ReadonlyMap<string, string>;
}

const run = async (words: readonly string[]): Promise<Left> => {
  const out: string[] = [];
  const notes: string[] = [];
  const counterexamples = join(folder, 'out');
  rmSync(counterexamples, { recursive: true, force: true });
  mkdirSync(counterexamples);
  const code = await main(['node', 'rendezvous', ...words, '--out', counterexamples], {
    out: (text) => out.push(text),
    note: (text) => notes.push(text),
    isTerminal: false,
    isColoured: false,
  });
  const names = readdirSync(counterexamples).sort();
  const files = new Map(names.map((name) => [name, readFileSync(join(counterexamples, name), 'utf8')]));
  return { code, out: out.join('\n'), notes: notes.join('\n'), files };
};

const withWorkers = (workers: number, ...words: readonly string[]): Promise<Left> =>
  run([...words, '--workers', String(workers)]);

/** An implementation of the user's: the kernel's own, but for `wakeup`. */
const waking = (name: string, body: string): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    `import { load } from '#impl/machine/ops.ts';
export { isKilled, kill, exit, wait, sleep } from '#impl/sync/sleep-wakeup.ts';
export function* wakeup(self, channel) { ${body} }`,
  );
  return path;
};

/** A mutant of the museum as if the user had written it. */
const wrongFile = (): string => {
  const mutant = mutants.find(({ id }) => id === 'sync/seqlock/never-even-again') as Mutant;
  const text = readFileSync(new URL('../../impl/sync/seqlock.ts', import.meta.url), 'utf8');
  const path = join(folder, 'wrong.ts');
  writeFileSync(
    path,
    mutant.edits.reduce((edited, { from, to }) => edited.replace(from, to), text),
  );
  return path;
};

describe('whatever the number of workers', () => {
  it('an exhaustive check of one implementation, whose scenarios they share, leaves the same, and keeps the same', async () => {
    const words = ['check', 'sync/seqlock', '--implementation', wrongFile(), '--explore', 'exhaustive'];
    const alone = await withWorkers(1, ...words, '--executions', '30', '--json');
    expect(JSON.parse(alone.out)).toMatchObject({ verdict: 'refuted' });
    expect([...alone.files.keys()].some((name) => /^check-\w+\.json$/.test(name))).toBe(true);
    expect(await withWorkers(3, ...words, '--executions', '30', '--json')).toEqual(alone);
  });

  it('a check with its museum leaves the same text, counterexamples and page', async () => {
    const page = join(folder, 'page.html');
    const words = ['check', 'sync/seqlock', '--museum', '--runs', '50', '--html', page];
    const pageOf = (): string => {
      const text = readFileSync(page, 'utf8');
      expect(text).toMatch(/"wallSeconds":[\d.]+/);
      return text.replace(/"wallSeconds":[\d.]+/, '');
    };
    const alone = await withWorkers(1, ...words);
    const alonePage = pageOf();
    const together = await withWorkers(3, ...words);
    expect(together).toEqual(alone);
    expect(pageOf()).toBe(alonePage);
    expect([...alone.files.keys()].length).toBeGreaterThan(10);
  });

  it('a check of a wrong file refutes it with the same counterexamples', async () => {
    const words = ['check', 'sync/seqlock', '--implementation', wrongFile(), '--museum', '--runs', '20', '--json'];
    const alone = await withWorkers(1, ...words);
    const together = await withWorkers(2, ...words);
    expect(together).toEqual(alone);
    expect(alone.code).toBe(1);
    expect([...alone.files.keys()].filter((name) => name.endsWith('-wrong-ts.json')).length).toBeGreaterThan(0);
  });

  it('the museum prints its mutants in the same order, each with the same counts and the same story', async () => {
    const alone = await withWorkers(1, 'museum', 'sync/seqlock');
    const together = await withWorkers(3, 'museum', 'sync/seqlock');
    expect(together).toEqual(alone);
    expect(alone.code).toBe(0);
  });

  it('the orders of each implementation are judged alike', async () => {
    const alone = await withWorkers(1, 'ordering', 'sync/spinlock');
    const together = await withWorkers(2, 'ordering', 'sync/spinlock');
    expect(together).toEqual(alone);
    expect(alone.out).toContain('orders needed');
  });

  it('a mistake in a file is told in the same way', async () => {
    const path = waking('floating.ts', "const unused = load(channel, 'relaxed');");
    const words = ['check', 'sync/sleep-wakeup', '--implementation', path, '--museum', '--runs', '100'];
    const alone = await withWorkers(1, ...words);
    const together = await withWorkers(2, ...words);
    expect([together.code, together.notes]).toEqual([alone.code, alone.notes]);
    expect(alone.code).toBe(64);
    expect(alone.notes).toMatch(/^S205 /m);
  });
});

describe('workers', () => {
  it('are at least one', async () => {
    const { code, notes } = await withWorkers(0, 'museum');
    expect(code).toBe(64);
    expect(notes).toMatch(/^S102 --workers is '0'/);
  });

  it('that die are our own fault, which says what they were doing', async () => {
    const path = waking('dies.ts', 'process.exit(3);');
    const words = ['check', 'sync/sleep-wakeup', '--implementation', path, '--museum', '--runs', '100'];
    const { code, out, notes } = await withWorkers(2, ...words);
    expect(code).toBe(70);
    expect(out).toBe('');
    expect(notes).toMatch(/a worker failed at sync\/sleep-wakeup \(xv6\) \(last heard of after \d+ executions?\)/);
  });

  it('all stop at Ctrl-C: what has begun is reported, and no mutant that has not', async () => {
    const script = fileURLToPath(new URL('../cli/rendezvous.mjs', import.meta.url));
    const words = ['check', 'sync/spinlock', '--museum', '--budget', 'night', '--workers', '2', '--out', folder];
    const child = spawn(process.execPath, [script, ...words]);
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.once('data', () => setTimeout(() => child.kill('SIGINT'), busyMilliseconds));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(2);
    expect(out).toMatch(/^0 of \d+ claims hold, \d+ given up, 0 of \d+ mutants killed\.$/m);
    expect(out).not.toContain('killed by');
  });
});

/** Enough for two threads to have begun; a night's work takes hours. */
const busyMilliseconds = 3000;

describe('a tally', () => {
  it('knows the total where each size is known, and counts no more than that', () => {
    const tally = new Tally([100, 50]);
    tally.report(0, 30);
    expect([tally.done, tally.total]).toEqual([30, 150]);
    tally.report(1, 70);
    tally.end(0, 80);
    expect([tally.done, tally.total]).toEqual([150, 150]);
  });

  it('guesses what jobs of unknown size will come to from those that have begun', () => {
    const tally = new Tally([100, null, null, null]);
    expect([tally.done, tally.total]).toEqual([0, 100]);
    tally.end(1, 10);
    expect([tally.done, tally.total]).toEqual([10, 130]);
    tally.report(2, 30);
    expect([tally.done, tally.total]).toEqual([40, 160]);
  });
});
