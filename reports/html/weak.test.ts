/** What the page shows of a weak memory, tried on the pure part of its code. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Story, StoryMessage, StoryStep } from '#model/engine/trace/story.ts';
import { chipsOf } from '#reports/html/client/chips.ts';
import { edgesOf, placeEdges } from '#reports/html/client/edges.ts';
import { type Row, rowsOf } from '#reports/html/client/rows.ts';
import { wordsOf } from '#reports/html/client/words.ts';

const step = (number: number, more: Partial<StoryStep>): StoryStep => ({
  step: number,
  core: 0,
  thread: 0,
  text: `step ${number}`,
  site: undefined,
  call: undefined,
  answer: undefined,
  isSwitch: false,
  isTimer: false,
  matters: true,
  spec: null,
  words: [0, 0],
  word: null,
  access: null,
  weak: null,
  space: null,
  traced: [],
  drained: [],
  messages: [],
  ...more,
});

const story = (more: Partial<Story>): Story => ({
  subject: 'a/subject',
  variant: 'one',
  sentence: 'a claim',
  implementation: 'the reference',
  violation: { kind: 'wrong answer', event: 0, expected: 'waits', observed: 'answers' },
  size: { threads: 2, calls: 2, switches: 1 },
  cores: 2,
  memory: 'rc11',
  missingEdges: [],
  threads: [0, 1].map((id) => ({ id, name: `T${id}`, calls: [] })),
  steps: [],
  spans: [],
  divergence: 1000,
  culprits: undefined,
  words: ['data', 'flag'],
  specAtBoot: 'empty',
  wordsAtBoot: [0, 0],
  ...more,
});

const everyStep = { every: true, folds: new Set<number>() };
const folded = { every: false, folds: new Set<number>() };

const atBoot: StoryMessage = { word: 0, step: null, readers: [0, 1] };
const seenByOne: StoryMessage = { word: 0, step: null, readers: [1] };

/** T0 writes data and flag, T1 reads the new flag and the old data. */
const messagePassing = story({
  missingEdges: [{ from: 1, to: 4, word: 'data' }],
  culprits: { before: 1, after: 4, word: 'data', text: 'T1 read an old data (step 4) after T0 wrote it (step 1)' },
  steps: [
    step(1, { word: 0, messages: [[seenByOne, { word: 1, step: 1, readers: [0, 1] }], [atBoot]] }),
    step(2, {
      word: 1,
      messages: [
        [seenByOne, { word: 1, step: 1, readers: [0, 1] }],
        [seenByOne, { word: 1, step: 2, readers: [0, 1] }],
      ],
    }),
    step(3, {
      word: 1,
      core: 1,
      thread: 1,
      messages: [
        [seenByOne, { word: 1, step: 1, readers: [0, 1] }],
        [
          { word: 0, step: null, readers: [] },
          { word: 1, step: 2, readers: [0, 1] },
        ],
      ],
    }),
    step(4, {
      word: 0,
      core: 1,
      thread: 1,
      weak: { tag: 'stale read', latest: 1, writtenStep: 1 },
      messages: [[seenByOne, { word: 1, step: 1, readers: [0, 1] }], [{ word: 1, step: 2, readers: [0, 1] }]],
    }),
  ],
});

/** T0's store waits while T1 reads, and reaches memory right after. */
const storeBuffering = story({
  memory: 'tso',
  missingEdges: [{ from: 1, to: 2, word: 'data' }],
  steps: [
    step(1, {
      word: 0,
      weak: { tag: 'buffered' },
      messages: [[seenByOne, { word: 1, step: 1, readers: [0] }], [atBoot]],
    }),
    step(2, {
      word: 0,
      core: 1,
      thread: 1,
      weak: { tag: 'unseen store', value: 1, storeStep: 1 },
      drained: [{ core: 0, storeStep: 1, word: 'data', value: 1 }],
      messages: [[{ word: 1, step: 1, readers: [0, 1] }], [atBoot]],
    }),
    step(3, { word: 0, core: 1, thread: 1, messages: [[{ word: 1, step: 1, readers: [0, 1] }], [atBoot]] }),
  ],
});

