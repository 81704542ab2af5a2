import type { External } from '#model/engine/refine/external.ts';
import type { Part } from '#model/engine/refine/linearize.ts';
import type { NumberedOperation } from '#model/engine/refine/numbered.ts';
import type { Prefix } from '#model/engine/refine/prefix.ts';
import type { SpecStep } from '#model/engine/refine/question.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { type Output, styled } from '#reports/cli/output.ts';

/** Why a history is not linearizable. */
interface Refusal {
  readonly graph: SpecGraph<External>;
  readonly part: Part;
  readonly prefix: Prefix;
}

/** One line of the picture of a refusal. */
export type Line =
  | { readonly tag: 'begins'; readonly event: number; readonly process: number | string; readonly call: string }
  | { readonly tag: 'happens'; readonly process: number | string; readonly call: string; readonly state: string }
  | { readonly tag: 'answers'; readonly event: number; readonly process: number | string; readonly answer: string };

/** What is refused: an answer that no explanation of the lines before allows. */
export interface Picture {
  /** The part of the state that all this is about; empty if it has no parts. */
  readonly part: string;
  readonly initial: string;
  /** In the order in which it may have happened. */
  readonly lines: readonly Line[];
  readonly refused: Extract<Line, { tag: 'answers' }> & { readonly call: string };
  /** What the spec would have answered instead. */
  readonly allowed: readonly string[];
  /** Not all was tried: more may be explained. */
  readonly isCut: boolean;
}

/** The longest beginning that has an explanation, in the words of its spec. Events are counted from 0. */
export const pictureOf = ({ graph, part, prefix }: Refusal): Picture => {
  const { subject: external, calls, answers, states } = graph;
  const showState = (state: number): string => external.showState(states.value(state));
  const begun: string[] = []; // what was called, by the event with which it begins
  const happening = (step: SpecStep): Line => ({
    tag: 'happens',
    process: part.told[step.begins]?.process as number | string,
    call: `${begun[step.begins]}${step.isOver ? '' : ' (in part)'}`,
    state: showState(step.state),
  });
  const lineOf = (at: number): Line => {
    const { begins, call, answer } = part.history.events[at] as NumberedOperation;
    const { process, invoked, ended } = part.told[at] as (typeof part.told)[number];
    if (at !== begins) {
      return { tag: 'answers', event: ended as number, process, answer: external.showAnswer(answers.value(answer)) };
    }
    begun[at] = external.showCall(calls.value(call));
    return { tag: 'begins', event: invoked, process, call: begun[at] };
  };
  const lines: Line[] = [];
  let steps = 0;
  for (let at = 0; at <= prefix.events; at++) {
    for (; (prefix.steps[steps]?.after ?? at) < at; steps++) lines.push(happening(prefix.steps[steps] as SpecStep));
    if (at < prefix.events) lines.push(lineOf(at));
  }
  const refused = lineOf(prefix.events) as Extract<Line, { tag: 'answers' }>;
  return {
    part: part.name,
    initial: showState(part.initial),
    lines,
    refused: { ...refused, call: begun[part.history.events[prefix.events]?.begins as number] as string },
    allowed: prefix.allowed.map((answer) => external.showAnswer(answers.value(answer))).toSorted(),
    isCut: prefix.isCut,
  };
};

const columnWidth = 22;
const columnsMax = 6;
/** So many lines before the refused answer are drawn. */
const linesMax = 30;

const padOrCut = (text: string): string =>
  text.length <= columnWidth ? text.padEnd(columnWidth) : `${text.slice(0, columnWidth - 1)}…`;

const cellOf = (line: Line): string => {
  switch (line.tag) {
    case 'begins':
      return `┌ ${line.call}`;
    case 'happens':
      return `● ${line.call}`;
    case 'answers':
      return `└ ${line.answer}`;
  }
};

/** The picture: time downward, a column for each process, the spec's state at the right of each step of it. */
export const pictureLines = (picture: Picture, output: Output): string[] => {
  const { lines, refused, allowed, initial, part, isCut } = picture;
  const last = lines.slice(-linesMax);
  const named = [refused, ...last.toReversed()].map(({ process }) => process);
  const processes = [...new Set(named)].slice(0, columnsMax).sort((a, b) => (a < b ? -1 : 1));
  const row = (event: string, cells: readonly string[], state: string): string =>
    `${event.padStart(7)}  ${cells.map(padOrCut).join(' ')} ${styled(output, 'dim', state)}`.trimEnd();
  const shown = (line: Line): string => {
    const cells = processes.map((process) => (process === line.process ? cellOf(line) : ''));
    const isElsewhere = !processes.includes(line.process);
    const state = line.tag === 'happens' ? line.state : '';
    return row(
      line.tag === 'happens' ? '' : String(line.event),
      cells,
      isElsewhere ? `(process ${line.process}: ${cellOf(line)}) ${state}` : state,
    );
  };
  const before = last.length < lines.length ? [row('⋮', [], `${lines.length - last.length} lines before`)] : [];
  const about = part === '' ? '' : ` of ${part}`;
  return [
    row(
      'event',
      processes.map((process) => `process ${process}`),
      `the spec${about}`,
    ),
    ...(before.length > 0
      ? before
      : [
          row(
            '',
            processes.map(() => ''),
            initial,
          ),
        ]),
    ...last.map(shown),
    `${styled(output, 'red', '✗')}${shown(refused).slice(1)}`,
    '',
    `  process ${refused.process} is answered ${refused.answer} to ${refused.call}; ${
      allowed.length > 0 ? `the spec allows here: ${allowed.join(' or ')}` : 'the spec makes it wait here'
    }${isCut ? ', as far as was tried' : ''}`,
  ];
};
