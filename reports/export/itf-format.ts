/**
 * A trace in the Informal Trace Format, version of 2021-12-22: what Apalache and Quint write and their viewers read. By
 * convention its file is called `*.itf.json`.
 *
 * Source: Apalache, ADR-015 (docs/src/adr/015adr-trace.md); Quint, quint/src/itf.ts.
 */
export interface ItfTrace {
  /** What the trace is of. */
  readonly source: string;
  /** Whether the trace shows that something is wrong. */
  readonly status: 'ok' | 'violation';
  /** One sentence for people. */
  readonly description: string;
  /** The variables’ names: no two the same, none beginning with `#`, none called `tag` (Quint takes a state with such a field for a variant). */
  readonly vars: readonly string[];
  /** Of each state the values of the variables, in the order of `vars`. */
  readonly states: readonly (readonly ItfValue[])[];
}

export type ItfValue =
  | boolean
  | string
  | readonly ItfValue[]
  | { readonly '#bigint': string }
  | { readonly '#unserializable': string }
  | { readonly '#tup': readonly ItfValue[] }
  | { readonly '#map': readonly (readonly [ItfValue, ItfValue])[] }
  | ItfRecord;

/** Also a variant, `{ tag, value }`. */
export interface ItfRecord {
  readonly [field: string]: ItfValue;
}

/** The names that model-based testing gives to what led to a state, and to what was chosen at random for it. */
export const actionTaken = 'mbt::actionTaken';
export const nondetPicks = 'mbt::nondetPicks';

const nothing: ItfValue = { tag: 'None', value: { '#tup': [] } };

/** A value that may not be there, as Quint writes it. */
export const itfOption = (value: unknown): ItfValue =>
  value === null || value === undefined ? nothing : { tag: 'Some', value: itfValue(value) };

/**
 * Plain data (numbers, strings, booleans, null, lists, records) as a value. Integers of any size are `#bigint`, since
 * the tools write them so themselves. A record with a string `tag` is a variant whose value is the rest of it. A record
 * with a field that means something else to the tools is a map from strings. Fields that are undefined are not there.
 */
export const itfValue = (value: unknown): ItfValue => {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint' || Number.isInteger(value)) return { '#bigint': String(value) };
  if (value === null || value === undefined) return nothing;
  if (Array.isArray(value)) return value.map(itfValue);
  if (typeof value !== 'object') return { '#unserializable': String(value) };
  const fields = Object.entries(value).filter(([, held]) => held !== undefined);
  const { tag } = value as { readonly tag?: unknown };
  if (typeof tag === 'string') {
    return { tag, value: recordOf(fields.filter(([name]) => name !== 'tag')) };
  }
  return recordOf(fields);
};

const recordOf = (fields: readonly (readonly [string, unknown])[]): ItfValue =>
  fields.some(([name]) => name === 'tag' || name.startsWith('#'))
    ? { '#map': fields.map(([name, held]) => [name, itfValue(held)]) }
    : Object.fromEntries(fields.map(([name, held]) => [name, itfValue(held)]));

/** The text of the file. It has no `timestamp`: the same trace is the same file. */
export const itfText = ({ source, status, description, vars, states }: ItfTrace): string =>
  `${JSON.stringify(
    {
      '#meta': {
        format: 'ITF',
        'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
        source,
        status,
        description,
      },
      vars,
      states: states.map((values, index) => ({
        '#meta': { index },
        ...Object.fromEntries(vars.map((name, i) => [name, values[i]])),
      })),
    },
    null,
    1,
  )}\n`;
