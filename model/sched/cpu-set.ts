import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type * as bigLock from '#impl/sched/cpu-set.big-lock.ts';
import type * as bitmap from '#impl/sched/cpu-set.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Program, Subject } from '#model/subject.ts';
import { mismatch, mismatchedCall, positiveUpTo, word } from '#model/validate.ts';
import type { Cpu, CpuSetAnswer } from '#spec/abi/sched/cpu-set.ts';
import * as spec from '#spec/sched/cpu-set.ts';

export type Parameters = bitmap.CpuSetParameters;

/** The words of our two sets, as far as a layout has them. */
type Layout = Partial<bitmap.CpuSet & bigLock.CpuSet>;

/** What an implementation exports. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): Layout;
  zero(self: Thread, layout: Layout): Routine<Word>;
  add(self: Thread, layout: Layout, cpu: Cpu): Routine<Word>;
  remove(self: Thread, layout: Layout, cpu: Cpu): Routine<Word>;
  has(self: Thread, layout: Layout, cpu: Cpu): Routine<Word>;
  count(self: Thread, layout: Layout): Routine<Word>;
}

type Call = spec.PendingCall;

/** What a machine word has room for. */
const groupCpus = 32;

/** Of the real sets there are 1024 in glibc; three words show as much. */
const cpusMax = 96;

const zero: Call = { tag: 'zero' };
const count: Call = { tag: 'count' };
const sets = (cpu: Cpu): Call => ({ tag: 'set', cpu });
const clears = (cpu: Cpu): Call => ({ tag: 'clear', cpu });
const asks = (cpu: Cpu): Call => ({ tag: 'isSet', cpu });

const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const program = (cpus: number, threads: readonly (readonly Call[])[]) => ({
    variant,
    cores: threads.length,
    threads,
    parameters: { cpus },
  });
  return [
    { name: 'alone: in and out', program: program(40, [[sets(3), asks(3), clears(3), asks(3), count]]) },
    { name: 'alone: twice in is in once', program: program(40, [[sets(33), sets(33), count, clears(33), count]]) },
    { name: 'alone: the ends of each word', program: program(64, [[sets(0), sets(31), sets(32), sets(63), count]]) },
    { name: 'alone: neighbours are not touched', program: program(64, [[sets(31), sets(32), clears(32), asks(31)]]) },
    { name: 'alone: no such core', program: program(40, [[sets(40), sets(-1), asks(40), asks(-1), count]]) },
    { name: 'alone: emptied', program: program(96, [[sets(1), sets(40), sets(95), zero, count]]) },
    { name: 'two set, in one word', program: program(32, [[sets(3)], [sets(4), count]]) },
    {
      name: 'one sets and one clears, in one word',
      program: program(32, [
        [sets(3), clears(3)],
        [sets(4), asks(4)],
      ]),
    },
    {
      name: 'two set the same',
      program: program(32, [
        [sets(3), sets(5)],
        [sets(3), asks(5)],
      ]),
    },
    { name: 'set by another is set', program: program(32, [[sets(3)], [sets(3)], [asks(3)]]) },
    { name: 'counted while two words change', program: program(40, [[sets(35), sets(3)], [count]]) },
    {
      name: 'what came before shows',
      program: program(40, [
        [sets(35), sets(3)],
        [asks(3), asks(35)],
      ]),
    },
    { name: 'what was cleared before shows', program: program(40, [[sets(3), sets(35), clears(3)], [count]]) },
    { name: 'emptied while it is counted', program: program(40, [[sets(3), sets(35), zero], [count]]) },
    {
      name: 'emptied after one was cleared',
      program: program(40, [
        [sets(35), sets(3), sets(4), clears(35), zero],
        [asks(4), count],
      ]),
    },
    { name: 'emptied while one is set', program: program(40, [[zero], [sets(3), sets(35), count]]) },
    { name: 'emptied while two are set, the later word first', program: program(40, [[zero], [sets(35), sets(3)]]) },
    { name: 'emptied by two while two are set', program: program(40, [[zero], [zero], [sets(35), sets(3)]]) },
    // A count has seen 99 set and 131 not yet cleared; but who cleared 131 has found 99 not set after that. The words before
    // theirs make the count long.
    ...[
      { verb: 'asks for', last: asks(99) },
      { verb: 'clears', last: clears(99) },
    ].flatMap(({ verb, last }) => [
      {
        name: `counted while others change: who sets and clears one ${verb} another`,
        program: program(160, [[sets(99)], [sets(131), clears(131), last], [count]]),
      },
      {
        name: `counted by who set one, while it is cleared by who then ${verb} another`,
        program: program(160, [[clears(131), last], [sets(131), count], [sets(99)]]),
      },
    ]),
    {
      name: 'emptied, and that shows',
      program: program(40, [
        [sets(35), zero],
        [asks(35), asks(35)],
      ]),
    },
  ];
};

