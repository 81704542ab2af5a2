import type { Minimality } from '#model/engine/shrink/minimal.ts';
import type { Drained, Story, StoryStep, Told, Weakness } from '#model/engine/trace/story.ts';
import type { Violation } from '#model/verdict.ts';
import { type Output, styled } from '#reports/cli/output.ts';

/** A column wide enough for most steps; longer ones are cut with a sign that says so. */
const columnWidth = 40;

const padOrCut = (text: string, width: number): string =>
  text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;

/** A cell for each column, or one that has all of them. */
const inColumns = (cells: readonly string[], columns: number): string =>
  cells.length < columns
    ? padOrCut(cells.join(' '), (columnWidth + 1) * columns - 1)
    : cells.map((cell) => padOrCut(cell, columnWidth)).join(' ');

/** What one step looks like in its thread's column: a call opens a bracket, its answer closes it. */
const cellOf = (step: StoryStep, story: Story): string => {
  const bracket = step.call === undefined ? '│' : '┌';
  return `${bracket} ${said(step, story)}`;
};

/** What happened at a step, what the memory did, and whether its order matters. */
const said = (step: StoryStep, { culprits }: Story): string => {
  const mark = culprits && (step.step === culprits.before || step.step === culprits.after) ? ' ◄' : '';
  return `${step.call ?? step.text}${mark}${weaklySaid(step.weak)}`;
};

/** What the memory did at a step that one cannot see in what the step did. */
export const weaklySaid = (weak: Weakness | null): string => {
  switch (weak?.tag) {
    case 'stale read':
      return weak.writtenStep === null ? ` (stale: it is ${weak.latest})` : ` (stale: step ${weak.writtenStep})`;
    case 'unseen store':
      return ` (step ${weak.storeStep} waits)`;
    case 'buffered':
      return ' (buffered)';
    case 'overtaken':
      return weak.writtenStep === null ? ' (goes before it)' : ` (goes before step ${weak.writtenStep})`;
    default:
      return '';
  }
};

const drainText = ({ core, storeStep, word, value }: Drained): string =>
  `  (core ${core}: ${word} := ${value} of step ${storeStep} reaches memory)`;

/** Whether a step is shown where not all are: it matters and happened in a thread, or the memory was weak. */
export const isShown = (step: StoryStep): boolean => step.matters && (step.thread !== null || step.weak !== null);

/** The story as lines of text: a column per thread, time downward, the spec's state at the right. */
export const storyLines = (story: Story, output: Output, isComplete: boolean): string[] => {
  const columns = story.threads.map((thread) => thread.id);
  const row = (number: string, cells: readonly string[], spec: string): string =>
    `${number.padStart(5)}  ${inColumns(cells, columns.length)}  ${styled(output, 'dim', spec)}`.trimEnd();
  const lines = [
    ...headLines(story, output),
    '',
    row(
      'step',
      story.threads.map((thread) => thread.name),
      'the spec',
    ),
    row('0', columns.map(startOf(story)), story.specAtBoot),
  ];
  let lastSpec: string | null = story.specAtBoot;
  let lastStep: StoryStep | undefined;
  const spaces = new Map<number, number | null>(columns.map((id) => [id, null]));
  const inColumn = (thread: number, text: string): string =>
    row(
      '',
      columns.map((id) => (id === thread ? text : '')),
      '',
    );
  const told = ({ core, thread, text }: Told): string =>
    thread === null ? row('', [`  (core ${core}: • ${text})`], '') : inColumn(thread, `• ${text}`);
  const drains = (step: StoryStep): string[] => [
    ...step.traced.map(told),
    ...step.drained.map((drained) => row('', [drainText(drained)], '')),
  ];
  for (const step of story.steps) {
    if (!isComplete && !isShown(step)) {
      lines.push(...drains(step));
      continue;
    }
    if (step.isTimer) lines.push(row('', ['~ timer interrupt'], ''));
    else if (lastStep && lastStep.core !== step.core)
      lines.push(
        row(
          '',
          columns.map(() => '·'),
          '',
        ),
      );
    if (step.thread !== null && step.space !== (spaces.get(step.thread) ?? null)) {
      lines.push(inColumn(step.thread, `~ ${spaceText(step.space)}`));
      spaces.set(step.thread, step.space);
    }
    const spec = step.spec !== null && step.spec !== lastSpec ? step.spec : '';
    const inThread = columns.map((id) => (id === step.thread ? cellOf(step, story) : ''));
    const cells = step.thread === null ? [`  (core ${step.core}: ${said(step, story)})`] : inThread;
    lines.push(row(String(step.step), cells, spec));
    if (step.answer !== undefined) {
      lines.push(inColumn(step.thread ?? -1, `└ answers ${step.answer}`));
    }
    lines.push(...drains(step));
    lastSpec = step.spec ?? lastSpec;
    lastStep = step;
  }
  return [...lines, '', ...endLines(story, output)];
};