const rowAfter = (of: Story, number: number): Row => rowsOf(of, everyStep)[number] as Row;

describe('the values of a word', () => {
  test('are what was there at boot, for all to read, before the first step', () => {
    const [data] = chipsOf(messagePassing, rowAfter(messagePassing, 0));
    expect(data?.chips).toEqual([{ value: 0, step: null, readers: [0, 1], bufferOf: null, now: null }]);
    expect(data).toMatchObject({ name: 'data', isSettled: true, isChanged: false });
  });

  test('are the old one and the new one, with those who may read each, once it is written', () => {
    const [data, flag] = chipsOf(messagePassing, rowAfter(messagePassing, 1));
    expect(data?.chips).toEqual([
      { value: 0, step: null, readers: [1], bufferOf: null, now: null },
      { value: 1, step: 1, readers: [0, 1], bufferOf: null, now: 'written' },
    ]);
    expect(data).toMatchObject({ isSettled: false, isChanged: true });
    expect(flag).toMatchObject({ isSettled: true, isChanged: false });
  });

  test('are without those that nobody may read any more', () => {
    const [, flag] = chipsOf(messagePassing, rowAfter(messagePassing, 3));
    expect(flag?.chips).toEqual([{ value: 1, step: 2, readers: [0, 1], bufferOf: null, now: 'read' }]);
  });

  test('have the stale one marked that was read, and no other', () => {
    const all = chipsOf(messagePassing, rowAfter(messagePassing, 4)).flatMap(({ chips }) => chips);
    expect(all.map(({ value, now }) => [value, now])).toEqual([
      [0, 'stale'],
      [1, null],
      [1, null],
    ]);
  });

  test('that wait in a store buffer are said to, with the core that alone reads them', () => {
    const [data] = chipsOf(storeBuffering, rowAfter(storeBuffering, 1));
    expect(data?.chips.map(({ value, readers, bufferOf, now }) => ({ value, readers, bufferOf, now }))).toEqual([
      { value: 0, readers: [1], bufferOf: null, now: null },
      { value: 1, readers: [0], bufferOf: 0, now: 'written' },
    ]);
  });

  test('that were read and then replaced by a store that reached memory are still shown', () => {
    const [data] = chipsOf(storeBuffering, rowAfter(storeBuffering, 2));
    expect(data?.chips.map(({ value, readers, bufferOf, now }) => ({ value, readers, bufferOf, now }))).toEqual([
      { value: 0, readers: [], bufferOf: null, now: 'stale' },
      { value: 1, readers: [0, 1], bufferOf: null, now: null },
    ]);
    const [after] = chipsOf(storeBuffering, rowAfter(storeBuffering, 3));
    expect(after?.chips.map(({ value, now }) => [value, now])).toEqual([[1, 'read']]);
  });
});

