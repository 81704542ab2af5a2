import type { Schedule } from '#model/engine/explore/schedule.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';

/**
 * Follows a schedule. A departure that cannot be made (its core cannot step) is left out, so that a schedule fits any
 * program: a recorded one is followed exactly, one from a larger program as far as it goes.
 */
export const replayStrategy = (schedule: Schedule): Strategy => {
  let next = 0;
  return {
    choose(choice) {
      while (next < schedule.length && (schedule[next] as Schedule[number]).step < choice.step) next++;
      const departure = schedule[next];
      if (departure?.step !== choice.step) return choice.default;
      next++;
      if (departure.core >= choice.cores) return choice.default;
      if (departure.timer) return choice.timersLeft > 0 ? choice.cores + departure.core : choice.default;
      return ((choice.enabled >> departure.core) & 1) === 1 ? departure.core : choice.default;
    },
  };
};
