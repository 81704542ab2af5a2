import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { judged, type Known } from '#properties/object/known.ts';

/**
 * Histories that others made, with verdicts that others gave: the linearizer must agree with every one. They are not
 * part of this repository; where they are not, nothing is tested here.
 */
const folder = new URL('../../../shared/data/histories/', import.meta.url);
const isHere = existsSync(folder);

const told = (file: string): Known[] =>
  gunzipSync(readFileSync(new URL(file, folder)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.skipIf(!isHere)('the linearizer agrees with verdicts from outside', () => {
  it.each(['generated.jsonl.gz', 'public.jsonl.gz'])('on %s', (file) => {
    const tally = { linearizable: 0, not: 0 };
    const disagreements = told(file).flatMap((one, index) => {
      const expected = one.expected.linearizable ? 'linearizable' : 'not';
      tally[expected]++;
      const { verdict } = judged(one);
      return verdict === expected ? [] : [`${index} ${one.name}: ${verdict}`];
    });
    expect(disagreements).toEqual([]);
    expect(Math.min(tally.linearizable, tally.not)).toBeGreaterThan(60);
  });
});
