/** A story as the rows of its picture: which steps are folded, where the arrows and marks go. Knows no document. */

import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { type CallSpan, callSpans, type Doing, doingAt, type Lane, lanesOf } from '#reports/html/client/lanes.ts';
import { repeatIn } from '#reports/html/client/repeats.ts';

/** One row: the boot, a step, or several steps folded into one. */
export interface Row {
  /** The first and the last step; both 0 is the boot. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly StoryStep[];
  /** The lane of the thread that took the step; null: a dispatcher, or the boot. */
  readonly lane: number | null;
  readonly cells: readonly Cell[];
  readonly arrow: Arrow | null;
  readonly isTimer: boolean;
  /** The address space that its thread runs in from here on, null: in none; undefined: the one it was in. */
  readonly space: number | null | undefined;
  /** It is the first or the second of the two accesses whose order matters. */
  readonly culprit: 'before' | 'after' | null;
  /** It is the first or the second of two accesses that nothing orders though something should. */
  readonly unordered: 'before' | 'after' | null;
  /** It stands for the rows above, said so many times more; `of` is how many rows. */
  readonly again: { readonly times: number; readonly of: number } | null;
  /** Here the spec and the implementation part. */
  readonly isDivergence: boolean;
}

/** A lane beside one row. */
export interface Cell {
  readonly doing: Doing;
  /** It was doing something else, or was on another core, in the row before. */
  readonly isNew: boolean;
  /** Where the row is in the call that the thread is making. */
  readonly call: 'none' | 'begins' | 'goes on' | 'ends' | 'begins and ends';
}

/** From the lane that was left to the lane that was taken. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly fromCore: number;
  readonly toCore: number;
}

/** Which steps not to fold: all of them, or the folds that begin with these. */
export interface Unfolded {
  readonly every: boolean;
  readonly folds: ReadonlySet<number>;
}

/** The rows of a story's picture. */
export const rowsOf = (story: Story, unfolded: Unfolded): readonly Row[] => {
  const lanes = lanesOf(story);
  const calls = callSpans(story);
  const { groups, again } = withoutRepeats(story, groupsOf(story, unfolded), unfolded);
  const divergence = lastStepOf(story);
  let cells: readonly Cell[] | undefined;
  let actor: { lane: number; core: number } | undefined;
  const spaces: (number | null)[] = lanes.map(() => null);
  return [[], ...groups].map((steps): Row => {
    const first = steps[0];
    const from = first?.step ?? 0;
    const to = steps.at(-1)?.step ?? 0;
    const repeated = again.get(from) ?? null;
    const found = lanes.findIndex(({ thread }) => thread === first?.thread);
    const lane = found < 0 || repeated ? null : found;
    cells = lanes.map((one, i) => cellOf(story, one, calls, from, to, cells?.[i]));
    const core = first?.core ?? 0;
    const arrow =
      lane !== null && actor && actor.lane !== lane
        ? { from: actor.lane, to: lane, fromCore: actor.core, toCore: core }
        : null;
    if (lane !== null) actor = { lane, core };
    const current = lane === null || !first ? undefined : first.space;
    const space = lane === null || current === spaces[lane] ? undefined : current;
    if (lane !== null && current !== undefined) spaces[lane] = current;
    const culprit = from === story.culprits?.before ? 'before' : from === story.culprits?.after ? 'after' : null;
    const isTimer = repeated === null && steps.some((step) => step.isTimer);
    const isDivergence = story.violation !== null && to === divergence;
    const unordered = unorderedAt(story, from);
    return { from, to, steps, lane, cells, arrow, isTimer, space, culprit, unordered, again: repeated, isDivergence };
  });
};

/** The step of the divergence. One that is after all steps (when all had stopped, or at a fault) is at the last. */
export const lastStepOf = (story: Story): number => Math.min(story.divergence, story.steps.length);

/** The row in which a step is. */
export const rowAt = (rows: readonly Row[], step: number): number => {
  const index = rows.findIndex((row) => row.from <= step && step <= row.to);
  return index < 0 ? rows.length - 1 : index;
};

/**
 * The steps, those that do not matter together with their neighbours of the same lane. A step matters if others see
 * it; where one thread is alone, all that it does is the story.
 */
