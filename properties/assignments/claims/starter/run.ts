/**
 * What your claims are asked about, what you hand in, and a few helpers. Nobody grades this file; change it as you like. It
 * runs where your claims do: without `Uint8Array`, `Date`, `Math.random` and other names that README.md lists.
 */

/** Items are told apart by their numbers: no program puts one of them twice, and a workload that does is refused. */
export type Item = number;

/** What a thread asks for. A buffer that is finished says so to whoever finds it empty; not every buffer can do that. */
export type Call =
  /** Puts the items, one after the other, each behind all others; waits while there is no room. */
  | { readonly tag: 'put'; readonly items: readonly Item[] }
  /** Takes so many items, one after the other, always the oldest; waits while there is none. */
  | { readonly tag: 'get'; readonly count: number }
  /** No more will come: whoever finds the buffer empty from now on gets what it has by then, and does not wait. */
  | { readonly tag: 'finish' };

/** What it is told: `ok` by a put or a finish, the items by a get. */
export type Answer = { readonly tag: 'ok' } | { readonly tag: 'items'; readonly items: readonly Item[] };

/** A call that was made. The events of a run, calls that begin and calls that end, are counted from 0. */
export interface Made {
  readonly thread: number;
  readonly call: Call;
  /** null: it was never answered. */
  readonly answer: Answer | null;
  readonly began: number;
  /** null: never. */
  readonly ended: number | null;
}

export interface Parameters {
  /** How many items there is room for. */
  readonly capacity: number;
  /** How many items had been put and got again before: where counters stand that are never set back. */
  readonly carriedItems: number;
}

/** A program that was run, and what could be seen of it. */
export interface Run {
  readonly program: { readonly parameters: Parameters; readonly threads: readonly (readonly Call[])[] };
  /** The calls that were made, in the order in which they began. A thread begins its next call when the last has ended. */
  readonly calls: readonly Made[];
  /**
   * `settled`: nothing more will ever be answered: who is in a call waits for ever. `faulted`: the machine stopped, because
   * the code touched memory that it must not, or two threads raced for a word. `cut off`: we stopped looking too soon to tell.
   */
  readonly end: 'settled' | 'faulted' | 'cut off';
}

/** What you say of every run of every right buffer. */
export interface Claim {
  /** Short and your own: `exactly-once`. */
  readonly id: string;
  /** For a person. */
  readonly sentence: string;
  /** True or false, from `run` and nothing else: not every name of the language is there (README.md). */
  holds(run: Run): boolean;
}

/** A program to run: what each thread calls, in order. */
export interface Workload {
  readonly name: string;
  readonly parameters: Parameters;
  readonly threads: readonly (readonly Call[])[];
}

export type Put = Made & { readonly call: Extract<Call, { tag: 'put' }> };
export type Get = Made & { readonly call: Extract<Call, { tag: 'get' }> };

export const puts = (run: Run): Put[] => run.calls.filter((made): made is Put => made.call.tag === 'put');
export const gets = (run: Run): Get[] => run.calls.filter((made): made is Get => made.call.tag === 'get');
export const finishes = (run: Run): Made[] => run.calls.filter((made) => made.call.tag === 'finish');

/** What a get was told; nothing, while it is under way. */
export const itemsOf = (get: Get): readonly Item[] => (get.answer?.tag === 'items' ? get.answer.items : []);

/** Whether `one` was over before `other` began. Of two calls neither may be before the other: then they overlap. */
export const isBefore = (one: Made, other: Made): boolean => one.ended !== null && one.ended < other.began;

/** The calls of one thread, in order. */
export const ofThread = (run: Run, thread: number): Made[] => run.calls.filter((made) => made.thread === thread);
