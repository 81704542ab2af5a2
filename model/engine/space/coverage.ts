import type { Space } from '#model/engine/space/explore.ts';
import type { Result } from '#model/engine/space/steps.ts';
import type { AnyCall } from '#model/subject.ts';

/** How often each outcome of each call was seen: by call, by outcome. */
export type SpecCoverage = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What an answer is called: its error, its tag, or itself if it is a word. */
const nameOfAnswer = (answer: unknown): string => {
  if (typeof answer === 'string') return answer;
  if (typeof answer !== 'object' || answer === null) return answer === null ? 'nothing' : `a ${typeof answer}`;
  const { tag, errno } = answer as { tag?: unknown; errno?: unknown };
  return typeof errno === 'string' ? errno : typeof tag === 'string' ? tag : 'a value';
};

/** What came of a part of a call, in a word or two. */
export const nameOfResult = (result: Result): string => {
  switch (result.tag) {
    case 'returns':
      return nameOfAnswer(result.answer);
    case 'continues':
      return `goes on: ${result.rest.tag}`;
    case 'waits':
      return 'waits';
  }
};

/** Counts, over several spaces, the states in which each outcome was open to a thread. A waiting call counts as one. */
export const coverageOf = (spaces: readonly Space[]): SpecCoverage => {
  const counts = new Map<string, Map<string, number>>();
  for (const { moves, visits } of spaces.flatMap(({ steps }) => steps.learnt())) {
    if (visits === 0) continue;
    const { all, waitsIn } = moves;
    for (const { call, result } of all) count(counts, call, result, visits);
    if (waitsIn) count(counts, waitsIn, { tag: 'waits' }, visits);
  }
  return counts;
};

/** Counts an outcome of a call, so many times. */
export const count = (counts: Map<string, Map<string, number>>, call: AnyCall, result: Result, times = 1): void => {
  const outcome = nameOfResult(result);
  const ofCall = counts.get(call.tag) ?? new Map<string, number>();
  counts.set(call.tag, ofCall.set(outcome, (ofCall.get(outcome) ?? 0) + times));
};
