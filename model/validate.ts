/** What a field of a call or parameter must be: a test, and its name for messages. */
export interface Shape {
  readonly name: string;
  fits(value: unknown): boolean;
}

export const wholeNumberBelow = (limit: number): Shape => ({
  name: `a whole number from 0 to ${limit - 1}`,
  fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit,
});

export const positiveUpTo = (most: number): Shape => ({
  name: `a whole number from 1 to ${most}`,
  fits: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most,
});

export const word: Shape = {
  name: 'a 32-bit number',
  fits: (value) => Number.isInteger(value) && (value as number) === ((value as number) | 0),
};

export const yesOrNo: Shape = { name: 'true or false', fits: (value) => typeof value === 'boolean' };

export const nothingOr = (shape: Shape): Shape => ({
  name: `null or ${shape.name}`,
  fits: (value) => value === null || shape.fits(value),
});

export const listOf = (shape: Shape, least: number, most: number): Shape => ({
  name: `a list of ${least} to ${most} times ${shape.name}`,
  fits: (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every((part) => shape.fits(part)),
});

export const powerOfTwoUpTo = (most: number): Shape => ({
  name: `a power of two up to ${most}`,
  fits: (value) =>
    Number.isInteger(value) &&
    (value as number) > 0 &&
    (value as number) <= most &&
    ((value as number) & ((value as number) - 1)) === 0,
});

export const recordOf = (fields: Readonly<Record<string, Shape>>): Shape => ({
  name: `{${Object.keys(fields).join(', ')}}`,
  fits: (value) => mismatch(value, fields) === undefined,
});

/** The first field that is not as it should be, in words; undefined if all are. */
export const mismatch = (value: unknown, fields: Readonly<Record<string, Shape>>): string | undefined => {
  if (typeof value !== 'object' || value === null) return 'it is no object';
  for (const [name, shape] of Object.entries(fields)) {
    const field = (value as Readonly<Record<string, unknown>>)[name];
    if (!shape.fits(field)) return `${name} is ${JSON.stringify(field)}, not ${shape.name}`;
  }
  return undefined;
};

/** The first call that is not as it should be. `shapes` gives each tag's fields. */
export const mismatchedCall = (
  threads: readonly (readonly { readonly tag: string }[])[],
  shapes: Readonly<Record<string, Readonly<Record<string, Shape>>>>,
): string | undefined => {
  for (const [thread, calls] of threads.entries()) {
    for (const [index, call] of calls.entries()) {
      const shape = Object.hasOwn(shapes, call.tag) ? shapes[call.tag] : undefined;
      const problem = shape ? mismatch(call, shape) : `there is no call '${call.tag}'`;
      if (problem) return `call ${index} of thread ${thread}: ${problem}`;
    }
  }
  return undefined;
};
