import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { Ajv } from 'ajv';
import { SuiteError } from '#model/suite-error.ts';
import { readText, writeText } from '#reports/cli/files.ts';

/** A sum of a text, by which a change is noticed. */
export const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes a value with a sum of itself. A file that is there is replaced all at once. */
export const writeSummed = (path: string, value: object): void => {
  writeText(`${path}.part`, `${JSON.stringify({ ...value, sum: sumOf(JSON.stringify(value)) })}\n`);
  renameSync(`${path}.part`, path);
};

/**
 * Reads what `writeSummed` wrote. `what`: what it should be, as a kept exploration.
 * @throws SuiteError S604 if it is none of this shape, or was changed
 */
export const readSummed = <Kept extends object>(path: string, what: string, schema: object): Kept => {
  const none = (why: string): SuiteError =>
    new SuiteError('S604', `${path} is no ${what}: ${why}`, 'start anew, without --resume');
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof SuiteError) throw error;
    throw none('it is not complete JSON');
  }
  const validate = new Ajv({ allowUnionTypes: true }).compile<Kept & { readonly sum: string }>(schema);
  if (!validate(value)) {
    const [error] = validate.errors ?? [];
    throw none(`${error?.instancePath.slice(1).replaceAll('/', '.')} ${error?.message}`.trim());
  }
  const { sum, ...kept } = value;
  if (sum !== sumOf(JSON.stringify(kept))) throw none('it was changed, its sum is another');
  return kept as unknown as Kept;
};
