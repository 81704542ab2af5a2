import { describe, expect, it } from 'vitest';
import { readAnswer } from '#reports/grade/sandbox/answers.ts';
import type { Request } from '#reports/grade/sandbox/protocol.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

const nested = (times: number, opening: string, closing: string): string =>
  `${opening.repeat(times)}1${closing.repeat(times)}`;

const deep = nested(200_000, '[', ']');

/** What a process might say that has broken out of its compartment, by what it was asked. */
const lies: readonly (readonly [Request['ask'], string])[] = [
  ['load', ''],
  ['load', 'holds'],
  ['load', 'null'],
  ['load', '[]'],
  ['load', '{"exports":"boot"}'],
  ['load', '{"exports":[1]}'],
  ['load', `{"exports":["${'x'.repeat(1000)}"]}`],
  ['load', `{"failed":"${'x'.repeat(1000)}"}`],
  ['load', JSON.stringify({ exports: Array.from({ length: 2000 }, () => 'x') })],
  ['keep', '{"kept":1}'],
  ['boot', '{"allocations":[]}'],
  ['boot', `{"allocations":[],"layout":${deep}}`],
  ['boot', `{"allocations":${nested(100_000, '[{"isAllocated":true,"page":', '}]')},"layout":1}`],
  ['boot', '{"allocations":[{"name":"x","count":-1,"initial":0}],"layout":1}'],
  ['boot', '{"allocations":[{"name":"x","count":1e9,"initial":0}],"layout":1}'],
  [
    'boot',
    JSON.stringify({
      allocations: Array.from({ length: 2000 }, () => ({ name: 'x', count: 2000, initial: 0 })),
      layout: 1,
    }),
  ],
  ['begin', '{"exports":["boot"]}'],
  ['begin', '{"steps":[],"guesses":[],"digest":1}'],
  ['begin', '{"steps":{"length":1,"0":{"odd":true}},"guesses":[],"digest":1}'],
  ['begin', '{"steps":[{"odd":true}],"guesses":[0],"digest":1}'],
  ['begin', '{"steps":[{"odd":true}],"guesses":[],"digest":"1"}'],
  ['begin', '{"steps":[{"verdict":"holds"}],"guesses":[],"digest":1}'],
  ['begin', `{"steps":[{"returned":${deep},"pending":null}],"guesses":[],"digest":1}`],
  ['go on', '{"steps":[null],"guesses":[],"digest":1}'],
  ['claims', `{"exported":${deep}}`],
  ['holds', '{"said":[1]}'],
];

describe('what a process says', () => {
  it.each(lies)('to %s is a broken protocol where it is %.60s', (asked, line) => {
    const read = (): unknown => readAnswer(line, asked);
    expect(read).toThrow(SubmissionFailure);
    expect(read).toThrow('what the checker did not ask for');
  });

  it('is a micro-op only if all of it is', () => {
    const sent = (...op: readonly unknown[]): unknown =>
      readAnswer(JSON.stringify({ steps: [{ op }], guesses: [], digest: 1 }), 'begin');
    const step = (given: unknown): unknown => (given as { readonly steps: readonly unknown[] }).steps[0];
    expect(step(sent(1, 2, 3, 0, 'plain', null, ''))).toEqual({ op: [1, 2, 3, 0, 'plain', null, ''] });
    for (const op of [
      [23, 2, 3, 0, 'plain', null, ''],
      [-1, 2, 3, 0, 'plain', null, ''],
      ['0', 2, 3, 0, 'plain', null, ''],
      [1, '__proto__', 3, 0, 'plain', null, ''],
      [1, 2, 3, 0, 'constructor', null, ''],
      [1, 2, 3, 0, 'plain', 7, ''],
      [1, 2, 3, 0, 'plain', null, 'x'.repeat(1000)],
    ]) {
      expect(step(sent(...op)), JSON.stringify(op)).toEqual({ odd: true });
    }
  });
});
