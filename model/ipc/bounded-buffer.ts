import type * as counters from '#impl/ipc/bounded-buffer.counters.ts';
import type * as lockFree from '#impl/ipc/bounded-buffer.lock-free.ts';
import type * as semaphores from '#impl/ipc/bounded-buffer.semaphores.ts';
import type * as inOut from '#impl/ipc/bounded-buffer.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnParameters,
  drawnTurn,
  type Parameters,
  programs,
  scenarios,
  simplerCall,
  simplerParameters,
} from '#model/ipc/bounded-buffer.programs.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import { listOf, mismatch, mismatchedCall, positiveUpTo, powerOfTwoUpTo, wholeNumberBelow } from '#model/validate.ts';
import type { BoundedBufferAnswer, Item } from '#spec/abi.ts';
import * as spec from '#spec/ipc/bounded-buffer.ts';

/** The words of our four rings, as far as a layout has them. */
type Layout = Partial<inOut.Ring & counters.Ring & lockFree.Ring & semaphores.Ring>;

/** What an implementation exports. Only one of the variant `semaphores` is asked to `finish`. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): Layout;
  put(self: Thread, layout: Layout, item: Item): Routine<Word>;
  get(self: Thread, layout: Layout): Routine<Word>;
  finish?(self: Thread, layout: Layout): Routine<Word>;
}

/** What a routine gives instead of an item, or of a `finish` that is not there. */
const end = -1;

/** Runs the call through the implementation: one item after the other, as the loops of the course notes do. */
function* perform(module: Module, _services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'put':
      for (const item of call.items) {
        const result = yield* module.put(self, layout, item);
        if (result !== 0) return result;
      }
      return 0;
    case 'get': {
      let taken = 0;
      for (; taken < call.count; taken++) {
        const item = yield* module.get(self, layout);
        if (item === end) break;
        yield copyOut(taken, item);
      }
      return taken;
    }
    case 'finish':
      return module.finish ? yield* module.finish(self, layout) : end;
    case 'rest of get':
      return end; // no thread asks for this: it is the spec's own
  }
}

/** Which threads make calls of this kind. */
const threadsThat = (tag: Call['tag'], threads: Program['threads']): number =>
  threads.filter((calls) => calls.some((call) => call.tag === tag)).length;

/** What a variant cannot do. */
const beyond = (variant: string, { threads, cores }: Program): string | undefined => {
  const isAlone = threadsThat('put', threads) <= 1 && threadsThat('get', threads) <= 1;
  if (variant === 'in-out' && !isAlone) return 'in-out has one producer and one consumer';
  if (variant === 'semaphores') return undefined;
  if (threadsThat('finish', threads) > 0) return `${variant} cannot finish`;
  const active = threads.filter((calls) => calls.length > 0).length;
  return active > cores ? `whoever waits polls: ${active} threads need ${active} cores` : undefined;
};

/** A put and a finish answer ok, a get no more items than it asks for, and first those that it has taken. */
const mayEnd = (rest: Call, answer: BoundedBufferAnswer): boolean => {
  switch (rest.tag) {
    case 'put':
    case 'finish':
      return answer.tag === 'ok';
    case 'get':
      return answer.tag === 'items' && answer.items.length <= rest.count;
    case 'rest of get':
      return spec.mayEnd(rest, answer);
  }
};

const showItems = (items: readonly Item[]): string => `[${items.join(' ')}]`;

