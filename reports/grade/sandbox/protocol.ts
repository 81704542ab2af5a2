/**
 * What the checker and a submission's process say to each other: one line of JSON a message, the checker asks. Types
 * only, and what both must agree on; neither believes the other more than the types say (see `answers.ts`).
 */

/** A value that is sent: plain data. `{ $: n }` stands for what was kept under that number: a layout, a table. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [key: string]: Value }
  | { readonly $: number };

/** What the checker asks. Numbers of nodes and of what is kept are the checker's. */
export type Request =
  /** Evaluates the modules, by path; `entry` is the one that is judged. */
  | {
      readonly ask: 'load';
      readonly modules: Readonly<Record<string, string>>;
      readonly entry: string;
    }
  /** Keeps a value under a number, for later requests. */
  | { readonly ask: 'keep'; readonly id: number; readonly value: Value }
  /** Runs `boot` with an allocator whose next address is `base`, and keeps the layout under `id`. */
  | { readonly ask: 'boot'; readonly id: number; readonly base: number; readonly arguments: readonly Value[] }
  /**
   * Runs a routine from its beginning, giving it the words so far; goes on while what a micro-op gives can be guessed. Keeps
   * it, as it stands then, as `node`. `news`: of memory, for guesses: addresses and words in turn.
   */
  | {
      readonly ask: 'begin';
      readonly name: string;
      readonly arguments: readonly Value[];
      readonly words: readonly number[];
      readonly node: number;
      readonly forget: readonly number[];
      readonly news: readonly number[];
    }
  /** The same of one that is kept as `from`, which is forgotten: it is given one more word. */
  | {
      readonly ask: 'go on';
      readonly from: number;
      readonly word: number;
      readonly node: number;
      readonly forget: readonly number[];
      readonly news: readonly number[];
    }
  /** Lists the claims and workloads that the module exports; from then on they can be asked. */
  | { readonly ask: 'claims' }
  /** What does each claim say of this run? */
  | { readonly ask: 'holds'; readonly run: Value };

/** Words that were allocated: so many in a row, or a page of them. */
export type Allocation =
  | { readonly name: string; readonly count: number; readonly initial: number }
  | { readonly page: readonly Allocation[]; readonly isAllocated: boolean };

/** A micro-op: kind, address, operand, expected, order, site, text. NaN, which JSON has not, is null. */
export type SentOp = readonly [
  number | null,
  number | null,
  number | null,
  number | null,
  string,
  string | null,
  string,
];

/** How a routine stands: at a micro-op; at its end, perhaps with a micro-op made and not yielded; or beyond help. */
export type SentStep =
  | { readonly op: SentOp }
  | { readonly returned: Value; readonly pending: number | null }
  | { readonly threw: string }
  | { readonly floating: number }
  /** It yielded what no micro-op is. */
  | { readonly odd: true };

export type Answer =
  | { readonly exports: readonly string[] }
  | { readonly kept: true }
  /** What is exported; of each claim, in place of `holds`, what that is. */
  | { readonly exported: Value }
  /** Yes or no of each claim; or a text, what was wrong with it. */
  | { readonly said: readonly (boolean | string)[] }
  | { readonly allocations: readonly Allocation[]; readonly layout: Value }
  /**
   * What it did after the word it was given, and then after each of the words that were guessed. `digest` is of all steps
   * before these, from the beginning: the same words must give the same steps.
   */
  | { readonly steps: readonly SentStep[]; readonly guesses: readonly number[]; readonly digest: number }
  /** It could not be done, in the submission's own words. */
  | { readonly failed: string };

/** How many steps an answer has at most. */
export const stepsAhead = 32;

/** How long an answer may be, in bytes; a text in it, in characters. */
export const answerBytesMax = 4_000_000;
export const textLengthMax = 300;

/** Of a routine that has not begun. */
export const digestAtBegin = 0x811c9dc5 | 0;

/** The digest of what a routine did, one step on. Made for every step of all that is begun again: so, without making texts. */
export const digestAfter = (digest: number, word: number, step: SentStep): number => {
  const hash = withWord(digest, word);
  return 'op' in step ? step.op.reduce<number>(withPart, hash) : withText(hash, JSON.stringify(step));
};

const withWord = (hash: number, word: number): number => Math.imul(hash ^ word, 0x01000193);

const withText = (hash: number, text: string): number => {
  let after = withWord(hash, text.length);
  for (let i = 0; i < text.length; i++) after = withWord(after, text.charCodeAt(i));
  return after;
};

const withPart = (hash: number, part: number | string | null): number => {
  if (typeof part === 'string') return withText(hash, part);
  return part !== null && (part | 0) === part ? withWord(hash, part) : withText(hash, String(part));
};

/*
 * Kinds of micro-ops by their numbers: the host may read nothing of `impl/`. A test compares them with its names.
 */

/** Those that a guess is made for by what is known of memory, or of the core; or is not made. */
export const kinds = {
  load: 0,
  store: 1,
  compareAndSwap: 2,
  fetchAdd: 3,
  swap: 4,
  awaitWord: 5,
  switchTo: 7,
  idle: 8,
  maskInterrupts: 15,
  unmaskInterrupts: 16,
  maskDepth: 17,
  coreNumber: 18,
} as const;

/** Those that always give 0. */
export const givesNothing: ReadonlySet<unknown> = new Set([1, 6, 7, 8, 9, 10, 11, 12, 16, 20, 22]);

/** Those that come with a text. */
export const saysText: ReadonlySet<unknown> = new Set([19, 22]);
