/** The tables of the plain implementation of lightweight remote procedure call, and the lock that guards them all. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { AStackId, BindingId, DomainId, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

const aStackFields = [
  'binding',
  'procedure',
  'argument',
  'result',
  'isTaken',
  'caller',
  'below',
  'isFromList',
  'isAborted',
  'isCaptured',
  'heldIn',
  'clientLost',
  'serverLost',
] as const;
const domainFields = ['isExported', 'isTerminated', 'isOpen', 'counter'] as const;

type Row<Fields extends readonly string[]> = Readonly<Record<Fields[number], Address>>;
type AStackRow = Row<typeof aStackFields>;

/** All tables. Numbers of threads, domains and A-stacks are kept plus 1; 0 is none. */
export interface Tables {
  readonly lock: Address;
  readonly parameters: LrpcParameters;
  readonly aStacks: readonly AStackRow[];
  readonly domains: readonly Row<typeof domainFields>[];
  readonly bindings: readonly Row<readonly ['client', 'server']>[];
  readonly budgets: readonly Address[];
}

/** Lays the tables out. */
export const layoutTables = (memory: Allocator, parameters: LrpcParameters): Tables => {
  const { threads, domains, bindings, spareBindings, spareAStacks } = parameters;
  const row = <Fields extends readonly string[]>(name: string, fields: Fields, first: Record<string, Word>) =>
    Object.fromEntries(
      fields.map((field) => [field, memory.word(`${name}.${field}`, first[field] ?? 0)]),
    ) as unknown as Row<Fields>;
  const bound = bindings.flatMap(({ server }, binding) =>
    (domains[server]?.procedures ?? []).flatMap(({ aStacks }, procedure) =>
      Array.from({ length: aStacks }, () => ({ binding: binding + 1, procedure })),
    ),
  );
  return {
    lock: layoutLock(memory, 'lock'),
    parameters,
    aStacks: Array.from({ length: bound.length + spareAStacks }, (_, a) => row(`A${a}`, aStackFields, bound[a] ?? {})),
    domains: domains.map(({ exported }, d) => row(`D${d}`, domainFields, { isExported: Number(exported) })),
    bindings: Array.from({ length: bindings.length + spareBindings }, (_, b) =>
      row(`B${b}`, ['client', 'server'], { client: (bindings[b]?.client ?? -1) + 1, server: bindings[b]?.server ?? 0 }),
    ),
    budgets: threads.map((_, t) => memory.word(`T${t}.budget`, 5)),
  };
};

export const homeOf = ({ parameters }: Tables, thread: ThreadId): DomainId | undefined =>
  parameters.threads[thread]?.home;

export const aStackAt = (tables: Tables, aStack: AStackId): AStackRow => tables.aStacks[aStack] as AStackRow;

export function* get(address: Address | undefined): Routine<Word> {
  return address === undefined ? 0 : yield load(address, 'plain');
}

export function* set(address: Address | undefined, word: Word): Routine {
  if (address !== undefined) yield store(address, word, 'plain');
}

/** The client of a binding plus 1, or 0. */
export function* clientOf(tables: Tables, binding: BindingId): Routine<Word> {
  return yield* get(tables.bindings[binding]?.client);
}

export function* serverOf(tables: Tables, binding: BindingId): Routine<DomainId> {
  return yield* get(tables.bindings[binding]?.server);
}

/** In which domain a thread runs whose innermost call is on this A-stack. */
export function* domainOf(tables: Tables, thread: ThreadId, level: AStackId): Routine<DomainId> {
  if (level < 0) return homeOf(tables, thread) ?? -1;
  return yield* serverOf(tables, (yield* get(aStackAt(tables, level).binding)) - 1);
}

export function* isGone(tables: Tables, domain: DomainId): Routine<boolean> {
  return (yield* get(tables.domains[domain]?.isTerminated)) !== 0;
}

/** Does something under the lock. */
export function* locked<T>(tables: Tables, part: () => Routine<T>): Routine<T> {
  yield* acquire(tables.lock);
  const result = yield* part();
  yield* release(tables.lock);
  return result;
}