const groupsOf = (story: Story, { every, folds }: Unfolded): StoryStep[][] => {
  const groups: StoryStep[][] = [];
  const divergence = lastStepOf(story);
  const isAlone = new Set(story.steps.map(({ thread }) => thread).filter((thread) => thread !== null)).size < 2;
  const canFold = (step: StoryStep): boolean => isFoldable(story, step) && !(isAlone && step.thread !== null);
  let previous: StoryStep | undefined;
  for (const step of story.steps) {
    const joins =
      previous !== undefined &&
      !step.isTimer &&
      previous.step !== divergence &&
      previous.drained.length === 0 &&
      previous.traced.length === 0 &&
      previous.space === step.space &&
      previous.thread === step.thread &&
      canFold(step) &&
      canFold(previous);
    if (joins) groups.at(-1)?.push(step);
    else groups.push([step]);
    previous = step;
  }
  return groups.flatMap((group) => (every || folds.has(group[0]?.step ?? 0) ? group.map((step) => [step]) : [group]));
};

/** Groups that repeat the ones before them become one, unless every step is asked for. */
const withoutRepeats = (
  story: Story,
  groups: readonly StoryStep[][],
  { every, folds }: Unfolded,
): { groups: readonly StoryStep[][]; again: ReadonlyMap<number, NonNullable<Row['again']>> } => {
  const again = new Map<number, NonNullable<Row['again']>>();
  const repeat = every ? undefined : repeatIn(groups.map((group) => signature(story, group)));
  if (!repeat) return { groups, again };
  const begin = repeat.start + repeat.period;
  const end = begin + repeat.period * repeat.times;
  const repeated = groups.slice(begin, end).flat();
  const from = repeated[0]?.step ?? 0;
  if (folds.has(from)) return { groups, again };
  again.set(from, { times: repeat.times, of: repeat.period });
  return { groups: [...groups.slice(0, begin), repeated, ...groups.slice(end)], again };
};

/** Two groups that say the same have the same signature. What is marked in the picture is like nothing else. */
const signature = (story: Story, group: readonly StoryStep[]): string =>
  group
    .map(({ step, core, thread, text, spec, isTimer, weak, space, traced, drained }) => {
      const isEnd = step === story.divergence && step < story.steps.length;
      const isMarked = isEnd || isPointedAt(story, step);
      const memory = [weak?.tag, ...drained.map(({ word, value }) => `${word} ${value}`)].join();
      const told = traced.map((one) => one.text).join();
      return `${isMarked ? step : ''} ${core} ${thread} ${text} ${spec} ${isTimer} ${memory} ${space} ${told}`;
    })
    .join('\n');

const isFoldable = (story: Story, step: StoryStep): boolean =>
  (step.thread === null || !step.matters) &&
  step.call === undefined &&
  step.answer === undefined &&
  step.weak === null &&
  !isPointedAt(story, step.step);

/** Whether the picture has a mark at this step that says which two accesses it is about. */
const isPointedAt = (story: Story, step: number): boolean =>
  step === story.culprits?.before || step === story.culprits?.after || unorderedAt(story, step) !== null;

const unorderedAt = ({ missingEdges }: Story, step: number): Row['unordered'] => {
  if (missingEdges.some(({ to }) => to === step)) return 'after';
  return missingEdges.some(({ from }) => from === step) ? 'before' : null;
};

const cellOf = (
  story: Story,
  { thread }: Lane,
  calls: readonly CallSpan[],
  from: number,
  to: number,
  before: Cell | undefined,
): Cell => {
  const doing = doingAt(story, thread, to);
  const isNew = before === undefined || before.doing.how !== doing.how || before.doing.core !== doing.core;
  const call = calls.find(
    (span) => span.thread === thread && span.from <= to && from <= (span.to ?? Number.POSITIVE_INFINITY),
  );
  const isInCall = call !== undefined && to > 0 && doing.how !== 'over'; // who exits is in a call for ever
  return { doing, isNew, call: isInCall ? placeInCall(call, from, to) : 'none' };
};

const placeInCall = (call: CallSpan, from: number, to: number): Cell['call'] => {
  const begins = from <= call.from;
  const ends = call.to !== null && call.to <= to;
  if (begins) return ends ? 'begins and ends' : 'begins';
  return ends ? 'ends' : 'goes on';
};
