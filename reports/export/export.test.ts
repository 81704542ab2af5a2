import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Story } from '#model/engine/trace/story.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { readCounterexample, rigOf } from '#reports/cli/counterexamples.ts';
import { type ExportName, exporters, exportNames } from '#reports/cli/export.ts';
import { main } from '#reports/cli/main.ts';
import { plain, readItf } from '#reports/export/readers/itf.ts';
import { readMermaid } from '#reports/export/readers/mermaid.ts';
import { readPerfetto } from '#reports/export/readers/perfetto.ts';
import { clockProblems, eventsOf, readShiviz } from '#reports/export/readers/shiviz.ts';
import { type Reading, type ReadStep, toldSteps } from '#reports/export/readers/step.ts';
import { hostileStories } from '#reports/export/readers/stories.ts';
import { readSources } from '#reports/export/reads-from.ts';
import { isShown } from '#reports/text/story.ts';

/** What is exported keeps the rules of its format, and says what the story says. */

const readers: Readonly<Record<ExportName, (text: string) => Reading>> = {
  itf: readItf,
  perfetto: readPerfetto,
  shiviz: readShiviz,
  mermaid: readMermaid,
};

/** The steps that a format has, as it tells them. */
const toldIn: Readonly<Record<ExportName, (story: Story) => ReadStep[]>> = {
  itf: toldSteps,
  perfetto: toldSteps,
  mermaid: (story) => toldSteps(story, story.steps.filter(isShown)),
  shiviz: (story) =>
    toldSteps(story).map(({ call, answer, ...step }) => ({
      ...step,
      text: `${call ?? step.text}${answer === undefined ? '' : `, answers ${answer}`}`,
      call: undefined,
      answer: undefined,
    })),
};

/** One under each memory, one whose thread sleeps for ever, one whose thread is preempted, and a pipe. */
const mutants = [
  'sync/seqlock/reader-without-barrier',
  'sync/spinlock/release-and-acquire-only',
  'sync/spinlock/preempted-with-a-ticket',
  'sync/sleep-wakeup/no-condition-lock',
  'ipc/bounded-buffer/as-printed',
  'ipc/pipe/if-for-while',
] as const;

const quiet = { note: () => {}, isTerminal: false, isColoured: false };
const run = async (...args: readonly string[]): Promise<{ code: number; out: string }> => {
  const out: string[] = [];
  const code = await main(['node', 'rendezvous', ...args], { ...quiet, out: (text) => out.push(text) });
  return { code, out: out.join('\n') };
};

