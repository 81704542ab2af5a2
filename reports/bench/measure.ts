/** Something to measure: does `units` of work each time it is run, so many that one run takes some tens of milliseconds. */
export interface Contender {
  readonly name: string;
  /** Gives how many units of work it did. */
  run(): number;
}

export interface Measured {
  readonly name: string;
  /** Units of work per second: median, lowest and highest of the rounds. */
  readonly perSecond: number;
  readonly lowest: number;
  readonly highest: number;
  /** Per round, this one's speed over the first one's: the median. */
  readonly ratio: number;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/**
 * Runs the contenders in turn, round after round, so that a machine that grows slower does so for all. The ratio of
 * each round is taken before the median: it is what holds on another machine.
 */
export const compare = (contenders: readonly Contender[], rounds: number): Measured[] => {
  for (const contender of contenders) contender.run();
  const speeds = contenders.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const started = performance.now();
      const units = contender.run();
      speeds[i]?.push((units * 1000) / (performance.now() - started));
    }
  }
  const first = speeds[0] as number[];
  return contenders.map(({ name }, i) => {
    const own = speeds[i] as number[];
    return {
      name,
      perSecond: median(own),
      lowest: Math.min(...own),
      highest: Math.max(...own),
      ratio: median(own.map((speed, round) => speed / (first[round] as number))),
    };
  });
};
