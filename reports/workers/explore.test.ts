import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessProgram, toExplore, type WrittenProgram } from '#model/engine/graph/written.ts';
import { interruptBy } from '#reports/cli/interrupt.ts';
import { main } from '#reports/cli/main.ts';
import { Account } from '#reports/workers/account.ts';
import type { Undertaking } from '#reports/workers/agenda.ts';
import { exploreAll } from '#reports/workers/explore-all.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Access = AccessProgram['threads'][number][number];

/** Threads that each write x, read y, write y, read x: so many of these. */
const racers = (threads: number, accesses: number): AccessProgram => ({
  id: `${threads} racers`,
  threads: Array.from({ length: threads }, (_, t) => {
    const all: Access[] = [
      ['W', 'x', t + 1],
      ['R', 'y', 'a'],
      ['W', 'y', t + 1],
      ['R', 'x', 'b'],
    ];
    return all.slice(0, accesses);
  }),
});

/** All that a command line leaves. */
const run = async (workers: number, ...words: readonly string[]) => {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await main(['node', 'rendezvous', 'explore', ...words, '--workers', String(workers)], {
    out: (text) => out.push(text),
    note: (text) => notes.push(text),
    isTerminal: false,
    isColoured: false,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
};

const written = (name: string, ...programs: readonly WrittenProgram[]): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(programs));
  return path;
};

describe('whatever the number of workers', () => {
  it('the same executions are found of large programs and small ones', async () => {
    const path = written('racers.json', racers(3, 4), racers(4, 4), racers(2, 4), racers(4, 3), racers(4, 4));
    const alone = await run(1, path, '--json');
    expect(alone.code).toBe(0);
    expect(JSON.parse(alone.out).programs[1].counts).toEqual({
      sc: 37_224,
      tso: 174_408,
      rc11_rlx: 331_776,
      rc11_relacq: 192_144,
      rc11_seqcst: 37_224,
    });
    for (const workers of [2, 3]) expect(await run(workers, path, '--json')).toEqual(alone);
  });

  it('a bound on executions cuts at the same one, with the same outcomes, and the same is kept', async () => {
    const path = written('cut.json', racers(4, 4), racers(3, 4));
    const kept = join(folder, 'kept.json');
    const words = [path, '--executions', '40000', '--keep', kept, '--outcomes', '--json'];
    const alone = { ...(await run(1, ...words)), kept: readFileSync(kept, 'utf8') };
    expect(alone.code).toBe(2);
    expect({ ...(await run(3, ...words)), kept: readFileSync(kept, 'utf8') }).toEqual(alone);
  });

  it('what was kept comes to the same', async () => {
    const path = written('kept-racers.json', racers(4, 4));
    const kept = join(folder, 'kept.json');
    await run(3, path, '--executions', '90000', '--keep', kept);
    expect(await run(2, '--resume', kept)).toEqual(await run(1, path));
  });

  it('a mistake in a program is told in the same way', async () => {
    const endless: WrittenProgram = {
      test: 'endless',
      threads: [Array.from({ length: 20_002 }, () => ['Wrlx', 'x'] as const)],
    };
    const path = written('endless.json', racers(4, 4), endless);
    const alone = await run(1, path);
    expect(alone.code).toBe(64);
    expect(alone.notes).toContain('S602');
    expect(await run(2, path)).toEqual(alone);
  });
});

describe('one exploration', () => {
  /** One model of a program is left to be explored, and no other. */
  const undertakingOf = (program: WrittenProgram): { undertaking: Undertaking; account: Account } => {
    const asked = toExplore(program);
    if ('unsupported' in asked) throw new Error(asked.unsupported);
    const accounts = asked.runs.map(() => new Account(false));
    for (const { rests } of accounts) expect(rests).toBeNull();
    const [account, ...others] = accounts as [Account, ...Account[]];
    for (const other of others) other.rests = [];
    return { undertaking: { written: program, asked, accounts }, account };
  };

  const executionsAlone = 100_000;

  /** Explores until about so many executions were found: then somebody presses Ctrl-C. */
  const exploring = (undertaking: Undertaking, workers: number, enough = Number.POSITIVE_INFINITY): Promise<void> => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    let found = 0;
    return exploreAll([undertaking], {
      workers,
      executionsMax: Number.POSITIVE_INFINITY,
      executionsAlone,
      interrupt: Object.assign(interruptBy(flag), { flag, release: () => {} }),
      onProgress: (more) => {
        found += more;
        if (found > enough) Atomics.store(flag, 0, 1);
      },
    });
  };

  it('is divided among threads, which together find what one would find', async () => {
    const { undertaking, account } = undertakingOf(racers(6, 4));
    await exploring(undertaking, 2, 3 * executionsAlone);
    const pieces = account.rests ?? [];
    expect(pieces.length).toBeGreaterThan(1);
    expect(account.found).toBeGreaterThan(3 * executionsAlone);
    for (const { trail, floor } of pieces) expect(floor).toBeLessThan(trail.length);

    const whole = undertakingOf(racers(5, 3));
    await exploring(whole.undertaking, 1);
    const parted = undertakingOf(racers(5, 3));
    await exploring(parted.undertaking, 3);
    expect(parted.account).toEqual(whole.account);
    expect(whole.account.isComplete).toBe(true);
    expect(whole.account.found).toBeGreaterThan(500_000);
  });
});