/** In which address space a thread runs from here on. */
const spaceText = (space: number | null): string =>
  space === null ? 'in no address space' : `in address space ${space}`;

const startOf =
  (story: Story) =>
  (thread: number): string => {
    const first = story.spans.find((span) => span.thread === thread);
    return first?.core === null || first === undefined ? '(waits for a core)' : `(on core ${first.core})`;
  };

/** What was refuted, by what, and how small the story is. */
const headLines = (story: Story, output: Output): string[] => [
  `${styled(output, 'bold', story.violation ? 'claim  ' : 'example')} ${story.sentence}`,
  `${styled(output, 'bold', 'of')}      ${story.subject} (${story.variant}), ${story.implementation}${memoryText(story)}`,
  `${styled(output, 'bold', 'story')}   ${sizeText(story.size)}, ${plural(story.steps.length, 'step')} in all`,
  ...(story.size.minimal ? [`${styled(output, 'bold', 'proof')}   ${minimalText(story.size.minimal)}`] : []),
];

/** That there is no smaller story, and what that rests on. */
const minimalText = ({ preemptions, ofMemory, programs, executions }: Minimality): string => {
  const memory = ofMemory > 0 ? `, ${ofMemory} of them the memory's` : '';
  const bound =
    preemptions === 0 ? 'without a preemption' : `with ${plural(preemptions, 'preemption')} or fewer${memory}`;
  if (programs === 0) return 'there is no smaller program';
  return `no smaller program fails ${bound}: ${plural(programs, 'program')}, ${plural(executions, 'schedule')}, any other does the same`;
};

/** Under which memory, where it is a weaker one than the course begins with. */
const memoryText = ({ memory }: Story): string => (memory === 'sc' ? '' : `, under ${memory}`);

/** `3 threads, 1 call, 2 context switches`. */
export const sizeText = (size: Story['size']): string =>
  `${plural(size.threads, 'thread')}, ${plural(size.calls, 'call')}, ${plural(size.switches, 'context switch', 'es')}`;

export const plural = (count: number, noun: string, ending = 's'): string =>
  `${count} ${noun}${count === 1 ? '' : ending}`;

/** Where it went wrong. */
const endLines = (story: Story, output: Output): string[] => [
  ...story.threads.flatMap((thread) => {
    const open = thread.calls.find((call) => call.answer === undefined);
    return open ? [`${styled(output, 'yellow', '…')} ${thread.name} never got an answer to ${open.call}`] : [];
  }),
  ...(story.violation ? violationLines(story.violation, output) : []),
  ...(story.culprits ? [`${styled(output, 'bold', 'it takes')}   ${story.culprits.text}`] : []),
];

/** The contradiction in two sentences. */
export const violationLines = (violation: Violation, output: Output): string[] => [
  `${styled(output, 'red', '✗')} ${styled(output, 'bold', violation.kind)}`,
  `  the spec ${violation.expected}`,
  `  the implementation ${violation.observed}`,
];
