import type { Counts } from '#model/engine/graph/written.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plural } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

/** What a program came to under one model. */
export interface Count {
  readonly model: string;
  readonly executions: number;
  readonly blocked: number;
  /** Final states, each once, in order; null: not asked for. */
  readonly outcomes: readonly string[] | null;
  /** Why there may be more executions than were counted; null: these are all. */
  readonly gaveUp: GaveUp | null;
}

/** Where an exploration was left. */
export interface GaveUp {
  /** The bound that was hit: `10 seconds`. */
  readonly bound: string;
  /** How many executions there may be in all, complete or blocked; null: nobody knows. */
  readonly about: number | null;
}

/** What became of a program. */
export type Explored =
  | {
      readonly tag: 'explored';
      readonly source: string;
      readonly id: string;
      readonly counts: readonly Count[];
      /** How it differs from what its file expects; null: it expects nothing that could be compared. */
      readonly differences: readonly string[] | null;
    }
  | { readonly tag: 'unsupported'; readonly source: string; readonly id: string; readonly what: string };

/** Where what was explored is kept, and the line that goes on with it. */
export interface Resumption {
  readonly kept: string;
  readonly resume: string;
}

/** Of more programs than these, only those are shown that disagree or cannot be explored. */
const shownMax = 20;

/** A count that was cut says nothing, unless it is too large already. Null: nothing says anything. */
export const differencesOf = (counts: readonly Count[], expected: Counts): string[] | null => {
  const judged = counts.filter(({ model, executions, gaveUp }) => {
    const wanted = expected[model];
    return typeof wanted === 'number' && (!gaveUp || executions > wanted);
  });
  if (judged.length === 0) return null;
  return judged.flatMap(({ model, executions, gaveUp }) => {
    const found = gaveUp ? `more than ${executions - 1}` : executions;
    return executions === expected[model] ? [] : [`${model}: ${found} executions, expected ${expected[model]}`];
  });
};

const isWrong = (of: Explored): boolean => of.tag === 'explored' && (of.differences?.length ?? 0) > 0;

const isCut = (of: Explored): boolean => of.tag === 'explored' && of.counts.some(({ gaveUp }) => gaveUp);

export const exitOf = (explored: readonly Explored[], total: number): ExitCode => {
  if (explored.some(isWrong)) return exitCode.refuted;
  const isLacking = explored.some((of) => of.tag === 'unsupported' || isCut(of));
  return isLacking || explored.length < total ? exitCode.gaveUp : exitCode.holds;
};

/** Shows all of a few programs; of many, what is wrong with some. `bounds`: those that were hit. */
export const tell = (explored: readonly Explored[], total: number, bounds: readonly string[], output: Output): void => {
  const isSet = total > shownMax;
  const findings = explored.filter((of) => isWrong(of) || of.tag === 'unsupported');
  const shown = isSet ? findings.slice(0, shownMax) : explored;
  for (const of of shown) output.out(textOf(of, output));
  if (isSet && findings.length > shownMax) {
    output.note(`more than ${shownMax} findings: the others are counted, and --json has them`);
  }
  if (total !== 1 || explored.length === 0) output.out(summary(explored, total, bounds, output));
};

const textOf = (of: Explored, output: Output): string => {
  const title = styled(output, 'bold', of.id);
  if (of.tag === 'unsupported') return `${title}: not known is ${of.what}`;
  const rows = of.counts.map((count) => [
    ` ${count.model}`,
    `${count.gaveUp ? 'at least ' : ''}${plural(count.executions, 'execution')}`,
    count.blocked === 0 ? '' : `${count.blocked} blocked`,
    count.outcomes === null ? '' : plural(count.outcomes.length, 'outcome'),
    count.gaveUp ? styled(output, 'yellow', gaveUpText(count, count.gaveUp)) : '',
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

const gaveUpText = ({ executions, blocked }: Count, { bound, about }: GaveUp): string => {
  const found = executions + blocked;
  if (found === 0) return `gave up: ${bound}, before it began`;
  if (about === null) return `gave up: ${bound}, explored ${thousands(found)}`;
  return `gave up: ${bound}, explored ${thousands(found)} of about ${thousands(rounded(found, about))}`;
};

/** Two digits say all that is known, unless it takes more to be as much as was found. */
const rounded = (found: number, about: number): number => {
  for (let digits = 2; ; digits++) {
    const number = Number(about.toPrecision(digits));
    if (number >= found) return number;
  }
};

const thousands = (count: number): string => count.toLocaleString('en');

const summary = (explored: readonly Explored[], total: number, bounds: readonly string[], output: Output): string => {
  const count = (is: (of: Explored) => boolean): number => explored.filter(is).length;
  const counts = explored.flatMap((of) => (of.tag === 'explored' ? of.counts : []));
  const cut = count(isCut);
  const parts = [
    `${count((of) => of.tag === 'explored' && of.differences?.length === 0)} agree`,
    `${count(isWrong)} disagree`,
    `${count((of) => of.tag === 'unsupported')} unsupported`,
    `${count((of) => of.tag === 'explored' && of.differences === null)} without expectation`,
    ...(cut > 0 ? [`${cut} given up`] : []),
    ...(explored.length < total ? [`${total - explored.length} not explored`] : []),
    plural(
      counts.reduce((sum, { executions }) => sum + executions, 0),
      'execution',
    ),
  ];
  const code = exitOf(explored, total);
  const style = code === exitCode.holds ? 'green' : code === exitCode.refuted ? 'red' : 'yellow';
  const gaveUp = bounds.length === 0 ? '' : `; gave up: ${bounds.join(', ')}`;
  return styled(output, style, `${plural(total, 'program')}: ${parts.join(', ')}${gaveUp}.`);
};

export const asJson = (
  explored: readonly Explored[],
  bounds: readonly string[],
  resumption: Resumption | undefined,
): unknown => ({
  programs: explored.map(programJson),
  ...(bounds.length === 0 ? {} : { gaveUp: bounds }),
  ...resumption,
});

const programJson = (of: Explored): unknown => {
  const { source, id } = of;
  if (of.tag === 'unsupported') return { source, id, unsupported: of.what };
  const byModel = <Of>(counts: readonly Count[], what: (count: Count) => Of): { [model: string]: Of } =>
    Object.fromEntries(counts.map((count) => [count.model, what(count)]));
  const { counts, differences } = of;
  const cut = counts.filter(({ gaveUp }) => gaveUp);
  return {
    source,
    id,
    counts: byModel(counts, ({ executions }) => executions),
    blocked: byModel(counts, ({ blocked }) => blocked),
    ...(counts.every(({ outcomes }) => outcomes) ? { outcomes: byModel(counts, ({ outcomes }) => outcomes) } : {}),
    cut: cut.map(({ model }) => model),
    ...(cut.length === 0 ? {} : { gaveUp: byModel(cut, ({ gaveUp }) => gaveUp) }),
    ...(differences === null ? {} : { agrees: differences.length === 0 }),
    ...(differences === null || differences.length === 0 ? {} : { differences }),
  };
};
