import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Assignment } from '#properties/assignments/assignment.ts';
import assignment from '#properties/assignments/claims/assignment.ts';
import { endlessClaims } from '#properties/assignments/submissions/claims.ts';
import { submissions } from '#properties/assignments/submissions/index.ts';
import { textOf } from '#properties/assignments/submissions/submission.ts';
import { judgeClaims } from '#reports/grade/claims/judge-claims.ts';
import { sandboxed } from '#reports/grade/claims/sandboxed.ts';
import type { GradedTest } from '#reports/grade/graded.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

const folder = new URL('../../../properties/assignments/claims/', import.meta.url);
const runText = readFileSync(new URL('starter/run.ts', folder), 'utf8');

/** A submission as a student hands it in: the helpers of the starter lie beside it. */
const submission = (name: string): string => {
  const found = submissions.find((one) => one.assignment === assignment.name && one.name === name);
  if (!found) throw new Error(`no submission ${name}`);
  return textOf(found);
};

const judging: Assignment = {
  ...assignment,
  budget: 'quick',
  limits: { ...assignment.limits, stepSeconds: 1 },
  rubric: assignment.rubric.filter(({ id }) => id.includes('in-out')),
};

const judge = async (text: string): Promise<readonly GradedTest[]> => {
  const code = {
    files: new Map([
      ['claims.ts', text],
      ['run.ts', runText],
    ]),
    entry: 'claims.ts',
    library: new Map(),
  };
  return judgeClaims(judging, code, () => undefined);
};

/** The names that a handout says are there, and those that it says are not. */
const namesIn = (handout: string): readonly string[][] => {
  const items = handout.split('\n').filter((line) => /^- .*`(Object|Uint8Array)`.*`(console|require)`/.test(line));
  return items.map((item) => [...new Set([...item.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))]);
};

const scoreOf = (tests: readonly GradedTest[]): number => tests.reduce((sum, { score }) => sum + score, 0);

const claiming = (
  holds: string,
): string => `export const claims = [{ id: 'mine', sentence: 'it is so', holds: ${holds} }];
export const workloads = [{ name: 'one', parameters: { capacity: 1, carriedItems: 0 }, threads: [[{ tag: 'put', items: [1] }]] }];
`;

/** What a submission can try to learn or change: each gives false, which would refute, where it succeeds. */
const attempts: readonly (readonly [string, string])[] = [
  ['the process', "() => typeof process === 'undefined' && typeof require === 'undefined'"],
  [
    'the host’s realm',
    "() => { try { return (() => {}).constructor('return this')().process === undefined; } catch { return true; } }",
  ],
  ['a clock', "() => typeof Date === 'undefined' && typeof performance === 'undefined'"],
  ['the order of the questions by dice', '() => { try { Math.random(); return false; } catch { return true; } }'],
  [
    'the run itself',
    '(run) => { try { run.calls.push(1); return false; } catch { return Object.isFrozen(run.calls); } }',
  ],
  ['others’ prototypes', '() => { try { Array.prototype.every = () => false; return false; } catch { return true; } }'],
];

const failureOf = async (text: string): Promise<SubmissionFailure> => {
  try {
    await judge(text);
  } catch (error) {
    if (error instanceof SubmissionFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('claims in a process of their own', () => {
  it('say what they say elsewhere', async () => {
    expect(scoreOf(await judge(submission('right-all')))).toBe(26);
  });

  it('neither see nor change anything but the run', async () => {
    const all = attempts.map(
      ([what, holds]) => `{ id: ${JSON.stringify(what)}, sentence: 'cannot be had', holds: ${holds} }`,
    );
    const text = `export const claims = [${all.join(',\n')}];
export const workloads = [{ name: 'one', parameters: { capacity: 1, carriedItems: 0 }, threads: [[{ tag: 'put', items: [1] }]] }];`;
    const [accepted] = await judge(text);
    expect(accepted?.why).toContain('your claims accept it');
  });

  it.each(['handout.md', 'handout.zh.md'])('find the names that %s says are there, and no others', async (file) => {
    const [there = [], others = []] = namesIn(readFileSync(new URL(file, folder), 'utf8'));
    const absent = others.filter((name) => !there.includes(name));
    expect([there.length, absent.length]).toEqual([34, 27]);
    const holds = `() => {
      const found = Object.getOwnPropertyNames(globalThis);
      const odd = [
        ...${JSON.stringify(there)}.filter((name) => !found.includes(name)),
        ...${JSON.stringify(absent)}.filter((name) => found.includes(name)),
        ...found.filter((name) => !${JSON.stringify([...there, 'undefined'])}.includes(name)),
      ];
      throw new Error('[' + odd.join(' ') + ']');
    }`;
    const [accepted] = await judge(claiming(holds));
    expect(accepted?.why).toContain('it threw Error: []');
  });

  it('have no arrays of bytes, whose memory is in no limit', async () => {
    const [accepted] = await judge(claiming('() => new Uint8Array(1).length === 1'));
    expect(accepted?.why).toContain('it threw TypeError: Uint8Array is not a constructor');
    const failure = await failureOf('const bytes = new Uint8Array(1);\nexport const claims = [];');
    expect(failure.message).toBe('TypeError: Uint8Array is not a constructor, at claims.ts:1');
  });

  it('that do not end are ended', async () => {
    const failure = await failureOf(textOf({ ...endlessClaims, assignment: assignment.name }));
    expect(failure.reason).toBe('hung');
    expect(failure.message).toMatch(/^a claim did not say anything within 1 seconds about a run of \{"parameters"/);
    const code = { files: new Map([['claims.ts', 'for (;;);']]), entry: 'claims.ts', library: new Map() };
    const open = sandboxed(code, { stepSeconds: 1, loadSeconds: 3, memoryMegabytes: 64 }, () => undefined);
    await expect(open()).rejects.toMatchObject({
      reason: 'hung',
      message: 'claims.ts was not loaded in time: look for a loop that does not end',
    });
  });

  it('that give a thenable, or throw what cannot be looked at, have made a mistake', async () => {
    const whyOf = async (holds: string): Promise<string | null | undefined> => (await judge(claiming(holds)))[0]?.why;
    expect(await whyOf('() => ({ then: (tell) => tell(true) })')).toContain('it gave an object, not true or false');
    expect(await whyOf('(run) => run.of.it')).toMatch(/it threw TypeError: .* \(reading 'it'\), at claims\.ts:\d+$/);
    expect(await whyOf('function endless() { endless(); }')).toMatch(/it threw RangeError: Maximum call stack[^:]*$/);
    expect(await whyOf('() => { throw new Proxy(new Error(), { get() { throw 1; } }); }')).toMatch(
      /makes a mistake about a run of a right implementation: it threw (something that cannot be shown|an object)/,
    );
  });

  it('that are not what was asked for are refused, and told why', async () => {
    const told = {
      'export const claims = 3;': 'claims.ts: `claims` is no list: export one under that name',
      "import { readFileSync } from 'node:fs';": "'node:fs' cannot be imported: only files that were handed in with it",
      'export const claims = ;': 'claims.ts:1: Expression expected',
      'interface Of {\n  of: number;\n}\nexport const claims = nobody();':
        'TypeError: nobody is not a function, at claims.ts:4',
    };
    for (const [text, message] of Object.entries(told)) {
      expect(await failureOf(text)).toMatchObject({ reason: 'does not load', message });
    }
  });
});