export const boundedBuffer: Subject<spec.BoundedBuffer, Call, BoundedBufferAnswer, Parameters, Module, Layout> = {
  id: 'ipc/bounded-buffer',
  summary: 'A queue with room for so many items, between producers and consumers.',
  variants: [
    { name: 'in-out', module: 'ipc/bounded-buffer.ts', polls: true },
    { name: 'counters', module: 'ipc/bounded-buffer.counters.ts', polls: true },
    { name: 'semaphores', module: 'ipc/bounded-buffer.semaphores.ts' },
    { name: 'lock-free', module: 'ipc/bounded-buffer.lock-free.ts', polls: true },
  ],
  exports: ['boot', 'put', 'get'],
  scenarios,
  programs,
  sequences: (variant) => ({ parameters: drawnParameters(variant), threads: 2, calls: drawnTurn(variant) }),
  exploration: (variant, threads) => {
    const isAlone = variant === 'in-out';
    const pairs = isAlone ? 1 : Math.max(1, threads >> 1);
    const each = Array.from({ length: pairs });
    return {
      parameters: { capacity: 2, carriedItems: 0 },
      threads: [
        ...each.map(() => ({ tag: 'any' as const, calls: [{ tag: 'put' as const, items: [1, 2] }] })),
        ...each.map(() => ({ tag: 'any' as const, calls: [1, 3].map((count) => ({ tag: 'get' as const, count })) })),
        ...(variant === 'semaphores' ? [{ tag: 'in order' as const, calls: [{ tag: 'finish' as const }] }] : []),
      ],
      symmetry: { groups: [...each.keys()].map((pair) => [pair]), lists: [], ids: [] },
      mayWait: () => false,
    };
  },
  *simpler(current) {
    for (const parameters of simplerParameters(current.parameters)) yield { ...current, parameters };
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: (program) => {
    const { variant, parameters, threads } = program;
    return (
      mismatch(parameters, {
        capacity: variant === 'lock-free' ? powerOfTwoUpTo(1024) : positiveUpTo(1024),
        carriedItems: wholeNumberBelow(2 ** 31),
      }) ??
      mismatchedCall(threads, {
        put: { items: listOf(wholeNumberBelow(256), 1, 1000) },
        get: { count: positiveUpTo(1000) },
        finish: {},
      }) ??
      beyond(variant, program)
    );
  },
  initial: (_variant, { capacity }) => spec.initial(capacity),
  outcomes: (state, _caller, call) => spec.outcomes(state, call),
  areCallersAlike: true,
  mayEnd,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: (call) => ({ bytes: [], mappedBytes: call.tag === 'get' ? call.count : 0 }),
  perform,
  answer: (_variant, call, result, buffer) => {
    if (call.tag !== 'get') return result === 0 ? { tag: 'ok' } : { tag: 'items', items: [result] }; // no such answer
    return { tag: 'items', items: Array.from({ length: result }, (_, i) => buffer.bytes[i] ?? end) };
  },
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: (call) => {
    switch (call.tag) {
      case 'put':
        return `put(${call.items.join(' ')})`;
      case 'finish':
        return 'finish()';
      default:
        return `${call.tag}(${call.count})`;
    }
  },
  showAnswer: (answer) => (answer.tag === 'ok' ? 'ok' : showItems(answer.items)),
  showState: ({ items, capacity, finished }) =>
    `${items.length === 0 ? 'empty' : showItems(items)}, room for ${capacity}${finished ? ', finished' : ''}`,
};

/**
 * What the words of our rings mean when nobody is inside. Where two words count the same from both ends, the capacity is
 * what they add up to. Undefined: other words.
 */
const abstract = (
  layout: Layout,
  latest: (address: Address) => Word,
  before: spec.BoundedBuffer,
): spec.BoundedBuffer | undefined => {
  const { size, slots } = layout;
  if (size === undefined || slots === undefined) return undefined;
  const held = (first: number, count: number): Item[] =>
    Array.from({ length: Math.max(count, 0) }, (_, i) => latest(slots + ((first + i) % size)));
  if (layout.filledSlots !== undefined && layout.emptySlots !== undefined && layout.readIndex !== undefined) {
    const [empty, filled] = [latest(layout.emptySlots), latest(layout.filledSlots)];
    return { ...before, capacity: empty + filled, items: held(latest(layout.readIndex), filled) };
  }
  if (layout.head !== undefined && layout.tail !== undefined) {
    const [head, tail] = [latest(layout.head), latest(layout.tail)];
    return { ...before, items: held(head & (size - 1), (tail - head) | 0) };
  }
  if (layout.in === undefined || layout.out === undefined) return undefined;
  const [next, oldest] = [latest(layout.in), latest(layout.out)];
  if (layout.count === undefined) return { ...before, items: held(oldest, (next - oldest + size) % size) };
  const { count: counted, empty, full } = layout;
  if (empty === undefined || full === undefined) return undefined;
  const count = latest(counted);
  return {
    capacity: latest(empty.count) + count,
    items: held(oldest, count),
    finished: latest(full.count) > count,
  };
};
