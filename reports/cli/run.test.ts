import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ran } from '#reports/cli/ran.ts';

const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));

afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]) => ran('run', 'sync/sleep-wakeup', ...words);

describe('a run of a scenario', () => {
  it('tells each call and its answer, and says nothing of a violation', async () => {
    const { code, out } = await run('one waits, one signals');
    expect(code).toBe(0);
    expect(out).toMatch(/^example one waits, one signals\n/);
    expect(out).toContain('┌ await(condition 0)');
    expect(out.match(/└ answers ok/g)).toHaveLength(2);
    expect(out).not.toMatch(/the spec (waits|answers)|✗/);
  });

  it('is the same each time; with a seed another, and the same each time too', async () => {
    const plain = await run('one waits, one signals', '--json');
    expect(await run('one waits, one signals', '--json')).toEqual(plain);
    const drawn = await run('one waits, one signals', '--seed', '3', '--json');
    expect(await run('one waits, one signals', '--seed', '3', '--json')).toEqual(drawn);
    expect(drawn.out).not.toBe(plain.out);
    expect(JSON.parse(plain.out)).toMatchObject({
      subject: 'sync/sleep-wakeup',
      variant: 'xv6',
      scenario: 'one waits, one signals',
      story: { violation: null, threads: [{ name: 'T0' }, { name: 'T1' }] },
    });
  });

  it('is found by words of its name, if they are in no other', async () => {
    expect((await run('left to init')).out).toContain('example a dead child is left to init');
    const { code, notes } = await run('killed');
    expect(code).toBe(64);
    expect(notes).toMatch(
      /^S109 sync\/sleep-wakeup \(xv6\) has 3 scenarios called 'killed'\n +known scenarios: 'one waits/,
    );
    expect((await run('nothing of the kind')).notes).toContain("has no scenario called 'nothing of the kind'");
  });

  it('is drawn as a picture, and given in the formats of other tools', async () => {
    const path = join(folder, 'run.html');
    expect((await run('one waits, one signals', '--html', path)).notes).toContain(`the picture is in ${path}`);
    expect(readFileSync(path, 'utf8')).toContain('one waits, one signals');
    const { out } = await run('one waits, one signals', '--export', 'itf');
    expect(JSON.parse(out)['#meta']).toMatchObject({ status: 'ok' });
    expect(
      JSON.parse((await run('one waits, one signals', '--export', 'perfetto')).out).traceEvents.length,
    ).toBeGreaterThan(50);
  });

  it('lets timers strike where it is told to', async () => {
    const struck = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => run('one waits, one signals', '--timers', '3', '--seed', String(seed))),
    );
    expect(struck.some(({ out }) => out.includes('~ timer interrupt'))).toBe(true);
  });
});
