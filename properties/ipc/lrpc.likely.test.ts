import { expect, it } from 'vitest';
import { NumberedHistory, type NumberedOperation } from '#model/engine/refine/numbered.ts';
import { settle } from '#model/engine/refine/settle.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { lrpc } from '#model/ipc/lrpc.ts';
import { nested } from '#model/ipc/lrpc.worlds.ts';
import type { Subject } from '#model/subject.ts';
import type { LrpcAnswer, LrpcCall } from '#spec/abi/ipc/lrpc.ts';

/** A call that is given up while others add: what it came to does not show, and whoever makes its steps early is misled. */

const calls = (binding: number, procedure: number, argument: number, aStack: number | null = null): LrpcCall => ({
  tag: 'call',
  binding,
  procedure,
  argument,
  aStack,
});
const stomps = (page: number, offset: number): LrpcCall => ({ tag: 'stomp', page, offset, word: 5000 });
const sum = (word: number): LrpcAnswer => ({ tag: 'result', word });
const fails = (errno: 'EBADF' | 'ECALLABORTED'): LrpcAnswer => ({ tag: 'failed', errno });
const ok: LrpcAnswer = { tag: 'ok' };

const threads: readonly (readonly LrpcCall[])[] = [
  [calls(0, 0, 4)],
  [stomps(0, 2), calls(0, 0, 6), calls(0, 1, 5), calls(1, 2, 3)],
  [stomps(2, 1), calls(1, 0, 5), stomps(2, 2), calls(0, 0, 5, 0)],
  [{ tag: 'abort', target: 0 }, stomps(3, 2), calls(0, 0, 4), calls(0, 1, 7)],
];

/** What happened, in order: a thread makes its next call, or is told something. From a run that had 500 executions before it. */
const happened: readonly (readonly [thread: number, told?: LrpcAnswer])[] = [
  ...([[0], [1], [2], [2, ok], [2], [1, ok], [1], [3], [3, ok], [3], [3, ok], [3], [1, sum(6)], [1]] as const),
  ...([[3, sum(10)], [3], [2, sum(15)], [2], [2, ok], [2], [2, fails('EBADF')], [0, fails('ECALLABORTED')]] as const),
  ...([[1, sum(6)], [1], [1, fails('EBADF')], [3, sum(15)]] as const),
];

it('a sum that is too small, or a call that was given up, does not mislead the search: it soon finds what explains all', () => {
  const graph = new SpecGraph(lrpc as unknown as Subject);
  const program = { variant: 'lock-free', parameters: { ...nested([0, 0, 1, 0]), eStacks: 6 }, cores: 3, threads };
  const { initial, calls: numbers } = graph.program('lock-free', program);
  const history = new NumberedHistory();
  const left = numbers.map((own) => own.values());
  const open: NumberedOperation[] = [];
  for (const [thread, told] of happened) {
    if (told) history.end(open[thread] as NumberedOperation, graph.answers.number(told));
    else open[thread] = history.begin(thread, left[thread]?.next().value as number);
  }
  const question = { graph, initial, history, isClosed: true, mayEndIn: () => true };
  expect(settle(question, 20_000).isExplained).toBe(true);
  expect(graph.computed).toBeLessThan(10_000); // looking everywhere, it has computed millions, and found nothing
});
