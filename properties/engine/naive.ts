import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import type { HistoryEvent } from '#model/engine/explore/execution.ts';
import type { AnyCall, Program } from '#model/subject.ts';
import { programOf, type Tiny } from '#properties/engine/tiny.ts';
import { after } from '#spec/outcome.ts';

/** Histories written by hand, and an oracle for them that is too simple to be wrong and too slow to be used. */

export interface Written {
  readonly program: Program;
  readonly history: readonly HistoryEvent[];
}

/** `[thread, call]` begins a call, `[thread, 'answers', answer]` ends it. */
export type Line<Call> = readonly [number, Call] | readonly [number, 'answers', unknown];

/** A history, line by line in real-time order, with the program that it is a run of. */
export const written = <Call extends AnyCall>(...lines: readonly Line<Call>[]): Written => {
  const threads: Call[][] = [];
  const history = lines.map((line, step): HistoryEvent => {
    const [thread, call] = line;
    while (threads.length <= thread) threads.push([]);
    const calls = threads[thread] as Call[];
    if (line.length === 3) return { tag: 'answer', thread, index: calls.length - 1, step, answer: line[2] };
    calls.push(call as Call);
    return { tag: 'invoke', thread, index: calls.length - 1, step };
  });
  return { program: programOf(threads, 1), history };
};

/** What a thread is in: a call or the rest of one, or a call that is over but not yet answered; nothing if absent. */
type Pending<Call> = { readonly call: Call } | { readonly answer: unknown } | undefined;

/**
 * Whether the spec explains a history: tries every order of spec steps and events. At the end, if the machine is said
 * to rest, no call may be over without an answer, and none may have anything left to do.
 */
export const explainsNaively = <State, Call extends AnyCall>(
  { initial, outcomes }: Tiny<State, Call>,
  { program, history }: Written,
  rests: boolean,
): boolean => {
  // Several orders of the same steps lead to one place. From where a search has failed, no second one is begun: there
  // are some thousand places in a history of six nested calls, and more ways to them than can be walked.
  const tried = new Set<string>();
  const search = (index: number, state: State, pending: readonly Pending<Call>[]): boolean => {
    const place = serialize([index, state, pending]).toString('latin1');
    if (tried.has(place)) return false;
    tried.add(place);
    const event = history[index];
    const steps = pending.flatMap((one, thread) =>
      one && 'call' in one ? outcomes(state, thread, one.call).map((outcome) => ({ thread, outcome })) : [],
    );
    if (!event) {
      const isAtRest = steps.length === 0 && pending.every((one) => !one || 'call' in one);
      if (!rests || isAtRest) return true;
    } else if (event.tag === 'invoke') {
      const call = program.threads[event.thread]?.[event.index] as Call;
      if (search(index + 1, state, pending.with(event.thread, { call }))) return true;
    } else {
      const one = pending[event.thread];
      const isSo = one && 'answer' in one && isDeepStrictEqual(one.answer, event.answer);
      if (isSo && search(index + 1, state, pending.with(event.thread, undefined))) return true;
    }
    return steps.some(({ thread, outcome }) =>
      search(
        index,
        after(state, outcome),
        pending.with(thread, outcome.tag === 'returns' ? { answer: outcome.answer } : { call: outcome.rest }),
      ),
    );
  };
  return search(0, initial, Array.from({ length: program.threads.length }));
};