describe('the lines of a picture', () => {
  test('join a stale read to the write that it did not see, once, though both are also the order that matters', () => {
    const edges = edgesOf(messagePassing, rowsOf(messagePassing, folded));
    expect(edges).toEqual([{ kind: 'unordered', from: 1, fromLane: 0, to: 4, toLane: 1, storeStep: 1 }]);
  });

  test('join a store to its reaching memory, in its own lane', () => {
    const edges = edgesOf(storeBuffering, rowsOf(storeBuffering, folded));
    expect(edges.map(({ kind, from, fromLane, to, toLane }) => [kind, from, fromLane, to, toLane])).toEqual([
      ['unordered', 1, 0, 2, 1],
      ['drain', 1, 0, 2, 0],
    ]);
  });

  const lane = fc.constantFrom(null, 0, 1);
  const edges = fc.array(
    fc
      .record({
        kind: fc.constantFrom('unordered' as const, 'order' as const, 'drain' as const),
        from: fc.nat(12),
        length: fc.nat(12),
        fromLane: lane,
        toLane: lane,
        storeStep: fc.nat(),
      })
      .map(({ from, length, ...rest }) => ({ ...rest, from, to: from + length })),
    { maxLength: 12 },
  );

  test('never run over each other: not in a lane, and not in the one gutter of narrow lanes', () => {
    fc.assert(
      fc.property(edges, fc.boolean(), (drawn, isNarrow) => {
        const placed = placeEdges(drawn, isNarrow);
        expect(placed.map(({ track, ...edge }) => edge)).toEqual(drawn);
        const cells = placed.map(({ from, to, fromLane, toLane, track }) => {
          const rows = Array.from(
            { length: to - from + 1 },
            (_, i) => `${isNarrow ? 0 : fromLane} ${from + i} ${track}`,
          );
          return new Set([...rows, `${isNarrow ? 0 : toLane} ${to} ${track}`]);
        });
        const all = cells.flatMap((own) => [...own]);
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });
});

describe('the rows of a picture', () => {
  const weak = fc.constantFrom(
    null,
    null,
    { tag: 'buffered' as const },
    { tag: 'stale read' as const, latest: 1, writtenStep: null },
    { tag: 'unseen store' as const, value: 1, storeStep: 1 },
    { tag: 'overtaken' as const, latest: 1, writtenStep: 1 },
  );
  const stories = fc
    .record({
      steps: fc.array(
        fc.record({
          thread: fc.constantFrom(null, 0, 1),
          matters: fc.boolean(),
          weak,
          drained: fc.constantFrom([], [], [{ core: 0, storeStep: 1, word: 'data', value: 1 }]),
        }),
        { minLength: 1, maxLength: 25 },
      ),
      ends: fc.tuple(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 25 })),
    })
    .map(({ steps, ends: [a, b] }) =>
      story({
        steps: steps.map((more, i) => step(i + 1, { text: `${i % 3}`, ...more })),
        missingEdges: a < b ? [{ from: a, to: b, word: 'data' }] : [],
      }),
    );

  test('fold nothing away that a weak memory did', () => {
    fc.assert(
      fc.property(stories, (of) => {
        for (const { steps, again } of rowsOf(of, folded)) {
          if (again || steps.length < 2) continue;
          const isEnd = (number: number): boolean =>
            of.missingEdges.some(({ from, to }) => from === number || to === number);
          expect(steps.some((one) => one.weak !== null || isEnd(one.step))).toBe(false);
          expect(steps.slice(0, -1).some(({ drained }) => drained.length > 0)).toBe(false);
        }
      }),
    );
  });

  test('have both ends of every line that is drawn, and draw every missing edge that a repetition does not hide', () => {
    fc.assert(
      fc.property(stories, (of) => {
        const rows = rowsOf(of, folded);
        const drawn = edgesOf(of, rows);
        for (const { kind, from, to, storeStep } of drawn) {
          expect(rows[from]?.steps.some((one) => one.step === storeStep)).toBe(true);
          expect(from).toBeLessThanOrEqual(to);
          if (kind === 'unordered') expect([rows[from]?.unordered, rows[to]?.unordered]).toEqual(['before', 'after']);
        }
        const visible = of.missingEdges.filter(({ from, to }) =>
          [from, to].every((end) => rows.some(({ again, steps }) => !again && steps.some((one) => one.step === end))),
        );
        expect(drawn.filter(({ kind }) => kind === 'unordered')).toHaveLength(visible.length);
      }),
    );
  });
});

test('both languages say who may read a value, of any cores', () => {
  for (const words of ['en', 'zh'].map(wordsOf)) {
    const said = [[], [0], [1], [0, 2], [0, 1, 2]].map((cores) => words.readers(cores, 3));
    expect(new Set(said).size).toBe(said.length);
  }
});
