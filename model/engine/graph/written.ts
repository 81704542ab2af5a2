import { fence, load, type Routine, store, swap, type Word } from '#impl/machine/ops.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';
import type { Exploring } from '#model/engine/graph/explore.ts';
import type { GraphMemory, GraphProgram } from '#model/engine/graph/program.ts';

/** Straight-line programs as others write them down, to have their executions counted. */

/** A word, a register, or an operation on two of these. `==` gives 1 or 0. */
export type WrittenExpression =
  | Word
  | readonly ['reg', string]
  | readonly ['+' | '==', WrittenExpression, WrittenExpression];

/** Reads into registers, and writes. */
export interface AccessProgram {
  readonly id: string;
  /** By location; the others hold 0. `v3` is also called `vars[3]`. */
  readonly init?: { readonly [location: string]: Word };
  readonly threads: readonly (readonly (
    | readonly ['R', string, string]
    | readonly ['W', string, WrittenExpression]
  )[])[];
  readonly counts?: { readonly genmc?: Counts };
}

/**
 * The events of each thread, which are the same in every execution: `Racq x`, `Wrel x`, `URrlx x` and `UWrlx x` for an
 * update, `Fsc`. What is written is not looked at.
 */
export interface EventProgram {
  readonly test: string;
  readonly params?: string;
  readonly category?: string;
  /** What the main thread does before and after. */
  readonly main_ops?: readonly WrittenEvent[];
  readonly threads: readonly (readonly WrittenEvent[])[];
  readonly raw_counts?: Counts;
  readonly blocked_rc11?: number | null;
}

export type WrittenEvent = readonly [kind: string, location?: string | null, ...rest: unknown[]];

/** Numbers of executions, by model; null: not known. */
export interface Counts {
  readonly [model: string]: number | null;
}

export type WrittenProgram = AccessProgram | EventProgram;

/** A program under a model, by the name that its source gives this. */
export interface Run {
  readonly model: string;
  readonly memory: GraphMemory;
  readonly program: GraphProgram;
  readonly exploring: Exploring;
}

/** What is to be explored of a program. */
export interface ToExplore {
  readonly id: string;
  /** The names of the words, in order. */
  readonly locations: readonly string[];
  readonly runs: readonly Run[];
  /** What each model should come to; null: nothing is said, or nothing that could be compared. */
  readonly expected: Counts | null;
}

/** Why a program cannot be explored. */
export interface Unsupported {
  readonly id: string;
  readonly unsupported: string;
}

/** What is to be explored of a program as written. */
export const toExplore = (written: WrittenProgram): ToExplore | Unsupported =>
  'id' in written ? ofAccesses(written) : ofEvents(written);

/** The models of access programs: the memory, and the orders of all reads and writes. */
const accessModels: readonly (readonly [string, GraphMemory, Order, Order])[] = [
  ['sc', 'sc', 'relaxed', 'relaxed'],
  ['tso', 'tso', 'relaxed', 'relaxed'],
  ['rc11_rlx', 'rc11', 'relaxed', 'relaxed'],
  ['rc11_relacq', 'rc11', 'acquire', 'release'],
  ['rc11_seqcst', 'rc11', 'seq_cst', 'seq_cst'],
];

const ofAccesses = ({ id, init = {}, threads, counts }: AccessProgram): ToExplore => {
  const locations = [...new Set(threads.flat().map(([, location]) => location))];
  const initial = locations.map((name) => init[name] ?? init[`vars[${name.slice(1)}]`] ?? 0);
  const runs = accessModels.map(([model, memory, readOrder, writeOrder]): Run => {
    const routines = threads.map((thread) => () => accesses(thread, locations, readOrder, writeOrder));
    return { model, memory, program: { name: id, initial, threads: routines }, exploring: {} };
  });
  return { id, locations, runs, expected: counts?.genmc ?? null };
};

