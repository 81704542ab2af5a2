import type { Exhausted } from '#model/engine/explore/exploration.ts';

/** Which bounds were hit, and in how many scenarios, in words; undefined: none was, every execution was made. */
export const boundsText = (
  exhausted: readonly Exhausted[],
  executionsMax: number,
  whyStopped: string,
): string | undefined => {
  const count = (end: Exhausted['end']): number => exhausted.filter((one) => one.end === end).length;
  const executions = count('executions');
  const steps = count('steps');
  const stopped = count('stopped');
  const bounds = [
    ...(executions > 0 ? [{ what: `${executionsMax.toLocaleString('en')} executions of`, scenarios: executions }] : []),
    ...(steps > 0 ? [{ what: 'the step limit in', scenarios: steps }] : []),
    ...(stopped > 0 ? [{ what: `${whyStopped} in`, scenarios: stopped }] : []),
  ];
  if (bounds.length === 0) return undefined;
  return bounds
    .map(({ what, scenarios }, i) => `${what} ${scenarios}${i > 0 ? '' : scenarios === 1 ? ' scenario' : ' scenarios'}`)
    .join(', ');
};
