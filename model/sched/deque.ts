import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type * as bigLock from '#impl/sched/deque.big-lock.ts';
import type * as chaseLev from '#impl/sched/deque.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Program, Subject } from '#model/subject.ts';
import { mismatch, mismatchedCall, positiveUpTo, powerOfTwoUpTo, wholeNumberBelow } from '#model/validate.ts';
import type { DequeAnswer, DequeCall, Task } from '#spec/abi/sched/deque.ts';
import type { ThreadId } from '#spec/abi.ts';
import * as spec from '#spec/sched/deque.ts';

export type Parameters = chaseLev.DequeParameters;

/** The words of our two deques, as far as a layout has them. */
type Layout = Partial<chaseLev.Deque & bigLock.Deque>;

/** What an implementation exports. A routine gives a task, or 0 for done, or a negative number. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): Layout;
  push(self: Thread, layout: Layout, task: Task): Routine<Word>;
  pop(self: Thread, layout: Layout): Routine<Word>;
  steal(self: Thread, layout: Layout): Routine<Word>;
}

type Call = DequeCall;

/** The thread that pushes and pops. All others steal. */
export const owner: ThreadId = 0;

const empty = -1;

/** How many tasks may wait: what the largest array has room for. */
export const limitOf = ({ arrayTasks, arrays }: Parameters): number => arrayTasks << (arrays - 1);

const pops: Call = { tag: 'pop' };
const steals: Call = { tag: 'steal' };

/** What the owner does, `+` for a push and `-` for a pop. Its tasks are numbered in the order in which it pushes them. */
const ownersCalls = (moves: readonly ('+' | '-')[]): Call[] => {
  let task = 0;
  return moves.map((move) => (move === '+' ? { tag: 'push', task: ++task } : pops));
};

const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const program = (
    moves: string,
    thieves: readonly number[],
    parameters: Partial<Parameters> = {},
    cores?: number,
  ) => ({
    variant,
    cores: cores ?? thieves.length + 1,
    threads: [
      ownersCalls([...moves] as ('+' | '-')[]),
      ...thieves.map((times) => Array.from({ length: times }, () => steals)),
    ],
    parameters: { arrayTasks: 2, arrays: 1, carriedTasks: 0, ...parameters },
  });
  const small = { arrayTasks: 1, arrays: 2 };
  return [
    { name: 'the owner alone: a stack', program: program('++--+-', []) },
    { name: 'the owner alone: full, and room again', program: program('+++-+', []) },
    { name: 'the owner alone: the array grows twice', program: program('+++++----', [], { ...small, arrays: 3 }) },
    { name: 'the last task: owner against thief', program: program('+-', [1]) },
    { name: 'the last task: two thieves', program: program('+', [1, 1]) },
    { name: 'the last task: owner against two thieves', program: program('+-', [1, 1]) },
    { name: 'one of two tasks each', program: program('++-', [1]) },
    { name: 'both want the second of two tasks', program: program('++-', [2]) },
    { name: 'two thieves at a full deque', program: program('+++', [1, 1]) },
    { name: 'a thief that takes two', program: program('++', [2]) },
    { name: 'an owner that takes two', program: program('++--', [1]) },
    { name: 'pushed after the last was taken', program: program('+-+', [1]) },
    { name: 'a slot is used again while a thief reads', program: program('++', [1], { arrayTasks: 1 }) },
    { name: 'the array grows while a thief reads', program: program('++', [1], small) },
    { name: 'the array grows and the owner takes', program: program('++-', [1], small) },
    {
      name: 'the array grows round the end of the old one',
      program: program('+++', [1], { arrays: 2, carriedTasks: 1 }),
    },
    { name: 'indices wrap', program: program('++-', [1], { carriedTasks: 0x7fffffff }) },
    { name: 'owner and thief on one core', program: program('+-', [1], {}, 1) },
  ];
};

const drawnParameters: fc.Arbitrary<Parameters> = fc.record({
  arrayTasks: fc.constantFrom(1, 1, 2, 4),
  arrays: fc.integer({ min: 1, max: 3 }),
  carriedTasks: fc.constantFrom(0, 0, 1, 3, 0x7fffffff),
});

/** Two pushes for a pop, so that there is something to steal. */
const drawnMove = fc.constantFrom<'+' | '-'>('+', '+', '-');

/** A program with one call fewer pushes tasks with other numbers, so what is simpler is said of its moves. */
const renumbered = (calls: readonly Call[]): Call[] =>
  ownersCalls(calls.map(({ tag }) => (tag === 'push' ? '+' : '-')));

