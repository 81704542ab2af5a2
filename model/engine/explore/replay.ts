import type { Departure, Schedule } from '#model/engine/explore/schedule.ts';
import { drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';

/**
 * Follows a schedule. A departure that cannot be made (its core cannot step) is left out, so that a schedule fits any
 * program: a recorded one is followed exactly, one from a larger program as far as it goes.
 */
export const replayStrategy = (schedule: Schedule): Strategy => {
  let next = 0;
  const skipTo = (step: number): Departure | undefined => {
    while (next < schedule.length && (schedule[next] as Departure).step < step) next++;
    const departure = schedule[next];
    return departure?.step === step ? departure : undefined;
  };
  return {
    choose(choice) {
      const departure = skipTo(choice.step);
      if (!departure || departure.way !== undefined) return choice.default;
      next++;
      if (departure.core >= choice.cores) return choice.default;
      if (departure.timer) return choice.timersLeft > 0 ? timerOf(departure.core, choice.cores) : choice.default;
      if (departure.drain)
        return isIn(choice.buffered, departure.core) ? drainOf(departure.core, choice.cores) : choice.default;
      return isIn(choice.enabled, departure.core) ? departure.core : choice.default;
    },
    way(ways, step, core) {
      const departure = skipTo(step);
      if (departure?.way === undefined) return 0;
      next++;
      return departure.core === core && departure.way < ways ? departure.way : 0;
    },
  };
};
