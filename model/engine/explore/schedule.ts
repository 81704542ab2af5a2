/**
 * A schedule as data. Left alone, an execution goes on with the core that stepped last until it cannot step, and then
 * with the next one that can. A schedule says only where it departs from that: so it is short, every list of
 * departures is a schedule of every program, and fewer departures are fewer preemptions.
 */

/**
 * At visible step `step`: core `core` steps; or (`timer`) its timer goes off before the step; or (`drain`) the oldest
 * store in its store buffer reaches memory before the step; or (`way`) it steps, and its access goes another way than
 * the ordinary one (see `Memory`): a load reads an older word, a store waits in the store buffer.
 */
export interface Departure {
  readonly step: number;
  readonly core: number;
  readonly timer?: true;
  readonly drain?: true;
  readonly way?: number;
}

export type Schedule = readonly Departure[];

/** A store waits in a store buffer for at most so many steps, unless its core cannot do without it sooner. */
export const bufferedStepsMax = 400;

/** A core that steps so often in a row without an answer gives way: whoever spins must not keep the others out. */
export const stepsInARowMax = 250;

/** The core that steps if nothing else is said. `enabled` has bit c set if core c can step, and is not 0. */
export const defaultCore = (current: number, enabled: number, stepsInARow: number, cores: number): number => {
  if ((enabled & (1 << current)) !== 0 && stepsInARow < stepsInARowMax) return current;
  for (let i = 1; i <= cores; i++) {
    const core = (current + i) % cores;
    if ((enabled & (1 << core)) !== 0) return core;
  }
  return current;
};