const drawnCpu = (cpus: number): fc.Arbitrary<Cpu> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0, 3, 31, 32, 63, 64, cpus - 1).filter((cpu) => cpu < cpus) },
    { weight: 2, arbitrary: fc.nat({ max: cpus - 1 }) },
    { weight: 1, arbitrary: fc.constantFrom(cpus, cpus + 31, -1) },
  );

const drawnCall = (cpus: number): fc.Arbitrary<Call> =>
  fc.oneof(
    { weight: 5, arbitrary: drawnCpu(cpus).map(sets) },
    { weight: 2, arbitrary: drawnCpu(cpus).map(clears) },
    { weight: 2, arbitrary: drawnCpu(cpus).map(asks) },
    { weight: 2, arbitrary: fc.constant(count) },
    { weight: 1, arbitrary: fc.constant(zero) },
  );

const drawnCpus = fc.constantFrom(1, 31, 32, 33, 40, 64, 65, cpusMax);

/** The call for a smaller core, if it is for one. */
const simplerCall = (call: Call): Call[] => ('cpu' in call && call.cpu > 0 ? [{ ...call, cpu: call.cpu - 1 }] : []);

export const cpuSet: Subject<spec.CpuSet, Call, CpuSetAnswer, Parameters, Module, Layout> = {
  id: 'sched/cpu-set',
  summary: 'A set of cores, larger than a word: what affinity masks are made of.',
  variants: [
    { name: 'bitmap', module: 'sched/cpu-set.ts' },
    { name: 'big-lock', module: 'sched/cpu-set.big-lock.ts', baselineOf: 'bitmap' },
  ],
  exports: ['boot', 'zero', 'add', 'remove', 'has', 'count'],
  scenarios,
  programs: (variant, size) =>
    drawnCpus.chain((cpus) =>
      fc
        .record({
          cores: fc.integer({ min: 1, max: 4 }),
          threads: fc.array(fc.array(drawnCall(cpus), { maxLength: size.calls }), {
            minLength: size.threads,
            maxLength: size.threads,
          }),
        })
        .map(({ cores, threads }) => ({ variant, parameters: { cpus }, cores, threads })),
    ),
  sequences: () => ({
    parameters: fc.constantFrom({ cpus: 40 }, { cpus: 64 }, { cpus: cpusMax }),
    threads: 2,
    calls: fc.record({ thread: fc.nat({ max: 1 }), call: drawnCall(40) }),
  }),
  exploration: (_variant, threads) => ({
    parameters: { cpus: 40 },
    threads: Array.from({ length: Math.max(2, threads) }, (_, thread) => ({
      tag: 'any',
      calls: thread === 0 ? [sets(3), sets(35), clears(3), clears(35)] : [zero, count, asks(35)],
    })),
    mayWait: () => false,
  }),
  *simpler(current) {
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ parameters, threads }) =>
    mismatch(parameters, { cpus: positiveUpTo(1024) }) ??
    mismatchedCall(threads, { zero: {}, set: { cpu: word }, clear: { cpu: word }, isSet: { cpu: word }, count: {} }),
  initial: (_variant, { cpus }) => spec.initial(cpus, groupCpus),
  outcomes: (state, _caller, call) => spec.outcomes(state, call),
  areCallersAlike: true,
  mayEnd: spec.mayEnd,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform: (module, _services, self, layout, call) => {
    switch (call.tag) {
      case 'set':
        return module.add(self, layout, call.cpu);
      case 'clear':
        return module.remove(self, layout, call.cpu);
      case 'isSet':
        return module.has(self, layout, call.cpu);
      case 'count':
      case 'rest of count': // no thread asks for a rest: it is the spec's own
        return module.count(self, layout);
      default:
        return module.zero(self, layout);
    }
  },
  answer: (_variant, call, result) => {
    if (call.tag === 'isSet') return { tag: 'truth', isSet: result === 1 };
    return call.tag === 'count' ? { tag: 'count', count: result } : { tag: 'ok' };
  },
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: (call) => ('cpu' in call ? `${call.tag}(${call.cpu})` : `${call.tag}()`),
  showAnswer: (answer) => {
    if (answer.tag === 'truth') return answer.isSet ? 'yes' : 'no';
    return answer.tag === 'count' ? `${answer.count}` : 'ok';
  },
  showState: ({ members, cpus }) => `{${members.join(' ')}} of ${cpus}`,
};

/** What the words of our sets mean when nobody is inside. Undefined: other words. */
const abstract = (layout: Layout, latest: (address: Address) => Word, before: spec.CpuSet): spec.CpuSet | undefined => {
  const { bits, words, length, members } = layout;
  if (length !== undefined && members !== undefined) {
    const listed = Array.from({ length: latest(length) }, (_, i) => latest(members + i));
    return { ...before, members: listed.sort((a, b) => a - b) };
  }
  if (bits === undefined || words === undefined) return undefined;
  const isIn = (cpu: Cpu): boolean => ((latest(bits + (cpu >>> 5)) >>> (cpu & (groupCpus - 1))) & 1) === 1;
  return { ...before, members: Array.from({ length: words * groupCpus }, (_, cpu) => cpu).filter(isIn) };
};
