import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ran as run } from '#reports/cli/ran.ts';

const golden = (name: string): string => fileURLToPath(new URL(`../../properties/golden/${name}.txt`, import.meta.url));

const mutant = 'sync/sleep-wakeup/no-condition-lock';
let folder: string;
let recorded: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  const ran = await run('museum', mutant, '--out', folder);
  expect(ran.code).toBe(0);
  recorded = join(folder, readdirSync(folder)[0] as string);
});

describe('a wrong command', () => {
  const wrong = [
    ['frobnicate'],
    ['check', 'ipc/pip'],
    ['check', 'nosuch'],
    ['check', '--budget', '-1'],
    ['check', '--budget', 'huge'],
    ['check', '--runs', '-5'],
    ['check', '--runs', '1.5'],
    ['check', '--seed', 'x'],
    ['check', '--seed'],
    ['check', '--memory', 'armv9'],
    ['check', '--variant', 'plan9', 'ipc/pipe'],
    ['check', '--executions', '0'],
    ['check', '--preemptions', '-1'],
    ['check', '--seconds', '1.5'],
    ['check', '--keep', 'kept.json'],
    ['check', '--resume', 'kept.json', '--memory', 'sc'],
    ['check', '--resume', 'nofile.json'],
    ['check', '--out', '/proc/nowhere'],
    ['check', 'ipc/pipe', '--implementation', 'nofile.ts'],
    ['check', '--implementation', 'nofile.ts'],
    ['museum', 'ipc/pipe/nosuch'],
    ['replay', 'nofile.json'],
    ['show', 'nosuch'],
    [],
  ];

  it('says what is wrong and how to mend it, and exits with 64', async () => {
    const told: string[] = [];
    for (const words of wrong) {
      const { code, out, notes } = await run(...words);
      expect(code, words.join(' ')).toBe(64);
      expect(out).toBe('');
      told.push(`$ rendezvous ${words.join(' ')}\n${notes.replace(/known subjects: .*/, 'known subjects: ...')}\n`);
    }
    await expect(told.join('\n')).toMatchFileSnapshot(golden('wrong-use'));
  });
});

describe('an implementation that cannot be checked', () => {
  const broken: readonly [string, string][] = [
    ['does not parse', 'export const = 1;'],
    ['lacks exports', 'export function* sleep() {}'],
    [
      'forgets a yield',
      `import { load, store } from '#impl/machine/ops.ts';
export { isKilled, kill, exit, wait, wakeup } from '#impl/sync/sleep-wakeup.ts';
export function* sleep(self, channel, lock) {
  store(lock, 0, 'release');
  yield load(lock, 'acquire');
}`,
    ],
    [
      'keeps state outside memory',
      `export { isKilled, kill, exit, wait, wakeup, sleep } from '#impl/sync/sleep-wakeup.ts';
let sleepers = 0;`,
    ],
  ];

  it.each(broken)('one that %s is refused in one message', async (name, text) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.ts`);
    writeFileSync(path, text);
    const { code, notes } = await run('check', 'sync/sleep-wakeup', '--implementation', path, '--out', folder);
    expect(code).toBe(64);
    expect(notes).toMatch(/^S2\d\d /);
    expect(notes).not.toMatch(/ at .*\.ts:\d+:\d+/);
    expect(notes.split('\n').length).toBeLessThanOrEqual(3);
  });
});

describe('a counterexample', () => {
  it('replays to the same story, as text', async () => {
    const first = await run('replay', recorded);
    const second = await run('replay', recorded);
    expect(first.code).toBe(1);
    expect(second).toEqual(first);
    await expect(`${first.out}\n`).toMatchFileSnapshot(golden('sleep-without-the-condition-lock'));
  });

  it('replays to the same story, as JSON', async () => {
    const { out } = await run('replay', recorded, '--json');
    const { status, sameCode, story } = JSON.parse(out);
    expect({ status, sameCode }).toEqual({ status: 'same', sameCode: true });
    const minimal = { preemptions: 1, ofMemory: 0, programs: 2, executions: 2 }; // either thread without the other
    expect(story.size).toEqual({ threads: 2, calls: 2, switches: 2, minimal });
  });

  const edited = (name: string, change: (text: string) => string): string => {
    const path = join(folder, name);
    const text = readFileSync(recorded, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
    return path;
  };

  it.each([
    ['cut off', (text: string) => text.slice(0, 300), 'S402'],
    ['not one', () => '{"version": 2}', 'S403'],
    ['of another version', (text: string) => text.replace('"version": 2', '"version": 1'), 'S403'],
    ['with a core that is not there', (text: string) => text.replace('"core": 1', '"core": 9'), 'S403'],
    ['with a call that is not there', (text: string) => text.replace('"tag": "signal"', '"tag": "shout"'), 'S403'],
    ['with a wrong argument', (text: string) => text.replace('"condition": 0', '"condition": 7'), 'S403'],
    ['about another subject', (text: string) => text.replace('"subject": "sync/', '"subject": "sunk/'), 'S404'],
    ['about another mutant', (text: string) => text.replace('/no-condition-lock"', '/nosuch"'), 'S404'],
    ['with another end', (text: string) => text.replace('"event": 3', '"event": 2'), 'S405'],
    ['with another schedule', (text: string) => text.replace('"step": 5', '"step": 1'), 'S405'],
  ])('that is %s is refused', async (name, change, expected) => {
    const { code, notes } = await run('replay', edited(`${name.replaceAll(' ', '-')}.json`, change));
    expect(code).toBe(64);
    expect(notes.split(' ')[0]).toBe(expected);
  });

  it('recorded on other code says so', async () => {
    const path = edited('other-code.json', (text) => text.replace(/"fingerprint": "\w{4}/, '"fingerprint": "0000'));
    const { code, notes } = await run('replay', path);
    expect(code).toBe(1);
    expect(notes).toMatch(/^recorded on other code \(0000\w{12}, this is \w{16}\): it still happens just so$/);
  });
});

describe('a check', () => {
  it('that is stopped with Ctrl-C reports what it has and exits with 2', async () => {
    const script = fileURLToPath(new URL('rendezvous.mjs', import.meta.url));
    const child = spawn(process.execPath, [script, 'check', 'sync/sleep-wakeup', '--budget', 'night', '--out', folder]);
    let out = '';
    let notes = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      if (notes === '') child.kill('SIGINT');
      notes += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(2);
    expect(notes).toContain('stopping: the results so far follow');
    expect(out).toMatch(/\d+ of \d+ claims hold.* given up/);
  });

  it('refutes a wrong file, and prints the line that replays the refutation', async () => {
    const path = join(folder, 'wakes-nobody.ts');
    writeFileSync(
      path,
      `export { isKilled, kill, exit, wait, sleep } from '#impl/sync/sleep-wakeup.ts';
export function* wakeup() {}`,
    );
    const ran = await run('check', 'sync/sleep-wakeup', '--implementation', path, '--out', folder);
    expect(ran.code).toBe(1);
    const line = ran.out.match(/npx rendezvous replay (\S+progress\S+\.json)/);
    expect(line).not.toBeNull();
    const replayed = await run('replay', line?.[1] as string);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('lost wakeup');
  });
});
