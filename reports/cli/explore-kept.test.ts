import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPrograms } from '#reports/cli/explore-input.ts';
import { writeKept } from '#reports/cli/explore-kept.ts';
import { type Ran, ran } from '#reports/cli/ran.ts';
import { Account } from '#reports/workers/account.ts';
import { Agenda, type Undertaking } from '#reports/workers/agenda.ts';
import { explorePortion } from '#reports/workers/portion.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]): Promise<Ran> => ran('explore', ...words);

const inFolder = (name: string): string => join(folder, name);

const json = (name: string, document: unknown): string => {
  writeFileSync(inFolder(name), JSON.stringify(document));
  return inFolder(name);
};

type Access = readonly [kind: 'R' | 'W', location: string, what: string | number];

/** Threads that each write x, read y, write y, read x. */
const racers = (threads: number) => ({
  id: `${threads} racers`,
  threads: Array.from({ length: threads }, (_, t): Access[] => [
    ['W', 'x', t + 1],
    ['R', 'y', 'a'],
    ['W', 'y', t + 1],
    ['R', 'x', 'b'],
  ]),
});

const counters = {
  test: 'counters',
  threads: Array.from({ length: 4 }, () => [
    ['URrlx', 'x'],
    ['UWrlx', 'x'],
    ['Rrlx', 'y'],
    ['Wrlx', 'y'],
  ]),
};

