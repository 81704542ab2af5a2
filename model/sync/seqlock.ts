import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Program, Subject } from '#model/subject.ts';
import { listOf, mismatch, mismatchedCall, wholeNumberBelow, word } from '#model/validate.ts';
import type { SeqlockAnswer, SeqlockCall, ThreadId } from '#spec/abi.ts';
import * as spec from '#spec/sync/seqlock.ts';

/** What an implementation exports. The lock, with its words, is whatever its `layoutSeqlock` gives. */
export interface Module {
  layoutSeqlock(memory: Allocator, words: number): unknown;
  write(lock: unknown, values: readonly Word[]): Routine;
  read(lock: unknown): Routine<readonly Word[]>;
}

export interface Parameters {
  /** How many words are written and read together. */
  readonly words: number;
}

type Call = SeqlockCall;

const wordsMax = 3;

/** Words that tell who wrote them and when: 111 112 is the first write of thread 0, 222 is in the second of thread 1. */
const version = (thread: ThreadId, index: number, words: number): number[] =>
  Array.from({ length: words }, (_, i) => 100 * (thread + 1) + 10 * (index + 1) + i + 1);

const reads: Call = { tag: 'read' };

/** Runs the call through the implementation. What is read goes to the user's buffer, once it is known to be good. */
function* perform(module: Module, lock: unknown, call: Call): Routine<Word> {
  if (call.tag === 'write') yield* module.write(lock, call.values);
  else for (const [i, value] of (yield* module.read(lock)).entries()) yield copyOut(i, value);
  return 0;
}

/** Programs are drawn as who writes and who reads; what is written says by whom. */
const callsOf = (drawn: readonly boolean[], thread: ThreadId, words: number): Call[] =>
  drawn.map((isWrite, index) => (isWrite ? { tag: 'write', values: version(thread, index, words) } : reads));

const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const [w, r] = [true, false];
  const program = (threads: readonly (readonly boolean[])[], words = 2) => ({
    variant,
    cores: threads.length,
    threads: threads.map((drawn, thread) => callsOf(drawn, thread, words)),
    parameters: { words },
  });
  return [
    { name: 'alone: read, written and read', program: program([[r, w, r, w, w, r]]) },
    { name: 'one writes, one reads', program: program([[w], [r]]) },
    { name: 'one writes twice, one reads', program: program([[w, w], [r]]) },
    {
      name: 'one writes twice, one reads twice',
      program: program([
        [w, w],
        [r, r],
      ]),
    },
    { name: 'one writes three words, one reads', program: program([[w], [r]], 3) },
    { name: 'two write, and one of them reads', program: program([[w], [w, r]]) },
    { name: 'two write, one reads', program: program([[w], [w], [r]]) },
    { name: 'one writes, two read', program: program([[w], [r], [r]]) },
  ];
};

const drawnWords = fc.integer({ min: 1, max: wordsMax });

export const seqlock: Subject<spec.Snapshot, Call, SeqlockAnswer, Parameters, Module, unknown> = {
  id: 'sync/seqlock',
  summary: 'A few words written as one and read as one, where readers write nothing and try again.',
  variants: [{ name: 'linux', module: 'sync/seqlock.ts' }],
  exports: ['layoutSeqlock', 'write', 'read'],
  scenarios,
  programs: (variant, size) =>
    fc
      .record({
        words: drawnWords,
        cores: fc.integer({ min: 1, max: 3 }),
        drawn: fc.array(fc.array(fc.boolean(), { maxLength: size.calls }), {
          minLength: size.threads,
          maxLength: size.threads,
        }),
      })
      .map(({ words, cores, drawn }) => ({
        variant,
        cores,
        parameters: { words },
        threads: drawn.map((calls, thread) => callsOf(calls, thread, words)),
      })),
  sequences: () => ({
    parameters: fc.constant({ words: 2 }),
    threads: 3,
    calls: fc
      .record({ thread: fc.nat({ max: 2 }), index: fc.nat({ max: 8 }), isWrite: fc.boolean() })
      .map(({ thread, index, isWrite }) => ({
        thread,
        call: isWrite ? { tag: 'write', values: version(thread, index, 2) } : reads,
      })),
  }),
  exploration: (_variant, threads) => ({
    parameters: { words: 2 },
    threads: Array.from({ length: threads }, (_, thread) =>
      thread === 0
        ? { tag: 'any', calls: [0, 1, 2].map((index) => ({ tag: 'write', values: version(0, index, 2) })) }
        : { tag: 'any', calls: [reads] },
    ),
    mayWait: () => false,
  }),
  *simpler(current) {
    const words = current.parameters.words - 1;
    if (words === 0) return;
    const shorter = (call: Call): Call =>
      call.tag === 'write' ? { ...call, values: call.values.slice(0, words) } : call;
    yield { ...current, parameters: { words }, threads: current.threads.map((calls) => calls.map(shorter)) };
  },
  validate: ({ parameters, threads }) => {
    const words = Number((parameters as Partial<Parameters>).words);
    return (
      mismatch(parameters, { words: wholeNumberBelow(wordsMax + 1) }) ??
      mismatchedCall(threads, { write: { values: listOf(word, words, words) }, read: {} })
    );
  },
  initial: (_variant, { words }) => spec.initial(words),
  outcomes: spec.outcomes,
  areCallersAlike: true,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, { words }) => module.layoutSeqlock(memory, words),
  userBuffer: (call) => ({ bytes: [], mappedBytes: call.tag === 'read' ? 2 * wordsMax : 0 }),
  perform: (module, _services, _self, layout, call) => perform(module, layout, call),
  answer: (_variant, call, _result, { bytes }) =>
    call.tag === 'write' ? { tag: 'ok' } : { tag: 'snapshot', values: [...bytes] },
  abstract: (layout, latest) => abstract(layout, latest),
  showCall: (call) => (call.tag === 'write' ? `write(${call.values.join(' ')})` : 'read()'),
  showAnswer: (answer) => (answer.tag === 'ok' ? 'ok' : answer.values.join(' ') || 'nothing'),
  showState: (state) => state.values.join(' '),
};

/** What the words of the reference lock mean. Undefined: an implementation with other words. */
const abstract = (layout: unknown, latest: (address: Address) => Word): spec.Snapshot | undefined => {
  const { values, words } = layout as { readonly values?: unknown; readonly words?: unknown };
  if (typeof values !== 'number' || typeof words !== 'number') return undefined;
  return { values: Array.from({ length: words }, (_, i) => latest(values + i)) };
};
