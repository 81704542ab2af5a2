import { type Judgement, judge } from '#model/engine/litmus/judge.ts';
import { memoriesOf } from '#model/engine/litmus/memories.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { LitmusError, placeOf, type Trouble } from '#model/engine/litmus/source.ts';
import type { LitmusTest } from '#model/engine/litmus/test.ts';
import type { LitmusInput } from '#reports/cli/litmus-input.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import { sc } from '#spec/machine/memory/sc.ts';

/** What became of one test. */
export type LitmusOutcome =
  | {
      readonly tag: 'ran';
      readonly input: LitmusInput;
      readonly test: LitmusTest;
      readonly judgement: Judgement;
      /** Under sc, where the input says what is expected of it. */
      readonly sc: Judgement | null;
      /** How it differs from what is expected; null: nothing is. */
      readonly differences: readonly string[] | null;
    }
  | { readonly tag: 'failed'; readonly input: LitmusInput; readonly trouble: Trouble; readonly error: Located };

/** A finding and its place in the test. */
export interface Located {
  readonly code: string;
  readonly line: number;
  readonly column: number;
  readonly problem: string;
  readonly remedy: string;
}

/** Runs one test under its architecture's own model, or under the one named. */
export const runLitmus = (input: LitmusInput, memory: string | undefined): LitmusOutcome => {
  try {
    const test = parseLitmus(input.litmus);
    const model = modelFor(test, memory);
    const withSc = input.sc !== undefined && model !== sc;
    const [judgement, ofSc] = judge(test, withSc ? [model, sc] : [model]) as [Judgement, Judgement?];
    const differences = differencesOf(test, input, judgement, ofSc);
    return { tag: 'ran', input, test, judgement, sc: ofSc ?? null, differences };
  } catch (error) {
    if (!(error instanceof LitmusError)) throw error;
    const { code, message: problem, remedy, trouble } = error;
    return { tag: 'failed', input, trouble, error: { code, ...placeOf(input.litmus, error.offset), problem, remedy } };
  }
};

const modelFor = ({ program }: LitmusTest, memory: string | undefined): MemoryModel => {
  const models = memoriesOf[program.architecture];
  if (memory === undefined) return models[0];
  const model = models.find(({ name }) => name === memory);
  if (model) return model;
  const known = `known are ${models.map(({ name }) => name).join(', ')}`;
  throw new LitmusError('unsupported', 0, `the memory ${memory} for ${program.architecture}`, known);
};

const differencesOf = (
  { program }: LitmusTest,
  { expected, sc: expectedOfSc, racy }: LitmusInput,
  judgement: Judgement,
  ofSc: Judgement | undefined,
): string[] | null => {
  if (expected === undefined) return null;
  const statesOfSc = expectedOfSc?.stateIdx.map((index) => expected.states[index] ?? `state ${index}`);
  const differences: string[] = [];
  let isCompared = false;
  const compare = (found: Judgement, verdict: string, states: readonly string[]): void => {
    isCompared = true;
    if (found.verdict !== verdict) differences.push(`${found.model}: ${found.verdict}, expected ${verdict}`);
    for (const state of found.states) if (!states.includes(state)) differences.push(`${found.model}: allows ${state}`);
    for (const state of states) if (!found.states.includes(state)) differences.push(`${found.model}: forbids ${state}`);
  };
  if (judgement.model === memoriesOf[program.architecture][0].name) {
    compare(judgement, expected.verdict, expected.states);
    if (racy !== undefined && racy !== (judgement.result === 'Undef')) {
      differences.push(`${judgement.model}: ${racy ? 'no data race, expected one' : 'a data race, expected none'}`);
    }
  }
  const found = judgement.model === sc.name ? judgement : ofSc;
  if (found && expectedOfSc && statesOfSc) compare(found, expectedOfSc.verdict, statesOfSc);
  return isCompared ? differences : null;
};
