import type { Budget } from '#model/engine/explore/budget.ts';
import type { Explore } from '#model/engine/explore/exploration.ts';
import { SuiteError } from '#model/suite-error.ts';

/** Options of `check` that go with some ways to explore only. */
const goWith: Readonly<Record<string, readonly Explore[]>> = {
  executions: ['all', 'exhaustive'],
  preemptions: ['all'],
  keep: ['exhaustive'],
};

/** What a kept check knows itself. */
const isKept = ['implementation', 'variant', 'explore', 'memory', 'budget', 'seed', 'runs', 'preemptions', 'museum'];

/**
 * Makes sure that the options of `check` go together, `given` being those that the user has typed.
 * @throws SuiteError S108 if one of them would do nothing
 */
export const refuseContradictions = (subjects: readonly string[], given: readonly string[], explore: Explore): void => {
  if (given.includes('resume')) {
    const idle = given.find((option) => isKept.includes(option));
    if (idle === undefined && subjects.length === 0) return;
    const what = idle === undefined ? subjects[0] : `--${idle}`;
    throw new SuiteError(
      'S108',
      `what is kept says what is checked, and how: ${what} says it again`,
      `leave ${what} out`,
    );
  }
  for (const [option, ways] of Object.entries(goWith)) {
    if (!given.includes(option) || ways.includes(explore)) continue;
    const remedy = `leave it out, or explore otherwise: --explore ${ways.join(' or ')}`;
    throw new SuiteError('S108', `--${option} does nothing with --explore ${explore}`, remedy);
  }
};

/** The budget with the bounds that the user has set. */
export const boundedBudget = (
  budget: Budget,
  explore: Explore,
  executions: number | undefined,
  preemptions: number | undefined,
): Budget => ({
  ...budget,
  ...(executions === undefined || explore === 'exhaustive' ? {} : { scenarioExecutions: executions }),
  ...(preemptions === undefined ? {} : { preemptions }),
});
