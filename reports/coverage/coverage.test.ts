import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgets } from '#model/engine/explore/budget.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { type Ran, ran } from '#reports/cli/ran.ts';
import { coverageFiles, coveragePage } from '#reports/coverage/page.ts';
import { coverageText } from '#reports/coverage/text.ts';
import type { CoverageDocument, CoveredImplementation } from '#reports/html/client/coverage/data.ts';
import { clientCode } from '#reports/html/page.ts';
import { perform, type Task } from '#reports/workers/task.ts';

const root = new URL('../../', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('docs/schema/coverage.schema.json', root), 'utf8'));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(schema);

const plain = { out: () => {}, note: () => {}, isTerminal: false, isColoured: false };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The ticket lock of a user, with more text behind it. */
const lockWith = (name: string, more: string): string => {
  const path = join(folder, name);
  const reference = readFileSync(new URL('impl/sync/spinlock.ticket.ts', root), 'utf8');
  writeFileSync(path, reference.replace("'spinlock.ticket.serve'", "'mine.serve'") + more);
  return path;
};

const few = ['sync/spinlock', '--variant', 'ticket', '--runs', '5', '--workers', '1'];

/** The document of a run, after a look at its shape. */
const documentOf = ({ code, out }: Ran): CoverageDocument => {
  expect(code).toBe(0);
  const document = JSON.parse(out);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  return document;
};

const onlyOne = ({ implementations }: CoverageDocument): CoveredImplementation => {
  expect(implementations).toHaveLength(1);
  return implementations[0] as CoveredImplementation;
};

describe('rendezvous coverage', () => {
  it('prints what the schema says, of a file of the user’s: its sites are judged, and its lines counted', async () => {
    const path = lockWith('lock.ts', '\nexport function neverCalled(): number {\n  return 1;\n}\n');
    const page = join(folder, 'page.html');
    const words = ['coverage', ...few, '--implementation', path, '--code', '--json', '--html', page];
    const document = documentOf(await ran(...words));
    const { implementation, transitions, pairs, orders } = onlyOne(document);
    expect(implementation.endsWith('lock.ts')).toBe(true);
    expect(transitions.neverSeen).toEqual([]);
    expect(pairs.all).toContainEqual(expect.objectContaining({ first: 'mine.serve', second: 'spinlock.ticket.wait' }));
    expect(orders?.sites.map(({ site, isNeeded }) => [site, isNeeded])).toEqual([
      ['spinlock.ticket.wait', true],
      ['mine.serve', true],
    ]);
    const file = document.code?.find((one) => one.file.endsWith('/lock.ts'));
    expect(file?.uncovered).toEqual(['47-48']);
    expect(file?.lines.covered).toBe((file?.lines.total ?? 0) - 2);
    expect(document.code?.map((one) => one.file)).toContain('spec/sync/spinlock.ts');
    expect(readFileSync(page, 'utf8')).toContain('mine.serve');
  });

  it('is used wrongly with a subject that is not there, a file that is of none, and a file that cannot be loaded', async () => {
    expect(await ran('coverage', 'no/such', '--json')).toMatchObject({ code: 64, out: '' });
    expect((await ran('coverage', '--implementation', 'x.ts')).notes).toMatch(/^S105 /);
    const broken = join(folder, 'broken.ts');
    writeFileSync(broken, 'export const acquire = ;');
    const { code, out, notes } = await ran('coverage', ...few, '--implementation', broken, '--code');
    expect([code, out]).toEqual([64, '']);
    expect(notes).toMatch(/^S201 /);
  });
});

describe('what somebody stops', () => {
  it('is left out: half of it would look like all', async () => {
    const task: Task = {
      subject: 'sync/seqlock',
      variant: 'linux',
      implementation: { tag: 'reference' },
      claims: [],
      budget: budgets.night,
      seed: 1,
      explore: 'all',
      memories: memoryNames,
      covers: true,
    };
    let asked = 0;
    const soon = {
      why: 'a test',
      get isRequested(): boolean {
        return asked++ > 0;
      },
    };
    expect(await perform(task, soon, () => {})).not.toHaveProperty('covered');
    expect(asked).toBeGreaterThan(1);
  });
});

describe('the page of what was covered', () => {
  const hostile = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> " \' & \u2028';
  const part = { covered: 1, total: 2 };
  const found: CoverageDocument = {
    implementations: [
      {
        subject: hostile,
        variant: hostile,
        implementation: hostile,
        executions: 1,
        unexplained: 1,
        transitions: {
          seen: 0,
          known: 1,
          space: { systems: 1, states: 1, isComplete: false },
          all: [{ call: hostile, outcome: hostile, seen: 0, states: 1 }],
          neverSeen: [hostile],
        },
        pairs: {
          both: 0,
          own: 1,
          all: [{ first: hostile, second: hostile, before: 1, after: 0, words: [hostile], isOwn: true, orders: 'one' }],
        },
        orders: null,
      },
    ],
    code: [{ file: hostile, lines: part, branches: part, functions: part, uncovered: ['1'] }],
    seed: 1,
    budget: 'quick',
  };

  it('has code that a browser reads: no two names are the same', () => {
    expect(() => new Script(clientCode(coverageFiles))).not.toThrow();
  });

  it('lets nothing in the data become markup, and keeps all of it', () => {
    const page = coveragePage(found);
    expect(page.match(/<script/g)).toHaveLength(2);
    const [, data] = page.match(/<script type="application\/json" id="data">(.*?)<\/script>/s) ?? [];
    expect(JSON.parse(data as string)).toEqual(found);
  });
});

describe('docs/guide.md', () => {
  it('shows what the command says of the ticket lock', async () => {
    const words = ['coverage', 'sync/spinlock', '--variant', 'ticket', '--workers', '1'];
    const document = documentOf(await ran(...words, '--json'));
    expect(document.code).toBeNull();
    const text = readFileSync(new URL('docs/guide.md', root), 'utf8');
    const [, shown] = text.match(/^\$ npx rendezvous coverage sync\/spinlock --variant ticket\n([^`]*)\n```/m) ?? [];
    expect(coverageText(document, plain)).toBe(shown); // changed on purpose? paste it
  });
});
