import { describe, expect, it } from 'vitest';
import { differencesOf } from '#properties/graph/counts.ts';
import { named, namedLong } from '#properties/graph/named.ts';

/** Of larger tests only the number is looked at. */
const keptMax = 10_000;

describe('named tests, as routines', () => {
  it('are at least thirty', () => {
    expect(new Set(named.map(({ program }) => program.name)).size).toBeGreaterThanOrEqual(30);
  });

  it('have as many complete executions as others find, under every model, and none twice', () => {
    expect(named.flatMap((test) => differencesOf(test, keptMax))).toEqual([]);
  });

  it.runIf(process.env['RENDEZVOUS_NIGHT'])('have as many also where there are millions', () => {
    expect(namedLong.flatMap((test) => differencesOf(test, keptMax))).toEqual([]);
  });

  it('would be seen to have another number', () => {
    const [first] = named;
    if (first === undefined) throw new Error('there are none');
    expect(differencesOf({ ...first, executions: { sc: 5 } }, keptMax)).toEqual([
      'readers of 3 threads under sc: 4 executions, expected 5',
    ]);
  });
});
