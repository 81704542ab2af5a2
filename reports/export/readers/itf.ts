import { Ajv } from 'ajv';
import type { Reading, ReadStep } from '#reports/export/readers/step.ts';

/** An object with these fields and no other. */
const only = (...required: readonly string[]): object => ({ type: 'object', required, additionalProperties: false });

/** The rules of the Informal Trace Format that a schema can say. */
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['#meta', 'vars', 'states'],
  properties: {
    '#meta': {
      type: 'object',
      required: ['format', 'format-description', 'source', 'status', 'description'],
      properties: { format: { const: 'ITF' }, status: { enum: ['ok', 'violation'] } },
      additionalProperties: { type: 'string' },
    },
    params: { $ref: '#/definitions/names' },
    vars: { $ref: '#/definitions/names' },
    states: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['#meta'],
        properties: {
          '#meta': { type: 'object', required: ['index'], properties: { index: { type: 'integer', minimum: 0 } } },
        },
        additionalProperties: { $ref: '#/definitions/value' },
      },
    },
    loop: { type: 'integer', minimum: 0 },
  },
  definitions: {
    names: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', pattern: '^(?!#|tag$)' },
    },
    value: {
      oneOf: [
        { type: 'boolean' },
        { type: 'string' },
        { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
        { $ref: '#/definitions/values' },
        { ...only('#bigint'), properties: { '#bigint': { type: 'string', pattern: '^-?[0-9]+$' } } },
        { ...only('#unserializable'), properties: { '#unserializable': { type: 'string' } } },
        { ...only('#tup'), properties: { '#tup': { $ref: '#/definitions/values' } } },
        { ...only('#set'), properties: { '#set': { $ref: '#/definitions/values' } } },
        {
          ...only('#map'),
          properties: {
            '#map': {
              type: 'array',
              items: { type: 'array', items: { $ref: '#/definitions/value' }, minItems: 2, maxItems: 2 },
            },
          },
        },
        {
          ...only('tag', 'value'),
          properties: { tag: { type: 'string' }, value: { $ref: '#/definitions/value' } },
        },
        {
          type: 'object',
          propertyNames: { pattern: '^(?!#|tag$)' },
          additionalProperties: { $ref: '#/definitions/value' },
        },
      ],
    },
    values: { type: 'array', items: { $ref: '#/definitions/value' } },
  },
};

const validate = new Ajv({ allErrors: false, strict: false }).compile(schema);

interface Trace {
  readonly vars: readonly string[];
  readonly states: readonly (Readonly<Record<string, unknown>> & { readonly '#meta': { readonly index: number } })[];
  readonly loop?: number;
}

/** What is wrong with the text of an ITF file. */
export const itfProblems = (text: string): string[] => {
  const trace: Trace = JSON.parse(text);
  if (!validate(trace)) return [`${validate.errors?.[0]?.instancePath} ${validate.errors?.[0]?.message}`];
  const { vars, states, loop = 0 } = trace;
  return [
    ...states.flatMap((state, i) => {
      const missing = vars
        .filter((name) => !Object.hasOwn(state, name))
        .map((name) => `state ${i} does not set ${name}`);
      const unknown = Object.keys(state).filter((name) => name !== '#meta' && !vars.includes(name));
      const index = state['#meta'].index === i ? [] : [`state ${i} has index ${state['#meta'].index}`];
      return [...missing, ...unknown.map((name) => `state ${i} sets ${name}, which is no variable`), ...index];
    }),
    ...(loop < states.length ? [] : [`it goes back to state ${loop}, which there is not`]),
  ];
};

/** A value as plain data: what `itfValue` was given. */
export const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const { '#bigint': integer, '#map': map, tag, value: held } = value as Record<string, unknown>;
  if (typeof integer === 'string') return Number(integer);
  if (Array.isArray(map)) return Object.fromEntries(map.map(([key, of]) => [key, plain(of)]));
  if (tag === 'None') return null;
  if (tag === 'Some') return plain(held);
  if (tag !== undefined) return { tag, ...(plain(held) as object) };
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plain(of)]));
};

/** The states of a story’s trace, as plain data, without the one at boot. */
export const readItf = (text: string): Reading => {
  const { states }: Trace = JSON.parse(text);
  const steps = states.slice(1).map((state): ReadStep => {
    const of = (name: string): unknown => plain(state[name]) ?? undefined;
    return {
      step: of('story::step') as number,
      actor: of('story::actor') as string,
      text: of('mbt::actionTaken') as string,
      call: of('story::call') as string | undefined,
      answer: of('story::answer') as string | undefined,
    };
  });
  return { problems: itfProblems(text), steps };
};
