/**
 * A sequence lock, as its callers see it: a few words that are written together and read together.
 *
 * The sequence number, its odd values and the reader's second try do not appear here. They are how it is done; what a
 * caller can observe is that no read mixes two writes.
 */
import { match } from 'ts-pattern';
import type { SeqlockAnswer, SeqlockCall, ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** What the words hold. */
export interface Snapshot {
  values: number[];
}

type Outcomes = readonly Outcome<Snapshot, SeqlockCall, SeqlockAnswer>[];

/** The state at boot: every word is 0. */
export const initial = (words: number): Snapshot => ({ values: Array.from({ length: words }, () => 0) });

/** What `call` may do now. Total: every call has one outcome in every state, so neither side ever waits for good. */
export const outcomes = (state: Snapshot, _caller: ThreadId, call: SeqlockCall): Outcomes =>
  match(call)
    .with({ tag: 'write' }, ({ values }) => write(values))
    .with({ tag: 'read' }, () => read(state))
    .exhaustive();

/**
 * Replaces all words at once.
 * Source: Linux Documentation/locking/seqlock.rst: writers are serialised, and never wait for readers.
 */
const write = (values: readonly number[]): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    draft.values = [...values];
  });

/**
 * Answers all words, as one write left them.
 * Source: Linux Documentation/locking/seqlock.rst: "the reader wants a consistent set of information and is willing to
 * retry if that information changes".
 */
const read = (state: Snapshot): Outcomes => returns({ tag: 'snapshot', values: state.values });
