import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StateClaim } from '#model/claim.ts';
import { explore } from '#model/engine/space/explore.ts';
import { pathTo } from '#model/engine/space/path.ts';
import type { System } from '#model/engine/space/system.ts';
import { suites } from '#properties/index.ts';
import { noLostWakeup, sizes, xv6Pipe } from '#properties/space/xv6-pipe.ts';
import { main } from '#reports/cli/main.ts';
import { pathAsItf } from '#reports/export/itf-path.ts';
import { itfProblems, plain } from '#reports/export/readers/itf.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = async (...args: readonly string[]) => {
  const out: string[] = [];
  const notes: string[] = [];
  const output = {
    out: (text: string) => out.push(text),
    note: (text: string) => notes.push(text),
    isTerminal: false,
    isColoured: false,
  };
  const code = await main(['node', 'rendezvous', 'explore', '--spec', ...args], output);
  return { code, text: out.join('\n'), notes: notes.join('\n'), out };
};

interface Document {
  readonly verdict: string;
  readonly specs: readonly {
    readonly variant: string;
    readonly verdict: string;
    readonly states: number;
    readonly complete: boolean;
    readonly gaveUp?: string;
    readonly claims: readonly { id: string; verdict: string; path?: { steps: readonly unknown[] } }[];
    readonly waits: { verdict: string } | null;
    readonly coverage: readonly { call: string; outcome: string }[];
    readonly neverSeen: readonly { readonly call: string; readonly outcome: string }[] | null;
  }[];
}

