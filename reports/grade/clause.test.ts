import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AnyCall, Subject } from '#model/subject.ts';
import { suites } from '#properties/index.ts';
import { clauseOf } from '#reports/grade/clause.ts';
import type { Clause, Found } from '#reports/grade/graded.ts';
import { lostTo } from '#reports/grade/outputs/sample.ts';
import { readSpec, SpecSource } from '#reports/grade/spec-source.ts';

/** The tags of the calls that programs of a variant make. */
const callsOf = (subject: Subject, variant: string): readonly string[] => {
  const inScenarios = subject.scenarios(variant).flatMap(({ program }) => program.threads.flat());
  const drawn = fc.sample(subject.sequences(variant).calls, { seed: 1, numRuns: 200 }).map(({ call }) => call);
  return [...new Set([...inScenarios, ...drawn].map(({ tag }: AnyCall) => tag))].sort();
};

const specOf = (id: string, variant: string): SpecSource => {
  const subject = suites.find((suite) => suite.subject.id === id)?.subject;
  if (!subject) throw new Error(id);
  return readSpec(subject, variant);
};

const all = suites.flatMap(({ subject }) => subject.variants.map(({ name }) => ({ subject, variant: name })));

describe('what the spec says', () => {
  test('of every call of every subject there is a sentence, and where it is from', () => {
    const silent = all.flatMap(({ subject, variant }) => {
      const spec = readSpec(subject, variant);
      return callsOf(subject, variant).flatMap((tag) => {
        const said = spec.ofCall(tag);
        const isComplete = said.length > 0 && said.every(({ text, source }) => /[.:]$/.test(text) && source !== null);
        return isComplete ? [] : [`${subject.id} (${variant}) ${tag}: ${JSON.stringify(said)}`];
      });
    });
    expect(silent).toEqual([]);
    expect(all.flatMap(({ subject, variant }) => callsOf(subject, variant)).length).toBeGreaterThan(200);
  });

  test('of every subject as a whole there is a text', () => {
    const silent = all.filter(({ subject, variant }) => (readSpec(subject, variant).ofHead()?.text.length ?? 0) < 80);
    expect(silent.map(({ subject }) => subject.id)).toEqual([]);
  });

  test('of a call that there is not, is nothing', () => {
    expect(specOf('ipc/pipe', 'xv6').ofCall('nosuch')).toEqual([]);
  });

  test('of one variant says nothing of another', () => {
    const [xv6] = specOf('ipc/pipe', 'xv6').ofCall('read');
    const [linux] = specOf('ipc/pipe', 'linux').ofCall('read');
    expect(xv6?.text).toContain('a read of 0 bytes waits like any other');
    expect(xv6?.text).not.toMatch(/linux|EAGAIN/);
    expect(linux?.text).toContain('EAGAIN');
    expect(linux?.text).not.toContain('xv6');
  });

  test('of a call in several parts is said of each', () => {
    const parts = specOf('ipc/pipe', 'xv6').ofCall('write');
    expect(parts.map(({ text }) => text.slice(0, 30))).toEqual([
      'Writes all its bytes, waiting ',
      '`xv6`: stores as many bytes as',
    ]);
  });

  test('lies in the file beside it, where the call is explained there', () => {
    expect(specOf('ipc/lrpc', 'lock-free').ofCall('call')[0]?.file).toBe('spec/ipc/lrpc.call.ts');
  });

  test('is found in any text of this form, with a comment without a source and a call without a comment', () => {
    const text = `/** A box. Source: a book. */
export const outcomes = (box: Box, call: Call): Outcomes =>
  match(call)
    .with({ tag: 'open' }, ({ key }) => open(box, key))
    .with({ tag: 'shut' }, () => shut(box))
    .exhaustive();

/** Opens it. */
const open = (box: Box, key: Key): Outcomes => waits;

const shut = (box: Box): Outcomes => waits;
`;
    const spec = new SpecSource([{ path: 'spec/box.ts', text }], []);
    expect(spec.ofCall('open')).toEqual([{ file: 'spec/box.ts', text: 'Opens it.', source: 'a book.' }]);
    expect(spec.ofCall('shut')).toEqual([]);
  });
});

describe('the clause that a counterexample breaks', () => {
  const clauseFor = async (mutant: string): Promise<Clause | null> => (await lostTo(mutant)).found?.clause ?? null;
  let lostWakeup: Found;

  beforeAll(async () => {
    lostWakeup = (await lostTo('sync/sleep-wakeup/no-condition-lock')).found as Found;
  });

  test('is that of the call that was answered wrongly', async () => {
    const clause = await clauseFor('ipc/pipe/answers-what-was-asked');
    expect(clause).toMatchObject({ call: expect.stringMatching(/^write/), file: 'spec/ipc/pipe.ts' });
    expect(clause?.source).toContain('pipewrite');
  });

  test('is that of the call that should have been answered, and was not', async () => {
    const clause = await clauseFor('ipc/pipe/counters-compared');
    expect(clause).toMatchObject({ call: expect.stringMatching(/^read/), file: 'spec/ipc/pipe.ts' });
  });

  test('is that of the call that waits for ever', () => {
    expect(lostWakeup.clause).toMatchObject({
      call: 'await(condition 0)',
      text: expect.stringContaining('Waits until'),
    });
  });

  test('is that of the call in which the machine faults', async () => {
    expect((await clauseFor('sync/spinlock/test-then-set'))?.call).toMatch(/^add/);
  });

  test('is none where it costs too much, or where the machine faults in no call', () => {
    const { counterexample, story } = lostWakeup;
    const subject = suites.find((suite) => suite.subject.id === 'sync/sleep-wakeup')?.subject as Subject;
    const costly = { ...counterexample.violation, kind: 'too expensive' } as const;
    expect(clauseOf(subject, { ...counterexample, violation: costly }, story)).toBeNull();
    const fault = { ...counterexample.violation, kind: 'fault' } as const;
    const threads = story.threads.map((thread) => ({ ...thread, calls: [] }));
    expect(clauseOf(subject, { ...counterexample, violation: fault }, { ...story, threads })).toBeNull();
  });

  test('is what the spec says at its head where an invariant breaks', () => {
    const { counterexample, story } = lostWakeup;
    const subject = suites.find((suite) => suite.subject.id === 'sync/sleep-wakeup')?.subject as Subject;
    const violation = { ...counterexample.violation, kind: 'broken invariant' } as const;
    const clause = clauseOf(subject, { ...counterexample, violation }, story);
    expect(clause?.call).toBeNull();
    expect(clause?.text.length).toBeGreaterThan(80);
  });
});
