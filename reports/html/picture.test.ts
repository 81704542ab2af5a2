/** What the picture shows, tried on the pure part of the page's code. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { diffLines } from '#reports/html/client/diff.ts';
import { pack, unpack } from '#reports/html/client/packed.ts';
import { repeatIn } from '#reports/html/client/repeats.ts';
import { hashOf, placeOf } from '#reports/html/client/route.ts';
import { rowsOf } from '#reports/html/client/rows.ts';

const text = fc.constantFrom('reads a: 0', 'writes a := 1', 'gives the core up');
const optional = fc.option(fc.constantFrom('x', 'y'), { nil: undefined });

const stories: fc.Arbitrary<Story> = fc
  .record({
    steps: fc.array(
      fc.record({
        core: fc.nat(1),
        thread: fc.option(fc.nat(2), { nil: null }),
        text,
        site: optional,
        call: optional,
        answer: optional,
        isSwitch: fc.boolean(),
        isTimer: fc.boolean(),
        matters: fc.boolean(),
        spec: fc.option(fc.constantFrom('empty', 'full'), { nil: null }),
        words: fc.tuple(fc.integer(), fc.integer()),
        word: fc.constantFrom(null, 0, 1),
        access: fc.constantFrom(null, 'read' as const, 'write' as const, 'update' as const),
        weak: fc.constantFrom(null, { tag: 'buffered' as const }),
        space: fc.constantFrom(null, 0, 1),
        traced: fc.constantFrom([], [{ core: 0, thread: null, text: 'skipped: 1' }]),
        drained: fc.constantFrom([], [{ core: 1, storeStep: 1, word: 'a', value: 1 }]),
        messages: fc.constantFrom([], [[{ word: 1, step: null, readers: [0, 1] }], []]),
      }),
      { maxLength: 30 },
    ),
    divergence: fc.nat(40),
  })
  .map(({ steps, divergence }) => ({
    subject: 'a/subject',
    variant: 'one',
    sentence: 'a claim',
    implementation: 'the reference',
    violation: { kind: 'wrong answer', event: 0, expected: 'waits', observed: 'answers' },
    size: { threads: 1, calls: 1, switches: 0 },
    cores: 2,
    memory: 'rc11',
    missingEdges: [],
    threads: [{ id: 0, name: 'T0', calls: [] }],
    steps: steps.map((step, i): StoryStep => ({ step: i + 1, ...step })),
    spans: [],
    divergence,
    culprits: undefined,
    words: ['a', 'b'],
    specAtBoot: 'empty',
    wordsAtBoot: [0, 0],
  }));

const folded = { every: false, folds: new Set<number>() };

describe('the rows of a picture', () => {
  test('hold every step once and in order, folded or not', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), (story, every) => {
        const rows = rowsOf(story, { ...folded, every });
        expect(rows.flatMap(({ steps }) => steps)).toEqual(story.steps);
        if (every) expect(rows).toHaveLength(story.steps.length + 1);
      }),
    );
  });

  test('end where the spec and the implementation part, exactly once', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), (story, every) => {
        const parting = rowsOf(story, { ...folded, every }).filter(({ isDivergence }) => isDivergence);
        expect(parting.map(({ to }) => to)).toEqual([Math.min(story.divergence, story.steps.length)]);
      }),
    );
  });

  test('never fold a call, an answer or a timer interrupt behind another step', () => {
    fc.assert(
      fc.property(stories, (story) => {
        for (const { steps, again } of rowsOf(story, folded)) {
          if (again || steps.length < 2) continue;
          expect(steps.some(({ call, answer }) => call !== undefined || answer !== undefined)).toBe(false);
          expect(steps.slice(1).some(({ isTimer }) => isTimer)).toBe(false);
        }
      }),
    );
  });
});

test('a story packed, sent as JSON and unpacked is the same story', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const sent = JSON.parse(JSON.stringify(pack({ id: 'a', story, replay: null })));
      expect(unpack(sent)).toEqual({ id: 'a', story, replay: null });
    }),
  );
});

test('what goes round is told once, and how often', () => {
  expect(repeatIn(['a', 'b', 'c', 'b', 'c', 'b', 'c', 'b', 'c', 'd'])).toEqual({ start: 1, period: 2, times: 3 });
  expect(repeatIn(['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'])).toEqual({ start: 0, period: 1, times: 8 });
  expect(repeatIn(['a', 'b', 'a', 'b', 'c'])).toBeUndefined();
});

test('a difference has all lines of both texts', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lines, lines, (from, to) => {
      const all = diffLines(from.join('\n'), to.join('\n'));
      expect(all.filter(({ sign }) => sign !== '+').map((line) => line.text)).toEqual(from);
      expect(all.filter(({ sign }) => sign !== '-').map((line) => line.text)).toEqual(to);
    }),
  );
});

test('a link leads back to the place it was made for', () => {
  const places = fc.record({
    story: fc.option(fc.string({ minLength: 1 })),
    step: fc.nat(),
    language: fc.option(fc.constantFrom('en', 'zh')),
  });
  fc.assert(
    fc.property(places, (place) => {
      expect(placeOf(hashOf(place))).toEqual({ ...place, step: place.story === null ? 0 : place.step });
    }),
  );
});
