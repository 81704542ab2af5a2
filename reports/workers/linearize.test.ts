import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '#reports/cli/main.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** All that a command line leaves, but for the time that it took. */
const run = async (workers: number, ...words: readonly string[]) => {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await main(['node', 'rendezvous', 'linearize', ...words, '--workers', String(workers)], {
    out: (text) => out.push(text.replaceAll(/"micros":\d+/g, '"micros":0')),
    note: (text) => notes.push(text),
    isTerminal: false,
    isColoured: false,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
};

const known = readFileSync(new URL('../../properties/histories/known.jsonl', import.meta.url), 'utf8').trim();

const invoke = (process: number, f: string, value?: unknown) => ({ process, op: 'invoke', f, value });
const ok = (process: number, f: string, value?: unknown) => ({ process, op: 'ok', f, value });
const all = Array.from({ length: 8 }, (_, i) => i);

/** As many orders to try as eight calls have, and more than the steps that are allowed. */
const hard = JSON.stringify({
  model: 'queue',
  name: 'hard',
  history: [
    ...all.map((i) => invoke(i, 'enq', i)),
    ...all.map((i) => ok(i, 'enq')),
    invoke(9, 'peek'),
    ok(9, 'peek', 10),
  ],
});
const wrong = JSON.stringify({ model: 'register', name: 'wrong', history: [invoke(0, 'read'), ok(0, 'read', 7)] });
const unreadable = JSON.stringify({ model: 'queue', name: 'unreadable', history: [invoke(0, 'jump')] });
/** So many hard ones and the first thread has done its share. */
const share = Array.from({ length: 6 }, () => hard);

const written = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};

describe('whatever the number of workers', () => {
  it('histories come to the same, and are told in their order', async () => {
    const path = written('many.jsonl', ...share, known, wrong, hard, known, wrong, hard);
    for (const format of [[], ['--json']]) {
      const words = [path, '--steps', '20000', ...format];
      const alone = await run(1, ...words);
      expect(alone.code).toBe(1);
      for (const workers of [2, 3]) expect(await run(workers, ...words)).toEqual(alone);
      if (format.length === 0) expect(alone.out).toContain('104 histories: 42 linearizable, 54 not, 8 unknown');
    }
  });

  it('one that cannot be read is told after those before it', async () => {
    const path = written('unreadable.jsonl', ...share, wrong, known, unreadable, wrong);
    const alone = await run(1, path, '--steps', '20000');
    expect(alone.code).toBe(64);
    expect(alone.out).toContain('✗ wrong: not linearizable as a register');
    expect(alone.notes).toContain("a queue has no call 'jump'");
    expect(await run(2, path, '--steps', '20000')).toEqual(alone);
  });
});
