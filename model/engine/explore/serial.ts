import { isIn, type Strategy } from '#model/engine/explore/strategy.ts';

/** One call after the other: the k-th call to begin is on core `cores[k]`, and has the machine to itself. */
export const serialStrategy = (cores: readonly number[]): Strategy => ({
  choose(choice) {
    const core = cores[choice.answered];
    return core !== undefined && isIn(choice.enabled, core) ? core : choice.default;
  },
  way: () => 0,
});
