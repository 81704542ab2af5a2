import { describe, expect, it } from 'vitest';
import { usualLimits } from '#model/engine/explore/execution.ts';
import type { OutsideRun } from '#model/engine/outside/run.ts';
import { keyOf, type Seen } from '#model/engine/outside/runs.ts';
import { Asked } from '#reports/grade/claims/asked.ts';
import type { Said, Session } from '#reports/grade/claims/session.ts';

const runs = Array.from({ length: 20 }, (_, thread): OutsideRun => {
  const program = { parameters: {}, threads: [[{ tag: 'get' }]] };
  return { program, calls: [{ thread, call: { tag: 'get' }, answer: null, began: 0, ended: null }], end: 'settled' };
});

const seen = runs.map((run): Seen => {
  const program = { variant: 'any', parameters: {}, cores: 1, threads: [] };
  return { key: keyOf(run), run, program, schedule: [], limits: usualLimits };
});

const session = (said: (run: OutsideRun) => Said, order: OutsideRun[] = []): Session => ({
  exported: null,
  holds: (run) => {
    order.push(run);
    return [said(run)];
  },
  close: () => undefined,
});

describe('claims are asked about runs', () => {
  it('once in each session, and in the second the other way round', () => {
    const [forwards, backwards]: [OutsideRun[], OutsideRun[]] = [[], []];
    const asked = new Asked(
      session(() => true, forwards),
      session(() => true, backwards),
    );
    asked.askAll(seen);
    asked.askAll(seen);
    expect(forwards).toHaveLength(runs.length);
    expect(backwards).toEqual(forwards.toReversed());
  });

  it('in an order that does not tell in which they were found', () => {
    const orders = [seen, seen.toReversed()].map((given) => {
      const order: OutsideRun[] = [];
      new Asked(
        session(() => true, order),
        session(() => true),
      ).askAll(given);
      return order;
    });
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]).not.toEqual(runs);
  });

  it('and what they say is remembered', () => {
    let questions = 0;
    const asked = new Asked(
      session(({ calls }) => calls[0]?.thread !== 3),
      session(({ calls }) => calls[0]?.thread !== 3),
    );
    asked.askAll(seen);
    expect(runs.map((run) => asked.of(run)[0])).toEqual(runs.map((_, thread) => thread !== 3));
    const counting = new Asked(
      session(() => ++questions > 0),
      session(() => true),
    );
    counting.askAll(seen);
    for (const run of runs) counting.of(run);
    expect(questions).toBe(runs.length);
  });

  it('and one that says two things about one run has made a mistake', () => {
    let questions = 0;
    const asked = new Asked(
      session(() => ++questions <= 10),
      session(() => ++questions <= 30),
    );
    asked.askAll(seen);
    const mistakes = runs.filter((run) => typeof asked.of(run)[0] === 'object');
    expect(mistakes.length).toBeGreaterThan(0);
    expect(asked.of(mistakes[0] as OutsideRun)).toEqual([
      { mistake: 'it said two things about the same run: let it look at nothing but the run' },
    ]);
  });
});
