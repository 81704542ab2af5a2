import { Kind } from '#impl/machine/ops.ts';
import { State } from '#impl/sync/threads.ts';
import type { Recorded } from '#model/engine/trace/record.ts';
import type { Span } from '#model/engine/trace/story.ts';

/** A thread's span that is still open. */
interface OpenSpan {
  readonly how: Span['how'];
  readonly core: number | null;
  readonly fromStep: number;
}

/**
 * Where each thread was. A thread runs from a dispatcher's switch to it until its own switch away; then it is ready if
 * its state word says so (the timer took the core), gone if it has retired or exited, and otherwise blocked, until
 * somebody makes it runnable.
 */
export const spansOf = ({ execution, accesses }: Recorded): Span[] => {
  const { booted, program, steps } = execution;
  const threads = program.threads.length;
  const spans: Span[] = [];
  const open = new Map<number, OpenSpan>();
  const states = new Map<number, number>();
  const stateWords = new Map(booted.table.threads.map((words, thread) => [words.state, thread]));
  const end = (thread: number, step: number): void => {
    const before = open.get(thread);
    if (before && step > before.fromStep) spans.push({ thread, ...before, toStep: step });
    open.delete(thread);
  };
  const begin = (thread: number, step: number, how: Span['how'], core: number | null): void => {
    end(thread, step);
    open.set(thread, { how, core, fromStep: step });
  };
  for (const thread of booted.active) {
    const core = booted.running.indexOf(thread);
    begin(thread, 0, core < 0 ? 'ready' : 'running', core < 0 ? null : core);
  }
  for (const access of accesses) {
    const woken = access.address === null || !access.isWrite ? undefined : stateWords.get(access.address);
    if (woken !== undefined) states.set(woken, access.valueAfter);
    if (woken !== undefined && access.valueAfter === State.runnable && open.get(woken)?.how === 'blocked') {
      begin(woken, access.step, 'ready', null);
    }
    if (access.kind !== Kind.switchTo) continue;
    if (access.operand < threads) begin(access.operand, access.step, 'running', access.core);
    if (access.context >= threads) continue;
    const state = states.get(access.context);
    if (state === State.unused || state === State.zombie) end(access.context, access.step);
    else begin(access.context, access.step, state === State.runnable ? 'ready' : 'blocked', null);
  }
  for (const thread of [...open.keys()]) end(thread, steps);
  return spans.sort((a, b) => a.thread - b.thread || a.fromStep - b.fromStep);
};
