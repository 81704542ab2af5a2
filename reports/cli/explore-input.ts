import { createHash } from 'node:crypto';
import { Ajv, type ValidateFunction } from 'ajv';
import { type ToExplore, toExplore, type Unsupported, type WrittenProgram } from '#model/engine/graph/written.ts';
import { SuiteError } from '#model/suite-error.ts';
import { readPacked } from '#reports/cli/files.ts';
import schema from '../../docs/schema/explore-set.schema.json' with { type: 'json' };

/** A program to be explored, and where it was found. */
export interface ExploreInput {
  readonly source: string;
  readonly written: WrittenProgram;
  readonly asked: ToExplore | Unsupported;
}

/** A file, and what was in it: the SHA-256 of its text, unpacked. */
export interface Source {
  readonly path: string;
  readonly sha256: string;
}

const shapes =
  '{"id", "threads": [[["R", location, register], ["W", location, expression], ...], ...]} ' +
  'or {"test", "threads": [[["Racq", location], ["Fsc", null], ...], ...]}; see docs/json.md';

/** The programs of files: one, a list, or `{"programs": [...]}`; `.json`, or `.json.gz`. */
export const readPrograms = (
  paths: readonly string[],
): { readonly inputs: ExploreInput[]; readonly sources: Source[] } => {
  const check = programCheck();
  const texts = paths.map((path) => ({ path, text: readPacked(path) }));
  return {
    inputs: texts.flatMap(({ path, text }) =>
      programsOf(parsed(path, text)).map((program, i) => {
        const written = check(path, i, program);
        return { source: path, written, asked: toExplore(written) };
      }),
    ),
    sources: texts.map(({ path, text }) => ({ path, sha256: createHash('sha256').update(text).digest('hex') })),
  };
};

const parsed = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new SuiteError('S601', `${path} is not JSON`, `expected ${shapes}`);
  }
};

const programsOf = (document: unknown): readonly unknown[] => {
  if (Array.isArray(document)) return document;
  const isList = typeof document === 'object' && document !== null && 'programs' in document;
  return isList && Array.isArray(document.programs) ? document.programs : [document];
};

/** Gives each program back as what it is. SuiteError: it is none. */
const programCheck = () => {
  // The schema is our own: to check it too would take longer than many a file.
  const ajv = new Ajv({ meta: false, validateSchema: false, strictTuples: false, allowUnionTypes: true });
  ajv.addSchema(schema, 'set');
  // Compiled when it is first asked for: a set has seldom both.
  const shape = (name: string) => ajv.getSchema(`set#/definitions/${name}`) as ValidateFunction<WrittenProgram>;
  return (path: string, i: number, program: unknown): WrittenProgram => {
    const isEvents = typeof program === 'object' && program !== null && 'test' in program && !('id' in program);
    const validate = shape(isEvents ? 'events' : 'accesses');
    if (validate(program)) return program;
    throw new SuiteError('S601', `${path}: program ${i} is none: ${whyNot(validate)}`, `expected ${shapes}`);
  };
};

/** The deepest place that does not fit: of an access or event, it is enough to say that it is none. */
const whyNot = ({ errors }: ValidateFunction): string => {
  const [error] = (errors ?? []).toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  const place = (error?.instancePath ?? '').split('/').slice(1);
  if (place.length >= 3 && place[0] === 'threads') return `${place.slice(0, 3).join('.')} is not known`;
  return `${place.join('.')} ${error?.message}`.trim();
};