describe('an exploration that was cut', () => {
  it('comes to the same as one that was not, wherever it was cut', async () => {
    const path = json('racers.json', [racers(3), counters]);
    const kept = inFolder('kept.json');
    for (const format of [[], ['--json']]) {
      const whole = await run(path, '--outcomes', ...format);
      expect(whole.code).toBe(0);
      for (const cut of format.length === 0 ? [1, 3, 77, 378, 936, 1_295] : [100, 1_296]) {
        const before = await run(path, '--outcomes', '--executions', String(cut), '--keep', kept);
        expect(before.code).toBe(2);
        expect(before.out).toContain(`gave up: ${cut} execution`);
        expect(await run('--resume', kept, ...format)).toEqual(whole);
      }
    }
  });

  it('may be cut again and again, and is then kept as one that was cut once', async () => {
    const path = json('racers.json', [racers(3)]);
    const [once, again] = [inFolder('once.json'), inFolder('again.json')];
    const first = await run(path, '--executions', '5', '--keep', again);
    expect(first.out).toContain(`\nresume  npx rendezvous explore --resume ${again}`);
    for (const executions of [6, 51, 377, 600]) {
      const bound = ['--executions', String(executions)];
      const resumed = await run('--resume', again, ...bound);
      const uninterrupted = await run(path, ...bound, '--keep', once);
      expect(resumed.out.replaceAll(again, once)).toBe(uninterrupted.out);
      expect(readFileSync(again, 'utf8')).toBe(readFileSync(once, 'utf8'));
    }
  });

  it('goes on from pieces that several had been busy with', async () => {
    const path = json('racers.json', [racers(3)]);
    const whole = await run(path, '--outcomes');
    const { inputs, sources } = readPrograms([path]);
    const undertakings = inputs.flatMap(({ written, asked }): Undertaking[] =>
      'unsupported' in asked ? [] : [{ written, asked, accounts: asked.runs.map(() => new Account(true)) }],
    );
    const agenda = new Agenda(undertakings, Number.POSITIVE_INFINITY);
    for (let portion = 0; portion < 12; portion++) {
      const items = [agenda.next(20), agenda.next(20)].filter((item) => item !== undefined);
      for (const item of items) {
        const found = await explorePortion(
          item.undertaking.asked,
          item.portion,
          () => false,
          () => {},
        );
        agenda.take(item, found, true);
      }
    }
    const kept = inFolder('pieces.json');
    writeKept(kept, sources, undertakings);
    expect((JSON.parse(readFileSync(kept, 'utf8')).runs[0].rests as unknown[]).length).toBeGreaterThan(3);
    expect(await run('--resume', kept)).toEqual(whole);
  });

  it('is kept in a file that grows no more with the number of executions', async () => {
    const path = json('five.json', racers(5));
    const sizes: number[] = [];
    for (const executions of [10, 100, 1_000, 10_000]) {
      await run(path, '--executions', String(executions), '--keep', inFolder('five.kept.json'));
      sizes.push(statSync(inFolder('five.kept.json')).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(2_500);
  });

  it('says how much is left, about, and in JSON how to go on', async () => {
    const path = json('four.json', racers(4));
    const kept = inFolder('four.kept.json');
    const { out } = await run(path, '--executions', '20000', '--keep', kept);
    expect(out).toMatch(/sc +at least 20000 executions +gave up: 20000 executions, explored 20,000 of about 3\d,000\n/);
    const document = JSON.parse((await run(path, '--executions', '20000', '--keep', kept, '--json')).out);
    expect(document).toMatchObject({
      gaveUp: ['20000 executions'],
      kept,
      resume: `npx rendezvous explore --resume ${kept}`,
    });
    const { about, bound } = document.programs[0].gaveUp.sc;
    expect(bound).toBe('20000 executions');
    expect(Math.abs(about / 37_224 - 1)).toBeLessThan(0.15);
  });

  it('prints what the guide shows', async () => {
    const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8');
    const [, shown] = guide.match(/^\$ npx rendezvous explore racers.json [^\n]*\n([^`]*)\n```/m) ?? [];
    const path = json('racers.json', { ...racers(4), id: 'four racers' });
    const { out } = await run(path, '--executions', '100000', '--keep', inFolder('guide.json'));
    expect(out.replaceAll(/--resume \S+/g, '')).toBe(shown?.replaceAll(/--resume \S+/g, '')); // changed on purpose? paste it
  });

  it('stops after the seconds that it was given, and names them', async () => {
    const kept = inFolder('seconds.json');
    const { code, out } = await run(json('six.json', racers(6)), '--seconds', '1', '--workers', '1', '--keep', kept);
    expect(code).toBe(2);
    expect(out).toMatch(/sc +at least \d+ executions +gave up: 1 second, explored [\d,]+ of about [\d,]+\n/);
    expect(out).toMatch(/rc11_seqcst +at least 0 executions +gave up: 1 second, before it began\n/);
    expect(out).toContain(`resume  npx rendezvous explore --resume ${kept} --seconds 1`);
  });

  it('names the bound of many programs too, and those with which nobody has begun', async () => {
    const path = json('many.json', [racers(6), ...Array.from({ length: 30 }, () => racers(2))]);
    const words = [path, '--seconds', '1', '--workers', '1', '--keep', inFolder('many.kept.json')];
    const { code, out } = await run(...words);
    expect(code).toBe(2);
    expect(out).toMatch(
      /^31 programs: .*, 1 given up, 30 not explored, \d+ executions; gave up: 1 second\.\nresume {2}/,
    );
    expect(JSON.parse((await run(...words, '--json')).out)).toMatchObject({ gaveUp: ['1 second'] });
  });

  it('stops at Ctrl-C, keeps what it has, and goes on from there to the same', async () => {
    const path = json('six.json', racers(6));
    const kept = inFolder('interrupted.json');
    const script = fileURLToPath(new URL('rendezvous.mjs', import.meta.url));
    const child = spawn(process.execPath, [script, 'explore', path, '--keep', kept, '--workers', '1']);
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    while (!existsSync(kept)) await setTimeout(20); // it is made before the exploration begins
    await setTimeout(busyMilliseconds);
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(2);
    expect(out).toContain('gave up: Ctrl-C, explored');
    const [{ executions }] = JSON.parse(readFileSync(kept, 'utf8')).runs;
    const more = ['--executions', String(executions + 1_000), '--json'];
    const resumed = JSON.parse((await run('--resume', kept, ...more)).out);
    const uninterrupted = JSON.parse((await run(path, ...more, '--keep', inFolder('whole.json'))).out);
    expect(resumed.programs).toEqual(uninterrupted.programs);
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toEqual(JSON.parse(readFileSync(inFolder('whole.json'), 'utf8')));
  });

  it('is kept where the user says even when nothing is left, and comes to the same at once', async () => {
    const path = json('two.json', racers(2));
    const kept = inFolder('two.kept.json');
    const whole = await run(path, '--keep', kept);
    expect(whole.code).toBe(0);
    expect(whole.out).not.toContain('resume');
    expect(await run('--resume', kept)).toEqual(whole);
    expect(existsSync(`${kept}.part`)).toBe(false);
  });
});

/** Enough for some executions; the whole takes hours. */
const busyMilliseconds = 300;

describe('a file that cannot be resumed', () => {
  const codeOf = async (...words: string[]): Promise<string> => {
    const { code, out, notes } = await run(...words);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    return notes;
  };

  it('is told as what it is', async () => {
    const path = json('mine.json', racers(3));
    const kept = inFolder('mine.kept.json');
    await run(path, '--executions', '100', '--keep', kept);
    const text = readFileSync(kept, 'utf8');
    const resumed = async (name: string, changed: string): Promise<string> => {
      writeFileSync(inFolder(name), changed);
      return codeOf('--resume', inFolder(name));
    };
    expect(await codeOf('--resume', inFolder('nowhere.json'))).toContain('S401');
    expect(await codeOf('--resume', kept, '--outcomes')).toContain('S606');
    expect(await resumed('none.json', '{"programs": []}')).toContain('S604');
    expect(await resumed('short.json', text.slice(0, 300))).toContain('S604');
    expect(await resumed('count.json', text.replace('"executions":100', '"executions":101'))).toContain('S604');
    expect(await resumed('trail.json', text.replace('"trail":[1', '"trail":[2'))).toContain('S604');
    expect(await resumed('half.json', text.replace('"floor":0', '"floor":0.5'))).toContain('S604');
    json('mine.json', racers(2));
    expect(await codeOf('--resume', kept)).toContain('S605');
  });

  it('is not written over what is something else', async () => {
    const path = json('precious.json', racers(2));
    expect(await codeOf(path, '--keep', path)).toContain('S607');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(racers(2));
  });
});
