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

/** What herd prints of a test. `Loop`: executions that go round a loop too often are left out. Source: top_herd.ml. */
export const herdText = (test: LitmusTest, judgement: Judgement): string => {
  const { name } = test.program;
  const { states, result, positive, negative, isCut } = judgement;
  const [witnesses, others] = test.quantifier === 'not exists' ? [negative, positive] : [positive, negative];
  return [
    `Test ${name} ${kinds[test.quantifier]}`,
    `States ${states.length}`,
    ...states.map((state) => (state === '' ? '' : `${state};`)),
    isCut ? `Loop ${result}` : result,
    'Witnesses',
    `Positive: ${witnesses} Negative: ${others}`,
    `Condition ${showQuestion(test)}`,
    `Observation ${name} ${observationOf(judgement)}`,
    '',
  ].join('\n');
};
