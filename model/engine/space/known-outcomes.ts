import * as fc from 'fast-check';
import { produce } from 'immer';
import { nameOfResult } from '#model/engine/space/coverage.ts';
import type { AnyCall, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

const runs = 300;
const callsPerRun = 20;

/** The outcomes that random sequences of calls meet, made one at a time: by call. The same ones every time. */
export const knownOutcomes = (subject: Subject, variant: string): ReadonlyMap<string, ReadonlySet<string>> => {
  const known = new Map<string, Set<string>>();
  const note = (call: AnyCall, outcome: string): void => {
    known.set(call.tag, (known.get(call.tag) ?? new Set()).add(outcome));
  };
  /** The state after the call; after its first way to go on, where there are several. */
  const make = (state: unknown, thread: ThreadId, call: AnyCall): unknown => {
    const outcomes = subject.outcomes(state, thread, call);
    if (outcomes.length === 0) note(call, nameOfResult({ tag: 'waits' }));
    for (const outcome of outcomes) note(call, nameOfResult(outcome));
    const [first] = outcomes;
    if (!first) return state;
    const after = produce(state, (draft) => first.then(draft));
    return first.tag === 'continues' ? make(after, thread, first.rest) : after;
  };
  const { parameters, threads, calls } = subject.sequences(variant);
  const turns = fc.record({ parameters, turns: fc.array(calls, { maxLength: callsPerRun }) });
  for (const run of fc.sample(turns, { numRuns: runs, seed: 1 })) {
    run.turns.reduce(
      (state, { thread, call }) => make(state, thread, call),
      subject.initial(variant, run.parameters, threads, threads),
    );
  }
  return known;
};
