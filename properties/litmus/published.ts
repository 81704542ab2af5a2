import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Judgement, judge } from '#model/engine/litmus/judge.ts';
import { memoriesOf } from '#model/engine/litmus/memories.ts';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import type { LitmusTest } from '#model/engine/litmus/test.ts';

/** Litmus tests that others wrote, with what herd says of them. They are not part of this repository. */

/** One of them. `sc.stateIdx`: which of the `expected.states` sc allows. */
export interface Published {
  readonly id: string;
  readonly litmus: string;
  readonly expected: {
    readonly verdict: string;
    readonly observation: string;
    readonly result: string;
    readonly states: readonly string[];
  };
  readonly sc: { readonly verdict: string; readonly stateIdx: readonly number[] };
  readonly racy?: boolean;
}

/** The tests of a set; null: it is not here. */
export const publishedSet = (name: string): readonly Published[] | null => {
  const file = new URL(`../../../shared/data/litmus/public/${name}.jsonl.gz`, import.meta.url);
  if (!existsSync(file)) return null;
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Published);
};

/** What we say otherwise than herd about a test: nothing, or a line each, of its own model and of sc. */
export const disagreements = (published: Published): readonly string[] => {
  const { id, litmus, expected, sc, racy } = published;
  let test: LitmusTest;
  try {
    test = parseLitmus(litmus);
  } catch (error) {
    if (!(error instanceof LitmusError)) throw error;
    return [`${id} is not run: ${error.message}: ${error.remedy}`];
  }
  const [own, other] = memoriesOf[test.program.architecture];
  const [ours, oursOfSc] = judge(test, other ? [own, other] : [own]) as [Judgement, Judgement];
  const differences: string[] = [];
  const compare = (what: string, got: string, wanted: string): void => {
    if (got !== wanted) differences.push(`${id}, ${what}: we say ${got}, herd ${wanted}`);
  };
  compare('states', ours.states.join(' | '), expected.states.join(' | '));
  compare('verdict', ours.verdict, expected.verdict);
  compare('result', ours.result, expected.result);
  compare('executions', `${ours.verdict} ${ours.positive} ${ours.negative}`, expected.observation);
  if (racy !== undefined) compare('race', String(ours.result === 'Undef'), String(racy));
  const statesOfSc = sc.stateIdx.map((index) => expected.states[index]);
  compare('states under sc', oursOfSc.states.join(' | '), statesOfSc.join(' | '));
  compare('verdict under sc', oursOfSc.verdict, sc.verdict);
  return differences;
};
