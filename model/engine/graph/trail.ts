import type { Explorer } from '#model/engine/graph/explorer.ts';
import { eventOf, firstOf, frameSize, none, positionOf, scanOf, Tries, tries } from '#model/engine/graph/frames.ts';
import { InternalError, SuiteError } from '#model/suite-error.ts';

/**
 * Where an exploration stands: of each frame of its stack, the lowest first, what is tried now. It is as long as one
 * execution, however many were found before. A place in mo; `-1 - i` for the revisit of what is inserted as number i.
 */
export type Trail = readonly number[];

/**
 * What is left of an exploration: all that comes after a graph, up to where the frames from `floor` on have nothing left
 * to try. Those below belong to another.
 */
export interface Rest {
  readonly trail: Trail;
  readonly floor: number;
}

/** What leads an explorer: one step after the other, of whatever threads. */
export type Steered = Pick<Explorer, 'advance' | 'depth' | 'descend' | 'floor' | 'frames' | 'isStarted'>;

/** Beyond every place and every number of an event. */
const beyondAll = 0x7fffffff;

/** Where an explorer stands. */
export const trailOf = (explorer: Steered): number[] =>
  Array.from({ length: explorer.depth }, (_, i) => choiceOf(explorer, i));

/**
 * Leads an explorer that has not begun along a trail, which need not lead to a whole graph. What the last choice has
 * opened is open.
 * @throws SuiteError if this program has no such graph
 */
export const walk = (explorer: Steered, trail: Trail): void => {
  for (const [i, choice] of trail.entries()) {
    if (explorer.depth === i && !explorer.descend()) throw misled();
    if (!seek(explorer, choice)) throw misled();
  }
};

/**
 * Leads an explorer that has not begun to where another of the same program stood, so that it goes on from there.
 * @throws SuiteError if this program has no such graph
 */
export const follow = (explorer: Steered, { trail, floor }: Rest): void => {
  if (floor > trail.length) throw misled();
  walk(explorer, trail);
  // A piece may end in the midst of an update: what follows its last choice belongs to another.
  closeAbove(explorer, trail.length);
  explorer.floor = floor;
  explorer.isStarted = true;
};

/**
 * The same in pieces, which together are all of it, the first to be found first. Most is left where least has been tried,
 * so the pieces grow: one frame, one frame, two, four, ...
 */
export const divided = ({ trail, floor }: Rest): Rest[] => {
  const pieces: Rest[] = [];
  for (let from = floor, frames = 1; from < trail.length; ) {
    const to = Math.min(from + frames, trail.length);
    pieces.unshift({ trail: trail.slice(0, to), floor: from });
    if (from > floor) frames *= 2;
    from = to;
  }
  return pieces;
};

/** What a frame tries now. */
const choiceOf = ({ frames }: Steered, frame: number): number => {
  const at = frame * frameSize;
  const isRevisited = frames[at + tries] === Tries.places && frames[at + scanOf] !== none;
  return isRevisited ? -1 - (frames[at + scanOf] as number) : (frames[at + positionOf] as number);
};

/** What the uppermost frame may try, one after the other. The frame is closed then. */
export const choicesOf = (explorer: Steered): number[] => {
  const { depth } = explorer;
  const choices: number[] = [];
  for (;;) {
    explorer.advance();
    if (explorer.depth < depth) return choices;
    choices.push(choiceOf(explorer, depth - 1));
    closeAbove(explorer, depth);
  }
};

/** Lets the uppermost frame, which has tried nothing yet, try this at once. Gives whether it can. */
export const seek = (explorer: Steered, choice: number): boolean => {
  const { depth } = explorer;
  const at = (depth - 1) * frameSize;
  explorer.advance();
  if (explorer.depth < depth) return false;
  if (choice < 0 && explorer.frames[at + tries] === Tries.places && explorer.frames[at + scanOf] === none) {
    explorer.frames[at + firstOf] = beyondAll;
    explorer.advance();
    if (explorer.depth < depth) return false;
  }
  const found = choiceOf(explorer, depth - 1);
  if (found === choice) return true;
  if (choice < 0 ? found > choice : found < choice || found < 0) return false;
  closeAbove(explorer, depth);
  if (choice < 0) explorer.frames[at + scanOf] = -choice;
  else explorer.frames[at + positionOf] = choice + 1;
  explorer.advance();
  return explorer.depth >= depth && choiceOf(explorer, depth - 1) === choice;
};

/** Lets the uppermost frame try once more what it tries. What had been opened for that is open again. */
export const tryAgain = (explorer: Steered): void => {
  const at = (explorer.depth - 1) * frameSize;
  const { frames } = explorer;
  const isRevisited = frames[at + tries] === Tries.places && frames[at + scanOf] !== none;
  const number = at + (isRevisited ? scanOf : positionOf);
  frames[number] = (frames[number] as number) + 1;
  explorer.advance();
};

/** Closes the frame that the last step may have opened, and that has tried nothing yet. */
const closeAbove = (explorer: Steered, depth: number): void => {
  if (explorer.depth === depth) return;
  const at = depth * frameSize;
  if (explorer.frames[at + tries] === Tries.places) explorer.frames[at + scanOf] = 0;
  else {
    // The write of an update has one place, whatever comes first: so that is tried.
    explorer.advance();
    if (explorer.depth === depth) return;
    closeAbove(explorer, depth + 1);
    explorer.frames[at + firstOf] = beyondAll;
  }
  explorer.advance();
  if (explorer.depth !== depth)
    throw new InternalError(`the frame of event ${explorer.frames[at + eventOf]} stays open`);
};

const misled = (): SuiteError =>
  new SuiteError(
    'S605',
    'what was kept leads to no execution of this program',
    'it was changed by hand, or kept by another version: start anew, without --resume',
  );
