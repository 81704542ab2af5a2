import type { Judgement } from '#model/engine/litmus/judge.ts';
import type { Quantifier } from '#model/engine/litmus/question.ts';
import { type LitmusTest, showQuestion } from '#model/engine/litmus/test.ts';

const kinds: Readonly<Record<Quantifier, string>> = {
  exists: 'Allowed',
  'not exists': 'Forbidden',
  forall: 'Required',
};

/** `Sometimes 1 3`: the verdict, and how many executions are as asked and are not. */
export const observationOf = ({ verdict, positive, negative }: Judgement): string =>
  `${verdict} ${positive} ${negative}`;

/** What herd prints of a test. Source: herdtools7, herd/top_herd.ml. */
export const herdText = (test: LitmusTest, judgement: Judgement): string => {
  const { name } = test.program;
  const { states, result, positive, negative, isCut } = judgement;
  return [
    `Test ${name} ${kinds[test.quantifier]}`,
    `States ${states.length}`,
    ...states.map((state) => (state === '' ? '' : `${state};`)),
    ...(isCut
      ? [`Loop: executions that go round more than ${test.program.backwardBranchesMax} times are left out`]
      : []),
    result,
    'Witnesses',
    `Positive: ${positive} Negative: ${negative}`,
    `Condition ${showQuestion(test)}`,
    `Observation ${name} ${observationOf(judgement)}`,
    '',
  ].join('\n');
};
