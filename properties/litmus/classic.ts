import { type Judgement, judge, type Observed } from '#model/engine/litmus/judge.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';

/** A litmus test that the literature knows, written by hand, with what it says under each model. */
export interface Classic {
  readonly name: string;
  /** Where the behaviour is discussed. */
  readonly source: string;
  readonly litmus: string;
  readonly verdicts: { readonly [model: string]: Observed };
  /** In C: whether there is a data race. */
  readonly isRacy?: boolean;
}

export const judged = ({ litmus }: Pick<Classic, 'litmus'>, model: MemoryModel): Judgement =>
  judge(parseLitmus(litmus), [model])[0] as Judgement;

/** The model without one of its axioms. */
export const without = (model: MemoryModel, axiom: string): MemoryModel => ({
  ...model,
  axioms: model.axioms.filter(({ name }) => name !== axiom),
});
