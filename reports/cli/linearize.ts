import { setFlagsFromString } from 'node:v8';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import { readHistories } from '#reports/cli/linearize-input.ts';
import type { Judged } from '#reports/cli/linearize-run.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { delaySlowestCompiler } from '#reports/cli/slowest-compiler.ts';
import { pictureLines } from '#reports/text/linearize.ts';
import { judgeAll } from '#reports/workers/histories.ts';

export interface LinearizeOptions {
  /** The spec of all histories; undefined: each says its own. */
  readonly spec: string | undefined;
  /** How many steps of the spec may be tried for one history. */
  readonly steps: number;
  /** How many threads may be used. */
  readonly workers: number;
  readonly json: boolean;
}

/** Of many histories, so many findings are drawn; `--json` has all of them. */
const findingsMax = 20;

/**
 * Calls of a function before V8 compiles it with the second slowest of its compilers: 400 by default, and most files of
 * histories are judged before that pays.
 */
const callsBeforeSecondSlowestCompiler = 2_000;

/** What became of a history. */
interface Outcome extends Judged {
  readonly name: string;
  /** Whether the verdict is the one that the input expects; undefined: it expects none. */
  readonly agrees: boolean | undefined;
}

/** Judges histories from elsewhere: whether the spec explains each, and whether that is what it expects. */
export const linearize = async (
  paths: readonly string[],
  options: LinearizeOptions,
  output: Output,
): Promise<ExitCode> => {
  delaySlowestCompiler();
  setFlagsFromString(`--invocation-count-for-maglev=${callsBeforeSecondSlowestCompiler}`);
  const { spec, steps: stepsMax, workers } = options;
  const inputs = paths.flatMap(readHistories);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, inputs.length);
  const outcomes: Outcome[] = [];
  let findings = 0;
  try {
    await judgeAll(inputs, { spec, stepsMax, workers, interrupt }, ({ name, expected }, judged) => {
      const agrees = expected && judged.verdict === (expected.linearizable ? 'linearizable' : 'not');
      const outcome = { ...judged, name, agrees };
      outcomes.push(outcome);
      if (!options.json && isFinding(outcome) && ++findings <= findingsMax) tell(outcome, output);
      display.update(outcomes.length, inputs.length, name);
    });
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
const isWrong = ({ verdict, agrees }: Outcome): boolean =>
  verdict !== 'unknown' && (agrees === undefined ? verdict === 'not' : !agrees);

const isFinding = (outcome: Outcome): boolean => isWrong(outcome) || outcome.verdict === 'unknown';

const exitOf = (outcomes: readonly Outcome[], isStopped: boolean): ExitCode => {
  if (outcomes.some(isWrong)) return exitCode.refuted;
  return isStopped || outcomes.some(({ verdict }) => verdict === 'unknown') ? exitCode.gaveUp : exitCode.holds;
};

const tell = (outcome: Outcome, output: Output): void => {
  const { name, spec, verdict, agrees, picture } = outcome;
  const expectation = agrees === undefined ? '' : ', which is not what is expected';
  if (verdict === 'unknown') {
    output.out(`${styled(output, 'yellow', '?')} ${name}: not found out; --steps allows more`);
    return;
  }
  const judged = verdict === 'not' ? 'not linearizable' : 'linearizable';
  output.out(`${styled(output, 'red', '✗')} ${name}: ${judged} as a ${spec}${expectation}`);
  if (picture) output.out([...pictureLines(picture, output), ''].join('\n'));
};

const summary = (outcomes: readonly Outcome[], total: number, output: Output): string => {
  const count = (verdict: Outcome['verdict']): number =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const disagree = outcomes.filter(({ agrees, verdict }) => agrees === false && verdict !== 'unknown').length;
  const parts = [`${count('linearizable')} linearizable, ${count('not')} not, ${count('unknown')} unknown`];
  if (outcomes.some(({ agrees }) => agrees !== undefined)) parts.push(`${disagree} otherwise than expected`);
  if (outcomes.length < total) parts.push(`${total - outcomes.length} not judged`);
  const code = exitOf(outcomes, outcomes.length < total);
  const style = code === exitCode.holds ? 'green' : code === exitCode.refuted ? 'red' : 'yellow';
  return styled(output, style, `${total} ${total === 1 ? 'history' : 'histories'}: ${parts.join('; ')}.`);
};

const asJson = ({ name, spec, verdict, agrees, micros, picture }: Outcome): unknown => ({
  name,
  spec,
  verdict,
  ...(agrees === undefined ? {} : { agrees }),
  micros,
  ...(picture === undefined ? {} : { prefix: picture }),
});
