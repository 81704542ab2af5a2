import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { SuiteError } from '#model/suite-error.ts';
import { readPacked, readText } from '#reports/cli/files.ts';
import schema from '../../docs/schema/litmus-set.schema.json' with { type: 'json' };

/** What a line of a set says that a test comes to. */
export interface Expectation {
  /** Under the architecture's own model. */
  readonly expected?: { readonly verdict: string; readonly states: readonly string[] };
  /** Under sc: which of these states are left. */
  readonly sc?: { readonly verdict: string; readonly stateIdx: readonly number[] };
  /** In C: whether there is a data race. */
  readonly racy?: boolean;
}

/** One test to be run. */
export interface LitmusInput extends Expectation {
  /** `file`, or `file:line` of a set. */
  readonly source: string;
  /** Whether it came from a set. */
  readonly isOfSet: boolean;
  readonly id?: string;
  readonly litmus: string;
}

/** The tests of files and folders: `.litmus` files, and sets, `.jsonl` or `.jsonl.gz`, of a test a line. */
export const readInputs = (paths: readonly string[]): LitmusInput[] =>
  paths.flatMap(filesOf).flatMap((path): LitmusInput[] => {
    if (/\.jsonl(\.gz)?$/.test(path)) return testsOf(path, readPacked(path));
    return [{ source: path, isOfSet: false, litmus: readText(path) }];
  });

const isTest = (path: string): boolean => /\.(litmus|jsonl|jsonl\.gz)$/.test(path);

/** The file itself, or all tests within the folder. */
const filesOf = (path: string): string[] => {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(isTest).sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new SuiteError('S401', `the folder ${path} has no litmus tests`, 'expected .litmus, .jsonl or .jsonl.gz files');
};

type Line = Expectation & { readonly id?: string; readonly litmus: string };

const testsOf = (path: string, text: string): LitmusInput[] => {
  // The schema is our own: to check it too would take longer than many a set.
  const validate = new Ajv({ meta: false, validateSchema: false }).compile<Line>(schema);
  return text.split('\n').flatMap((line, i): LitmusInput[] => {
    if (line.trim() === '') return [];
    const source = `${path}:${i + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new SuiteError('S504', `${source} is not JSON`, 'expected one test a line, {"litmus": ...}');
    }
    if (validate(value)) return [{ ...value, source, isOfSet: true }];
    const error = validate.errors?.[0];
    const at = error?.instancePath ? ` at ${error.instancePath.slice(1).replaceAll('/', '.')}` : '';
    throw new SuiteError('S504', `${source} is no test${at}: ${error?.message}`, 'see docs/json.md for its shape');
  });
};
