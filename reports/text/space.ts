import { showClaim } from '#model/claim.ts';
import { nameOfResult } from '#model/engine/space/coverage.ts';
import type { Path } from '#model/engine/space/path.ts';
import type { Showing } from '#model/engine/space/spec.ts';
import type { JudgedClaim, JudgedWaits, Survey, Witness } from '#model/engine/space/survey.ts';
import type { AnyCall } from '#model/subject.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plural } from '#reports/text/story.ts';
import { plainTable, signOf } from '#reports/text/summary.ts';

/** How many states and transitions there are in all systems of a survey, and how far the farthest state is. */
export const sizeOf = ({
  systems,
}: Survey): { states: number; transitions: number; depth: number; complete: boolean } => ({
  states: systems.reduce((sum, { space }) => sum + space.arena.count, 0),
  transitions: systems.reduce((sum, { space }) => sum + space.transitions, 0),
  depth: Math.max(...systems.map(({ space }) => space.depth)),
  complete: systems.every(({ space }) => space.isComplete),
});

const thousands = (count: number): string => count.toLocaleString('en');

/** What was explored of a spec, in a few lines; `cpuSeconds` is what that took. */
export const surveyText = (survey: Survey, cpuSeconds: number, output: Output): string => {
  const { states, transitions, depth, complete } = sizeOf(survey);
  const perSecond = (count: number): string => thousands(Math.round(count / cpuSeconds));
  return [
    `  ${thousands(states)} states and ${thousands(transitions)} transitions of ${plural(survey.systems.length, 'system')}, at most ${plural(depth, 'step')} from the start${complete ? '' : ', and there are more'}`,
    styled(
      output,
      'dim',
      `  ${perSecond(states)} states and ${perSecond(transitions)} transitions per second of processor time`,
    ),
    plainTable([...survey.claims.map((judged) => claimRow(judged, output)), ...waitsRow(survey.waits, output)]),
  ].join('\n');
};

const claimRow = ({ claim, verdict, why, witness }: JudgedClaim, output: Output): string[] => [
  signOf(output, verdict),
  showClaim(claim),
  styled(output, 'dim', why ?? (witness ? distance(witness) : 'in all states')),
];

const distance = ({ path }: Witness): string =>
  path.steps.length === 0 ? 'at the start' : `in ${plural(path.steps.length, 'step')}`;

const waitsRow = (waits: JudgedWaits | undefined, output: Output): string[][] =>
  waits
    ? [
        [
          signOf(output, waits.verdict),
          'every call that waits can still be served, or may wait for ever',
          waits.verdict === 'gave-up' ? styled(output, 'dim', waits.why) : '',
        ],
      ]
    : [];

/** The outcomes of each call that were seen, with the number of states in which; and those that were not, if known. */
export const coverageText = ({ coverage, neverSeen }: Survey, output: Output): string => {
  const rows = [...coverage].map(([call, outcomes]) => [
    call,
    [...outcomes].map(([outcome, count]) => `${outcome} ${styled(output, 'dim', thousands(count))}`).join(', '),
  ]);
  return [plainTable(rows), ...(neverSeen ? [neverSeenText(neverSeen, output)] : [])].join('\n');
};

const neverSeenText = (neverSeen: NonNullable<Survey['neverSeen']>, output: Output): string =>
  neverSeen.length === 0
    ? styled(output, 'dim', '  every outcome that random calls meet was seen')
    : styled(
        output,
        'yellow',
        `  never seen, though random calls meet it: ${neverSeen.map(({ call, outcome }) => `${call}: ${outcome}`).join('; ')}`,
      );

/** What came of a step, for people. */
export const resultText = (showing: Showing, step: Path['steps'][number]): string =>
  step.result.tag === 'returns' ? showing.showAnswer(step.result.answer) : nameOfResult(step.result);

/** A path, step by step. */
export const pathText = (showing: Showing, { system, path }: Witness, output: Output): string =>
  [
    styled(output, 'dim', `  ${system}: the shortest way there`),
    plainTable([
      ['', '', '', '', showing.showState(path.first.state)],
      ...path.steps.map((step, i) => [
        `${i + 1}`,
        `T${step.thread}`,
        showing.showCall(step.call),
        resultText(showing, step),
        showing.showState(step.state),
      ]),
    ]),
  ].join('\n');

/** Who waits for ever at the end of a path. */
export const waitText = (showing: Showing, thread: number, call: AnyCall): string =>
  `T${thread} waits for ever in ${showing.showCall(call)}`;