let folder = '';
const files = new Map<string, string>();
const stories = new Map<string, Story>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  const { out } = await run('museum', ...mutants, '--out', folder, '--json');
  for (const { id, replay } of (JSON.parse(out) as { mutants: { id: string; replay: string }[] }).mutants) {
    const counterexample = readCounterexample(replay);
    files.set(id, replay);
    stories.set(id, tell(await rigOf(counterexample), counterexample));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const storyOf = (id: (typeof mutants)[number]): Story => stories.get(id) as Story;

describe.each(exportNames)('as %s', (name) => {
  it.each(mutants)('the story of %s keeps the rules, and its steps can be read back', (id) => {
    const story = storyOf(id);
    const { problems, steps } = readers[name](exporters[name](story));
    expect(problems).toEqual([]);
    expect(steps).toEqual(toldIn[name](story));
    expect(steps.length).toBeGreaterThan(4);
  });

  it('any text survives', () => {
    fc.assert(
      fc.property(hostileStories, (story) => {
        const { problems, steps } = readers[name](exporters[name](story));
        expect(problems).toEqual([]);
        expect(steps).toEqual(toldIn[name](story));
      }),
      { numRuns: 300 },
    );
  });

  it('is what the command writes, to stdout or to a file', async () => {
    const [id] = mutants;
    const expected = exporters[name](storyOf(id));
    const written = join(folder, 'deep', `export.${name}`);
    const toStdout = await run('replay', files.get(id) as string, '--export', name);
    const toFile = await run('replay', files.get(id) as string, '--export', name, '--output', written);
    expect(toStdout).toEqual({ code: 1, out: expected.trimEnd() });
    expect(readFileSync(written, 'utf8')).toBe(expected);
    expect(toFile.code).toBe(1);
    expect(toFile.out).toContain('claim ');
  });
});

describe('as itf', () => {
  it('a state has the values of the words, the spec’s state and what the memory did', () => {
    const story = storyOf('sync/seqlock/reader-without-barrier');
    const { states, vars } = JSON.parse(exporters.itf(story)) as { states: Record<string, unknown>[]; vars: string[] };
    const told = states.map((state) => ({
      words: vars.filter((name) => name.startsWith('memory::')).map((name) => plain(state[name])),
      spec: plain(state['story::spec']),
      weak: plain(state['story::weak']),
      picks: plain(state['mbt::nondetPicks']),
    }));
    expect(vars.filter((name) => name.startsWith('memory::'))).toEqual(story.words.map((word) => `memory::${word}`));
    expect(told).toEqual([
      { words: story.wordsAtBoot, spec: story.specAtBoot, weak: null, picks: { core: null, thread: null } },
      ...story.steps.map(({ words, spec, weak, core, thread }) => ({ words, spec, weak, picks: { core, thread } })),
    ]);
    expect(told.some(({ weak }) => weak !== null)).toBe(true);
  });
});

describe('as perfetto', () => {
  const eventsIn = (story: Story) =>
    (
      JSON.parse(exporters.perfetto(story)) as {
        traceEvents: { ph: string; name: string; cat: string; ts: number; dur: number }[];
      }
    ).traceEvents;

  it('a call lasts from its first step to its answer, and a thread that sleeps is blocked in it', () => {
    const story = storyOf('sync/sleep-wakeup/no-condition-lock');
    const [await0, signal] = eventsIn(story).filter(({ cat }) => cat === 'call');
    const answer = story.steps.find((step) => step.answer !== undefined);
    const called = story.steps.find(({ call }) => call === signal?.name);
    expect(await0).toMatchObject({ ts: 1, dur: story.steps.length, args: { answer: 'never' } });
    expect(signal).toMatchObject({ ts: called?.step, args: { answer: 'ok' } });
    expect((signal?.ts ?? 0) + (signal?.dur ?? 0)).toBe((answer?.step ?? 0) + 1);
    expect(eventsIn(story)).toContainEqual(expect.objectContaining({ ph: 'X', cat: 'blocked' }));
  });

  it('an arrow leads along the decisive pair, and one along each edge that is missing', () => {
    const story = storyOf('sync/seqlock/reader-without-barrier');
    const arrows = eventsIn(story).filter(({ ph }) => ph === 's' || ph === 'f');
    const { before, after } = story.culprits as { before: number; after: number };
    const missing = story.missingEdges.flatMap(({ from, to }) => [from, to]);
    expect(missing.length).toBeGreaterThan(0);
    expect(arrows.map(({ ts }) => Math.floor(ts)).sort()).toEqual([before, after, ...missing].sort());
  });
});

describe('as shiviz', () => {
  const clocksOf = (story: Story) => eventsOf(exporters.shiviz(story)).map(({ clock }) => clock);
  const at = (story: Story, step: number) => clocksOf(story)[step - 1] as Record<string, number>;

  it('a stale read does not know of the store that it does not see', () => {
    const story = storyOf('sync/seqlock/reader-without-barrier');
    const { from, to } = story.missingEdges[0] as { from: number; to: number };
    const writer = story.threads.find(({ id }) => id === story.steps[from - 1]?.thread)?.name as string;
    expect(at(story, to)[writer]).toBeLessThan(at(story, from)[writer] as number);
  });

  it('a read that comes after a store which still waits in a store buffer does not know of it', () => {
    const story = storyOf('sync/spinlock/release-and-acquire-only');
    const { from, to } = story.missingEdges[0] as { from: number; to: number };
    const writer = `T${story.steps[from - 1]?.thread}`;
    expect(at(story, to)[writer] ?? 0).toBeLessThan(at(story, from)[writer] as number);
  });

  it('a read knows of the store that it reads from', () => {
    const story = storyOf('sync/sleep-wakeup/no-condition-lock');
    const write = story.steps.find(({ text }) => text === 'writes condition0 := 1');
    const read = story.steps.find(
      ({ step, word, thread }) => step > (write?.step ?? 0) && word !== null && thread === 0,
    );
    expect(at(story, read?.step as number)['T1']).toBeGreaterThanOrEqual(
      at(story, write?.step as number)['T1'] as number,
    );
  });
});

/** What a step’s text says that it read and wrote. */
const valuesIn = (text: string): { read: number | undefined; written: number | undefined } => {
  const forms: readonly RegExp[] = [
    /^reads .*: (?<read>-?\d+)$/,
    /^fails to swap .*: it is (?<read>-?\d+),/,
    /^swaps .*: (?<read>-?\d+) → (?<written>-?\d+)$/,
    /^writes .* := (?<written>-?\d+)$/,
    /^adds (?<addend>-?\d+) to .*: it was (?<read>-?\d+)$/,
  ];
  const { read, written, addend } = forms.map((form) => text.match(form)?.groups).find((groups) => groups) ?? {};
  const sum = addend === undefined ? written : Number(read) + Number(addend);
  return { read: read === undefined ? undefined : Number(read), written: sum === undefined ? undefined : Number(sum) };
};

describe('who read from whom', () => {
  it.each(mutants)('in the story of %s, what was read is what was written', (id) => {
    const story = storyOf(id);
    const { steps, wordsAtBoot } = story;
    const sources = readSources(story);
    const reads = steps.flatMap(({ text, word }, i) => {
      const { read } = valuesIn(text);
      if (word === null || read === undefined) return [];
      const source = sources[i] ?? null;
      const from = source === null ? wordsAtBoot[word] : valuesIn(steps[source - 1]?.text ?? '').written;
      return [{ text, read, from }];
    });
    expect(reads.filter(({ read, from }) => read !== from)).toEqual([]);
    expect(reads.length).toBeGreaterThan(0);
  });
});

describe('as mermaid', () => {
  it('the decisive pair stands on a ground of its own, a stale read has a note, and nothing else has', () => {
    const story = storyOf('sync/seqlock/reader-without-barrier');
    const diagram = exporters.mermaid(story);
    const { before, after } = story.culprits as { before: number; after: number };
    const marked = [...diagram.matchAll(/rect .*\n.*?: (\d+) .*\n {2}end\n(.*)/g)];
    expect(marked.map(([, step]) => Number(step))).toEqual([before, after]);
    expect(marked[1]?.[2]).toContain(`stale#58; step ${before}`);
    expect(diagram.match(/stale/g)).toHaveLength(1);
  });

  it('who is never answered is said to be', () => {
    expect(exporters.mermaid(storyOf('sync/sleep-wakeup/no-condition-lock'))).toContain('t0--x-t0: is never answered');
  });
});

describe('docs/guide.md', () => {
  it('shows the lost wakeup as mermaid has it', () => {
    const text = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8');
    const [, shown] = text.match(/^```mermaid\n([^`]*)```$/m) ?? [];
    expect(exporters.mermaid(storyOf('sync/sleep-wakeup/no-condition-lock'))).toBe(shown); // changed on purpose? paste it
  });
});

describe('what breaks the rules of a format is noticed', () => {
  const damaged: readonly (readonly [ExportName, string, string | RegExp, string])[] = [
    ['itf', 'a variable that is not set', /"mbt::actionTaken": "calls",/, ''],
    ['itf', 'a record with a field of ours', /"story::call": \{/, '"story::call": { "#tag": 1,'],
    ['itf', 'a number that is none', /"#bigint": "1"/, '"#bigint": "one"'],
    ['itf', 'a state out of order', /"index": 2/, '"index": 3'],
    ['perfetto', 'a phase that there is not', '"ph":"X"', '"ph":"Y"'],
    ['perfetto', 'a slice without an end', /"ts":(\d+),"dur":\d+/, '"ts":$1'],
    ['perfetto', 'slices that overlap', /"cat":"step","ts":(\d+),"dur":1/, '"cat":"step","ts":$1,"dur":9999'],
    ['perfetto', 'time that goes back', /"cat":"step","ts":\d+/, '"cat":"step","ts":0'],
    ['perfetto', 'an arrow without an end', '"ph":"f"', '"ph":"s"'],
    ['perfetto', 'an arrow on the border of two slices', /("ph":"s".*?"ts":\d+)\.5/, '$1'],
    ['perfetto', 'a time that is none', /"ts":\d+\.5/, '"ts":-0.5'],
    ['perfetto', 'a track without a name', '"name":"thread_name"', '"name":"thread_sort_index"'],
    ['shiviz', 'a clock that leaves out a step', '{"T1":2}', '{"T1":3}'],
    ['shiviz', 'a clock that knows too much', '{"T1":2}', '{"T1":2,"T0":99}'],
    ['shiviz', 'a line that is no event', /\n$/, '\nmore\n'],
    ['mermaid', 'a text that ends too soon', 'reads', 'reads; reads'],
    ['mermaid', 'a participant that is not there', /t\d->>memory/, 't7->>memory'],
    ['mermaid', 'a call that does not end', '-->>-', '-->>'],
    ['mermaid', 'a ground that does not end', '  end\n', ''],
  ];

  it.each(damaged)('in %s: %s', (name, _what, from, to) => {
    const text = exporters[name](storyOf('sync/seqlock/reader-without-barrier'));
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    expect(readers[name](broken).problems).not.toEqual([]);
  });

  it('in shiviz: an entry that falls, and knowledge that is not handed on', () => {
    const event = (event: string, host: string, clock: Record<string, number>) => ({ event, host, clock });
    const [a, b, c] = [event('a', 'A', { A: 1 }), event('b', 'B', { B: 1, A: 1 }), event('c', 'B', { B: 2 })];
    expect(clockProblems([a, b])).toEqual([]);
    expect(clockProblems([a, b, c])).toEqual(['c: the entry of A has fallen']);
    expect(clockProblems([a, b, event('d', 'C', { C: 1, B: 1 })])).toEqual([
      'd: knows of B, but not what that knew of A',
    ]);
  });
});

describe('replay', () => {
  it('writes nothing where it is not said in which format, or where JSON was asked for', async () => {
    const path = files.get(mutants[0]) as string;
    expect(await run('replay', path, '--output', join(folder, 'x'))).toEqual({ code: 64, out: '' });
    expect(await run('replay', path, '--export', 'dot')).toEqual({ code: 64, out: '' });
    expect(await run('replay', path, '--export', 'itf', '--json')).toEqual({ code: 64, out: '' });
  });
});
