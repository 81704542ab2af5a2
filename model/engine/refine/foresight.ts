import { type NumberedEvent, none, type Question } from '#model/engine/refine/question.ts';
import type { AnyCall } from '#model/subject.ts';

/** How many of the events to come are looked at: a spec is seldom wiser about those far away. */
const eventsMax = 16;

/**
 * Looks ahead from a place in a search, where the spec can say which answers are still possible (`mayAnswer`). False:
 * one of the answers to come is not, whatever is done from here. `pending`: each slot's word.
 */
export const isHopeful = (question: Question, from: number, state: number, pending: Int32Array): boolean => {
  const { events, graph } = question;
  const { subject, states, calls, answers } = graph;
  if (!subject.mayAnswer) return true;
  const now = states.shared(state);
  const waiting = pending.slice();
  const others: AnyCall[] = [];
  for (const call of waiting) if (call >= 0) others.push(calls.shared(call));
  const end = Math.min(events.length, from + eventsMax);
  for (let at = from; at < end; at++) {
    const { slot, call, answer } = events[at] as NumberedEvent;
    const asked = waiting[slot] as number;
    waiting[slot] = call;
    if (call !== none) others.push(calls.shared(call));
    else if (asked >= 0 && !subject.mayAnswer(now, calls.shared(asked), answers.shared(answer), others)) return false;
  }
  return true;
};
