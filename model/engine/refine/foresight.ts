import { type NumberedEvent, none, over, type Question } from '#model/engine/refine/question.ts';
import type { AnyCall } from '#model/subject.ts';

/** Of the answers to come, so many are asked about, among so many events: a spec is seldom wiser about those far away. */
const answersMax = 3;
const eventsMax = 48;

/**
 * Looks ahead from a place in a search, where the spec can say which answers of calls that only read are still possible
 * (`mayAnswer`). False: one of those to come is not, whatever is done from here. `pending`: each slot's word.
 */
export const isHopeful = (question: Question, from: number, state: number, pending: Int32Array): boolean => {
  const { events, graph } = question;
  const { subject, states, calls, answers } = graph;
  if (!subject.mayAnswer) return true;
  const now = states.shared(state);
  const end = Math.min(events.length, from + eventsMax);
  let asked = 0;
  for (let at = from; at < end && asked < answersMax; at++) {
    const { slot, call, answer, begins, readsOnly } = events[at] as NumberedEvent;
    if (!readsOnly || call !== none || (begins < from && pending[slot] === over)) continue;
    asked++;
    const others = { [Symbol.iterator]: () => between(question, from, at, pending) };
    const reading = calls.shared((events[begins] as NumberedEvent).call);
    if (!subject.mayAnswer(now, reading, answers.shared(answer), others)) return false;
  }
  return true;
};

/** The calls that are pending, and those that begin before event `to`. */
function* between(question: Question, from: number, to: number, pending: Int32Array): Generator<AnyCall, undefined> {
  const { events, graph } = question;
  for (const call of pending) if (call >= 0) yield graph.calls.shared(call);
  for (let at = from; at < to; at++) {
    const { call } = events[at] as NumberedEvent;
    if (call !== none) yield graph.calls.shared(call);
  }
}
