import { describe, expect, it } from 'vitest';
import { toExplore, type WrittenProgram } from '#model/engine/graph/written.ts';
import { Forecast } from '#reports/cli/explore-forecast.ts';
import { Account } from '#reports/workers/account.ts';
import type { Undertaking } from '#reports/workers/agenda.ts';

/** A writer, and readers of what it writes: each reads the old word or the new one. */
const readers = (count: number): WrittenProgram => ({
  test: 'readers',
  threads: [[['Wrlx', 'x']], ...Array.from({ length: count }, () => [['Rrlx', 'x'] as const])],
});

const undertakingOf = (written: WrittenProgram): Undertaking => {
  const asked = toExplore(written);
  if ('unsupported' in asked) throw new Error(asked.unsupported);
  return { written, asked, accounts: asked.runs.map(() => new Account(false)) };
};

/** What is said one time after the other. */
const said = (forecast: Forecast, times: number): (number | null)[] =>
  Array.from({ length: times }, () => forecast.next());

describe('a forecast', () => {
  it('guesses one exploration after the other, then gives the sum again and again', () => {
    const forecast = new Forecast([undertakingOf(readers(3)), undertakingOf(readers(5))]);
    const sum = 3 * (8 + 32);
    expect(said(forecast, 8)).toEqual([null, null, null, null, null, sum, sum, sum]);
  });

  it('counts what was explored to its end as it is', () => {
    const undertaking = undertakingOf(readers(4));
    const [first] = undertaking.accounts as [Account];
    first.add({ executions: 1_000, blocked: 1, outcomes: null, rest: null });
    first.rests = [];
    expect(said(new Forecast([undertaking]), 3)).toEqual([null, 1_001 + 2 * 16, 1_001 + 2 * 16]);
  });

  it('says nothing where there are many explorations, or one is too long to be guessed', () => {
    expect(said(new Forecast(Array.from({ length: 4 }, () => undertakingOf(readers(2)))), 15)).not.toContain(
      expect.any(Number),
    );
    const long: WrittenProgram = {
      test: 'long',
      threads: [0, 1].map(() => Array.from({ length: 1_500 }, (_, i) => [i % 2 ? 'Rrlx' : 'Wrlx', 'x'] as const)),
    };
    expect(said(new Forecast([undertakingOf(long)]), 5)).toEqual([null, null, null, null, null]);
  });
});
