/** Who was where: what a lane shows beside each step. */
import type { Story } from '#model/engine/trace/story.ts';

/** A thread's column in the picture. */
export interface Lane {
  readonly thread: number;
  readonly name: string;
}

/** What a thread is doing: on a core, waiting for one, asleep or spinning; not there yet, or gone. */
export interface Doing {
  readonly how: 'running' | 'ready' | 'blocked' | 'absent' | 'over';
  readonly core: number | null;
}

/** A call of a thread: the steps it began and was answered with; null: it never was. */
export interface CallSpan {
  readonly thread: number;
  readonly call: string;
  readonly from: number;
  readonly to: number | null;
}

/** One lane for each thread that makes calls, and for any other that takes a step. */
export const lanesOf = (story: Story): readonly Lane[] => {
  const named = story.threads.map(({ id, name }) => ({ thread: id, name }));
  const known = new Set(named.map(({ thread }) => thread));
  const others = new Set(story.steps.flatMap(({ thread }) => (thread === null || known.has(thread) ? [] : [thread])));
  return [...named, ...[...others].sort((a, b) => a - b).map((thread) => ({ thread, name: `T${thread}` }))];
};

/** What `thread` is doing while step `step` is taken. A span ends with the step that ends it. */
export const doingAt = (story: Story, thread: number, step: number): Doing => {
  const own = story.spans.filter((span) => span.thread === thread);
  const at = Math.max(step, 1);
  const now = own.find((span) => span.fromStep < at && at <= span.toStep);
  if (now) return { how: now.how, core: now.core };
  return { how: own.some((span) => span.toStep < at) ? 'over' : 'absent', core: null };
};

/** Every call of every thread. */
export const callSpans = (story: Story): readonly CallSpan[] => {
  const open = new Map<number, { call: string; from: number }>();
  const spans: CallSpan[] = [];
  for (const { step, thread, call, answer } of story.steps) {
    if (thread === null) continue;
    if (call !== undefined) open.set(thread, { call, from: step });
    const begun = open.get(thread);
    if (answer === undefined || !begun) continue;
    spans.push({ thread, ...begun, to: step });
    open.delete(thread);
  }
  for (const [thread, begun] of open) spans.push({ thread, ...begun, to: null });
  return spans;
};
