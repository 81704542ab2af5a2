import type { NumberedOperation } from '#model/engine/refine/numbered.ts';
import type { Question } from '#model/engine/refine/question.ts';
import { over } from '#model/engine/refine/steps.ts';
import type { AnyCall } from '#model/subject.ts';

/** Of the answers to come, so many are asked about, among so many: a spec is seldom wiser about those far away. */
const askedMax = 3;
const answersMax = 24;

/**
 * Looks ahead from a place in a search, where the spec can say which answers of calls that only read are still possible
 * (`mayAnswer`). False: one of those to come is not, whatever is done from here. `words`: what is left of each call.
 */
export const isHopeful = (question: Question, from: number, state: number, words: Int32Array): boolean => {
  const { graph, history } = question;
  const { subject, states, calls, answers } = graph;
  if (!subject.mayAnswer) return true;
  const { operations, answered } = history.order;
  const now = states.shared(state);
  const end = Math.min(answered, from + answersMax);
  let asked = 0;
  for (let at = from; at < end && asked < askedMax; at++) {
    const { call, answer, readsOnly } = operations[at] as NumberedOperation;
    if (!readsOnly || words[at] === over) continue;
    asked++;
    const others = { [Symbol.iterator]: () => callsBefore(question, from, at, words) };
    if (!subject.mayAnswer(now, calls.shared(call), answers.shared(answer), others)) return false;
  }
  return true;
};

/**
 * The same, and besides whether each call that is to be answered probably ends so. It may be wrong both ways: for searches
 * that do not look everywhere.
 */
export const isLikely = (question: Question, from: number, state: number, words: Int32Array): boolean => {
  const { operations, answered } = question.history.order;
  const end = Math.min(answered, from + answersMax);
  for (let at = from; at < end; at++) {
    const word = words[at] as number;
    if (word === over) continue;
    if (!question.graph.probablyEnds(state, word, (operations[at] as NumberedOperation).answer)) return false;
  }
  return isHopeful(question, from, state, words);
};

/** The calls that may happen before answer `to`: of those under way by then, those that have not happened already. */
function* callsBefore(
  { graph, history }: Question,
  from: number,
  to: number,
  words: Int32Array,
): Generator<AnyCall, undefined> {
  const { order } = history;
  for (let at = from; at < to; at++) if (words[at] !== over) yield graph.calls.shared(words[at] as number);
  for (const at of order.underWayAt(to)) if (words[at] !== over) yield graph.calls.shared(words[at] as number);
  const end = order.answered + order.unansweredAt(to);
  for (let at = order.answered; at < end; at++) {
    if (words[at] !== over) yield graph.calls.shared(words[at] as number);
  }
}
