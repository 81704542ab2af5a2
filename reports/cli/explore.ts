import type { Counts } from '#model/engine/graph/written.ts';
import { listenForInterrupt, progressDisplay } from '#reports/cli/drive.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { type ExploreInput, readPrograms } from '#reports/cli/explore-input.ts';
import { type Count, exploreUnderEach } from '#reports/cli/explore-run.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plural } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

export interface ExploreOptions {
  /** Stops after so many executions of a program under a model. */
  readonly executions: number | undefined;
  readonly outcomes: boolean;
  readonly json: boolean;
}

/** What became of a program. */
type Explored =
  | {
      readonly tag: 'explored';
      readonly source: string;
      readonly id: string;
      readonly counts: readonly Count[];
      /** How it differs from what its file expects; null: it expects nothing that could be compared. */
      readonly differences: readonly string[] | null;
    }
  | { readonly tag: 'unsupported'; readonly source: string; readonly id: string; readonly what: string };

/** Of more programs than these, only those are shown that disagree or cannot be explored. */
const shownMax = 20;

/** Counts the executions of programs under each memory model, each once. */
export const explore = async (paths: readonly string[], options: ExploreOptions, output: Output): Promise<ExitCode> => {
  const inputs = readPrograms(paths);
  const interrupt = listenForInterrupt(output);
  const display = progressDisplay(output, null);
  const explored: Explored[] = [];
  let executions = 0;
  for (const input of inputs) {
    if (interrupt.isRequested) break;
    explored.push(
      await exploredOf(
        input,
        options,
        () => interrupt.isRequested,
        (more) => {
          executions += more;
          display.update(executions, null, input.asked.id);
        },
      ),
    );
  }
  display.stop();
  interrupt.release();
  if (options.json) output.out(JSON.stringify({ programs: explored.map(asJson) }));
  else tell(explored, inputs.length, output);
  return exitOf(explored, explored.length < inputs.length);
};

const exploredOf = async (
  { source, asked }: ExploreInput,
  { executions, outcomes }: ExploreOptions,
  isStopped: () => boolean,
  onProgress: (executions: number) => void,
): Promise<Explored> => {
  const { id } = asked;
  if ('unsupported' in asked) return { tag: 'unsupported', source, id, what: asked.unsupported };
  const executionsMax = executions ?? Number.POSITIVE_INFINITY;
  const counts = await exploreUnderEach(asked, { executionsMax, withOutcomes: outcomes, isStopped, onProgress });
  return { tag: 'explored', source, id, counts, differences: differencesOf(counts, asked.expected ?? {}) };
};

/** A count that was cut says nothing, unless it is too large already. Null: nothing says anything. */
const differencesOf = (counts: readonly Count[], expected: Counts): string[] | null => {
  const judged = counts.filter(({ model, executions, isCut }) => {
    const wanted = expected[model];
    return typeof wanted === 'number' && (!isCut || executions > wanted);
  });
  if (judged.length === 0) return null;
  return judged.flatMap(({ model, executions, isCut }) => {
    const found = isCut ? `more than ${executions - 1}` : executions;
    return executions === expected[model] ? [] : [`${model}: ${found} executions, expected ${expected[model]}`];
  });
};

const isWrong = (of: Explored): boolean => of.tag === 'explored' && (of.differences?.length ?? 0) > 0;

const isCut = (of: Explored): boolean => of.tag === 'explored' && of.counts.some((count) => count.isCut);

const exitOf = (explored: readonly Explored[], isStopped: boolean): ExitCode => {
  if (explored.some(isWrong)) return exitCode.refuted;
  const isLacking = explored.some((of) => of.tag === 'unsupported' || isCut(of));
  return isLacking || isStopped ? exitCode.gaveUp : exitCode.holds;
};

/** Shows all of a few programs; of many, what is wrong with some. */
const tell = (explored: readonly Explored[], total: number, output: Output): void => {
  const isSet = total > shownMax;
  const findings = explored.filter((of) => isWrong(of) || of.tag === 'unsupported');
  const shown = isSet ? findings.slice(0, shownMax) : explored;
  for (const of of shown) output.out(textOf(of, output));
  if (isSet && findings.length > shownMax) {
    output.note(`more than ${shownMax} findings: the others are counted, and --json has them`);
  }
  if (total !== 1) output.out(summary(explored, total, output));
};

const textOf = (of: Explored, output: Output): string => {
  const title = styled(output, 'bold', of.id);
  if (of.tag === 'unsupported') return `${title}: not known is ${of.what}`;
  const rows = of.counts.map(({ model, executions, blocked, outcomes, isCut }) => [
    ` ${model}`,
    `${isCut ? 'at least ' : ''}${plural(executions, 'execution')}`,
    blocked === 0 ? '' : `${blocked} blocked`,
    outcomes === null ? '' : plural(outcomes.length, 'outcome'),
  ]);
  const verdict =
    of.differences === null
      ? []
      : of.differences.length === 0
        ? [styled(output, 'green', '  agrees')]
        : of.differences.map((difference) => `  ${styled(output, 'red', 'disagrees')} ${difference}`);
  const outcomes = of.counts.flatMap((count) => (count.outcomes ?? []).map((state) => `  ${count.model}  ${state}`));
  return [title, plainTable(rows), ...outcomes, ...verdict].join('\n');
};

const summary = (explored: readonly Explored[], total: number, output: Output): string => {
  const count = (is: (of: Explored) => boolean): number => explored.filter(is).length;
  const counts = explored.flatMap((of) => (of.tag === 'explored' ? of.counts : []));
  const parts = [
    `${count((of) => of.tag === 'explored' && of.differences?.length === 0)} agree`,
    `${count(isWrong)} disagree`,
    `${count((of) => of.tag === 'unsupported')} unsupported`,
    `${count((of) => of.tag === 'explored' && of.differences === null)} without expectation`,
    ...(explored.length < total ? [`${total - explored.length} not explored`] : []),
    plural(
      counts.reduce((sum, { executions }) => sum + executions, 0),
      'execution',
    ),
  ];
  const code = exitOf(explored, explored.length < total);
  const style = code === exitCode.holds ? 'green' : code === exitCode.refuted ? 'red' : 'yellow';
  return styled(output, style, `${plural(total, 'program')}: ${parts.join(', ')}.`);
};

const asJson = (of: Explored): unknown => {
  const { source, id } = of;
  if (of.tag === 'unsupported') return { source, id, unsupported: of.what };
  const byModel = <Of>(what: (count: Count) => Of): { [model: string]: Of } =>
    Object.fromEntries(of.counts.map((count) => [count.model, what(count)]));
  const { counts, differences } = of;
  return {
    source,
    id,
    counts: byModel(({ executions }) => executions),
    blocked: byModel(({ blocked }) => blocked),
    ...(counts.every(({ outcomes }) => outcomes) ? { outcomes: byModel(({ outcomes }) => outcomes) } : {}),
    cut: counts.filter(({ isCut }) => isCut).map(({ model }) => model),
    ...(differences === null ? {} : { agrees: differences.length === 0 }),
    ...(differences === null || differences.length === 0 ? {} : { differences }),
  };
};
