import { enumerate } from '#model/engine/litmus/enumerate.ts';
import { isTrueOf, type LitmusTest, showState, typed } from '#model/engine/litmus/test.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type { FinalState } from '#spec/machine/memory/program.ts';

/** How often what is asked is so: in all final executions, in none, or in some. */
export type Observed = 'Always' | 'Never' | 'Sometimes';

/** What a test's question comes to under one model. */
export interface Judgement {
  readonly model: string;
  readonly verdict: Observed;
  /** Whether the question is answered as it hopes; a program with a data race has no meaning to ask about. */
  readonly result: 'Ok' | 'No' | 'Undef';
  /** The final states as herd prints them, sorted. */
  readonly states: readonly string[];
  /** Of how many consistent executions what is asked is true, and of how many it is not. */
  readonly positive: number;
  readonly negative: number;
  /** Whether executions were left out that go round a loop once too often. */
  readonly isCut: boolean;
}

/** A final state, as a test looks at it: whether its filter keeps it, and whether what it asks is so. */
interface Looked {
  readonly isKept: boolean;
  readonly shown: string;
  readonly isTrue: boolean;
}

/**
 * Answers a test's question under each of the models.
 * @throws LitmusError
 */
export const judge = (test: LitmusTest, models: readonly MemoryModel[]): Judgement[] => {
  const { allowed, isCut } = enumerate(test.program, models);
  const looked = new Map<FinalState, Looked>();
  const look = (state: FinalState): Looked => {
    const known = looked.get(state);
    if (known) return known;
    const values = typed(test, state);
    const isKept = !test.filter || isTrueOf(test.filter, values);
    const first = { isKept, shown: showState(test, values), isTrue: isTrueOf(test.proposition, values) };
    looked.set(state, first);
    return first;
  };
  return allowed.map(({ model, states, isUndefined }) => {
    const shown = new Set<string>();
    let positive = 0;
    let negative = 0;
    for (const { state, executions } of states) {
      const seen = look(state);
      if (!seen.isKept) continue;
      shown.add(seen.shown);
      if (seen.isTrue) positive += executions;
      else negative += executions;
    }
    const hoped = { exists: positive > 0, 'not exists': positive === 0, forall: negative === 0 }[test.quantifier];
    return {
      model,
      verdict: positive === 0 ? 'Never' : negative === 0 ? 'Always' : 'Sometimes',
      result: isUndefined ? 'Undef' : hoped ? 'Ok' : 'No',
      states: [...shown].sort(),
      positive,
      negative,
      isCut,
    };
  });
};
