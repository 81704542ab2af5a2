import { Ajv, type ValidateFunction } from 'ajv';
import type { ToldHistory } from '#model/engine/refine/linearize.ts';
import type { ToldEvent } from '#model/engine/refine/operations.ts';
import { SuiteError } from '#model/suite-error.ts';
import { readPacked } from '#reports/cli/files.ts';
import schema from '../../docs/schema/history.schema.json' with { type: 'json' };

/** What a line says of its history. */
interface Heading {
  readonly name?: string;
  readonly model?: string;
  /** Of a subject of ours: which, with what parameters, and for how many threads. */
  readonly variant?: string;
  readonly parameters?: unknown;
  readonly threads?: number;
  readonly expected?: { readonly linearizable: boolean };
}

/** One history to be judged: plain data, so it can go to a thread. */
export interface HistoryInput extends Heading, ToldHistory {
  readonly name: string;
  /** Where it was read: `file:line`; where each line has an event, the place of each. */
  readonly places: string | readonly string[];
}

/** Where an event of a history was read: `file:line`, or `file:line, event 3` where a line has many. */
export const placeOf = ({ places }: HistoryInput, event: number): string =>
  typeof places === 'string' ? `${places}, event ${event}` : (places[event] as string);

/**
 * The histories of a file, packed or not: one a line, each with its events; or one in all, an event a line, with the
 * rest of what a line says (or nothing) before the first.
 */
export const readHistories = (path: string): HistoryInput[] => {
  // The schema is our own: to check it too would take longer than many a history.
  const ajv = new Ajv({ meta: false, validateSchema: false, allowUnionTypes: true });
  const isHistory = ajv.compile<Heading & ToldHistory>(schema);
  const lines = readPacked(path)
    .split('\n')
    .flatMap((text, i) =>
      text.trim() === '' ? [] : [{ place: `${path}:${i + 1}`, value: parsed(text, path, i + 1) }],
    );
  const [first, ...others] = lines;
  if (!first) return [];
  if (hasHistory(first.value)) {
    return lines.map(({ place, value }) => {
      const told = valid(isHistory, value, place);
      return { ...told, name: told.name ?? place, places: place };
    });
  }
  const isEvent = typeof first.value === 'object' && first.value !== null && 'op' in first.value;
  const events = isEvent ? lines : others;
  const history = events.map(({ place, value }) => {
    const { history: one } = valid(isHistory, { history: [value] }, place);
    return one[0] as ToldEvent;
  });
  const heading = valid(isHistory, { ...(isEvent ? {} : (first.value as object)), history: [] }, first.place);
  return [{ ...heading, history, name: heading.name ?? path, places: events.map(({ place }) => place) }];
};

const parsed = (text: string, path: string, line: number): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    const expected = 'expected an event a line, {"process": ..., "op": ...}, or a history, {"history": [...]}';
    throw new SuiteError('S801', `${path}:${line} is not JSON`, expected);
  }
};

const hasHistory = (value: unknown): boolean => typeof value === 'object' && value !== null && 'history' in value;

const valid = <T>(validate: ValidateFunction<T>, value: unknown, place: string): T => {
  if (validate(value)) return value;
  const error = validate.errors?.[0];
  const at = error?.instancePath ? ` at ${error.instancePath.slice(1).replaceAll('/', '.')}` : '';
  throw new SuiteError('S801', `${place} is no history${at}: ${error?.message}`, 'see docs/json.md for its shape');
};
