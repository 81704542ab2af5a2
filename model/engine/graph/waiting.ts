import { Kind } from '#impl/machine/ops.ts';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import type { Step, Threads } from '#model/engine/graph/threads.ts';
import { ended } from '#model/engine/graph/trie.ts';

/**
 * Which thread goes on where `from` is the first that can: one that does not wait; else one whose await is met by the
 * last write; else that one. So few wait for what has not been written yet, only to be revisited when it is. A
 * compare-and-swap may be a wait too: that of a lock.
 */
export const leastWaiting = <Standing extends Step>(
  graph: ExecutionGraph,
  threads: Threads<Standing>,
  at: readonly Standing[],
  from: number,
): number => {
  let met = -1;
  for (let t = from; t < at.length; t++) {
    const step = at[t] as Standing;
    const { kind } = step;
    if (kind === ended) continue;
    if (kind !== Kind.awaitWord && kind !== Kind.compareAndSwap) return t;
    if (threads.isInVain(step, lastWord(graph, step.address))) continue;
    if (kind === Kind.compareAndSwap) return t;
    if (met < 0) met = t;
  }
  return met < 0 ? from : met;
};

const lastWord = ({ mo, moLengths, value }: ExecutionGraph, location: number): number => {
  const last = (mo[location] as Int32Array)[(moLengths[location] as number) - 1] as number;
  return value[last] as number;
};
