import { nameOfResult } from '#model/engine/space/coverage.ts';
import type { Moment, Path } from '#model/engine/space/path.ts';
import { actionTaken, type ItfValue, itfOption, itfText, itfValue, nondetPicks } from '#reports/export/itf-format.ts';

/** What a path is of. */
export interface PathOf {
  readonly source: string;
  readonly description: string;
  readonly isViolation: boolean;
}

/**
 * A path through a spec as a trace in the Informal Trace Format: the state at boot, then one for each step. The state’s
 * fields are variables of their own, `spec::<field>`; the calls that the threads are in are `calls`. What a call came to
 * is in `mbt::actionTaken`; which thread made it, and with which arguments, in `mbt::nondetPicks`.
 */
export const pathAsItf = ({ first, steps }: Path, { source, description, isViolation }: PathOf): string => {
  const fields = fieldsOf([first, ...steps]);
  const varsOf = ({ state, pending }: Moment): readonly ItfValue[] => [
    pending.map((call) => itfOption(call)),
    ...(fields === undefined
      ? [itfValue(state)]
      : fields.map((field) => itfValue((state as Readonly<Record<string, unknown>>)[field]))),
  ];
  return itfText({
    source,
    status: isViolation ? 'violation' : 'ok',
    description,
    vars: [actionTaken, nondetPicks, 'calls', ...(fields?.map((field) => `spec::${field}`) ?? ['spec::state'])],
    states: [
      ['boot', { thread: itfOption(null), call: itfOption(null) }, ...varsOf(first)],
      ...steps.map((step): readonly ItfValue[] => [
        `${step.call.tag}: ${nameOfResult(step.result)}`,
        { thread: itfOption(step.thread), call: itfOption(step.call) },
        ...varsOf(step),
      ]),
    ],
  });
};

/** The fields that every state of the path has; undefined if the states are no records, or differ in them. */
const fieldsOf = (moments: readonly Moment[]): readonly string[] | undefined => {
  const all = moments.map(({ state }) =>
    typeof state === 'object' && state !== null && !Array.isArray(state) ? Object.keys(state) : undefined,
  );
  const [fields] = all;
  return all.every((other) => other && fields && other.join() === fields.join()) ? fields : undefined;
};
