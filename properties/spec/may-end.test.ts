import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import type { AnyCall } from '#model/subject.ts';
import { suites } from '#properties/index.ts';
import { after } from '#spec/outcome.ts';

/** It may be said that a call, or the rest of one, cannot end with an answer: the search for explanations believes it. */

const subjects = suites.map(({ subject }) => subject).filter(({ mayEnd }) => mayEnd !== undefined);

describe.each(subjects.map((subject) => [subject.id, subject] as const))('%s', (_id, subject) => {
  const variant = subject.variants[0]?.name as string;
  const { parameters, threads, calls } = subject.sequences(variant);
  const [chosen] = fc.sample(parameters, { seed: 1, numRuns: 1 });
  const drawn = fc.sample(calls, { seed: 1, numRuns: 2000 });

  /** Each call and rest of a call that was met in random runs of the spec, with the answer that it came to. */
  const met = (): { readonly rest: AnyCall; readonly answer: unknown }[] => {
    const random = randomFrom(1);
    let state = subject.initial(variant, chosen, threads, threads);
    const pending: { call: AnyCall; rests: AnyCall[] }[] = [];
    const found: { rest: AnyCall; answer: unknown }[] = [];
    for (let i = 0; i < 20_000; i++) {
      if (i % 50 === 0) {
        state = subject.initial(variant, chosen, threads, threads);
        pending.length = 0;
      }
      const thread = below(random, threads);
      const next = drawn[below(random, drawn.length)]?.call as AnyCall;
      pending[thread] ??= { call: next, rests: [next] };
      const { call, rests } = pending[thread];
      const outcomes = subject.outcomes(state, thread, call);
      const outcome = outcomes[below(random, Math.max(outcomes.length, 1))];
      if (!outcome) continue;
      state = after(state, outcome);
      if (outcome.tag === 'continues') pending[thread] = { call: outcome.rest, rests: [...rests, outcome.rest] };
      else {
        found.push(...rests.map((rest) => ({ rest, answer: outcome.answer })));
        delete pending[thread];
      }
    }
    return found;
  };

  it('says of no rest of a call that it cannot end as it does, and of some that they cannot end as others do', () => {
    const found = met();
    expect(found.length).toBeGreaterThan(100);
    for (const { rest, answer } of found)
      expect({ rest, answer, may: subject.mayEnd?.(rest, answer) }).toMatchObject({ may: true });
    const others = found.map(({ rest }, i) => subject.mayEnd?.(rest, found.at(i - 1)?.answer));
    expect(others).toContain(false);
  });
});

it('some subject says so', () => {
  expect(subjects.length).toBeGreaterThan(0);
});
