import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, ran } from '#reports/cli/ran.ts';
import schema from '../../docs/schema/kept-check.schema.json' with { type: 'json' };

const root = new URL('../../', import.meta.url);

let folder = '';
let kept = '';
let wrong = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  kept = join(folder, 'kept.json');
  wrong = join(folder, 'weak-lock.ts');
  const reference = readFileSync(new URL('impl/sync/spinlock.ticket.ts', root), 'utf8');
  const serves = "'release', 'spinlock.ticket.serve'";
  expect(reference).toContain(serves);
  writeFileSync(wrong, reference.replace(serves, serves.replace('release', 'relaxed')));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: readonly string[]): Promise<Ran> => ran('check', ...words, '--out', folder);

const everything = ['sync/spinlock', '--variant', 'ticket', '--explore', 'exhaustive'];
const ofWrong = (): readonly string[] => [...everything, '--implementation', wrong, '--keep', kept];

describe('an exhaustive check that is cut', () => {
  let whole: Ran;
  let keptOfWhole = '';
  beforeAll(async () => {
    whole = await run(...ofWrong(), '--executions', '60', '--json');
    keptOfWhole = readFileSync(kept, 'utf8');
  });

  it.each([1, 7, 26])(
    'after %i executions of each scenario, and resumed, says what it says uncut',
    async (executions) => {
      const cut = await run(...ofWrong(), '--executions', String(executions), '--json');
      expect(cut.out).not.toBe(whole.out);
      const resumed = await run('--resume', kept, '--executions', '60', '--json');
      expect(resumed.out).toBe(whole.out);
      expect(resumed.code).toBe(whole.code);
      expect(readFileSync(kept, 'utf8')).toBe(keptOfWhole);
      expect(JSON.parse(whole.out)).toMatchObject({ verdict: 'refuted', kept });
    },
  );

  it('says which bound was hit and where, keeps what the schema says, and prints the line that goes on', async () => {
    const ran = await run(...everything, '--executions', '5', '--keep', kept);
    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/\? {2}the machine never faults +5 executions of \d+ scenarios/);
    expect(ran.out).toContain(`resume  npx rendezvous check --resume ${kept}`);
    const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
    validate(JSON.parse(readFileSync(kept, 'utf8')));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('by the clock says so, and goes on', async () => {
    const most = String(Number.MAX_SAFE_INTEGER);
    const words = ['sync/sleep-wakeup', '--explore', 'exhaustive', '--executions', most, '--seconds', '1'];
    const ran = await run(...words);
    expect(ran.code).toBe(2);
    // On a machine that is very busy nothing may have begun by then, and some scenario may be over on a fast one.
    expect(ran.out).toMatch(/\? {2}the machine never faults +(.* )?1 second( in \d+.*)?$/m);
    const [, file] = ran.out.match(/resume {2}npx rendezvous check --resume (\S+) --executions \d+ --seconds 1$/) ?? [];
    const resumed = await run('--resume', file as string, '--executions', '1');
    expect(resumed.out).toMatch(/1 executions of \d+ scenarios/);
  });

  it('holds when every scenario has come to its end, and then nothing is kept', async () => {
    const ran = await run(
      'sync/spinlock',
      '--variant',
      'ticket',
      '--explore',
      'exhaustive',
      '--memory',
      'sc',
      '--json',
    );
    const { claims, implementations, ...rest } = JSON.parse(ran.out);
    expect(rest).toEqual({ verdict: 'gave-up', seed: 1, budget: 'quick' }); // one `sometimes` is not in the scenarios
    expect(implementations[0].scenarios.length).toBeGreaterThan(1);
    expect(claims).toContainEqual(expect.objectContaining({ id: 'faultless', verdict: 'holds' }));
    expect(implementations[0].scenarios.map(({ end }: { end: string }) => end)).toEqual(
      implementations[0].scenarios.map(() => 'all'),
    );
  });
});

describe('a kept check', () => {
  const changed = (name: string, change: (text: string) => string): string => {
    const path = join(folder, name);
    const text = readFileSync(kept, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
    return path;
  };

  beforeAll(async () => {
    await run(...ofWrong(), '--executions', '3');
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 300), 'S604'],
    ['of another shape', () => '{"keptCheck":1}', 'S604'],
    ['changed', (text: string) => text.replace('"graphs":3', '"graphs":2'), 'S604'],
  ])('that is %s is refused', async (name, change, code) => {
    const ran = await run('--resume', changed(`${name.replaceAll(' ', '-')}.json`, change));
    expect([ran.code, ran.out, ran.notes.split(' ')[0]]).toEqual([64, '', code]);
  });

  it('of code that has changed since is refused', async () => {
    const text = readFileSync(wrong, 'utf8');
    writeFileSync(wrong, `${text}\n// another\n`);
    const ran = await run('--resume', kept);
    writeFileSync(wrong, text);
    expect([ran.code, ran.out]).toEqual([64, '']);
    expect(ran.notes).toContain('S605 the code of sync/spinlock (ticket) is not what it was when it was kept');
  });

  it('never replaces anything else', async () => {
    const path = join(folder, 'mine.json');
    writeFileSync(path, '{"mine":1}');
    const ran = await run(...everything, '--keep', path);
    expect([ran.code, ran.notes.split(' ')[0]]).toEqual([64, 'S607']);
    expect(readFileSync(path, 'utf8')).toBe('{"mine":1}');
  });
});

describe('docs/guide.md', () => {
  it('shows what a check that is cut says', async () => {
    const ran = await run(...everything, '--executions', '100');
    const text = readFileSync(new URL('docs/guide.md', root), 'utf8');
    const [, shown] = text.match(/--explore exhaustive --executions 100\n([^`]*)\n```/) ?? [];
    const said = ran.out.replace(folder, 'reports/out').split('\n');
    const lines = shown?.split('\n').filter((line) => line !== ' ...') ?? [];
    expect(lines).toHaveLength(4);
    expect(said).toEqual(expect.arrayContaining(lines)); // changed on purpose? paste it
  });
});

describe('options that would do nothing', () => {
  it.each([
    ['--resume', 'kept.json', '--seed', '2'],
    ['sync/spinlock', '--resume', 'kept.json'],
    ['--keep', 'kept.json'],
    ['--preemptions', '1', '--explore', 'exhaustive'],
    ['--executions', '5', '--explore', 'pct'],
  ])('are refused: %s %s %s %s', async (...words) => {
    const ran = await run(...words);
    expect([ran.code, ran.out, ran.notes.split(' ')[0]]).toEqual([64, '', 'S108']);
  });
});
