import { setImmediate } from 'node:timers/promises';
import { progressDisplay } from '#reports/cli/drive.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { readHistories } from '#reports/cli/linearize-input.ts';
import { type LinearizeOutcome, Linearizer } from '#reports/cli/linearize-run.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { pictureLines, pictureOf } from '#reports/text/linearize.ts';

export interface LinearizeOptions {
  /** The spec of all histories; undefined: each says its own. */
  readonly spec: string | undefined;
  /** How many steps of the spec may be tried for one history. */
  readonly steps: number;
  readonly json: boolean;
}

/** Of many histories, so many findings are drawn; `--json` has all of them. */
const findingsMax = 20;

/** Signals and the terminal are served in between. */
const historiesBetweenBreaths = 50;

/** Judges histories from elsewhere: whether the spec explains each, and whether that is what it expects. */
export const linearize = async (
  paths: readonly string[],
  options: LinearizeOptions,
  output: Output,
): Promise<ExitCode> => {
  const inputs = paths.flatMap(readHistories);
  const linearizer = new Linearizer(options.spec, options.steps);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, inputs.length);
  const outcomes: LinearizeOutcome[] = [];
  let findings = 0;
  try {
    for (const input of inputs) {
      const outcome = linearizer.run(input);
      outcomes.push(outcome);
      if (!options.json && isFinding(outcome) && ++findings <= findingsMax) tell(outcome, output);
      if (outcomes.length % historiesBetweenBreaths === 0) {
        display.update(outcomes.length, inputs.length, input.name);
        await setImmediate();
      }
      if (interrupt.isRequested) break;
    }
  } finally {
    display.stop();
    interrupt.release();
  }
  const isStopped = outcomes.length < inputs.length;
  if (options.json) output.out(JSON.stringify({ histories: outcomes.map(asJson) }));
  else {
    if (findings > findingsMax)
      output.note(`more than ${findingsMax} findings: the others are counted, and --json has them`);
    output.out(summary(outcomes, inputs.length, output));
  }
  return exitOf(outcomes, isStopped);
};

/** Whether it is not as it should be: as expected, or linearizable if nothing is expected. */
const isWrong = ({ verdict, agrees }: LinearizeOutcome): boolean =>
  verdict !== 'unknown' && (agrees === undefined ? verdict === 'not' : !agrees);

const isFinding = (outcome: LinearizeOutcome): boolean => isWrong(outcome) || outcome.verdict === 'unknown';

const exitOf = (outcomes: readonly LinearizeOutcome[], isStopped: boolean): ExitCode => {
  if (outcomes.some(isWrong)) return exitCode.refuted;
  return isStopped || outcomes.some(({ verdict }) => verdict === 'unknown') ? exitCode.gaveUp : exitCode.holds;
};

const tell = (outcome: LinearizeOutcome, output: Output): void => {
  const { input, external, verdict, agrees, refusal } = outcome;
  const expectation = agrees === undefined ? '' : ', which is not what is expected';
  if (verdict === 'unknown') {
    output.out(`${styled(output, 'yellow', '?')} ${input.name}: not found out; --steps allows more`);
    return;
  }
  const judged = verdict === 'not' ? 'not linearizable' : 'linearizable';
  output.out(`${styled(output, 'red', '✗')} ${input.name}: ${judged} as a ${external.name}${expectation}`);
  if (refusal) output.out([...pictureLines(pictureOf(refusal), output), ''].join('\n'));
};

const summary = (outcomes: readonly LinearizeOutcome[], total: number, output: Output): string => {
  const count = (verdict: LinearizeOutcome['verdict']): number =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const disagree = outcomes.filter(({ agrees, verdict }) => agrees === false && verdict !== 'unknown').length;
  const parts = [`${count('linearizable')} linearizable, ${count('not')} not, ${count('unknown')} unknown`];
  if (outcomes.some(({ agrees }) => agrees !== undefined)) parts.push(`${disagree} otherwise than expected`);
  if (outcomes.length < total) parts.push(`${total - outcomes.length} not judged`);
  const code = exitOf(outcomes, outcomes.length < total);
  const style = code === exitCode.holds ? 'green' : code === exitCode.refuted ? 'red' : 'yellow';
  return styled(output, style, `${total} ${total === 1 ? 'history' : 'histories'}: ${parts.join('; ')}.`);
};

const asJson = ({ input, external, verdict, agrees, micros, refusal }: LinearizeOutcome): unknown => ({
  name: input.name,
  spec: external.name,
  verdict,
  ...(agrees === undefined ? {} : { agrees }),
  micros,
  ...(refusal === undefined ? {} : { prefix: pictureOf(refusal) }),
});