export const deque: Subject<spec.Deque, Call, DequeAnswer, Parameters, Module, Layout> = {
  id: 'sched/deque',
  summary: 'A list of tasks: its owner works at one end, and others steal from the other.',
  variants: [
    { name: 'chase-lev', module: 'sched/deque.ts' },
    { name: 'big-lock', module: 'sched/deque.big-lock.ts', baselineOf: 'chase-lev' },
  ],
  exports: ['boot', 'push', 'pop', 'steal'],
  scenarios,
  programs: (variant, size) =>
    fc
      .record({
        parameters: drawnParameters,
        cores: fc.integer({ min: 1, max: 4 }),
        moves: fc.array(drawnMove, { minLength: 1, maxLength: 2 * size.calls }),
        thieves: fc.array(fc.nat({ max: size.calls }), { maxLength: size.threads - 1 }),
      })
      .map(({ parameters, cores, moves, thieves }) => ({
        variant,
        parameters,
        cores,
        threads: [ownersCalls(moves), ...thieves.map((times) => Array.from({ length: times }, () => steals))],
      })),
  sequences: () => ({
    parameters: drawnParameters,
    threads: 3,
    calls: fc
      .record({
        thread: fc.constantFrom(owner, owner, owner, 1, 2),
        move: drawnMove,
        task: fc.integer({ min: 1, max: 99 }),
      })
      .map(({ thread, move, task }) => ({
        thread,
        call: thread !== owner ? steals : move === '+' ? { tag: 'push', task } : pops,
      })),
  }),
  exploration: (_variant, threads) => ({
    parameters: { arrayTasks: 1, arrays: 2, carriedTasks: 0 },
    threads: Array.from({ length: Math.max(threads, 2) }, (_, thread) => ({
      tag: 'any',
      calls: thread === owner ? [{ tag: 'push', task: 1 }, { tag: 'push', task: 2 }, pops] : [steals],
    })),
    mayWait: () => false,
  }),
  *simpler(current) {
    const { arrayTasks, arrays, carriedTasks } = current.parameters;
    if (carriedTasks > 0) yield { ...current, parameters: { ...current.parameters, carriedTasks: 0 } };
    if (arrays > 1) yield { ...current, parameters: { ...current.parameters, arrays: arrays - 1 } };
    if (arrayTasks > 1) yield { ...current, parameters: { ...current.parameters, arrayTasks: arrayTasks >> 1 } };
    const calls = current.threads[owner] as readonly Call[];
    if (JSON.stringify(renumbered(calls)) !== JSON.stringify(calls)) {
      yield { ...current, threads: current.threads.with(owner, renumbered(calls)) };
    }
  },
  validate: ({ parameters, threads }) => {
    const isMisplaced = threads.some((calls, thread) =>
      calls.some(({ tag }) => (tag === 'steal') === (thread === owner)),
    );
    return (
      mismatch(parameters, {
        arrayTasks: powerOfTwoUpTo(64),
        arrays: positiveUpTo(8),
        carriedTasks: wholeNumberBelow(2 ** 31),
      }) ??
      mismatchedCall(threads, { push: { task: wholeNumberBelow(2 ** 31) }, pop: {}, steal: {} }) ??
      (isMisplaced ? `thread ${owner} pushes and pops, and the others steal` : undefined)
    );
  },
  initial: (_variant, parameters) => spec.initial(limitOf(parameters)),
  outcomes: (state, _caller, call) => spec.outcomes(state, call),
  areCallersAlike: true,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform: (module, _services, self, layout, call) =>
    call.tag === 'push' ? module.push(self, layout, call.task) : module[call.tag](self, layout),
  answer: (_variant, call, result) => {
    if (call.tag === 'push') return result === 0 ? { tag: 'ok' } : { tag: 'failed', errno: 'ENOSPC' };
    return result === empty ? { tag: 'empty' } : { tag: 'task', task: result };
  },
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: (call) => (call.tag === 'push' ? `push(${call.task})` : `${call.tag}()`),
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'task':
        return `task ${answer.task}`;
      case 'failed':
        return answer.errno;
      default:
        return answer.tag;
    }
  },
  showState: ({ tasks, limit }) => `${tasks.length === 0 ? 'empty' : `[${tasks.join(' ')}]`}, room for ${limit}`,
};

/** What the words of our deques mean when nobody is inside. Undefined: other words. */
const abstract = (layout: Layout, latest: (address: Address) => Word, before: spec.Deque): spec.Deque | undefined => {
  const listed = (first: number, count: number, slots: Address, size: number): spec.Deque => ({
    ...before,
    tasks: Array.from({ length: Math.max(count, 0) }, (_, i) => latest(slots + ((first + i) % size))),
  });
  if (layout.first !== undefined && layout.count !== undefined && layout.slots !== undefined) {
    return listed(latest(layout.first), latest(layout.count), layout.slots, layout.size as number);
  }
  if (layout.top === undefined || layout.bottom === undefined || layout.array === undefined) return undefined;
  const array = layout.arrays?.[latest(layout.array)];
  if (array === undefined) return undefined;
  const top = latest(layout.top);
  return listed(top & (array.size - 1), (latest(layout.bottom) - top) | 0, array.slots, array.size);
};
