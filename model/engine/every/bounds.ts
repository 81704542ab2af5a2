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
  const of = (scenarios: number): string => `${scenarios} ${scenarios === 1 ? 'scenario' : 'scenarios'}`;
  const bounds = [
    ...(executions > 0 ? [`${executionsMax.toLocaleString('en')} executions of ${of(executions)}`] : []),
    ...(steps > 0 ? [`the step limit in ${of(steps)}`] : []),
    ...(stopped > 0 ? [`${whyStopped} in ${of(stopped)}`] : []),
  ];
  return bounds.length > 0 ? bounds.join(', ') : undefined;
};
