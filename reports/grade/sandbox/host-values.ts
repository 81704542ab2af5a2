/** How a submission's values become plain data, in its own process: whatever they do while they are looked at. */
import { type Allocation, textLengthMax, type Value } from '#reports/grade/sandbox/protocol.ts';

const depthMax = 20;
const partsMax = 20_000;
const wordsMax = 20_000;

/** A short text; a symbol or an object is said to be one. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value).slice(0, textLengthMax);
};

/** The compartments' shim gives it to whoever made them: of an error made anywhere the stack, without its message. */
declare const getStackString: (error: Error) => string;

/** What was thrown, and where among what was handed in, if that can be told. It may itself throw when it is looked at. */
export const thrownText = (error: unknown): string => {
  try {
    if (!(error instanceof Error)) return textOf(error);
    const text = textOf(`${error.name}: ${error.message}`);
    if (error.name === 'RangeError') return text; // how deep a stack may be depends on the machine
    const [, file, line] = placeInStack.exec(getStackString(error)) ?? [];
    return file === undefined ? text : `${text}, at ${decodeURI(file)}:${line}`;
  } catch {
    return 'something that cannot be shown';
  }
};

/** What was handed in goes by such an address in stacks, so that its lines are known from others. */
export const addressOf = (file: string): string => `handed-in:${encodeURI(file)}`;

const placeInStack = /\bhanded-in:(\S+?):(\d+):\d+\)?$/m;

/** Freezes a value and all that is in it. */
export const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
};

/** Plain data that is like a value: functions and what is too deep or too much are left out. */
export const plainOf = (value: unknown): Value => {
  let parts = 0;
  const of = (part: unknown, depth: number): Value | undefined => {
    if (++parts > partsMax || depth > depthMax) return undefined;
    if (part === null || typeof part === 'boolean' || typeof part === 'number') return part;
    if (typeof part === 'string') return part.slice(0, textLengthMax);
    if (typeof part !== 'object') return undefined;
    if (Array.isArray(part))
      return Array.from({ length: Math.min(part.length, partsMax) }, (_, i) => of(part[i], depth + 1) ?? null);
    const fields: [string, Value][] = [];
    for (const key of Object.keys(part)) {
      const field =
        key === '$' || key === '__proto__' ? undefined : of((part as Record<string, unknown>)[key], depth + 1);
      if (field !== undefined) fields.push([key.slice(0, textLengthMax), field]);
    }
    return Object.fromEntries(fields);
  };
  return of(value, 0) ?? null;
};

interface Allocator {
  word(name: unknown, initial?: unknown): number;
  words(name: unknown, count: unknown, initial?: unknown): number;
  page(isAllocated: unknown, fill: (page: Allocator) => object): object;
}

const wordOf = (value: unknown): number => {
  if (typeof value === 'number' && Number.isInteger(value)) return value | 0;
  throw new TypeError(`a word is a whole number, not ${textOf(value)}`);
};

/** An allocator that writes down what it is asked for; once closed it gives nothing any more. */
export const allocatorOf = (
  base: number,
): { readonly allocator: Allocator; readonly allocations: Allocation[]; readonly close: () => void } => {
  const allocations: Allocation[] = [];
  let next = base;
  let isOpen = true;
  const into = (list: Allocation[]): Allocator => {
    const words = (name: unknown, count: unknown, initial: unknown = 0): number => {
      if (!isOpen) throw new Error('memory is laid out in `boot` only');
      const asked = wordOf(count);
      if (asked < 0 || next - base + asked > wordsMax)
        throw new RangeError(`boot asks for more than ${wordsMax} words`);
      const address = next;
      list.push({ name: textOf(name), count: asked, initial: wordOf(initial) });
      next += asked;
      return address;
    };
    return Object.freeze({
      word: (name: unknown, initial?: unknown) => words(name, 1, initial),
      words,
      page: (isAllocated: unknown, fill: (page: Allocator) => object) => {
        const address = next;
        const page: Allocation[] = [];
        const fields = fill(into(page));
        list.push({ page, isAllocated: isAllocated === true });
        return { ...fields, address, words: next - address };
      },
    });
  };
  return {
    allocator: into(allocations),
    allocations,
    close: () => {
      isOpen = false;
    },
  };
};
