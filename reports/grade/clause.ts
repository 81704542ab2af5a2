import type { Counterexample } from '#model/counterexample.ts';
import type { Story } from '#model/engine/trace/story.ts';
import type { AnyCall, Subject } from '#model/subject.ts';
import type { ViolationKind } from '#model/verdict.ts';
import type { Clause } from '#reports/grade/graded.ts';
import { readSpec, type SpecText } from '#reports/grade/spec-source.ts';

/** A call of a story: what it is, and how it is written. */
interface ToldCall {
  readonly call: AnyCall;
  readonly shown: string;
}

/** What each kind of contradiction is about: a call that was answered, one that was not, all of it, or nothing of the spec. */
const about: Record<ViolationKind, 'answered' | 'open' | 'all' | 'nothing'> = {
  'wrong answer': 'answered',
  'wrong state': 'answered',
  'lost wakeup': 'open',
  deadlock: 'open',
  livelock: 'open',
  'broken invariant': 'all',
  'wrong history': 'all',
  fault: 'open',
  'too expensive': 'nothing',
};

/**
 * What the spec says where a counterexample contradicts it: of the call that was answered wrongly, waits for ever or
 * made the machine fault, or at its head, of all calls and the state together. Null: it is about no call, or about costs.
 */
export const clauseOf = (subject: Subject, counterexample: Counterexample, story: Story): Clause | null => {
  const { violation, variant } = counterexample;
  const what = about[violation.kind];
  if (what === 'nothing') return null;
  const spec = readSpec(subject, variant);
  if (what === 'all') {
    const head = spec.ofHead();
    return head ? { call: null, ...head } : null;
  }
  const told = what === 'answered' ? answeredCall(counterexample, story) : openCall(counterexample, story);
  const [first, ...rest] = told ? spec.ofCall(told.call.tag) : [];
  return told && first ? { call: told.shown, ...joined(first, rest) } : null;
};

/**
 * The call whose answer contradicts the spec; where a state does, the one that was answered last. Where an answer is
 * expected and does not come, it is the call that is open.
 */
const answeredCall = (counterexample: Counterexample, story: Story): ToldCall | undefined => {
  const { steps, threads, divergence } = story;
  const last = steps.findLast(({ step, answer }) => step <= divergence && answer !== undefined);
  const isAwaited = counterexample.violation.kind === 'wrong answer' && last?.step !== divergence;
  if (isAwaited) return openCall(counterexample, story);
  if (!last || last.thread === null) return undefined;
  const begun = steps.filter(
    ({ step, thread, call }) => step <= last.step && thread === last.thread && call !== undefined,
  );
  return callAt(counterexample.program, threads, last.thread, begun.length - 1);
};

/** The call that never got an answer; of several the first that the contradiction names. */
const openCall = ({ program, violation }: Counterexample, { steps, threads }: Story): ToldCall | undefined => {
  const open = threads.flatMap(({ id, calls }) => {
    const index = calls.findIndex(({ answer }) => answer === undefined);
    const begun = steps.filter(({ thread, call }) => thread === id && call !== undefined).length;
    const told = index >= 0 && index < begun ? callAt(program, threads, id, index) : undefined;
    return told ? [{ id, told }] : [];
  });
  const named = open.find(({ id }) => new RegExp(`\\bT${id}\\b`).test(violation.observed));
  return (named ?? open[0])?.told;
};

const callAt = (
  { threads }: Counterexample['program'],
  told: Story['threads'],
  thread: number,
  index: number,
): ToldCall | undefined => {
  const call = threads[thread]?.[index];
  const shown = told.find(({ id }) => id === thread)?.calls[index]?.call;
  return call && shown !== undefined ? { call, shown } : undefined;
};

/** What is said of the parts of a call, as one text. */
const joined = (first: SpecText, rest: readonly SpecText[]): SpecText => {
  const sources = [first, ...rest].flatMap(({ source }) => (source === null ? [] : [source.replace(/\.$/, '')]));
  return {
    file: first.file,
    text: [first, ...rest].map(({ text }) => text).join('\n\n'),
    source: sources.length > 0 ? [...new Set(sources)].join('; ') : null,
  };
};
