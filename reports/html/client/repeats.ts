/** Rows that say the same again and again: a livelock goes round thousands of times, and once is enough to see it. */

/** `period` rows from `start` on are said again `times` times. */
export interface Repeat {
  readonly start: number;
  readonly period: number;
  readonly times: number;
}

const longestPeriod = 120;
const fewestTimes = 3;

/** The longest repetition in a list, if there is one that is worth folding. */
export const repeatIn = (said: readonly string[]): Repeat | undefined => {
  let best: Repeat | undefined;
  for (let period = 1; period <= Math.min(longestPeriod, said.length / fewestTimes); period++) {
    let run = 0;
    for (let i = period; i <= said.length; i++) {
      if (i < said.length && said[i] === said[i - period]) {
        run++;
        continue;
      }
      const times = Math.floor(run / period);
      // A multiple of the period repeats as well, but covers no more.
      if (times >= fewestTimes && times * period > (best ? best.times * best.period + best.period : 0)) {
        best = { start: i - run - period, period, times };
      }
      run = 0;
    }
  }
  return best;
};
