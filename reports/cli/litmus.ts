import { setImmediate } from 'node:timers/promises';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { type LitmusInput, readInputs } from '#reports/cli/litmus-input.ts';
import { type LitmusOutcome, runLitmus } from '#reports/cli/litmus-run.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { herdText, observationOf } from '#reports/text/litmus.ts';
import { plural } from '#reports/text/story.ts';

export interface LitmusOptions {
  readonly memory: string | undefined;
  readonly json: boolean;
}

/** Of a set, so many findings are shown; `--json` has all of them. */
const findingsMax = 20;

/** Signals and the terminal are served in between. */
const testsBetweenBreaths = 20;

/** Runs litmus tests: what is allowed, and whether that is what the tests themselves expect. */
export const litmus = async (paths: readonly string[], options: LitmusOptions, output: Output): Promise<ExitCode> => {
  const inputs = readInputs(paths);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, inputs.length);
  const outcomes: LitmusOutcome[] = [];
  let findings = 0;
  for (const input of inputs) {
    const outcome = runLitmus(input, options.memory);
    outcomes.push(outcome);
    const isShown = !input.isOfSet || (findings < findingsMax && isFinding(outcome));
    if (isShown && !options.json) tell(outcome, output);
    if (input.isOfSet && isFinding(outcome) && ++findings === findingsMax + 1 && !options.json) {
      output.note(`more than ${findingsMax} findings: the others are counted, and --json has them`);
    }
    if (outcomes.length % testsBetweenBreaths === 0) {
      display.update(outcomes.length, inputs.length, input.source);
      await setImmediate();
    }
    if (interrupt.isRequested) break;
  }
  display.stop();
  interrupt.release();
  if (options.json) output.out(JSON.stringify({ tests: outcomes.map(asJson) }));
  else if (inputs.some(({ isOfSet }) => isOfSet)) output.out(summary(outcomes, inputs.length, output));
  return exitOf(outcomes, outcomes.length < inputs.length);
};

const isFinding = (outcome: LitmusOutcome): boolean => outcome.tag === 'failed' || isWrong(outcome);

const isWrong = (outcome: LitmusOutcome): boolean => outcome.tag === 'ran' && (outcome.differences?.length ?? 0) > 0;

const exitOf = (outcomes: readonly LitmusOutcome[], isStopped: boolean): ExitCode => {
  if (outcomes.some(isWrong)) return exitCode.refuted;
  const troubles = outcomes.flatMap((outcome) => (outcome.tag === 'failed' ? [outcome.trouble] : []));
  if (troubles.includes('syntax')) return exitCode.wrongUse;
  return troubles.length > 0 || isStopped || outcomes.some(isInPart) ? exitCode.gaveUp : exitCode.holds;
};

/** Executions that go round a loop too often were left out, and nobody says that the others are all that is expected. */
const isInPart = (outcome: LitmusOutcome): boolean =>
  outcome.tag === 'ran' && outcome.judgement.isCut && outcome.differences === null;

/** Shows what became of a test: of a set's only if it is not as expected. */
const tell = (outcome: LitmusOutcome, output: Output): void => {
  const { input } = outcome;
  const title = `${input.source}${input.id === undefined ? '' : ` (${input.id})`}`;
  if (outcome.tag === 'failed') {
    const { code, line, column, problem, remedy } = outcome.error;
    output.note(`${styled(output, 'red', code)} ${title}, line ${line}, column ${column}: ${problem}\n     ${remedy}`);
    return;
  }
  if (!input.isOfSet) output.out(herdText(outcome.test, outcome.judgement));
  if (isInPart(outcome)) {
    const { backwardBranchesMax } = outcome.test.program;
    output.note(
      `${title}: executions that go round a loop more than ${plural(backwardBranchesMax, 'time')} are left out; what is said is about the others`,
    );
  }
  for (const difference of outcome.differences ?? []) {
    output.out(`${styled(output, 'red', 'disagrees')} ${title} ${difference}`);
  }
};

const summary = (outcomes: readonly LitmusOutcome[], total: number, output: Output): string => {
  const count = (is: (outcome: LitmusOutcome) => boolean): number => outcomes.filter(is).length;
  const failed = (trouble: string): number => count((it) => it.tag === 'failed' && it.trouble === trouble);
  const disagree = count(isWrong);
  const parts = [
    `${count((it) => it.tag === 'ran' && it.differences?.length === 0)} agree`,
    `${disagree} disagree`,
    `${failed('unsupported')} unsupported`,
    `${failed('bound')} too large`,
    `${failed('syntax')} with errors`,
  ];
  const unasked = count((it) => it.tag === 'ran' && it.differences === null);
  if (unasked > 0) parts.push(`${unasked} without expectation`);
  if (outcomes.length < total) parts.push(`${total - outcomes.length} not run`);
  const style =
    exitOf(outcomes, outcomes.length < total) === exitCode.holds ? 'green' : disagree > 0 ? 'red' : 'yellow';
  return styled(output, style, `${plural(total, 'test')}: ${parts.join(', ')}.`);
};

const asJson = (outcome: LitmusOutcome): unknown => {
  const { source, id }: LitmusInput = outcome.input;
  const identity = { source, ...(id === undefined ? {} : { id }) };
  if (outcome.tag === 'failed') return { ...identity, error: outcome.error };
  const { test, judgement, sc, differences } = outcome;
  const { model, verdict, result, states, positive, negative, isCut } = judgement;
  const observation = observationOf(judgement);
  const executions = positive + negative;
  return {
    ...identity,
    name: test.program.name,
    model,
    verdict,
    observation,
    result,
    states,
    executions,
    cut: isCut,
    ...(sc === null
      ? {}
      : {
          sc: {
            verdict: sc.verdict,
            observation: observationOf(sc),
            states: sc.states,
            executions: sc.positive + sc.negative,
          },
        }),
    ...(differences === null ? {} : { agrees: differences.length === 0 }),
    ...(differences === null || differences.length === 0 ? {} : { differences }),
  };
};