/** Gives the registers. */
function* accesses(
  thread: AccessProgram['threads'][number],
  locations: readonly string[],
  readOrder: Order,
  writeOrder: Order,
): Routine<{ readonly [register: string]: Word }> {
  const registers: { [register: string]: Word } = {};
  for (const [tag, location, what] of thread) {
    const address = locations.indexOf(location);
    if (tag === 'R') registers[what] = yield load(address, readOrder);
    else yield store(address, wordOf(what, registers), writeOrder);
  }
  return registers;
}

const wordOf = (expression: WrittenExpression, registers: { readonly [register: string]: Word }): Word => {
  if (typeof expression === 'number') return expression;
  if (expression[0] === 'reg') return registers[expression[1]] ?? 0;
  const [operator, left, right] = expression;
  const [a, b] = [wordOf(left, registers), wordOf(right, registers)];
  return operator === '+' ? (a + b) | 0 : a === b ? 1 : 0;
};

const orders: { readonly [suffix: string]: Order } = {
  na: 'plain',
  rlx: 'relaxed',
  acq: 'acquire',
  rel: 'release',
  ar: 'acq_rel',
  sc: 'seq_cst',
};

/** An event of a list, told once for the two that an update is. */
export interface Event {
  readonly tag: 'read' | 'write' | 'update' | 'fence';
  readonly location: string;
  readonly order: Order;
}

/** Null: it is none of those known. The write of an update goes with its read, and a free is no access: none. */
export const eventOf = ([kind, location]: WrittenEvent): readonly Event[] | null => {
  if (kind === 'FREE') return [];
  const [, tag = '', suffix = ''] = /^(R|W|UR|UW|CR|CW|F)(na|rlx|acq|rel|ar|sc)$/.exec(kind) ?? [];
  const order = orders[suffix] as Order;
  if (tag === 'F') return order === 'plain' || order === 'relaxed' ? null : [{ tag: 'fence', location: '', order }];
  if (tag === '' || typeof location !== 'string') return null;
  if (tag === 'UW' || tag === 'CW') return [];
  const what = tag === 'R' ? 'read' : tag === 'W' ? 'write' : 'update';
  return [{ tag: what, location, order }];
};

const ofEvents = (written: EventProgram): ToExplore | Unsupported => {
  const { test, params = '', threads, raw_counts } = written;
  const id = params === '' ? test : `${test} ${params}`;
  const unknown = threads.flat().find((event) => eventOf(event) === null);
  if (unknown) return { id, unsupported: `the event ${unknown[0]}` };
  const events = threads.map((thread) => thread.flatMap((event) => eventOf(event) ?? []));
  const locations = [...new Set(events.flat().flatMap(({ tag, location }) => (tag === 'fence' ? [] : [location])))];
  const routines = events.map((thread, number) => () => eventsOf(thread, locations, number));
  const program = { name: id, initial: locations.map(() => 0), threads: routines };
  const runs = (['sc', 'tso', 'rc11'] as const).map(
    (memory): Run => ({ model: memory, memory, program, exploring: { seqCstStore: 'mov' } }),
  );
  return { id, locations, runs, expected: isWhole(written) ? (raw_counts ?? null) : null };
};

/** No two threads write the same. */
const writesOfThread = 1_000_000;

function* eventsOf(thread: readonly Event[], locations: readonly string[], number: number): Routine {
  let word = writesOfThread * number;
  for (const { tag, location, order } of thread) {
    const address = locations.indexOf(location);
    if (tag === 'fence') yield fence(order as FenceOrder);
    else if (tag === 'read') yield load(address, order);
    else if (tag === 'write') yield store(address, ++word, order);
    else yield swap(address, ++word, order);
  }
}

/** Whose tests block, or leave executions out, for reasons that no event tells. */
const partial = ['infr', 'ipr', 'saver'];

/** Whether the events tell all: nobody blocks, and the main thread only sets up. */
const isWhole = ({ category = '', blocked_rc11, main_ops = [] }: EventProgram): boolean =>
  !blocked_rc11 && !partial.includes(category) && main_ops.every(([kind]) => /na$|^FREE$/.test(kind));