/** The one document of a run, after a look at its shape. */
const documentOf = (out: readonly string[]): Document => {
  expect(out).toHaveLength(1);
  const schema = JSON.parse(
    readFileSync(new URL('../../docs/schema/explore-spec.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(schema);
  const document: unknown = JSON.parse(out[0] as string);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  return document as Document;
};

/** Outcomes that random calls meet, and what is explored of the spec does not: gaps that should become fewer. */
const notReached: Readonly<Record<string, readonly string[]>> = {
  'ipc/l4 endpoints': ['call: EBADF', 'receive: EBADF', 'replyReceive: EBADF', 'wait: ECANCELED'],
  'ipc/l4 big-lock': ['call: EBADF', 'receive: EBADF', 'replyReceive: EBADF', 'wait: ECANCELED'],
  'ipc/l4 clans': ['ipc: ok', 'page: ok', 'rest: EOVERFLOW', 'rest: goes on: rest'],
  'ipc/chcore try-locks': ['get: goes on: exited', 'kill: goes on: exited', 'read: EFAULT', 'yield: goes on: exited'],
  'ipc/chcore big-lock': [
    'failing: goes on: call',
    'get: goes on: exited',
    'kill: goes on: exited',
    'read: EFAULT',
    'register client: goes on: exited',
    'register server: goes on: entered',
    'write: EFAULT',
    'yield: goes on: entered',
    'yield: goes on: exited',
  ],
};

describe('rendezvous explore --spec', () => {
  it('tells how much there is, what holds, which outcomes were seen, and the way to a state', async () => {
    const { code, text } = await run('ipc/pipe', '--variant', 'xv6', '--find', 'it is full');
    expect(code).toBe(0);
    expect(text).toMatch(/^ipc\/pipe \(xv6\)\n {2}[\d,]+ states and [\d,]+ transitions of \d+ systems/);
    expect(text).toContain('✓  sometimes: it is full');
    expect(text).toMatch(/✓ {2}every call that waits can still be served/);
    expect(text).toMatch(/1 +T0 +write\(1, \[1 2 3\]\) +goes on: rest of write +\[1\]\[2\]; T0:w/);
    expect(text).toContain('every outcome that random calls meet was seen');
  });

  it.each([
    ['ipc/pipe', '--variant', 'xv6', '--find', 'it is full'],
    ['properties/space/xv6-pipe.ts', '--variant', 'S5'],
  ])('prints what the guide shows of %s', async (...args) => {
    const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8');
    const shown = guide.split(`\n$ npx rendezvous explore --spec ${args[0]} `)[1]?.split('\n```')[0] ?? '';
    const { text } = await run(...args);
    const lines = shown.split('\n').slice(1);
    const printed = text.split('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => line.trim() !== '...' && !printed.includes(line))).toEqual([]); // changed on purpose? paste it
  });

  it.each(suites.map(({ subject }) => [subject.id, subject.variants.length] as const))(
    '%s: holds in all variants, and no outcome that random calls meet is missing',
    async (id, variants) => {
      const { code, out } = await run(id, '--json');
      const { verdict, specs } = documentOf(out);
      expect({ code, verdict }).toEqual({ code: 0, verdict: 'holds' });
      expect(specs).toHaveLength(variants);
      for (const spec of specs) {
        expect(spec.complete).toBe(true);
        expect(spec.waits).toEqual({ verdict: 'holds' });
        expect(spec.coverage.length).toBeGreaterThan(1);
        const missing = (spec.neverSeen ?? []).map(({ call, outcome }) => `${call}: ${outcome}`);
        expect(missing.toSorted()).toEqual(notReached[`${id} ${spec.variant}`] ?? []);
      }
    },
  );

  it('gives the path to what was asked for, and to nothing else that is found', async () => {
    const { out } = await run('ipc/pipe', '--variant', 'linux', '--find', 'it-is-full', '--json');
    const [spec] = documentOf(out).specs;
    expect(spec?.claims.filter(({ path }) => path).map(({ id }) => id)).toEqual(['it-is-full']);
    expect(spec?.claims.find(({ id }) => id === 'it-is-full')?.path?.steps.length).toBeGreaterThan(0);
  });

  it('exits with 2 when the states that may be kept did not suffice', async () => {
    const { code, out } = await run('ipc/pipe', '--variant', 'linux', '--states', '50', '--json');
    const { verdict, specs } = documentOf(out);
    expect({ code, verdict }).toEqual({ code: 2, verdict: 'gave-up' });
    expect(specs[0]).toMatchObject({ complete: false, gaveUp: '50 states' });
    const { text } = await run('ipc/pipe', '--variant', 'linux', '--states', '50');
    expect(text).toContain('gave up: 50 states\n');
    expect(text).toContain('and there are more');
  });

  it('exits with 2 when the time is up, says so, and leaves open what it has not decided', async () => {
    const { code, out } = await run('ipc/pipe', '--threads', '12', '--states', '100000000', '--seconds', '1', '--json');
    const { verdict, specs } = documentOf(out);
    expect({ code, verdict }).toEqual({ code: 2, verdict: 'gave-up' });
    for (const spec of specs) {
      expect(spec).toMatchObject({ complete: false, gaveUp: '1 second', waits: { verdict: 'gave-up' } });
      expect(spec.states).toBeGreaterThan(0);
    }
    expect(specs[0]?.claims.some(({ verdict }) => verdict === 'gave-up')).toBe(true);
  });

  it('keeps nothing, and says so where it is asked to', async () => {
    for (const words of [
      ['--keep', 'kept.json'],
      ['--executions', '5'],
    ]) {
      const { code, notes } = await run('ipc/pipe', ...words);
      expect(code).toBe(64);
      expect(notes).toContain('a spec has states, not executions, and they are not kept');
    }
  });

  it('keeps fewer states under a symmetry, and then judges no waits', async () => {
    const whole = documentOf((await run('sync/sleep-wakeup', '--json')).out);
    const { code, out } = await run('sync/sleep-wakeup', '--symmetry', '--json');
    const less = documentOf(out);
    expect(code).toBe(2);
    expect(less.specs[0]?.states).toBeLessThan(whole.specs[0]?.states as number);
    expect(less.specs[0]?.claims).toEqual(whole.specs[0]?.claims);
    expect(less.specs[0]?.waits).toMatchObject({ verdict: 'gave-up' });
  });

  it('explores a spec that stands alone in a file, and shows how the killed writer leaves the reader asleep', async () => {
    const itf = join(folder, 'lost-wakeup.itf.json');
    const { code, out } = await run('properties/space/xv6-pipe.ts', '--json', '--itf', itf);
    const { verdict, specs } = documentOf(out);
    expect({ code, verdict }).toEqual({ code: 1, verdict: 'refuted' });
    expect(specs.map(({ variant, verdict: one, states, neverSeen }) => [variant, one, states, neverSeen])).toEqual([
      ['S4', 'holds', 10_933, null],
      ['S5', 'refuted', 159_980, null],
      ['S6', 'refuted', 1_001_449, null],
    ]);
    for (const { claims, waits } of specs.slice(1)) {
      const refuted = claims.filter((claim) => claim.verdict === 'refuted');
      expect(refuted.map(({ id }) => id)).toEqual([noLostWakeup.id]);
      expect(refuted[0]?.path?.steps).toHaveLength(9);
      expect(waits).toBeNull();
    }
    const trace = readFileSync(itf, 'utf8');
    expect(itfProblems(trace)).toEqual([]);
    const { states } = JSON.parse(trace) as { states: Record<string, unknown>[] };
    expect(states.at(-1)?.['mbt::actionTaken']).toBe('pipewrite: leaves with an error');
    expect(plain(states.at(-1)?.['spec::reader'] as never)).toMatchObject({ at: 'asleep' });
  });

  it('keeps fewer states of a file under a symmetry', async () => {
    const { out } = await run('properties/space/xv6-pipe.ts', '--variant', 'S4', '--symmetry', '--json');
    expect(documentOf(out).specs).toMatchObject([{ variant: 'S4', verdict: 'holds', states: 5892, complete: true }]);
  });

  it('is told what is wrong with how it is used', async () => {
    expect((await run('ipc/pip')).notes).toContain('S101');
    expect((await run('ipc/pipe', '--variant', 'bsd')).notes).toContain('S104');
    expect((await run('ipc/pipe', '--threads', '1')).notes).toContain('S102');
    expect((await run('properties/space/none.ts')).notes).toContain('S201');
    expect((await run('properties/space/xv6-pipe.ts', '--variant', 'S9')).notes).toContain('S104');
    expect((await run('properties/index.ts')).notes).toContain('S703');
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, "import './nowhere.mjs';\n");
    expect(await run(broken)).toMatchObject({ code: 64, notes: expect.stringMatching(/S201.*cannot load.*nowhere/s) });
    expect(await run('ipc/pipe', '--find', 'no such claim')).toMatchObject({
      code: 64,
      notes: expect.stringContaining('S702'),
    });
  });

  it('writes a path as an ITF trace', async () => {
    const file = join(folder, 'full.itf.json');
    const { notes } = await run('ipc/pipe', '--variant', 'xv6', '--find', 'it is full', '--itf', file);
    expect(notes).toBe(`written: ${file}`);
    const text = readFileSync(file, 'utf8');
    expect(itfProblems(text)).toEqual([]);
    const { states } = JSON.parse(text) as { states: Record<string, unknown>[] };
    expect(states.map((state) => state['mbt::actionTaken'])).toEqual(['boot', 'write: goes on: rest of write']);
    expect(plain(states[1]?.['spec::slots'] as never)).toEqual([
      { bytes: [1], roomBytes: 0 },
      { bytes: [2], roomBytes: 0 },
    ]);
  });

  it('says so where there is no path to write', async () => {
    const file = join(folder, 'none.itf.json');
    expect((await run('sync/seqlock', '--itf', file)).notes).toContain('nothing is written');
  });
});

describe('a violation as an ITF trace', () => {
  it('shows every state on the way to it', () => {
    const claim = noLostWakeup as StateClaim;
    const space = explore(xv6Pipe(sizes.S5) as unknown as System, { claims: [claim], statesMax: 200_000 });
    const path = pathTo(space, space.decided.get(claim) as number);
    const text = pathAsItf(path, { source: 'a pipe', description: claim.sentence, isViolation: true });
    expect(itfProblems(text)).toEqual([]);
    const { states, '#meta': meta } = JSON.parse(text) as {
      states: Record<string, unknown>[];
      '#meta': { status: string };
    };
    expect(meta.status).toBe('violation');
    expect(states).toHaveLength(path.steps.length + 1);
    expect(plain(states.at(-1)?.['spec::reader'] as never)).toMatchObject({ at: 'asleep' });
  });

  it('has one variable for states that are no records', () => {
    const text = pathAsItf(
      { first: { state: 1, pending: [null] }, steps: [] },
      { source: 'a number', description: 'it is', isViolation: false },
    );
    expect(itfProblems(text)).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({ states: [{ 'spec::state': { '#bigint': '1' } }] });
  });
});
