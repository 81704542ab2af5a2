import * as fc from 'fast-check';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import { linearizes } from '#model/claim.ts';
import { type Execution, type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { Judgement, judge } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import type { Outcome } from '#spec/outcome.ts';

/** A subject as small as can be: a spec, and routines on a few words. What a call answers is the word it gives. */
export interface Tiny<State, Call extends AnyCall> {
  readonly initial: State;
  outcomes(state: State, caller: number, call: Call): readonly Outcome<State, Call, unknown>[];
  /** Absent where only the spec is looked at. */
  perform?(call: Call, words: Address, self: Thread): Routine<Word>;
  /** Calls that random programs are made of. */
  readonly calls?: readonly Call[];
  simpler?(call: Call): Iterable<Call>;
}

const wordsOfTiny = 8;

/** A tiny subject as a subject. */
export const subjectOf = <State, Call extends AnyCall>(tiny: Tiny<State, Call>): Subject =>
  ({
    id: 'tiny',
    summary: 'A subject of a test.',
    variants: [{ name: 'only', module: '' }],
    exports: [],
    scenarios: () => [],
    programs: (_variant, { threads, calls }) =>
      fc
        .array(fc.array(fc.constantFrom(...(tiny.calls ?? [])), { maxLength: calls }), {
          minLength: threads,
          maxLength: threads,
        })
        .map((drawn) => programOf(drawn)),
    sequences: () => ({
      parameters: fc.constant(null),
      threads: 1,
      calls: fc.constantFrom(...(tiny.calls ?? [])).map((call) => ({ thread: 0, call })),
    }),
    *simpler(program) {
      for (const [thread, calls] of program.threads.entries()) {
        for (const [index, call] of calls.entries()) {
          for (const simple of tiny.simpler?.(call) ?? []) {
            yield { ...program, threads: program.threads.with(thread, calls.with(index, simple)) };
          }
        }
      }
    },
    validate: () => undefined,
    initial: () => tiny.initial,
    outcomes: tiny.outcomes,
    parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
    boot: (_module, memory) => memory.words('words', wordsOfTiny),
    userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
    perform: (_module, _services, self, layout, call) =>
      (tiny.perform as NonNullable<typeof tiny.perform>)(call, layout, self),
    answer: (_variant, _call, result) => result,
    showCall: (call) => JSON.stringify(call),
    showAnswer: (answer) => JSON.stringify(answer),
    showState: (state) => JSON.stringify(state),
  }) satisfies Subject<State, Call, unknown, null, unknown, Address> as unknown as Subject;

/** A program of these calls. */
export const programOf = <Call extends AnyCall>(
  threads: readonly (readonly Call[])[],
  cores = Math.min(threads.length, 3),
): Program<Call, null> => ({ variant: 'only', parameters: null, cores, threads });

/** The tiny subject on the reference kernel. */
export const rigOf = async <State, Call extends AnyCall>(tiny: Tiny<State, Call>): Promise<Rig> =>
  rigFor(subjectOf(tiny), 'only', await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []));

/** Whether the spec explains what the execution answered. */
export const isLinear = (rig: Rig, execution: Execution): boolean =>
  judge(linearizes(), new Judgement(new SpecGraph(rig.subject), rig.variant, execution), new Set()) === undefined;

/** The answers of an execution, by thread. */
export const answersOf = (execution: Execution): unknown[][] =>
  execution.program.threads.map((_, thread) =>
    execution.history.flatMap((event) => (event.tag === 'answer' && event.thread === thread ? [event.answer] : [])),
  );
